"""Virtual meters as a process: ``python -m hengneng.sim PLAN.toml``, until SIGTERM or Ctrl-C."""

import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from hengneng.protocol.simulation import UnreadableClock
from hengneng.sim import plans, serving
from hengneng.sim.plans import SimPlan


def main(words: Sequence[str]) -> int:
    """Let the meters of a plan answer until told to stop; return the exit code."""
    if len(words) != 1:
        print("virtual meters: name one plan: python -m hengneng.sim PLAN.toml", file=sys.stderr)  # noqa: T201
        return 2
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    try:
        plan = plans.read(Path(words[0]))
        serving.serve(plan, stop, ready=lambda: _announce(plan))
    except (plans.UnreadablePlan, UnreadableClock, OSError) as error:
        print(f"virtual meters: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _announce(plan: SimPlan) -> None:
    """Say that all of them answer."""
    ports = ", ".join(str(bus.port) for bus in plan.buses)
    print(f"{len(plan.meters)} virtual meters answer at port {ports}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
