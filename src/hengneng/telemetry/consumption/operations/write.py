"""Write a unit's derived rows: COPY into a temporary table, then INSERT … ON CONFLICT (SQL.md 4).

Rows that would not change are left alone; rows that no longer follow are removed under the unit's
lock. Everything here runs inside the recompute's transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from psycopg import Copy

from hengneng.kernel import clock
from hengneng.telemetry.consumption.operations import lines
from hengneng.telemetry.consumption.queries.months import MonthInput, next_month
from hengneng.telemetry.consumption.rules import EDITION
from hengneng.telemetry.consumption.rules.amounts import Amount, Basis, amount_of_month
from hengneng.telemetry.consumption.rules.sheets import Sheet
from hengneng.telemetry.consumption.rules.stitch import PointDay


class _Table(NamedTuple):
    """A by-unit table, its key behind unit_id, and its other columns."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


_AMOUNTS = ("amount", "late", "estimated", "manual", "supplied", "expected", "received", "known")
_DIGEST = _Table("consumption_digest", ("day",), ("series", "edition", "body"))
_PROFILE = _Table(
    "consumption_profile",
    ("day", "point_id"),
    ("slot_seconds", "scale", "values", "wide_values", "marks",
     "first_at", "first_value", "last_at", "last_value", "methods"),
)  # fmt: skip
_DAY = _Table("consumption_consumptionday", ("day", "point_id"), (*_AMOUNTS, "basis"))
_MONTH = _Table("consumption_consumptionmonth", ("month", "point_id"), (*_AMOUNTS, "basis"))


def digests(unit_id: int, made: Mapping[int, tuple[Sequence[int], bytes]]) -> None:
    """Write the digests of days: their series' numbers and their bytes."""
    rows = [(clock.date_of(day), list(ids), EDITION, body) for day, (ids, body) in made.items()]
    _upsert(_DIGEST, unit_id, rows)


def point_days(
    unit_id: int,
    days: Sequence[int],
    regular: Sequence[Sheet],
    others: Sequence[tuple[int, PointDay]],
) -> None:
    """Write profiles and day consumption of these days, and remove what no longer follows."""
    dates = {day: clock.date_of(day) for day in days}
    keys = {(dates[one.day], point_id) for point_id, one in others}
    for sheet in regular:
        keys |= {
            (dates[day], point_id)
            for day, point_id in zip(sheet.days.tolist(), sheet.points.tolist(), strict=True)
        }
    for table, of_sheet, of_other in (
        (_PROFILE, lines.profiles, lines.profile), (_DAY, lines.amounts, lines.amount)
    ):  # fmt: skip
        text = [line for sheet in regular for line in of_sheet(unit_id, sheet)]
        text += [of_other(unit_id, point_id, one) for point_id, one in others]
        _remove_others(table, unit_id, list(dates.values()), keys)
        _upsert_lines(table, text)


def point_months(unit_id: int, inputs: Sequence[MonthInput]) -> None:
    """Write the months' consumption from the days' rows and the month records."""
    sums = _sums_of_days(unit_id, sorted({one.month for one in inputs}))
    rows = []
    for one in inputs:
        days = sums.get((one.month, one.point_id), ())
        worked = amount_of_month(days, expected=one.expected, record=one.record)
        if days or one.record:
            rows.append((one.month, one.point_id, *worked))
    keys = {row[:2] for row in rows}
    _remove_others(_MONTH, unit_id, sorted({one.month for one in inputs}), keys)
    _upsert(_MONTH, unit_id, rows)


def _sums_of_days(unit_id: int, months: Sequence[Any]) -> dict[Any, list[Any]]:
    """Return each month's sum of its points' days, as one row that the rule adds up further."""
    if not months:
        return {}
    summed = ", ".join(f"sum({name})" for name in _AMOUNTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT date_trunc('month', day)::date, point_id, {summed}"  # noqa: S608 own columns
            " FROM consumption_consumptionday WHERE unit_id = %s AND day >= %s AND day < %s AND"
            " date_trunc('month', day)::date = ANY(%s) GROUP BY 1, 2",
            [unit_id, months[0], next_month(months[-1]), list(months)],
        )
        return {
            (month, point_id): [Amount._make([*amounts, Basis.DAYS])]
            for month, point_id, *amounts in cursor.fetchall()
        }


