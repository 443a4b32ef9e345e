"""What an official learns late: just the days it touches are worked out anew, and nothing reported.

A hotel's main meter and a floor's meter were read each hour of twenty days in March. Since then a
ratio, an exchange, the tree, a flow and a certificate turn out to have been otherwise.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests import two_districts
from tests.worlds import OPENING, REGISTER, SECOND_METER, World

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.people.accounts.rules.roles import Role
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments.operations import NewCertificate
from hengneng.registry.points import operations as points
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.consumption.rules.outliers import CONTEXT
from hengneng.telemetry.journal import operations as journal

HOUR = 3600
DAYS = [date(2026, 3, 2) + timedelta(days=n) for n in range(20)]
TENTH = 9  # of DAYS; the edits speak of it
START = OPENING + (DAYS[0] - date(2025, 11, 8)).days * DAY_SECONDS
EVER = datetime(2020, 1, 1, tzinfo=UTC)


def instant(day: int, hour: int = 0) -> datetime:
    """Return an hour of one of the twenty days, counted from 0."""
    return clock.instant(START + day * DAY_SECONDS + hour * HOUR)


class Told(NamedTuple):
    """What the platform tells of the hotel.

    Attributes:
        days: The API's rows and sums of each of the twenty days.
        pages: By name what the pages' files have: the month by point, the points, the network as
            it is drawn, the accuracy of the instruments on the tenth day.
    """

    days: list[list[dict[str, Any]]]
    pages: dict[str, str]


class Desk(NamedTuple):
    """An official who looks at the hotel, on pages and by the API."""

    world: World
    instrument_id: int
    page: Client
    api: Client

    @property
    def main(self) -> int:
        """The point of the main meter."""
        return self.world.points[0]

    @property
    def floor(self) -> int:
        """The point of the floor's meter."""
        return self.world.points[2]

    def told(self, as_of: datetime | None = None) -> Told:
        """Read it all, as known now or at an instant."""
        known = {"as_of": as_of.isoformat()} if as_of else {}
        return Told(
            self._days(known),
            {
                "consumption": self._file("consumption", known),
                "points": self._file("network", known),
                "network": self._file("network", known | {"format": "svg", "list": "network"}),
                "accuracy": self._file("equipping", known | {"list": "accuracy"}),
            },
        )

    def _days(self, known: dict[str, str]) -> list[list[dict[str, Any]]]:
        span = {"from": DAYS[0], "to": DAYS[-1], "page_size": 100}
        address = f"/api/v1/units/{self.world.code}/consumption?{urlencode(span | known)}"
        answer = self.api.get(address)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert told["pages"] == 1
        rows = told["items"] + told["totals"]
        return [[row for row in rows if row["period"] == str(day)] for day in DAYS]

    def _file(self, tab: str, more: dict[str, str]) -> str:
        asked = urlencode({"format": "csv", "day": str(DAYS[TENTH])} | more)
        answer = self.page.get(f"/desk/units/{self.world.code}/{tab}?{asked}")
        assert answer.status_code == 200, answer
        return answer.getvalue().decode()

    def worked_at(self) -> dict[date, datetime]:
        """Return when each of the twenty days was last worked out."""
        return figures.computed_at(unit_id=self.world.unit_id, from_day=DAYS[0], to_day=DAYS[-1])

    def amounts(self, code: str) -> list[Decimal]:
        """Return what a point consumed on each of the twenty days, as known now."""
        return [
            Decimal(str(row["amount"]))
            for rows in self.told().days
            for row in rows
            if row.get("code") == code
        ]


@pytest.fixture
def desk(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Desk]:
    """The hotel with twenty days behind it, all worked out, and an official signed in."""
    settings.STATIC_ROOT = tmp_path
    city, world = two_districts.build(), World.made()
    now = {"by": None, "at": clock.now()}
    floor = points.create_point(
        unit_id=world.unit_id, code="E3", name="三层", energy_type_id="ELECTRICITY",
        level="LEVEL_2", kind="REGISTER", slot_seconds=HOUR, key=SECOND_METER, valid_from=EVER,
        **now,
    )  # fmt: skip
    world.points.append(floor.id)
    meter = instruments.create_instrument(
        unit_id=world.unit_id, number="M-1", name="电能表", kind="ELECTRICITY_METER", **now
    )
    instruments.install(instrument_id=meter.id, point_id=world.points[0], valid_from=EVER, **now)
    world.send([
        Record(key, START + hour * HOUR, value, 1, "M", START + hour * HOUR + 60)
        for hour in range(len(DAYS) * 24 + 1)
        for key, value in ((REGISTER, 5000 + 100 * hour), (SECOND_METER, 10 * hour))
    ])  # fmt: skip
    world.settle()
    holder = two_districts.account(Role.CITY_OFFICIAL, city.own)
    page = Client(headers={"accept-language": "en"})
    page.force_login(holder)
    bearer = {"authorization": f"Bearer {two_districts.token(holder)}"}
    yield Desk(world, meter.id, page, Client(headers=bearer))
    journal.stop()


