"""``bench backfill``: a city's terminals send a week they kept, until its day totals are final.

The clock runs from the first request until the recompute has nothing left. Messages are built on
the way, by the load's processes, on the same machine. The baseline takes a tenth of the units the
same way and adds its rows up to day totals; its time is multiplied by what that tenth is short of.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from hengneng.bench import costs, figures, ingest, ledger, load, machines, messages, store
from hengneng.bench.figures import Result
from hengneng.bench.ingest import NotMeasured
from hengneng.bench.ledger import Entered
from hengneng.bench.load import Shape
from hengneng.bench.messages import DAY_SLOTS, SCALE
from hengneng.bench.plan import BackfillPlan
from hengneng.kernel import clock

DAYS, POINTS = 7, 30
# Three quarters of an hour together: 90 readings, what fits a message of a hundred.
SLOTS_A_MESSAGE = 3
TURNS = 32  # terminals of each of the load's processes that send side by side
BASELINE_SHARE = 10
_SHAPE = Shape(POINTS, SLOTS_A_MESSAGE, together=TURNS, is_built_ahead=False)
_CHECKED = 5  # units whose totals are added up anew
_POLL_S = 0.1

Tell = Callable[[str], None]


def measure(plan: BackfillPlan, *, tell: Tell) -> dict[str, Any]:
    """Return what ``bench backfill --json`` prints.

    Args:
        plan: What to measure.
        tell: Takes a sentence on how far it is.

    Raises:
        NotMeasured: If the platform did not do what was to be measured, or not exactly.
    """
    ingest.wait_until_ready(plan.port)
    ingest.wait_until_ready(plan.rows_port)
    store.make_rows_table()
    today = clock.local_second(clock.now()) // 86_400
    entered = ledger.enter_many(plan.units, width=POINTS, since=today - DAYS - 2)
    _wait_until_drained()
    tell(f"{plan.units} units of {POINTS} points entered")
    first = today - DAYS
    try:
        results = _product(plan, entered, first, tell)
        results[0] = results[0]._replace(baseline=_baseline(plan, entered, first, tell))
    except load.Refused as error:
        raise NotMeasured(f"the load was refused: {error}") from error
    about = {"units": plan.units, "readings": plan.units * POINTS * DAYS * DAY_SLOTS}
    return figures.as_json(ingest.machine() | about, results)


def _product(
    plan: BackfillPlan, entered: Sequence[Entered], first: int, tell: Tell
) -> list[Result]:
    """Let the platform take the week and work it out; return the figures, the time first."""
    meter = costs.Meter(ingest.pids(plan.processes), is_baseline=False)
    began = time.monotonic()
    run = _send(plan, entered, first, plan.port)
    tell(f"{run.messages} messages in {run.seconds:.1f} s; the recompute goes on")
    _wait_until_drained()
    took = time.monotonic() - began
    tell(f"day totals are final after {took:.1f} s")
    _check(entered, first)
    cost = meter.cost(load_s=run.cpu_s, messages=run.messages)
    pids = ingest.pids(plan.processes)
    return [
        Result("backfill_s", took, "s", is_more_better=False),
        Result("backfill_readings_s", len(entered) * POINTS * DAYS * DAY_SLOTS / took, "1/s"),
        Result("backfill_sent_s", run.seconds, "s", is_more_better=False),
        *(
            Result(f"backfill_cpu_{part}_s", used, "s", is_more_better=False)
            for part, used in cost.seconds.items()
        ),
        Result(
            "web_rss_mb", max(map(machines.peak_mb, pids["web-worker"])), "MB",
            is_more_better=False,
        ),
        Result(
            "worker_rss_mb", max(map(machines.peak_mb, pids["recompute"])), "MB",
            is_more_better=False,
        ),
    ]  # fmt: skip


def _baseline(plan: BackfillPlan, entered: Sequence[Entered], first: int, tell: Tell) -> float:
    """Return how long the baseline would take for all units. [s]"""
    some = entered[: max(1, len(entered) // BASELINE_SHARE)]
    began = time.monotonic()
    _send(plan, some, first, plan.rows_port)
    store.add_up_rows()
    took = time.monotonic() - began
    readings = len(some) * POINTS * DAYS * DAY_SLOTS
    if store.row_count() != readings:
        raise NotMeasured(f"{store.row_count()} readings of {readings} are in the baseline's table")
    tell(f"the baseline took {took:.1f} s for {len(some)} units")
    return took * len(entered) / len(some)


def _send(plan: BackfillPlan, entered: Sequence[Entered], first: int, port: int) -> load.Run:
    position = load.Position([one.sender for one in entered], first * DAY_SLOTS)
    return load.run(
        position,
        port=port,
        until=(first + DAYS) * DAY_SLOTS,
        connections=plan.connections,
        seconds=None,
        shape=_SHAPE,
    )


def _wait_until_drained() -> None:
    """Wait until the recompute has nothing left; the run's own limit ends what never does."""
    while store.is_behind():
        time.sleep(_POLL_S)


def _check(entered: Sequence[Entered], first: int) -> None:
    """Refuse to report where a slot is missing or a total is not exactly what was sent.

    Raises:
        NotMeasured: If so.
    """
    slots, sent = store.slot_count(), len(entered) * POINTS * DAYS * DAY_SLOTS
    if slots != sent:
        raise NotMeasured(f"{sent} readings were sent and {slots} slots are known")
    for one in entered[:: max(1, len(entered) // _CHECKED)]:
        for day in range(first, first + DAYS):
            digits = sum(
                sum(messages.values(one.sender, slot, points=POINTS))
                for slot in range(day * DAY_SLOTS, (day + 1) * DAY_SLOTS)
            )
            total = store.total_of(one.unit_id, clock.date_of(day))
            if total is None or total.scaleb(SCALE) != digits:
                raise NotMeasured(f"unit {one.unit_id} used {digits} on day {day}, told is {total}")
