"""Found the demo city in an empty database: ``python -m hengneng.demo PLAN LEDGER``.

Without words it only works out what a city that was opened early has left.

Started by ``template`` with the database's address in the environment; ends with the process that
started it.
"""

import os
import sys
from pathlib import Path

from hengneng.demo import processes


def main(words: list[str]) -> int:
    """Build the city that the plan describes, or go on working it out; return the exit code."""
    processes.begin(os.getppid())
    # Models can only be loaded once Django is set up.
    from hengneng.demo import building  # noqa: PLC0415

    if words:
        plan, ledger = words
        building.build(Path(plan), Path(ledger))
    else:
        building.work_out()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
