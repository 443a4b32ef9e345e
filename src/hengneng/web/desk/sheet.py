"""What a unit's pages show, gathered from the rooms that know it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.energy.rules import coal
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import PointRow
from hengneng.telemetry.consumption.queries import figures, parameters, places, statement
from hengneng.telemetry.consumption.queries.figures import ProfileRow
from hengneng.telemetry.consumption.queries.places import Part
from hengneng.telemetry.consumption.queries.statement import Line, PeriodTotal, Statement
from hengneng.telemetry.consumption.rules import methods
from hengneng.telemetry.consumption.rules.amounts import Basis
from hengneng.web.desk.asked import Asked
from hengneng.web.parts.marks import how_known

BOUNDARY = "LEVEL_1"


class Slot(NamedTuple):
    """One slot of a curve."""

    second: int
    value: Decimal | None
    mark: str
    method: str = methods.NONE

    @property
    def known(self) -> str:
        """How it is known, with the method where it is estimated."""
        return how_known(self.mark, self.method)


class Curve(NamedTuple):
    """A point's day.

    Attributes:
        point: What the point is on that day.
        profile: What is known of the day; None: nothing.
        slots: Those that have begun by now.
        computed_at: When the day was last worked out; None: not yet. Aware.
        marks: Marks that occur, in the order of the legend.
        closing: The register at the end of the day, which is the next day's first; None: not known.
        is_by_own_rule: Whether gaps were filled by a rule whose official text was not checked.
    """

    point: PointRow
    profile: ProfileRow | None
    slots: list[Slot]
    computed_at: datetime | None
    marks: list[str]
    closing: Decimal | None
    is_by_own_rule: bool


class Received(NamedTuple):
    """Slots received of those expected over the days of the month that are over. [count]

    ``recorded``: days of points that stand on a day record, which fills no slot.
    """

    received: int
    expected: int
    until: date | None
    recorded: int


class DayTotal(NamedTuple):
    """A day of the unit as the list shows it.

    Attributes:
        period: The day.
        tonnes: Sum of what is known; None where nothing is. [tce]
        estimated_tonnes: Coal of what was estimated, whichever way it went. [tce]
        is_complete: Whether every boundary point's amount speaks for the whole day.
        recorded: Boundary points whose day stands on a day record, without its slots. [count]
    """

    period: date
    tonnes: Decimal | None
    estimated_tonnes: Decimal
    is_complete: bool
    recorded: int


def points_on(unit_id: int, asked: Asked) -> list[PointRow]:
    """Return the points that are described at the end of the chosen day, now at most."""
    return points.points_of(unit_id, as_of=asked.as_of, at=end_of_day(asked))


def end_of_day(asked: Asked) -> datetime:
    """Return the end of the chosen day, now at most."""
    end = clock.instant((clock.day_number(asked.day) + 1) * DAY_SECONDS - 1)
    return min(end, clock.now())


def chosen_of(there: Sequence[PointRow], point_id: int | None) -> PointRow | None:
    """Return the point asked for, else the first of the boundary, else the first."""
    asked_for = next((point for point in there if point.id == point_id), None)
    boundary = next((point for point in there if point.level == BOUNDARY), None)
    return asked_for or boundary or next(iter(there), None)


def days_of_month(unit_id: int, asked: Asked) -> Statement:
    """Return the statement of the chosen month's days, up to today."""
    return statement.statement_of_days(
        unit_id=unit_id,
        from_day=asked.month,
        to_day=asked.month_end,
        basis=asked.basis,
        as_of=asked.as_of,
        edition=asked.edition,
    )


def months_of_year(unit_id: int, asked: Asked) -> Statement:
    """Return the statement of the months that end with the chosen one."""
    return _months(unit_id, asked.months, asked)


def month_of(unit_id: int, asked: Asked) -> Statement:
    """Return the statement of the chosen month alone."""
    return _months(unit_id, [asked.month], asked)


def points_in_month(unit_id: int, asked: Asked) -> list[PointRow]:
    """Return the points there were in the chosen month, up to now, each as it was last."""
    end = min(clock.midnight(asked.month_end + timedelta(days=1)), clock.now())
    return points.points_between(unit_id, clock.midnight(asked.month), end, as_of=asked.as_of)


def parts_of_month(unit_id: int, asked: Asked, lines: Iterable[Line]) -> dict[int, list[Part]]:
    """Return what fell to which place of the points that hung in several in the chosen month."""
    return places.parts_of_months(unit_id, [asked.month], lines, as_of=asked.as_of)


