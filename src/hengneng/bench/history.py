"""A city with a year of history, made set-wise: for measuring pages, which only read.

The ledger is entered by the same operations that people use. The figures are not worked out from
readings but written straight into the tables that follow from them, as the recompute would leave
them: a load's shape times a size of each unit, with gaps, estimates and silent units among them.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from hengneng.kernel import clock
from hengneng.protocol import codes
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.points import operations as points
from hengneng.registry.points.operations import NewPoint
from hengneng.registry.units import operations as units
from hengneng.registry.units.operations import NewUnit
from hengneng.telemetry.journal import bodies as journal_bodies

SLOT_SECONDS, SLOTS = 900, 96
PROFILE_DAYS = 9  # days with their curves; the days before them have their sums
SECTORS = ("酒店", "商场", "办公楼", "医院", "学校", "数据中心", "轨道交通", "物流")
# Of each point: code, energy type.
POINTS = (("E-01", "ELECTRICITY"), ("E-02", "ELECTRICITY"), ("G-01", "NATURAL_GAS"))
# A working day's load by quarter of an hour, in parts of its size.
SHAPE = tuple(40 + (60 - abs(place - 52) if 24 <= place < 84 else 0) for place in range(SLOTS))

_DAYS = """
INSERT INTO consumption_consumptionday (unit_id, day, point_id, amount, late, estimated, manual,
    supplied, expected, received, known, basis)
SELECT unit_id, day, point_id, size * (load[known] - load[gap]) / 1000.0, 0,
    size * (load[least(known, est_to)] - load[least(known, est_from)]) / 1000.0, 0, 0, %(slots)s,
    known - gap - (least(known, est_to) - least(known, est_from)), known - gap, 'REGISTERS'
FROM bench_day, (SELECT array_agg(total ORDER BY place) AS load FROM bench_load) AS totals
"""
_LOAD = """
CREATE TEMPORARY TABLE bench_load AS
SELECT place, coalesce(sum(value) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING), 0)::bigint
    AS total, value
FROM (SELECT 0 AS place, 0 AS value UNION ALL
    SELECT place, value FROM unnest(%(shape)s::int[]) WITH ORDINALITY AS shape (value, place)
) AS slots
"""
# Known slots, a gap at the day's start, an estimate in its middle; places from 1 in ``load``.
_DAY = """
CREATE TEMPORARY TABLE bench_day AS
SELECT point.unit_id, point.point_id, day::date AS day,
    (point.size * (90 + (point.unit_id * 31 + day_number * 17) %% 21)
        * CASE WHEN extract(isodow FROM day) > 5 THEN 6 ELSE 10 END / 1000)::bigint AS size,
    CASE WHEN day = %(last)s THEN %(slots_today)s ELSE %(slots)s END + 1 AS known,
    CASE WHEN (point.unit_id + day_number) %% 13 = 0 THEN 25 ELSE 1 END AS gap,
    CASE WHEN (point.unit_id * 7 + day_number) %% 11 = 0 THEN 41 ELSE 1 END AS est_from,
    CASE WHEN (point.unit_id * 7 + day_number) %% 11 = 0 THEN 53 ELSE 1 END AS est_to
FROM unnest(%(units)s::bigint[], %(points)s::bigint[], %(sizes)s::bigint[])
    AS point (unit_id, point_id, size),
generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day,
LATERAL (SELECT day::date - date '2000-01-01' AS day_number) AS numbered
WHERE NOT (point.unit_id %% 29 = 0 AND day > %(last)s::date - 3)
ORDER BY point.unit_id, day, point.point_id
"""
_PROFILES = """
INSERT INTO consumption_profile (unit_id, day, point_id, slot_seconds, scale, values, marks)
SELECT unit_id, day, point_id, %(slot_seconds)s, 3, slots.values, slots.marks
FROM bench_day, LATERAL (
    SELECT array_agg(CASE WHEN place >= gap AND place < known THEN size * value END
        ORDER BY place)::int[] AS values,
        string_agg(CASE WHEN place < gap OR place >= known THEN '.'
            WHEN place >= est_from AND place < est_to THEN 'E' ELSE 'M' END, '' ORDER BY place)
        AS marks
    FROM bench_load WHERE place > 0
) AS slots
WHERE day > %(last)s::date - %(profile_days)s
"""
_MONTHS = """
INSERT INTO consumption_consumptionmonth (unit_id, month, point_id, amount, late, estimated,
    manual, supplied, expected, received, known, basis)
SELECT unit_id, date_trunc('month', day)::date, point_id, sum(amount), 0, sum(estimated), 0, 0,
    extract(day FROM date_trunc('month', min(day)) + interval '1 month - 1 day')::int * %(slots)s,
    sum(received), sum(known), 'DAYS'
