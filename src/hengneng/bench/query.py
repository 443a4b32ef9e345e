"""``bench query``: a point's month and a city's year, asked of a database with a year in it.

The figures are written set-wise into the tables that follow from readings, as the recompute would
leave them. The questions are the platform's own queries. The baseline of the month is a row for
each reading; of the year, the same sums from day totals, where no months are kept.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from hengneng.bench import figures, ingest, rows
from hengneng.bench.figures import Result
from hengneng.bench.ingest import NotMeasured
from hengneng.bench.plan import QueryPlan
from hengneng.telemetry.consumption.queries import figures as kept
from hengneng.telemetry.consumption.queries import sums
from hengneng.telemetry.consumption.queries.sums import Counted

YEAR, MONTH = 2025, 10
POINTS, SLOTS, SLOT_SECONDS, SCALE = 100, 96, 900, 3
DISTRICTS = 17
# Of each unit's points, one a kind of energy stands at the boundary and counts for the city.
BOUNDARY = 5
CURVED = 10  # units whose month has its curves, and its rows in the baseline

Tell = Callable[[str], None]

_DAYS = """
INSERT INTO consumption_consumptionday (unit_id, day, point_id, amount, late, estimated, manual,
    supplied, expected, received, known, basis)
SELECT unit_id, day::date, unit_id * 1000 + point,
    ((unit_id * 31 + point * 17 + extract(doy FROM day)::int * 7) %% 9000 + 1000) / 10.0,
    0, 0, 0, 0, %(slots)s, %(slots)s, %(slots)s, 'REALTIME'
FROM generate_series(1, %(units)s) AS unit_id,
    generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day,
    generate_series(1, %(points)s) AS point
"""
_MONTHS = """
INSERT INTO consumption_consumptionmonth (unit_id, month, point_id, amount, late, estimated,
    manual, supplied, expected, received, known, basis)
SELECT unit_id, date_trunc('month', day)::date, point_id, sum(amount), 0, 0, 0, 0, sum(expected),
    sum(received), sum(known), 'DAYS'
FROM consumption_consumptionday GROUP BY unit_id, date_trunc('month', day), point_id
ORDER BY 1, 2, 3
"""
_PROFILES = """
INSERT INTO consumption_profile (unit_id, day, point_id, slot_seconds, scale, values, marks)
SELECT unit_id, day, point_id, %(slot_seconds)s, %(scale)s,
    (SELECT array_agg((amount * 10)::int + slot) FROM generate_series(1, %(slots)s) AS slot),
    repeat('M', %(slots)s)
FROM consumption_consumptionday
WHERE unit_id <= %(curved)s AND day BETWEEN %(begin)s AND %(end)s ORDER BY unit_id, day, point_id
"""
_ROWS = f"""
INSERT INTO {rows.TABLE} (unit_id, series, at, digits, scale, mark, sent_at)
SELECT unit_id, point_id, (day - date '1970-01-01') * 86400 + (slot - 1) * %(slot_seconds)s, value,
    %(scale)s, 'M', 0
FROM consumption_profile, unnest(values) WITH ORDINALITY AS slots (value, slot)
ORDER BY unit_id, day, slot, point_id
"""  # noqa: S608 own name
_MONTH_OF_ROWS = f"""
SELECT at, digits, scale, mark FROM {rows.TABLE}
WHERE unit_id = %s AND series = %s AND at >= %s AND at < %s ORDER BY at
"""  # noqa: S608 own name
_YEAR_OF_DAYS = """
SELECT date_trunc('month', fact.day), counted.grp, sum(fact.amount)
FROM unnest(%(units)s::bigint[], %(points)s::bigint[], %(groups)s::int[])
    AS counted (unit_id, point_id, grp)
JOIN consumption_consumptionday AS fact
    ON fact.unit_id = counted.unit_id AND fact.point_id = counted.point_id