def _months(unit_id: int, months: Sequence[date], asked: Asked) -> Statement:
    return statement.statement_of_months(
        unit_id=unit_id,
        months=months,
        basis=asked.basis,
        as_of=asked.as_of,
        edition=asked.edition,
    )


def curve_of(unit_id: int, point: PointRow, asked: Asked) -> Curve:
    """Return a point's day."""
    profile = figures.profile_of(
        unit_id=unit_id, point_id=point.id, day=asked.day, as_of=asked.as_of
    )
    slots = [] if profile is None else _slots(profile, asked.as_of or clock.now())
    seen = {slot.mark for slot in slots}
    return Curve(
        point,
        profile,
        slots,
        _computed_at(unit_id, asked),
        [mark for mark in "MLSHPER." if mark in seen],
        _closing(unit_id, point, asked),
        "E" in seen and not parameters.is_spreading_checked(asked.day),
    )


def _computed_at(unit_id: int, asked: Asked) -> datetime | None:
    """Return when the day was last worked out; looking back, it is worked out at this moment."""
    if asked.as_of is not None:
        return None
    done = figures.computed_at(unit_id=unit_id, from_day=asked.day, to_day=asked.day)
    return done.get(asked.day)


def _closing(unit_id: int, point: PointRow, asked: Asked) -> Decimal | None:
    """Return the register at 24:00, where it was read then: the next day's first at 00:00."""
    following = figures.profile_of(
        unit_id=unit_id, point_id=point.id, day=asked.day + timedelta(days=1), as_of=asked.as_of
    )
    return following.first_value if following and following.first_at == 0 else None


def _slots(profile: ProfileRow, at: datetime) -> list[Slot]:
    """Return the slots that have begun by then; of a day ahead all, for it says something."""
    now = clock.local_second(at) - clock.day_number(profile.day) * DAY_SECONDS
    letters = profile.methods or methods.NONE * len(profile.marks)
    return [
        Slot(place * profile.slot_seconds, *one)
        for place, one in enumerate(zip(profile.values, profile.marks, letters, strict=True))
        if now < 0 or place * profile.slot_seconds <= now
    ]


def years_of(year: Statement, chosen: PointRow | None) -> list[tuple[PeriodTotal, Line | None]]:
    """Return each month's sum with the chosen point's, latest first, where there was a point."""
    of_point = {line.period: line for line in year.lines if chosen and line.point_id == chosen.id}
    there = {line.period for line in year.lines}
    totals = [total for total in reversed(year.totals) if total.period in there]
    return [(total, of_point.get(total.period)) for total in totals]


def day_totals(days: Statement) -> list[DayTotal]:
    """Return each day with what of it is estimated and what stands on a day record."""
    lines: dict[date, list[Line]] = {}
    for line in days.lines:
        if line.span.level == BOUNDARY and line.amount is not None:
            lines.setdefault(line.period, []).append(line)
    return [_day_total(total, lines.get(total.period, ())) for total in days.totals]


def _day_total(total: PeriodTotal, lines: Iterable[Line]) -> DayTotal:
    estimated, recorded = Decimal(0), 0
    for line in lines:
        if line.amount is None:
            continue
        recorded += line.amount.basis == Basis.DAY_RECORD
        if line.factor is not None:
            estimated += coal.tonnes_of_coal(line.amount.estimated, line.factor.kgce_per_uom)
    return DayTotal(total.period, total.tonnes, estimated, total.is_complete, recorded)


def received_of(lines: Iterable[Line], today: date) -> Received:
    """Return how complete the days that are over are; today goes on."""
    over = [line for line in lines if line.period < today]
    return Received(
        received=sum(line.amount.received for line in over if line.amount),
        expected=sum(line.expected for line in over),
        until=max((line.period for line in over), default=None),
        recorded=sum(bool(one.amount and one.amount.basis == Basis.DAY_RECORD) for one in over),
    )


def factors_of(total: PeriodTotal | None) -> dict[str, Any]:
    """Return the editions behind a sum, and whether each factor was checked against its text."""
    known = [one.factor for one in total.types if one.factor] if total else []
    return {
        "editions": sorted({factor.edition for factor in known}),
        "verified": bool(known) and all(factor.verified for factor in known),
        "missing": sum(1 for one in total.types if one.factor is None) if total else 0,
        "points": sum(one.total.points for one in total.types) if total else 0,
        "points_missing": sum(one.total.points_missing for one in total.types) if total else 0,
        "points_partial": sum(one.total.points_partial for one in total.types) if total else 0,
    }
