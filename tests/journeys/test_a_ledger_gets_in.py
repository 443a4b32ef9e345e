"""A city official brings a messy list of 700 units and a unit's messy ledger, and mends them.

The running product, its worker and a real browser: title rows, merged headings, doubles, wrong
codes, dates as text. What is refused is downloaded, mended and brought back. Equipping, forms, due
days and the network follow.
"""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests import inside
from tests.product import Platform
from tests.unit.kernel.imports import importing

from hengneng.kernel import clock
from hengneng.kernel.imports import tables

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PASSWORD, OFFICIAL = "Heng-neng-321", "bringer.official"
UNITS, INSTRUMENTS = 700, 300
FIRST = 400_000  # of the units' numbers: other journeys' units are others
HOTEL = FIRST + 1
FORMER = "GB 17167-2006"
TODAY = clock.day_of(clock.now())
WORKED = 120_000  # ms; the worker's turn, on a busy machine
Mended = Callable[[list[str], list[list[str]]], None]


class Official(NamedTuple):
    """An official at the desk of the running product."""

    platform: Platform
    page: Page

    def to(self, address: str) -> None:
        """Open a page; it must be there."""
        answer = self.page.goto(self.platform.base_url + address)
        assert answer is not None
        assert answer.status == 200, address

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def file(self, address: str) -> bytes:
        """Return a file of the product's."""
        answer = self.page.request.get(self.platform.base_url + address)
        assert answer.status == 200, address
        return answer.body()

    def bring(self, kind: str, name: str, body: bytes) -> None:
        """Bring a list; then its sheet and headings are shown."""
        self.to("/desk/imports")
        self.page.select_option("#bring select[name=kind]", kind)
        self._choose("#bring input[name=file]", name, body)
        self.press("Bring the file")
        expect(self.page.locator("#where")).to_be_visible()

    def try_it(self, **given: str) -> None:
        """Take what is suggested, say what counts for all rows, and let it be tried."""
        self.press("Go on to the columns")
        for column, text in given.items():
            self.page.fill(f"[name=given_{column}]", text)
        self.press("Go on to the preview")

    def counts(self) -> dict[str, int]:
        """Wait for the worker and return how many rows would do what."""
        expect(self.page.locator("#rows")).to_be_visible(timeout=WORKED)
        names = self.page.locator("dl.facts dt").all_inner_texts()
        numbers = self.page.locator("dl.facts dd").all_inner_texts()
        told = {n.strip(): int(v.split()[0]) for n, v in zip(names, numbers, strict=True)}
        return {name: number for name, number in told.items() if number}

    def mend(self, mended: Mended) -> None:
        """Download the refused rows, mend them and bring them back."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name="Refused rows (xlsx)").click()
        table = tables.read("refused.xlsx", Path(waiting.value.path()).read_bytes())[1]
        lines = [[*cells] for _, cells in table.lines]
        mended(table.headings, lines)
        self._choose(
            "#mend input[name=mended]", "refused.xlsx", importing.workbook([table.headings, *lines])
        )
        self.press("Import the mended list")

    def import_it(self) -> None:
        """Import the list, all of it."""
        self.press("Import now")
        expect(self.page.locator(".banner.ok")).to_contain_text("Imported", timeout=WORKED)

    def _choose(self, field: str, name: str, body: bytes) -> None:
        self.page.set_input_files(
            field, {"name": name, "mimeType": "application/octet-stream", "buffer": body}
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def official(platform: Platform, browser: Browser) -> Iterator[Official]:
    """A city official, signed in."""
    platform.run(
        "account", "create", OFFICIAL, "--role", "city_official", "--body", "REGULATOR",
        stdin=f"{PASSWORD}\n",
    )  # fmt: skip
    window = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    person = Official(platform, window.new_page())
    person.to("/sign-in")
    person.page.keyboard.type(OFFICIAL)
    person.page.keyboard.press("Tab")
    person.page.keyboard.type(PASSWORD)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    yield person
    window.close()


def another_last(code: str) -> str:
    """Return a code whose check character is wrong."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def list_of_units() -> bytes:
    """Return 700 units and three doubles under a title and merged headings; three rows are bad."""
    headings = ["序号", "单位名称", "统一社会信用代码", "所属区", "起始时间"]
    rows = [
        [
            n,
            f"重点用能单位{n}",
            inside.unit_code(FIRST + n),
            ("黄浦区", "徐汇", "310104")[n % 3],
            ("2020年1月5日", "2020/1/5", "20200105", "2020-01-05")[n % 4],
        ]
        for n in range(UNITS)
    ]
    doubles = [[*rows[n]] for n in (10, 20, 30)]
    rows[3][2] = another_last(str(rows[3][2]))
    rows[4][1] = ""
    rows[5][3] = "没有区"
    listed = [
        ["市重点用能单位名单", *[""] * 4],
        [""] * 5,
        ["序号", "单位", "", "地点", ""],
        headings,
        *rows,
        *doubles,
        ["合计", UNITS, "", "", ""],
        ["填表人：李", "", "", "", ""],
    ]
    merged = [(0, 0, 0, 4, "市重点用能单位名单"), (2, 1, 2, 2, "单位"), (2, 3, 2, 4, "地点")]
    return importing.workbook(listed, [["封面"]], merged=merged)


def mend_units(headings: list[str], lines: list[list[str]]) -> None:
    """Write the right code, the name that was missing and a district there is."""
    place = {heading: number for number, heading in enumerate(headings)}
    lines[0][place["统一社会信用代码"]] = inside.unit_code(FIRST + 3)
    lines[1][place["单位名称"]] = "重点用能单位4"
    lines[2][place["所属区"]] = "浦东新区"


