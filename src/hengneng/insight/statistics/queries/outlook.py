"""Everything that a board of today asks of the figures, each thing read once."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from hengneng.insight.statistics.queries import remembered
from hengneng.insight.statistics.queries.days import unit_days_of
from hengneng.insight.statistics.queries.live import Live, live_of, local_day
from hengneng.insight.statistics.queries.roll import PeriodSum, books
from hengneng.insight.statistics.rules import Sum
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.units import queries as units


class Outlook(NamedTuple):
    """Today so far, and the days before.

    Attributes:
        live: Today so far, beside the same hours of earlier days.
        days: The days before today and today, ascending.
        units: The days of each unit, ascending; empty where no district was asked for.
        unit_ids: Units in reach; of a district, those with a boundary point there of late.
    """

    live: Live
    days: list[PeriodSum]
    units: dict[int, list[tuple[date, Sum]]]
    unit_ids: list[int]


def outlook(
    *, viewer: Viewer, at: datetime, basis: str, days: int, district: str | None = None
) -> Outlook:
    """Return today and the days before for all units that the viewer may read.

    Eight queries when nothing has changed, fourteen at most, however many units.

    Args:
        viewer: Who asks; counted is what ``VIEW_READINGS`` reaches.
        at: Now. Aware.
        basis: ``EQUIVALENT`` or ``CALORIFIC``: how electricity and heat become coal.
        days: How many days, today with them; eight at least. [count]
        district: Only points that stand there, and each unit's own days; None: all.
    """
    today = local_day(at)
    first, until = today - timedelta(days=days - 1), today + timedelta(days=1)
    edited = facts.last_stamp("fact")
    reached = units.ids_visible_to(viewer, Permission.VIEW_READINGS)
    reach = remembered.reach(reached, first=first, until=until, edited=edited)
    book_of = books(basis, first=first, until=until)
    own = {} if district is None else unit_days_of(reach, book_of, first, until, district)
    live = live_of(reach, book_of, at, basis=basis, district=district, edited=edited)
    so_far = PeriodSum(today, live.today.whole, live.today.districts)
    past = remembered.past_days(
        reach, book_of, first, today, basis=basis, district=district, edited=edited
    )
    return Outlook(
        live,
        [*past, so_far],
        own,
        reached if district is None else sorted(own),
    )
