"""``bench lake``: a year of building loads copied to Parquet, proved, and asked beside PostgreSQL.

The ledger is entered by operations; the loads are those of the real buildings where their series
are present, else of the derived week table, quarter by quarter. Each point plays a building of its
own or the same one some weeks apart, so that no day stands twice in a file. The baseline of bytes
is PostgreSQL's profiles and days; of a question, the same question asked of PostgreSQL.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from hengneng.bench import figures, history, ingest, store
from hengneng.bench.figures import Result
from hengneng.bench.ingest import NotMeasured
from hengneng.bench.plan import LakePlan
from hengneng.kernel import clock
from hengneng.sim.loads import days as playing
from hengneng.sim.loads import weeks
from hengneng.telemetry.consumption.queries import stale
from hengneng.telemetry.lake import queries
from hengneng.telemetry.lake.rules import closing

MONTHS, PLAYED, APART = 12, 365, 45
SCALE = 3  # the loads are told in Wh and litres
KINDS = {"E-01": weeks.Energy.ELECTRICITY, "E-02": weeks.Energy.ELECTRICITY,
         "G-01": weeks.Energy.GAS}  # fmt: skip
TABLES = ("consumption_profile", "consumption_consumptionday")

Tell = Callable[[str], None]

_SERIES = """
CREATE TEMPORARY TABLE bench_series (
    series int, number int, values int[], total bigint, PRIMARY KEY (series, number)
)
"""
_POINTS = (
    "CREATE TEMPORARY TABLE bench_point (unit_id bigint, point_id bigint, series int, ahead int)"
)
_PROFILES = """
INSERT INTO consumption_profile (unit_id, day, point_id, slot_seconds, scale, values, marks,
    first_at, first_value, last_at, last_value)
SELECT unit_id, day, point_id, %(slot)s, %(scale)s, values, repeat('M', %(slots)s), 0,
    (after - total) / %(unit)s, 86400 - %(slot)s, (after - values[%(slots)s]) / %(unit)s
FROM (
    SELECT point.unit_id, point.point_id, day::date AS day, played.values, played.total,
        sum(played.total) OVER (PARTITION BY point.point_id ORDER BY day) AS after
    FROM bench_point AS point,
        generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day,
        bench_series AS played
    WHERE played.series = point.series
    AND played.number = (day::date - %(first)s::date + point.ahead) %% %(played)s
) AS days ORDER BY unit_id, day, point_id
"""
_DAYS = """
INSERT INTO consumption_consumptionday (unit_id, day, point_id, amount, late, estimated, manual,
    supplied, expected, received, known, basis)
SELECT point.unit_id, day::date, point.point_id, played.total / %(unit)s, 0, 0, 0, 0, %(slots)s,
    %(slots)s, %(slots)s, 'REGISTERS'
FROM bench_point AS point,
    generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day,
    bench_series AS played