def ledger_of_the_hotel() -> bytes:
    """Return 300 instruments and two doubles, without the unit's code; four rows are bad."""
    headings = [
        "序号", "用能单位管理编号", "计量器具名称", "型号规格", "准确度等级", "计量点编号",
        "证书编号", "检定日期", "有效期至", "状态",
    ]  # fmt: skip
    rows = [_instrument(n) for n in range(INSTRUMENTS)]
    doubles = [[*rows[n]] for n in (100, 200)]
    rows[5][7] = "去年冬天"
    rows[6][2] = ""
    rows[7][9] = "坏"
    rows[8][5] = "没有的点"
    above = ["序号", "计量器具", "", "", "", "", "检定", "", "", "状态"]
    listed = [["能源计量器具一览表", *[""] * 9], above, headings, *rows, *doubles]
    merged = [(0, 0, 0, 9, "能源计量器具一览表"), (1, 1, 1, 5, "计量器具"), (1, 6, 1, 8, "检定")]
    return importing.workbook(listed, merged=merged)


def _instrument(n: int) -> list[str | int]:
    """Return an instrument; the first two stand at points, the first is due within thirty days."""
    due = TODAY + timedelta(days=20 if n == 0 else 400)
    given = TODAY - timedelta(days=200 + n)
    return [
        n,
        f"DB-{n:03}",
        "三相智能电能表",
        "DTZ341",
        "0.5S",
        {0: "E-01", 1: "E-02"}.get(n, ""),
        f"Z-{n:03}",
        (f"{given:%Y/%m/%d}", f"{given.year}年{given.month}月{given.day}日", given.isoformat())[
            n % 3
        ],
        due.isoformat(),
        "合格",
    ]


def mend_instruments(headings: list[str], lines: list[list[str]]) -> None:
    """Write dates, names and points there are; take the broken one out."""
    place = {heading: number for number, heading in enumerate(headings)}
    lines[0][place["检定日期"]] = "2026-01-10"
    lines[1][place["计量器具名称"]] = "三相智能电能表"
    lines[2][1:] = [""] * (len(lines[2]) - 1)
    lines[3][place["计量点编号"]] = ""


def test_seven_hundred_units_get_in(official: Official):
    official.bring("units", "名单.xlsx", list_of_units())
    official.try_it()
    assert official.counts() == {"New": UNITS - 3, "Unchanged": 3, "Refused": 3}

    official.mend(mend_units)
    assert official.counts() == {"New": UNITS, "Unchanged": 3}
    official.import_it()

    known = "SELECT count(*) FROM units_unit WHERE name LIKE '重点用能单位%%'"
    assert inside.rows(official.platform, known) == [(UNITS,)]


def test_a_units_ledger_gets_in_and_its_pages_follow(official: Official):
    hotel = inside.unit_code(HOTEL)
    if not inside.rows(official.platform, "SELECT 1 FROM units_unit WHERE code = %s", hotel):
        inside.enter_units(official.platform, [hotel])
    equipment = {"unit_code": hotel, "code": "CH-1", "name": "冷水机组", "kind": "EQUIPMENT"}
    demand = {"energy_type": "电力", "amount": "500", "measure": "kW"}
    inside.enter(official.platform, "equipment", [equipment | demand])
    points = [
        inside.point_row(hotel, code="E-01", meter="1") | {"parent_code": "", "consumer_code": ""},
        inside.point_row(hotel, code="E-02", meter="2")
        | {"level": "3", "parent_code": "E-01", "consumer_code": "CH-1"},
    ]
    inside.enter(official.platform, "points", points)

    official.bring("instruments", "台账.xlsx", ledger_of_the_hotel())
    official.try_it(unit_code=hotel)
    assert official.counts() == {"New": INSTRUMENTS - 4, "Unchanged": 2, "Refused": 4}
    official.mend(mend_instruments)
    assert official.counts() == {"New": INSTRUMENTS - 1, "Unchanged": 2}
    official.import_it()

    pages_follow(official, hotel)


def pages_follow(official: Official, hotel: str) -> None:
    """Check what equipping, accuracy, the network, form B.3 and the due days say of the ledger."""
    of = f"/desk/units/{hotel}"
    # Of the edition in force no value is loaded, so it decides nothing; the former one does.
    assert [line[3:5] for line in rates_of(official, of, "")] == [["1", "1"], ["", ""]]
    assert [line[3:5] for line in rates_of(official, of, FORMER)] == [["1", "1"], ["1", "1"]]
    accuracy = official.file(f"{of}/equipping?format=csv&list=accuracy").decode("utf-8-sig")
    assert [line.split(",")[2:4] for line in accuracy.splitlines()[1:]] == [
        ["E-01", "DB-000"], ["E-02", "DB-001"],
    ]  # fmt: skip
    network = official.file(f"{of}/network?format=svg&list=network").decode()
    assert all(word in network for word in ("E-01", "E-02", "DB-000", "DB-001"))
    form = words_in(official.file(f"{of}/ledger/B.3"))
    assert [n for n in range(INSTRUMENTS) if f"DB-{n:03}" not in form] == [7]
    soon = TODAY + timedelta(days=21)
    due = official.file(f"/desk/due?day={soon}&format=csv").decode("utf-8-sig")
    assert [name for name in ("DB-000", "DB-001") if name in due] == ["DB-000"]


def rates_of(official: Official, unit: str, edition: str) -> list[list[str]]:
    """Return what is said of electricity at levels 1 and 3, by an edition or that in force."""
    asked = urlencode({"format": "csv", "rules": edition})
    rows = official.file(f"{unit}/equipping?{asked}").decode("utf-8-sig").splitlines()
    level_1, _, level_3 = (line.split(",") for line in rows[1:4])
    return [level_1, level_3]


def words_in(workbook: bytes) -> str:
    """Return everything that stands in a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if "xml" in name)