FROM consumption_consumptionday GROUP BY unit_id, date_trunc('month', day), point_id
"""
_REVISIONS = """
INSERT INTO consumption_revision (unit_id, day, revision, computed_at)
SELECT DISTINCT unit_id, day, 1, %(at)s::timestamptz FROM bench_day
"""
_MESSAGES = """
INSERT INTO journal_message (unit_id, recorded_at, sequence, terminal_id, channel, dictionary,
    key_version, sha256, body)
SELECT unit_id, recorded_at, row_number() OVER (ORDER BY recorded_at, unit_id), NULL, 1,
    %(dictionary)s, 0, sha256(%(raw)s), %(body)s
FROM (
    SELECT unit_id, %(at)s::timestamptz - interval '1 minute' * (unit_id %% 50)
        - CASE WHEN unit_id %% 29 = 0 THEN interval '3 days'
            WHEN unit_id %% 23 = 0 THEN interval '5 hours' ELSE interval '0' END AS recorded_at
    FROM unnest(%(senders)s::bigint[]) AS sender (unit_id) WHERE unit_id %% 97 > 0
) AS sent
"""
_TAIL = """
INSERT INTO facts_tail (name, sequence, recorded_at) VALUES ('message', %(count)s, %(at)s)
ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence, recorded_at = excluded.recorded_at
"""
_ANALYZE = "ANALYZE"


def enter_ledger(count: int, *, first: date, at: datetime) -> list[tuple[int, int]]:
    """Enter units, spread over the districts, with three boundary points each.

    Args:
        count: Units. [count]
        first: Since when sites and points are there; a local day.
        at: When they are entered. Aware.

    Returns:
        Unit and point, three for each unit. Shape (3 * count,).
    """
    since = clock.instant(clock.day_number(first) * DAY_SECONDS)
    districts = bodies.districts()
    rows = [
        NewUnit(
            code=_credit_code(number),
            name=f"负载{SECTORS[number % len(SECTORS)]}{number + 1}",
            name_en=f"Load unit {number + 1}",
            sector=SECTORS[number % len(SECTORS)],
            address="",
            site_code="S1",
            district_code=districts[min(number % 29, number % len(districts))].code,
            valid_from=since,
            listings=((at.year, "KEY", "THOUSAND"),),
        )
        for number in range(count)
    ]
    entered = units.enter_units(rows=rows, by=None, at=at)
    made = points.create_points(
        rows=[
            NewPoint(
                unit_id=unit_id,
                code=code,
                name=f"总表{code}",
                energy_type_id=energy_type,
                level="LEVEL_1",
                kind="REGISTER",
                valid_from=since,
                site_id=site_id,
                key=f"R:M{code}:total",
            )
            for unit_id, site_id in entered
            for code, energy_type in POINTS
        ],
        by=None,
        at=at,
    )
    return [
        (unit_id, made[place * len(POINTS) + n])
        for place, (unit_id, _) in enumerate(entered)
        for n in range(len(POINTS))
    ]


@transaction.atomic
def write_figures(
    fed: Sequence[tuple[int, int]], *, days: int, at: datetime, profile_days: int = PROFILE_DAYS
) -> None:
    """Write a history for points that have none, in one transaction.

    Args:
        fed: Unit and point.
        days: Length of the history; it ends with today so far. [count]
        at: Now. Aware.
        profile_days: Days at its end that have their curves. [count]
    """
    second = clock.local_second(at)
    last = clock.date_of(second // DAY_SECONDS)
    senders = sorted({unit_id for unit_id, _ in fed})
    raw = b"{}"
    packed = journal_bodies.pack(raw)
    asked: dict[str, Any] = {
        "units": [unit_id for unit_id, _ in fed],
        "points": [point_id for _, point_id in fed],
        "sizes": [20 + number * number % 997 for number in range(len(fed))],
        "first": last - timedelta(days=days - 1),
        "last": last,
        "slots": SLOTS,
        "slots_today": second % DAY_SECONDS // SLOT_SECONDS,
        "slot_seconds": SLOT_SECONDS,
        "shape": list(SHAPE),
        "profile_days": profile_days,
        "at": at,
        "senders": senders,
        "raw": raw,
        "body": packed.body,
        "dictionary": packed.dictionary,
        "count": sum(unit_id % 97 > 0 for unit_id in senders),
    }
    with connection.cursor() as cursor:
        for query in (_LOAD, _DAY, _DAYS, _PROFILES, _MONTHS, _REVISIONS, _MESSAGES, _TAIL):
            cursor.execute(query, asked)
        cursor.execute(_ANALYZE)


def _credit_code(number: int) -> str:
    """Return a social credit code that no real unit has."""
    base = f"91310000MABPG{number:04}"
    return base + codes.credit_check_character(base)
