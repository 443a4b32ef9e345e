"""From the meter to the screen: two days without a network, and no watt-hour is lost.

Real processes on one simulated clock: the platform, virtual meters that answer Modbus, a gateway
that reads them and speaks to the platform over a wire which is cut for two days. Meanwhile the
gateway is killed, the platform is started anew; one meter does not answer for six hours, one is
stuck, one shows an absurd value, one is exchanged. Then the unit's total is the meters' true energy
to the last digit, and figures and page say what was measured and what was estimated.
"""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from tests import inside, simulated, wire
from tests.cut_off import CUT, HEALED, HOUR, LENGTH, METERS, OUT, SLOT, STUCK, UNIT, Story
from tests.product import Platform
from tests.simulated import Clock, Network
from tests.wire import Client

# Played once: all of it tells of one story.
pytestmark = pytest.mark.xdist_group("meter")
PASSWORD = "Heng-neng-321"
SECONDS = 60
WORDS = {"M": "实测", "L": "实测（迟报）", "P": "部分实测", "E": "补数（线性）", ".": "缺数"}
RECORD_EXCHANGE = """
from datetime import datetime
from decimal import Decimal
from hengneng.kernel import clock
from hengneng.registry.instruments import operations as instruments
instruments.exchange_instrument(
    point_id=%r, happened_at=datetime.fromisoformat(%r), before_value=Decimal(%r),
    after_value=Decimal(%r), new_key=None, by=None, at=clock.now(),
)
result = True
"""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