def describe(point_id: int, *, days: int = 1, **changes: Any) -> None:
    """Say that from the tenth day on, for so many days, a point was otherwise."""
    points.describe_point(
        point_id=point_id, valid_from=instant(TENTH), valid_until=instant(TENTH + days),
        by=None, at=clock.now(), **changes,
    )  # fmt: skip


def ratio(desk: Desk) -> None:
    """On the tenth day the main meter's transformers were others."""
    describe(desk.main, ratio=Fraction(40))


def exchange(desk: Desk) -> None:
    """At noon of the tenth day the meter was exchanged for one that showed 22 kWh less."""
    read = Decimal(500 + 10 * (TENTH * 24 + 12))
    instruments.exchange_instrument(
        point_id=desk.main, happened_at=instant(TENTH, 12), before_value=read,
        after_value=read - 22, by=None, at=clock.now(),
    )  # fmt: skip


def tree(desk: Desk) -> None:
    """For two days the floor's meter hung under the main one."""
    describe(desk.floor, days=2, parent_id=desk.main)


def flow(desk: Desk) -> None:
    """What the main meter counted on the tenth day was supplied out."""
    describe(desk.main, flow="SUPPLIED_OUT")


def certificate(desk: Desk) -> None:
    """A certificate of the main meter turns up that held for two days."""
    told = NewCertificate(
        desk.instrument_id, "Z-1", DAYS[TENTH], accuracy_class="0.5S", due_on=DAYS[TENTH + 2]
    )
    instruments.enter_certificate(certificate=told, by=None, at=clock.now())


def installation(desk: Desk) -> None:
    """The floor's meter was known to no ledger; it stood there all along."""
    now: dict[str, Any] = {"by": None, "at": clock.now()}
    meter = instruments.create_instrument(
        unit_id=desk.world.unit_id, number="M-2", name="电能表", **now
    )
    instruments.install(
        instrument_id=meter.id, point_id=desk.floor, valid_from=instant(TENTH),
        valid_until=instant(TENTH + 2), **now,
    )  # fmt: skip


class Late(NamedTuple):
    """An edit and what it touches.

    Attributes:
        tell: Makes it.
        last: The last day it speaks of, to the instant that ends it, of DAYS.
        otherwise: The days of which the API then says something else, of DAYS.
        pages: The pages' files that then say something else.
    """

    tell: Callable[[Desk], None]
    last: int
    otherwise: list[int]
    pages: set[str]


LATE = {
    "ratio": Late(ratio, TENTH + 1, [TENTH], {"consumption", "points"}),
    "exchange": Late(exchange, TENTH, [TENTH], {"consumption"}),
    "tree": Late(tree, TENTH + 2, [], {"points", "network"}),
    "flow": Late(flow, TENTH + 1, [TENTH], {"points"}),
    "certificate": Late(certificate, TENTH + 2, [], {"accuracy"}),
    "installation": Late(installation, TENTH + 2, [], {"points", "network", "accuracy"}),
}


@pytest.mark.parametrize("name", LATE)
def test_just_the_days_it_touches_are_worked_out_anew(desk: Desk, name: str):
    late, worked, before = LATE[name], desk.worked_at(), desk.told()

    late.tell(desk)
    desk.world.settle()

    again, after = desk.worked_at(), desk.told()
    # A register's energy may hang on so many readings' days on either side (decision 0006).
    touched = DAYS[TENTH - CONTEXT : late.last + CONTEXT + 1]
    assert [day for day in DAYS if again[day] > worked[day]] == touched
    assert [n for n in range(20) if after.days[n] != before.days[n]] == late.otherwise


@pytest.mark.parametrize("name", LATE)
def test_what_was_reported_then_still_stands(desk: Desk, name: str):
    late, before, instant_before = LATE[name], desk.told(), facts.settle()

    late.tell(desk)
    desk.world.settle()

    now = desk.told()
    assert {page for page, said in now.pages.items() if said != before.pages[page]} == late.pages
    assert desk.told(as_of=instant_before) == before


def test_figures_follow_to_the_digit(desk: Desk):
    rest = [Decimal(240)] * 9, [Decimal(240)] * 10
    assert desk.amounts("E1") == [*rest[0], Decimal(240), *rest[1]]

    exchange(desk)
    desk.world.settle()
    # The hour after the exchange ends 22 kWh above what the new meter began with.
    assert desk.amounts("E1") == [*rest[0], Decimal(262), *rest[1]]

    ratio(desk)
    desk.world.settle()
    assert desk.amounts("E1") == [*rest[0], Decimal(262 * 40), *rest[1]]
    assert desk.amounts("E3") == [Decimal(24)] * 20
