"""Today so far, beside the same hours of earlier days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hengneng.insight.statistics.queries import remembered
from hengneng.insight.statistics.queries import today as so_far
from hengneng.insight.statistics.queries.days import CityDay, day_of_cells
from hengneng.insight.statistics.queries.roll import Book, Reach, Roll, books
from hengneng.insight.statistics.queries.today import Compared
from hengneng.insight.statistics.rules import ZERO, Cell
from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.units import queries as units

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
    """Return today so far for all units that the viewer may read; eleven queries at most.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        at: Now. Aware.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        district: Only points that stand there; None: all.
    """
    day = local_day(at)
    first, until = day - timedelta(days=LAST_WEEK), day + timedelta(days=1)
    edited = facts.last_stamp("fact")
    reached = units.ids_visible_to(viewer, Permission.VIEW_READINGS)
    reach = remembered.reach(reached, first=first, until=until, edited=edited)
    book_of = books(basis, first=first, until=until)
    return live_of(reach, book_of, at, basis=basis, district=district, edited=edited)


def live_of(
    reach: Reach,
    book_of: Mapping[date, Book],
    at: datetime,
    *,
    basis: str,
    district: str | None,
    edited: tuple[int, datetime] | None,
) -> Live:
    """Return today so far for the units of a reach with the week before; three queries at most.

    Args:
        reach: The units' points.
        book_of: The books of the days.
        at: Now. Aware.
        basis: Of the books.
        district: Only points that stand there; None: all.
        edited: The last edit of facts as it was before the reach was read.
    """
    day, elapsed_s = local_day(at), clock.local_second(at) % DAY_SECONDS
    others = [day - timedelta(days=ago) for ago in (YESTERDAY, LAST_WEEK)]
    until = day + timedelta(days=1)
    roll = reach.roll(first=others[-1], until=until, district=district, by_unit=True)
    found = so_far.today(
        roll, reach.unit_ids, others=others, elapsed_s=elapsed_s, district=district, edited=edited
    )
    elapsed = _elapsed(roll, day, elapsed_s)
    yesterday, last_week = (
        _comparison(
            [one for one in found.compared if one.other == other], book_of, day, other, elapsed
        )
        for other in others
    )
    whole = day_of_cells(found.cells, reach, book_of[day], day, basis, district)
    return Live(at, whole, yesterday, last_week)


def local_day(at: datetime) -> date:
    """Return the local day of an instant."""
    return clock.date_of(clock.local_second(at) // DAY_SECONDS)


def _elapsed(roll: Roll, day: date, elapsed_s: int) -> int:
    """Return the slots of the day that are over, of all points that count on it."""
    return sum(
        elapsed_s * per_day // DAY_SECONDS
        for row, per_day in zip(roll.counted, roll.slots, strict=True)
        if row.first <= day < row.until
    )


def _comparison(
    found: Sequence[Compared], book_of: Mapping[date, Book], day: date, other: date, elapsed: int
) -> Comparison:
    """Return the day against another day."""
    if not found:
        return Comparison(other, None, None, 0, elapsed)
    own = book_of[day].sum_of(_cell(one, one.amount, one.measured[0]) for one in found)
    then = book_of[other].sum_of(_cell(one, one.other_amount, one.measured[1]) for one in found)
    return Comparison(other, own.tonnes, then.tonnes, sum(one.slots for one in found), elapsed)


def _cell(one: Compared, amount: Decimal, measured: Decimal | None) -> Cell:
    return Cell(0, None, one.energy_type, one.flow, amount, ZERO, 0, 0, 0, 0, 0, measured)
