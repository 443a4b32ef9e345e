"""``bench pages``: how long the server takes for the pages that people open most.

The history is made set-wise (``history``), the pages are asked for over real HTTP, one after the
other, by a person signed in. Timed is what the server says that it took (``Server-Timing``): from
the request read to the answer ready. The baseline is the bare health page of the same server in
the same run, by the same clock. The board compares today so far with earlier days slot by slot, so
it takes longest late in the evening.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hengneng.bench import browsing, figures, history, machines
from hengneng.bench.browsing import NotMeasured
from hengneng.bench.figures import Result
from hengneng.bench.plan import PagesPlan
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.units import queries as units
from hengneng.telemetry.consumption.queries import stale

DAYS = 366
WARM_UP = 2  # askings of each page before any is timed

Tell = Callable[[str], None]


def measure(plan: PagesPlan, *, tell: Tell) -> dict[str, Any]:
    """Make the city, ask for its pages and return the one object.

    Raises:
        NotMeasured: If the platform did not do what was to be measured.
    """
    code = _make_city(plan, tell)
    browser = browsing.signed_in(plan.port)
    addresses = {
        "health": "/healthz",
        "desk_list": "/desk/units",
        "unit_page": f"/desk/units/{code}",
        "city_board": "/boards/",
        "city_board_months": "/boards/?span=months",
    }
    first = {name: browser.time(address) for name, address in addresses.items()}
    for _ in range(WARM_UP):
        for address in addresses.values():
            browser.time(address)
    tell("pages asked for once; measuring")
    # In turns, so that a busy moment of the machine falls on all of them.
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(plan.askings):
        for name, address in addresses.items():
            taken[name].append(browser.time(address))
    return figures.as_json(_machine(plan), _results(taken, first))


def _make_city(plan: PagesPlan, tell: Tell) -> str:
    """Make units with a year of history, and an official; return a unit's code."""
    at = clock.now()
    today = clock.date_of(clock.local_second(at) // DAY_SECONDS)
    fed = history.enter_ledger(plan.units, first=today - timedelta(days=DAYS), at=at)
    tell(f"{plan.units} units of {len(history.POINTS)} points entered")
    began = time.monotonic()
    # What the recompute makes of the new points must not come after what is written for it.
    while stale.waiting_units(1):
        if time.monotonic() - began > plan.limit_s:
            raise NotMeasured("the recompute is still behind")
        time.sleep(0.1)
    history.write_figures(fed, days=DAYS, at=clock.now())
    tell(f"{DAYS} days of {len(fed)} points written")
    browsing.make_official(at=at)
    unit_id = fed[len(fed) // 2][0]
    return next(code for code, one in units.ids_by_code().items() if one == unit_id)


def _results(taken: dict[str, list[float]], first: dict[str, float]) -> list[Result]:
    """Return median and 95th percentile of each page, and its first asking."""
    bare = figures.median(taken.pop("health"))
    found = []
    for name, times in taken.items():
        slow = figures.percentile(times, 0.95)
        for suffix, value in (("", figures.median(times)), ("_p95", slow), ("_first", first[name])):
            found.append(Result(f"{name}{suffix}_ms", value, "ms", False, bare))
    return found


def _machine(plan: PagesPlan) -> dict[str, Any]:
    return machines.machine() | {
        "units": plan.units,
        "points": plan.units * len(history.POINTS),
        "days": DAYS,
        "askings": plan.askings,
    }
