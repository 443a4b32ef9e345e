"""What is known of a unit's consumption: now, or as it was known at an instant.

The same rows either way. ``as_of`` replays messages and facts recorded by then through the same
arithmetic (ARCHITECTURE 1.3); it may not be later than ``facts.queries.settled_until()``.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.protocol.records import DAY_SECONDS, source_key
from hengneng.telemetry.consumption.queries import evidence, months, parameters, shapes, tracks
from hengneng.telemetry.consumption.rules import stitch
from hengneng.telemetry.consumption.rules.amounts import Amount, Basis, amount_of_month
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.tracks import Track, keys_of


class ProfileRow(NamedTuple):
    """A point's local day, slot by slot.

    Attributes:
        day: The local date.
        slot_seconds: Length of a slot. [s]
        values: Energy per slot; None where nothing is known. Shape (86400 / slot_seconds,).
        marks: One letter per slot, ``rules.marks``.
        basis: What the day's amount stands on.
        first_at: Second of the day of the first good register; None without one.
        first_value: The register then, as shown.
        last_at: Second of the day of the last good register.
        last_value: The register then, as shown.
        methods: One letter per slot, ``rules.methods``; empty: nothing is estimated.
    """

    day: date
    slot_seconds: int
    values: list[Decimal | None]
    marks: str
    basis: Basis
    first_at: int | None
    first_value: Decimal | None
    last_at: int | None
    last_value: Decimal | None
    methods: str = ""


class PointDay(NamedTuple):
    """A point's day of consumption."""

    point_id: int
    day: date
    amount: Amount


class PointMonth(NamedTuple):
    """A point's month of consumption; ``month`` is its first day."""

    point_id: int
    month: date
    amount: Amount


class Unclaimed(NamedTuple):
    """A series that arrives and feeds no point."""

    key: str
    first_day: date
    last_day: date
    entries: int


_AMOUNT = "amount, late, estimated, manual, supplied, expected, received, known, basis"


def profiles_of(
    *,
    unit_id: int,
    point_id: int,
    from_day: date,
    to_day: date,
    as_of: datetime | None = None,
) -> list[ProfileRow]:
    """Return the point's days of which anything is known, both ends included, ascending.

    Raises:
        NotSettled: If ``as_of`` lies in what is not settled yet.
    """
    if as_of is not None:
        worked = _replayed(unit_id, from_day, to_day, as_of, point_id)
        return [_profile(one) for _, one in worked]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.day, slot_seconds, scale, values, wide_values, marks, basis,"
            " first_at, first_value, last_at, last_value, coalesce(methods, '')"
            " FROM consumption_profile AS p JOIN consumption_consumptionday AS d"
            " ON d.unit_id = p.unit_id AND d.day = p.day AND d.point_id = p.point_id"
            " WHERE p.unit_id = %s AND p.point_id = %s AND p.day BETWEEN %s AND %s ORDER BY p.day",
            [unit_id, point_id, from_day, to_day],
        )
        return [
            ProfileRow(day, slot, _scaled(values or wide, scale), marks, Basis(basis), *registers)
            for day, slot, scale, values, wide, marks, basis, *registers in cursor.fetchall()
        ]


def profile_of(
    *, unit_id: int, point_id: int, day: date, as_of: datetime | None = None
) -> ProfileRow | None:
    """Return one day of a point; None where nothing is known of it."""
    found = profiles_of(unit_id=unit_id, point_id=point_id, from_day=day, to_day=day, as_of=as_of)
    return found[0] if found else None


def days_of(
    *, unit_id: int, from_day: date, to_day: date, as_of: datetime | None = None
) -> list[PointDay]:
    """Return the consumption of all points of a unit by day, both ends included.

    Raises:
        NotSettled: If ``as_of`` lies in what is not settled yet.
    """
    if as_of is not None:
        worked = _replayed(unit_id, from_day, to_day, as_of)
        return [PointDay(point, clock.date_of(one.day), one.amount) for point, one in worked]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT point_id, day, {_AMOUNT} FROM consumption_consumptionday"  # noqa: S608 own columns
            " WHERE unit_id = %s AND day BETWEEN %s AND %s ORDER BY day, point_id",
            [unit_id, from_day, to_day],
        )
        return [PointDay(point, day, _amount(rest)) for point, day, *rest in cursor.fetchall()]


def months_of(
    *, unit_id: int, from_month: date, to_month: date, as_of: datetime | None = None
) -> list[PointMonth]:
    """Return the consumption of all points of a unit by month, both ends included.

    Args:
        unit_id: The unit.
        from_month: Any day of the first month.
        to_month: Any day of the last month.
        as_of: As known then; None: now. Aware.

    Raises:
        NotSettled: If ``as_of`` lies in what is not settled yet.
    """
    first, last = from_month.replace(day=1), to_month.replace(day=1)
    if as_of is not None:
        return _replayed_months(unit_id, first, last, as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT point_id, month, {_AMOUNT} FROM consumption_consumptionmonth"  # noqa: S608 own columns
            " WHERE unit_id = %s AND month BETWEEN %s AND %s ORDER BY month, point_id",
            [unit_id, first, last],
        )
        return [
            PointMonth(point, month, _amount(rest)) for point, month, *rest in cursor.fetchall()
        ]