def revisions(unit_id: int, days: Sequence[int], at: datetime) -> None:
    """Count one more working out of each day.

    Its instant is no earlier than anything that could be read for it: what was recorded while the
    pass went on may be in the figures, and "as reported then" must not take them for older.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consumption_revision AS known (unit_id, day, revision, computed_at)"
            " SELECT %s, day, 1, greatest(%s, (SELECT max(recorded_at) FROM facts_tail"
            " WHERE name IN ('fact', 'message'))) FROM unnest(%s::date[]) AS day"
            " ON CONFLICT (unit_id, day) DO UPDATE"
            " SET revision = known.revision + 1, computed_at = excluded.computed_at",
            [unit_id, at, [clock.date_of(day) for day in days]],
        )


def note_unstitched(unit_id: int, runs: Iterable[Sequence[int]], *, since: datetime) -> None:
    """Note runs of days whose figures do not follow from their digests and facts yet.

    Args:
        unit_id: The unit.
        runs: Neighbouring days each.
        since: When they began to wait. Aware.
    """
    rows = [(unit_id, clock.date_of(run[0]), clock.date_of(run[-1]), since) for run in runs]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO consumption_unstitched (unit_id, first, last, since)"
                " VALUES (%s, %s, %s, %s)",
                rows,
            )


def clear_unstitched(unit_id: int, numbers: Sequence[int]) -> None:
    """Forget exactly the notes that were read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM consumption_unstitched WHERE unit_id = %s AND id = ANY(%s)",
            [unit_id, list(numbers)],
        )


def _upsert(table: _Table, unit_id: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """Fill the table's temporary twin and move what changed over."""
    with _filling(table) as copy:
        for row in rows:
            copy.write_row((unit_id, *row))


def _upsert_lines(table: _Table, text: Sequence[str]) -> None:
    """Do the same with lines as COPY reads them."""
    with _filling(table) as copy:
        if text:
            copy.write("".join(text))


@contextmanager
def _filling(table: _Table) -> Iterator[Copy]:
    """Let the table's temporary twin be filled, then move what changed over."""
    names = ("unit_id", *table.key, *table.columns)
    quoted = ", ".join(f'"{name}"' for name in names)
    twin = f"new_{table.name}"
    assigned = ", ".join(f'"{name}" = excluded."{name}"' for name in table.columns)
    was = ", ".join(f'known."{name}"' for name in table.columns)
    now = ", ".join(f'excluded."{name}"' for name in table.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {twin} (LIKE {table.name}) ON COMMIT DELETE ROWS"
        )
        cursor.execute(f"TRUNCATE {twin}")
        with cursor.copy(f"COPY {twin} ({quoted}) FROM STDIN") as copy:
            yield copy
        cursor.execute(
            f"INSERT INTO {table.name} AS known ({quoted}) SELECT {quoted} FROM {twin}"  # noqa: S608 own names
            f" ON CONFLICT (unit_id, {', '.join(table.key)}) DO UPDATE SET {assigned}"
            f" WHERE ({was}) IS DISTINCT FROM ({now})"
        )


def _remove_others(
    table: _Table, unit_id: int, dates: Sequence[Any], keys: Set[tuple[Any, ...]]
) -> None:
    """Remove the rows of these dates whose keys are not among the new rows'."""
    period, point = table.key
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {period}, {point} FROM {table.name}"  # noqa: S608 own names
            f" WHERE unit_id = %s AND {period} = ANY(%s)",
            [unit_id, list(dates)],
        )
        old = [key for key in cursor.fetchall() if key not in keys]
        if old:
            cursor.executemany(
                f"DELETE FROM {table.name} WHERE unit_id = %s AND {period} = %s AND {point} = %s",  # noqa: S608 own names
                [(unit_id, *key) for key in old],
            )