class End:
    """The end of the story: the platform on a clock that keeps real pace, read from outside."""

    def __init__(self, story: Story, platform: Platform, truth: dict[str, Decimal]) -> None:
        self.story, self.platform, self.truth = story, platform, truth
        platform.run("account", "create", "official", "--role", "city_official", "--body",
                     "REGULATOR", stdin=f"{PASSWORD}\n")  # fmt: skip
        self.token = platform.run("token", "create", "--account", "official").stdout.strip()

    def get(self, path: str, **asked: str) -> Any:
        """Ask the open API."""
        answer = Client(self.platform.base_url).get(f"/api/v1/{path}", token=self.token, **asked)
        assert answer.status == 200, answer
        return answer.json

    @property
    def span(self) -> dict[str, str]:
        # A meter is read some seconds after the hour: what flowed in them since midnight is shared
        # among all seconds since the reading before, which lie in the day before.
        first, last = (self.story.on - HOUR).date(), self.story.off.date()
        return {"from": first.isoformat(), "to": last.isoformat()}

    @cached_property
    def consumption(self) -> Any:
        """The unit's days."""
        return self.get(f"units/{UNIT}/consumption", **self.span)

    @cached_property
    def points(self) -> dict[str, int]:
        """The points' ids by code."""
        return {row["code"]: row["id"] for row in self.get(f"units/{UNIT}/points")["items"]}

    def slots(self, code: str) -> dict[datetime, tuple[str, str | None]]:
        """Return mark and value of every slot while the supply was on."""
        days = self.get(f"points/{self.points[code]}/profile", **self.span)["items"]
        found = {
            datetime.fromisoformat(slot["start"]): (slot["mark"], slot["value"])
            for day in days
            for slot in day["slots"]
        }
        return {at: said for at, said in found.items() if self.story.on <= at < self.story.off}

    def day(self, code: str, day: date) -> list[str]:
        """Return the marks of a whole day."""
        span = {"from": day.isoformat(), "to": day.isoformat()}
        (told,) = self.get(f"points/{self.points[code]}/profile", **span)["items"]
        return [slot["mark"] for slot in told["slots"]]

    def marks(self, code: str) -> dict[datetime, str]:
        """Return the marks, a late one as a measured one."""
        return {at: mark.replace("L", "M") for at, (mark, _) in self.slots(code).items()}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that outlives every process of the story."""
    # Not under pytest's own folder: that one is closed to the account that runs PostgreSQL.
    path = Path(tempfile.mkdtemp(prefix="hengneng-journey-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def end(folder: Path) -> Iterator[End]:
    """Play the story; return how it stands at its end."""
    story = Story(folder)
    with ExitStack() as everything:
        truth = play(story, everything)
    later = Clock.begun(story.clock.now(), 1)
    with simulated.platform_on(later, folder, story.port) as platform:
        wire.until(lambda: inside.is_settled(platform), seconds=SECONDS, what="all worked out")
        yield End(story, platform, truth)


def found(platform: Platform) -> None:
    """Enter the unit and its points."""
    inside.enter_units(platform, [UNIT])
    ratios = {"E-1": "300/5*10000/100", "E-2": "1000/5", "E-3": "1", "E-4": "200/5"}
    rows = [
        inside.point_row(UNIT, code=code, meter=meter)
        | {"slot_minutes": "60", "capacity": "1000000", "ratio": ratios[code]}
        for code, meter in METERS.items()
    ]
    inside.enter(platform, "points", rows)


def play(story: Story, everything: ExitStack) -> dict[str, Decimal]:
    """Let it happen; return the true energy of every meter."""
    network = Network(story.network_port, story.port)
    everything.callback(network.cut)
    clock, gateway = story.clock, story.gateway
    with simulated.platform_on(clock, story.folder, story.port) as platform:
        found(platform)
        network.heal()
        for process in (story.meters, gateway):
            process.start()
            everything.callback(process.end_if_running)
        admit(platform, story)
        exchange = story.switch_on()
        clock.wait_until(story.hour(CUT))
        network.cut()
        record(platform, exchange)
    # The platform is down now. The gateway dies too, without a word, and is started again.
    assert gateway.end(signal.SIGKILL) == -signal.SIGKILL
    gateway.start()
    with simulated.platform_on(clock, story.folder, story.port):
        clock.wait_until(story.hour(HEALED))
        assert story.waiting() > 24 * len(METERS), "the gateway keeps what it cannot send"
        network.heal()
        story.switch_off()
        wire.until(story.has_told_the_end, seconds=SECONDS, what=f"the end:\n{gateway.log}")
        assert gateway.end() == 0
    return story.true_energy()


def admit(platform: Platform, story: Story) -> None:
    """Admit the gateway once it has asked, and wait for what it reads."""
    wire.until(
        lambda: platform.try_to_run("admit", UNIT).returncode == 0 or not story.gateway.is_running,
        seconds=SECONDS,
        what=f"a request of the gateway:\n{story.gateway.log}",
    )
    assert story.gateway.is_running, story.gateway.log
    wire.until(story.has_read_all, seconds=SECONDS, what=f"readings:\n{story.gateway.log}")


def record(platform: Platform, exchange: dict[str, Any]) -> None:
    """Enter the exchange into the ledger, as the fitter reported it."""
    ((point,),) = inside.rows(
        platform,
        "SELECT point.id FROM points_point AS point JOIN units_unit AS unit"
        " ON unit.id = point.unit_id WHERE unit.code = %s AND point.code = 'E-2'",
        UNIT,
    )
    inside.result_of(
        platform,
        RECORD_EXCHANGE
        % (point, exchange["at"].isoformat(), exchange["before"], exchange["after"]),
    )


def known_from(instants: list[datetime], slots: list[datetime]) -> dict[datetime, str]:
    """Return how slots are known where a meter was read at these instants.

    Measured where every reading's distance to the next is a slot or less (and a minute), else the
    energy between them is known and its course is not.
    """
    near = timedelta(seconds=SLOT + 60)
    return {
        slot: "M"
        if all(b - a <= near for a, b in pairwise(instants) if a < slot + HOUR and b > slot)
        else "E"
        for slot in slots
    }


def amounts(end: End, days: dict[str, str | None]) -> list[Decimal]:
    """Return the amounts of some days.

    Only of the day that begins as the supply goes off may nothing be known.
    """
    nothing = {day for day, amount in days.items() if amount is None}
    assert nothing <= {end.story.off.date().isoformat()}
    return [Decimal(amount) for amount in days.values() if amount is not None]


@pytest.mark.parametrize("code", METERS)
def test_a_points_total_is_its_meters_true_energy_to_the_last_digit(end, code):
    rows = [item for item in end.consumption["items"] if item["code"] == code]
    days = {item["period"]: item["amount"] for item in rows}

    assert sum(amounts(end, days)) == end.truth[code] > 0


def test_the_units_total_is_the_true_energy_to_the_last_digit(end):
    days = {
        day["period"]: energy["amount"]
        for day in end.consumption["totals"]
        for energy in day["energy"]
        if energy["energy_type"] == "ELECTRICITY"
    }

    assert sum(amounts(end, days)) == sum(end.truth.values())


@pytest.mark.parametrize("code", ["E-1", "E-2", "E-4"])
def test_every_slot_says_whether_it_was_measured(end, code):
    marks = end.marks(code)

    assert marks == known_from(end.story.instants(code), list(marks))


def test_the_six_hours_without_answer_are_estimated(end):
    marks = end.marks("E-4")

    out = [end.story.hour(OUT + hour) for hour in range(-1, LENGTH)]
    assert {marks[at] for at in out[1:]} == {"E"}


def test_what_the_cut_held_back_for_a_day_says_that_it_was_late(end):
    late = [at for at, (mark, _) in end.slots("E-1").items() if mark == "L"]

    assert late
    assert end.story.hour(CUT - 2) < min(late)
    assert max(late) < end.story.off - 24 * HOUR
    assert sum(Decimal(item["late"]) for item in end.consumption["items"]) > 0


def test_a_stuck_meter_counts_nothing_and_then_all_of_it(end):
    values = {at: Decimal(value or 0) for at, (_, value) in end.slots("E-1").items()}

    stuck = [values[end.story.hour(STUCK + hour)] for hour in range(1, LENGTH - 1)]
    assert stuck == [0] * len(stuck)


def test_the_absurd_value_counts_nowhere(end):
    assert max(Decimal(value or 0) for _, value in end.slots("E-3").values()) < 10_000


@pytest.mark.browser
def test_the_page_shows_what_was_measured_and_what_was_estimated(end):
    day = end.story.hour(OUT + LENGTH - 1).date()
    marks = end.day("E-4", day)
    address = f"/desk/units/{UNIT}/curves?point={end.points['E-4']}&day={day.isoformat()}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(locale="zh-CN", base_url=end.platform.base_url).new_page()
        page.goto("/sign-in")
        page.fill("[name=username]", "official")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk/**")
        page.goto(address)
        page.locator("#curve .drawing svg").wait_for()
        shown = page.locator("#curve .numbers tbody tr td:last-child").all_text_contents()
        browser.close()

    assert shown == [WORDS[mark] for mark in marks]
    assert {"E", "M"} <= set(marks)
