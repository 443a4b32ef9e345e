"""The bench's own processes, started by the verb: ``python -m hengneng.script.benching ROLE …``.

``rows`` is the baseline's front, the same as the product's but for what keeps the readings;
``ingest``, ``backfill``, ``lake``, ``query``, ``pages`` and ``registry`` drive the load, write its
result and end the run; ``import`` is a part of ``registry``: it takes one list and ends.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from hengneng.bench.plan import (
    BackfillPlan,
    ImportPlan,
    LakePlan,
    PagesPlan,
    Plan,
    QueryPlan,
    RegistryPlan,
)
from hengneng.script import processes

AnyPlan = Plan | BackfillPlan | LakePlan | QueryPlan | PagesPlan | RegistryPlan
PLANS: dict[str, Callable[[bytes], AnyPlan]] = {
    "backfill": lambda told: msgspec.json.decode(told, type=BackfillPlan),
    "lake": lambda told: msgspec.json.decode(told, type=LakePlan),
    "query": lambda told: msgspec.json.decode(told, type=QueryPlan),
    "ingest": lambda told: msgspec.json.decode(told, type=Plan),
    "pages": lambda told: msgspec.json.decode(told, type=PagesPlan),
    "registry": lambda told: msgspec.json.decode(told, type=RegistryPlan),
}


class TooLong(Exception):
    """The run does not come to an end in time."""


def main(role: str, told: str) -> int:
    """Run one role until it is done or told to stop; return the exit code."""
    supervisor = int(os.environ[processes.SUPERVISOR])
    # A list is imported for the load's process, which ends with the supervisor itself.
    parent = os.getppid() if role == "import" else supervisor
    processes.end_with(parent, by=signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if role == "rows":
        processes.serve(load_baseline, port=int(told))
        return 0
    if role == "import":
        import_list(Path(told))
        return 0
    try:
        return measure(role, Path(told))
    finally:
        os.kill(supervisor, signal.SIGTERM)


def measure(role: str, asked: Path) -> int:
    """Do what a plan asks for and keep the result; return the exit code."""
    import django

    django.setup()
    from hengneng.bench import browsing, ingest
    from hengneng.script import person

    plan = PLANS[role](asked.read_bytes())

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise TooLong(f"it takes longer than {plan.limit_s:.0f} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, plan.limit_s)
    try:
        with person.acting():
            result = result_of(plan)
    except (ingest.NotMeasured, browsing.NotMeasured, TooLong) as refusal:
        print(f"hengneng: nothing measured: {refusal}", file=sys.stderr, flush=True)
        return 1
    Path(plan.result).write_bytes(msgspec.json.encode(result))
    return 0


def result_of(plan: AnyPlan) -> dict[str, Any]:
    """Measure what a plan asks for."""
    from hengneng.bench import backfill, ingest, lake, pages, query, registry

    if isinstance(plan, BackfillPlan):
        return backfill.measure(plan, tell=_tell)
    if isinstance(plan, LakePlan):
        return lake.measure(plan, tell=_tell)
    if isinstance(plan, QueryPlan):
        return query.measure(plan, tell=_tell)
    if isinstance(plan, PagesPlan):
        return pages.measure(plan, tell=_tell)
    if isinstance(plan, RegistryPlan):
        return registry.measure(plan, tell=_tell)
    return ingest.measure(plan, tell=_tell)


def import_list(asked: Path) -> None:
    """Import one list and keep what it took."""
    import django

    django.setup()
    from hengneng.bench import registry
    from hengneng.script import person

    plan = msgspec.json.decode(asked.read_bytes(), type=ImportPlan)
    with person.acting():
        Path(plan.result).write_bytes(msgspec.json.encode(registry.import_one(plan)))


def load_baseline() -> Callable[..., object]:
    """Return the product's own application, which keeps rows instead of messages."""
    application = processes.load_application()
    from hengneng.bench import rows

    rows.take_the_journals_place()
    return application


_began = time.monotonic()


def _tell(sentence: str) -> None:
    """Say how far it is, and after how long."""
    print(f"{time.monotonic() - _began:4.0f} s  {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