WHERE fact.unit_id = ANY(%(among)s::bigint[]) AND fact.day BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2
"""


def measure(plan: QueryPlan, *, tell: Tell) -> dict[str, Any]:
    """Return what ``bench query --json`` prints.

    Args:
        plan: What to measure.
        tell: Takes a sentence on how far it is.

    Raises:
        NotMeasured: If product and baseline do not answer the same.
    """
    _write(plan.units, tell)
    results = [_point_month(min(plan.units, CURVED), plan.askings), _city_year(plan)]
    about = {"units": plan.units, "points": plan.units * POINTS, "days": _days()}
    return figures.as_json(ingest.machine() | about, results)


def _write(units: int, tell: Tell) -> None:
    """Write a year of figures, and a month of curves and rows."""
    asked: dict[str, Any] = {
        "units": units,
        "points": POINTS,
        "slots": SLOTS,
        "slot_seconds": SLOT_SECONDS,
        "scale": SCALE,
        "curved": CURVED,
        "first": date(YEAR, 1, 1),
        "last": date(YEAR, 12, 31),
        "begin": date(YEAR, MONTH, 1),
        "end": date(YEAR, MONTH, 31),
    }
    with connection.cursor() as cursor:
        cursor.execute(rows.CREATE)
        for what, query in {
            "days": _DAYS, "months": _MONTHS, "curves": _PROFILES, "rows": _ROWS,
        }.items():  # fmt: skip
            cursor.execute(query, asked)
            tell(f"{cursor.rowcount:,} {what} written")
        cursor.execute("VACUUM ANALYZE")
    tell("the tables are vacuumed")


def _point_month(units: int, askings: int) -> Result:
    """Return how long a point's month takes, each asking another point's."""
    first, last = date(YEAR, MONTH, 1), date(YEAR, MONTH, 31)
    begin = (first - date(1970, 1, 1)).days * 86_400

    def points() -> list[tuple[int, int]]:
        return [
            (unit_id, unit_id * 1000 + 1 + turn * 37 % POINTS)
            for turn in range(askings)
            for unit_id in [1 + turn % units]
        ]

    def ask(unit_id: int, point_id: int) -> int:
        found = kept.profiles_of(unit_id=unit_id, point_id=point_id, from_day=first, to_day=last)
        return sum(len(one.values) for one in found)

    def ask_rows(unit_id: int, point_id: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                _MONTH_OF_ROWS, [unit_id, point_id, begin, begin + 31 * SLOTS * SLOT_SECONDS]
            )
            return len(cursor.fetchall())

    value, found = _timed(ask, points())
    baseline, found_rows = _timed(ask_rows, points())
    _check_same(found, found_rows)
    return Result("point_month_ms", value, "ms", is_more_better=False, baseline=baseline)


def _city_year(plan: QueryPlan) -> Result:
    """Return how long a year by district and kind of energy takes."""
    first, last = date(YEAR, 1, 1), date(YEAR, 12, 1)
    until = date(YEAR + 1, 1, 1)
    counted = [
        Counted(unit_id, unit_id * 1000 + 1 + kind, unit_id % DISTRICTS * BOUNDARY + kind, first,
                until)
        for unit_id in range(1, plan.units + 1)
        for kind in range(BOUNDARY)
    ]  # fmt: skip

    def ask() -> Any:
        found = sums.sums_of_months(counted, from_month=first, to_month=last)
        return sum(one.amount or 0 for one in found)

    def ask_days() -> Any:
        asked = sums.arrays_of(counted) | {"first": first, "last": date(YEAR, 12, 31)}
        with connection.cursor() as cursor:
            cursor.execute(_YEAR_OF_DAYS, asked)
            return sum(amount for _, _, amount in cursor.fetchall())

    value, found = _timed(ask, [()] * plan.askings)
    baseline, found_days = _timed(ask_days, [()] * 3)
    _check_same(found[:1], found_days[:1])
    return Result("city_year_ms", value, "ms", is_more_better=False, baseline=baseline)


def _timed(ask: Callable[..., Any], asked: Sequence[tuple[Any, ...]]) -> tuple[float, list[Any]]:
    """Return the median time of some questions, the first left out, and the answers. [ms]"""
    times, answers = [], []
    for one in [asked[0], *asked]:
        began = time.perf_counter()
        answers.append(ask(*one))
        times.append((time.perf_counter() - began) * 1e3)
    return figures.median(times[1:]), answers


def _check_same(product: object, baseline: object) -> None:
    if product != baseline:
        raise NotMeasured("product and baseline do not answer the same")


def _days() -> int:
    return (date(YEAR + 1, 1, 1) - date(YEAR, 1, 1)).days
