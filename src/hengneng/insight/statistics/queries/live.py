"""Today so far, beside the same hours of earlier days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.insight.statistics.queries.days import CityDay, city_day
from hengneng.insight.statistics.queries.roll import Book, Roll, books, roll_of
from hengneng.insight.statistics.rules import ZERO, Cell, Sum
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.units import queries as units
from hengneng.telemetry.consumption.queries import slots
from hengneng.telemetry.consumption.queries.slots import Pair

YESTERDAY, LAST_WEEK = 1, 7  # days ago


class Comparison(NamedTuple):
    """Today against the same hours of an earlier day, over slots that both days know in full.

    Attributes:
        day: The earlier day.
        tonnes: Of today, in those slots alone; None where there are none. [tce]
        other_tonnes: Of the earlier day. [tce]
        slots: Slots known on both days. [count]
        elapsed: Slots of today that are over, of all points that count. [count]
    """

    day: date
    tonnes: Decimal | None
    other_tonnes: Decimal | None
    slots: int
    elapsed: int

    @property
    def change(self) -> Decimal | None:
        """How much more it is today, as a share of then; None where then was nothing known."""
        if self.tonnes is None or not self.other_tonnes:
            return None
        return self.tonnes / self.other_tonnes - 1


class Live(NamedTuple):
    """Today so far.

    Attributes:
        at: The instant of which it speaks. Aware.
        today: Today's sum, of all slots known so far.
        yesterday: Against yesterday.
        last_week: Against the same weekday a week ago.
    """

    at: datetime
    today: CityDay
    yesterday: Comparison
    last_week: Comparison


def live(*, viewer: Viewer, at: datetime, basis: str, district: str | None = None) -> Live:
    """Return today so far for all units that the viewer may read.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        at: Now. Aware.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        district: Only points that stand there; None: all.
    """
    second = clock.local_second(at)
    day, elapsed_s = clock.date_of(second // DAY_SECONDS), second % DAY_SECONDS
    others = [day - timedelta(days=ago) for ago in (YESTERDAY, LAST_WEEK)]
    until = day + timedelta(days=1)
    reached = units.ids_visible_to(viewer, Permission.VIEW_READINGS)
    roll = roll_of(reached, first=others[-1], until=until, district=district)
    pairs = slots.pairs_of(roll.counted, day=day, others=others, elapsed_s=elapsed_s)
    by_day = books(basis, first=others[-1], until=until)
    elapsed = _elapsed(roll, day, elapsed_s)
    yesterday, last_week = (
        _comparison(roll, [pair for pair in pairs if pair.other == other], by_day, (day, other),
                    elapsed)
        for other in others
    )  # fmt: skip
    today = city_day(viewer=viewer, day=day, basis=basis, district=district)
    return Live(at, today, yesterday, last_week)


def _elapsed(roll: Roll, day: date, elapsed_s: int) -> int:
    """Return the slots of the day that are over, of all points that count on it."""
    return sum(
        elapsed_s * per_day // DAY_SECONDS
        for row, per_day in zip(roll.counted, roll.slots, strict=True)
        if row.first <= day < row.until
    )


def _comparison(
    roll: Roll,
    pairs: Sequence[Pair],
    by_day: dict[date, Book],
    days: tuple[date, date],
    elapsed: int,
) -> Comparison:
    day, other = days
    own = _sum(roll, [(pair.group, pair.amount) for pair in pairs], by_day[day])
    then = _sum(roll, [(pair.group, pair.other_amount) for pair in pairs], by_day[other])
    return Comparison(other, own.tonnes, then.tonnes, sum(pair.slots for pair in pairs), elapsed)


def _sum(roll: Roll, amounts: Sequence[tuple[int, Decimal]], book: Book) -> Sum:
    return book.sum_of(
        Cell(*roll.groups[group], amount, ZERO, 0, 0, 0, 0, 0) for group, amount in amounts
    )