WHERE played.series = point.series
AND played.number = (day::date - %(first)s::date + point.ahead) %% %(played)s
ORDER BY 1, 2, 3
"""
_REVISIONS = """
INSERT INTO consumption_revision (unit_id, day, revision, computed_at)
SELECT DISTINCT unit_id, day, 1, %(at)s::timestamptz FROM consumption_consumptionday
"""


class _Copied(NamedTuple):
    """What copying took, and what the copies hold."""

    seconds: float
    memory_mb: float
    bytes: int
    readings: int


def measure(plan: LakePlan, *, tell: Tell) -> dict[str, Any]:
    """Return what ``bench lake --json`` prints.

    Args:
        plan: What to measure.
        tell: Takes a sentence on how far it is.

    Raises:
        NotMeasured: If copies and PostgreSQL do not say the same.
    """
    _make_city(plan, tell)
    copied = _copy()
    tell(f"{copied.readings:,} readings copied in {copied.seconds:.1f} s")
    began = time.monotonic()
    checked = queries.check()
    checked_s = time.monotonic() - began
    if not checked.is_whole or checked.changed:
        raise NotMeasured(f"the copies are not whole: {checked.broken + checked.changed}")
    tell(f"checked in {checked_s:.1f} s; asking")
    results = [*_of_copies(copied, checked_s), *_of_questions(plan.rounds)]
    about = {"units": plan.units, "points": plan.units * len(KINDS), "readings": copied.readings}
    return figures.as_json(ingest.machine() | about, results)


def _of_copies(copied: _Copied, checked_s: float) -> list[Result]:
    """Return bytes, speed and memory of the copies."""
    held = store.bytes_of(*TABLES) / copied.readings
    return [
        Result("lake_bytes_per_reading", copied.bytes / copied.readings, "B", False, held),
        Result("lake_write_readings_s", copied.readings / copied.seconds, "1/s"),
        Result("lake_write_rss_mb", copied.memory_mb, "MB", False),
        Result("lake_check_readings_s", copied.readings / checked_s, "1/s"),
    ]


def _of_questions(rounds: int) -> list[Result]:
    """Return how long each question takes, the same of PostgreSQL beside it.

    Raises:
        NotMeasured: If the answers differ.
    """
    taken: dict[str, list[queries.Answered]] = {}
    for _ in range(rounds):
        for one in queries.ask(months=MONTHS):
            if not one.agrees:
                raise NotMeasured(f"{one.question}: the answers differ")
            taken.setdefault(one.question, []).append(one)
    return [
        Result(
            f"lake_{name}_ms",
            1000 * figures.median([one.seconds for one in found]),
            "ms",
            False,
            1000 * figures.median([one.postgres_seconds for one in found]),
        )
        for name, found in taken.items()
    ]


def _copy() -> _Copied:
    """Copy all closed months in a process of its own, so that its memory can be told.

    Raises:
        NotMeasured: If it fails.
    """
    command = [sys.executable, "-m", "hengneng.script", "lake", "write", "--json"]
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None  # noqa: S101 it is a pipe
        said = running.stdout.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise NotMeasured("closed months could not be copied")
    told = json.loads(said)
    seconds = time.monotonic() - began
    return _Copied(seconds, used.ru_maxrss * 1024 / 1e6, told["bytes"], told["readings"])


def _make_city(plan: LakePlan, tell: Tell) -> None:
    """Enter the units and write the last closed months of their points.

    Raises:
        NotMeasured: If the recompute does not come to rest.
    """
    at = clock.now()
    first, last = _span(clock.day_of(at))
    fed = history.enter_ledger(plan.units, first=first, at=at)
    began = time.monotonic()
    # What the recompute makes of the new points must not come after what is written for it.
    while stale.waiting_units(1):
        if time.monotonic() - began > plan.limit_s:
            raise NotMeasured("the recompute is still behind")
        time.sleep(0.1)
    tell(f"{len(fed)} points entered; playing the loads")
    asked: dict[str, Any] = {
        "first": first, "last": last, "at": at, "played": PLAYED, "scale": SCALE,
        "slot": playing.QUARTER_SECONDS, "slots": playing.QUARTERS, "unit": Decimal(10**SCALE),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in ((_SERIES, _series()), (_POINTS, _points(fed))):
            cursor.execute(table)
            name = table.split()[3]
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        for query in ("ANALYZE bench_series", _PROFILES, _DAYS, _REVISIONS):
            cursor.execute(query, asked)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    tell(f"loads written from {first} to {last}")


def _span(today: date) -> tuple[date, date]:
    """Return the first and last day of the last closed months."""
    months = closing.closed_months(today - timedelta(days=40 * MONTHS), today)[-MONTHS:]
    return months[0], closing.next_month(months[-1]) - timedelta(days=1)


def _series() -> Iterator[tuple[int, int, list[int], int]]:
    """Yield each building's days of a year, by kind of energy: quarters and their sum."""
    first = clock.day_number(date(2019, 1, 1))
    for series, (energy, building) in enumerate(_played()):
        for number in range(PLAYED):
            quarters = list(playing.quarters_of(building, energy, first + number))
            yield series, number, quarters, sum(quarters)


def _points(fed: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Yield each point with what it plays and how many days ahead."""
    played = _played()
    kinds = list(KINDS.values())
    count = dict.fromkeys(kinds, 0)
    for place, (unit_id, point_id) in enumerate(fed):
        energy = kinds[place % len(kinds)]
        own = [n for n, (kind, _) in enumerate(played) if kind == energy]
        turn, which = divmod(count[energy], len(own))
        count[energy] += 1
        yield unit_id, point_id, own[which], turn * APART % PLAYED


def _played() -> list[tuple[weeks.Energy, str]]:
    """Return the series: kinds of energy and buildings."""
    return [(energy, name) for energy in weeks.Energy for name in weeks.buildings()]