def computed_at(*, unit_id: int, from_day: date, to_day: date) -> dict[date, datetime]:
    """Return when each of the days was last worked out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, computed_at FROM consumption_revision"
            " WHERE unit_id = %s AND day BETWEEN %s AND %s",
            [unit_id, from_day, to_day],
        )
        return dict(cursor.fetchall())


def series_without_point(*, unit_id: int, from_day: date, to_day: date) -> list[Unclaimed]:
    """Return the sources that sent data in these days and feed no point; nothing of it is lost."""
    claimed = keys_of(tracks.tracks_of(unit_id))
    days = range(clock.day_number(from_day), clock.day_number(to_day) + 1)
    seen: dict[str, list[tuple[int, int]]] = {}
    for day, entries in sorted(evidence.Kept(unit_id).digests(days).items()):
        for series, rows in entries.items():
            if source_key(series) not in claimed:
                seen.setdefault(source_key(series), []).append((day, len(rows)))
    return [
        Unclaimed(
            key,
            clock.date_of(found[0][0]),
            clock.date_of(found[-1][0]),
            sum(count for _, count in found),
        )
        for key, found in sorted(seen.items())
    ]


def _amount(columns: Sequence[Any]) -> Amount:
    return Amount._make([*columns[:-1], Basis(columns[-1])])


def _scaled(values: Iterable[int | None], scale: int) -> list[Decimal | None]:
    return [None if value is None else Decimal(value).scaleb(-scale) for value in values]


def _profile(one: stitch.PointDay) -> ProfileRow:
    return ProfileRow(
        clock.date_of(one.day),
        one.profile.slot_seconds,
        _scaled(one.profile.values, one.profile.scale),
        one.profile.marks,
        one.amount.basis,
        *_end(one.first),
        *_end(one.last),
        one.profile.methods,
    )


def _end(entry: Entry | None) -> tuple[int | None, Decimal | None]:
    """Return a register's second of the day and what it showed."""
    if entry is None:
        return None, None
    return entry.at % DAY_SECONDS, Decimal(entry.digits).scaleb(-entry.scale)


def _replayed(
    unit_id: int, from_day: date, to_day: date, as_of: datetime, point_id: int | None = None
) -> list[tuple[int, stitch.PointDay]]:
    """Return (point, day) worked out from what was recorded by ``as_of``, by day and point."""
    check_settled(as_of)
    known = [
        track
        for track in tracks.tracks_of(unit_id, as_of=as_of)
        if point_id in (None, track.point_id)
    ]
    days = range(clock.day_number(from_day), clock.day_number(to_day) + 1)
    return worked_out(evidence.Replayed(unit_id, as_of), known, days)


def check_settled(as_of: datetime) -> None:
    """Refuse an instant up to which the record may still change.

    Raises:
        NotSettled: If it lies in what is not settled yet.
    """
    settled = facts.settled_until()
    if settled is None or as_of > settled:
        raise facts.NotSettled(f"settled until {settled}, asked for {as_of}")


def worked_out(
    source: evidence.Evidence, known: Sequence[Track], days: Iterable[int]
) -> list[tuple[int, stitch.PointDay]]:
    """Return (point, day) as it follows from evidence, by day and point.

    Args:
        source: The evidence.
        known: The points.
        days: Which days, in days since 1970-01-01.
    """
    worked: list[tuple[int, stitch.PointDay]] = []
    for limits, run in parameters.runs(days, most=parameters.days_most(len(known))):
        window = evidence.window_of(source, known, run)
        tasks = [shapes.Task(track, window, run, limits) for track in known]
        worked += shapes.work_out(source, tasks)
    return sorted(worked, key=lambda pair: (pair[1].day, pair[0]))


def _replayed_months(unit_id: int, first: date, last: date, as_of: datetime) -> list[PointMonth]:
    end = months.next_month(last)
    worked = _replayed(unit_id, first, clock.date_of(clock.day_number(end) - 1), as_of)
    days = [PointDay(point, clock.date_of(one.day), one.amount) for point, one in worked]
    known = tracks.tracks_of(unit_id, as_of=as_of)
    span = range(clock.day_number(first), clock.day_number(end))
    return months_from_days(evidence.Replayed(unit_id, as_of), known, span, days)


def months_from_days(
    source: evidence.Evidence,
    known: Sequence[Track],
    span: Iterable[int],
    worked: Iterable[PointDay],
) -> list[PointMonth]:
    """Return the months that some days lie in, by month and point.

    Args:
        source: Where month records come from.
        known: The points.
        span: The days, in days since 1970-01-01.
        worked: What is known of all days of these months.
    """
    by_month: dict[tuple[date, int], list[Amount]] = {}
    for one in worked:
        by_month.setdefault((one.day.replace(day=1), one.point_id), []).append(one.amount)
    found = []
    for month in months.inputs(source, known, span):
        days = by_month.get((month.month, month.point_id), [])
        if days or month.record:
            amount = amount_of_month(days, expected=month.expected, record=month.record)
            found.append(PointMonth(month.point_id, month.month, amount))
    return sorted(found, key=lambda row: (row.month, row.point_id))
