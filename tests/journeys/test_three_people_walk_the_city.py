"""A visitor, an energy manager and a district official walk the running product in a browser.

Real Chromium on the real processes, a unit with two days of data. Every page on the way is judged:
axe finds nothing serious, and the browser complains of nothing, the strict policy included. The
official uses no mouse.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests import inside, wire
from tests.product import Platform
from tests.wire import Client

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("people")]

PASSWORD = "Heng-neng-321"
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FAULTS = """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    .then(done => JSON.stringify(done.violations
        .filter(one => ["serious", "critical"].includes(one.impact))
        .map(one => [one.id, one.nodes.map(node => node.html)])))"""
DISTRICT, MANAGER, OFFICIAL = "310101", "walker.manager", "walker.official"
TITLE = "关于开展试验的通知"
PUBLISH = f"""
from hengneng.kernel import clock
from hengneng.programme.notices import operations as notices
number = notices.draft_notice(
    title_zh={TITLE!r}, text="请各单位按期上传。", issuer_code="REGULATOR", by=None, at=clock.now())
notices.publish_notice(notice_id=number, by=None, at=clock.now())
result = number
"""
# The first quarter hour of yesterday; each further one uses 2.5 kWh, so a day has 240 kWh.
QUARTERS, USED = 96, "2.5"
DAY_KWH = "240"


class City(NamedTuple):
    """The running product with a unit that has data.

    Attributes:
        platform: The product.
        unit: The unit's code.
        name: Its name.
        day: Yesterday, of which every quarter hour was received.
        browser: Chromium.
    """

    platform: Platform
    unit: str
    name: str
    day: datetime
    browser: Browser


class Walk:
    """One person's way through the product; every page that is reached is judged."""

    def __init__(self, city: City) -> None:
        self.city = city
        window = city.browser.new_context(locale="zh-CN", base_url=city.platform.base_url)
        self.page: Page = window.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, said: Any) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def to(self, address: str) -> None:
        """Go where an address says."""
        self.page.goto(address)
        self.judge()

    def follow(self, name: str, *, by_key: bool = False) -> None:
        """Follow the link of that name."""
        link = self.page.get_by_role("link", name=name, exact=True).first
        if by_key:
            link.focus()
            self.enter()
            return
        with self.page.expect_navigation():
            link.click()
        self.judge()

    def enter(self) -> None:
        """Press the key that opens or sends what has the focus."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.judge()

    def sign_in(self, account: str) -> None:
        """Sign in by keys: the focus stands in the first field."""
        self.to("/sign-in")
        self.page.keyboard.type(account)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.enter()

    def judge(self) -> None:
        """Check that everyone can read the page, and that the browser complains of nothing."""
        self.page.wait_for_load_state()
        wire_ = self.page.context.new_cdp_session(self.page)
        wire_.send("Runtime.evaluate", {"expression": AXE.read_text()})
        asked = {"expression": FAULTS, "awaitPromise": True, "returnByValue": True}
        found = json.loads(wire_.send("Runtime.evaluate", asked)["result"]["value"])
        wire_.detach()
        assert (self.page.url, found, self.complaints) == (self.page.url, [], [])

    @property
    def text(self) -> str:
        """What stands on the page."""
        return self.page.locator("main").inner_text()


@pytest.fixture(scope="module")
def city(platform: Platform) -> Iterator[City]:
    """Two days of a unit of Huangpu, a notice, and the two people who sign in."""
    code = inside.unit_code(77)
    inside.enter_units(platform, [code])
    data_code = "00-00-0000-023300-11"
    inside.enter(platform, "points", [inside.point_row(code, code="E-01", data_code=data_code)])
    # A city's days are those of its own clocks, whatever this machine's are.
    now = inside.result_of(
        platform,
        "from django.utils import timezone\nresult = timezone.localtime().isoformat()",
    )
    day = datetime.fromisoformat(now).replace(
        hour=0, minute=0, second=0, microsecond=0, tzinfo=None
    ) - timedelta(days=1)
    terminal = inside.admitted(platform, code, Client(platform.base_url))
    rows = [
        wire.increment(data_code, day + timedelta(minutes=15 * n), USED) for n in range(QUARTERS)
    ]
    assert terminal.send_increments(rows).json == wire.RECEIVED
    wire.until(lambda: inside.is_settled(platform), seconds=60, what="the days worked out")
    inside.result_of(platform, PUBLISH)
    for name, role, body in (
        (MANAGER, "energy_manager", code),
        (OFFICIAL, "district_official", f"REGULATOR-{DISTRICT}"),
    ):
        platform.run(
            "account", "create", name, "--role", role, "--body", body, stdin=f"{PASSWORD}\n"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield City(platform, code, f"试验单位{code[-5:]}", day, browser)
        browser.close()


@pytest.fixture
def walk(city: City) -> Iterator[Walk]:
    """A fresh window."""
    walk = Walk(city)
    yield walk
    walk.page.context.close()


def test_a_visitor_reads_a_notice_and_looks_a_unit_up(city: City, walk: Walk):
    walk.to("/")
    walk.follow(TITLE)
    assert "请各单位按期上传。" in walk.text
    walk.to("/connections")
    walk.page.fill("#search", city.name)
    walk.page.focus("#search")
    walk.enter()
    assert city.name in walk.text
    assert "数据正常" in walk.text
    assert DAY_KWH not in walk.text
    walk.to(f"/desk/units/{city.unit}")
    assert "/sign-in" in walk.page.url


def test_an_energy_manager_sees_the_own_unit_and_takes_a_file(city: City, walk: Walk):
    walk.sign_in(MANAGER)
    assert f"/portal/{city.unit}/" in walk.page.url
    walk.follow("计量点")
    walk.follow("E-01")
    walk.to(f"/portal/{city.unit}/consumption?year={city.day.year}")
    with walk.page.expect_download() as waiting:
        walk.page.get_by_role("link", name="csv").first.click()
    taken = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert DAY_KWH in taken
    assert f"{city.day:%Y-%m}" in taken


def test_a_district_official_goes_down_to_the_message_without_a_mouse(city: City, walk: Walk):
    walk.sign_in(OFFICIAL)
    assert walk.page.url.endswith("/desk/")
    walk.follow("用能单位", by_key=True)
    walk.page.keyboard.press("/")
    walk.page.keyboard.type(city.name)
    walk.enter()
    assert "1 家单位" in walk.text
    walk.page.locator("details:has(#view-name) summary").focus()
    walk.page.keyboard.press("Enter")
    walk.page.focus("#view-name")
    walk.page.keyboard.type("试验")
    walk.enter()
    walk.follow("用能单位", by_key=True)
    walk.follow("试验", by_key=True)
    walk.page.keyboard.press("j")
    walk.enter()
    assert walk.page.url.endswith(city.unit)
    for tab in ("计量点与网络", "用量", "数据凭证", "登记沿革", "用能曲线"):
        walk.follow(tab, by_key=True)
    walk.to(f"/desk/units/{city.unit}/curves?day={city.day:%Y-%m-%d}")
    walk.follow("当日数据的来历", by_key=True)
    assert DAY_KWH in walk.text
    walk.page.locator("section[aria-labelledby=told-title] tbody th a").first.focus()
    walk.enter()
    assert "/messages/" in walk.page.url
    assert USED in walk.text
    walk.follow("今日看板", by_key=True)
    assert f"/boards/{DISTRICT}" in walk.page.url or "今日" in walk.text


def test_the_official_is_kept_out_of_what_is_not_the_district_s(walk: Walk):
    walk.sign_in(OFFICIAL)
    assert walk.page.request.get("/desk/accounts").status == 403
    assert walk.page.request.get("/desk/units/91310000MA0000000X").status == 404
