"""``bench pages``: how long the server takes for the pages that people open most.

The history is made set-wise (``history``), the pages are asked for over real HTTP, one after the
other, by a person signed in. Timed is what the server says that it took (``Server-Timing``): from
the request read to the answer ready. The baseline is the bare health page of the same server in
the same run, by the same clock. The board compares today so far with earlier days slot by slot, so
it takes longest late in the evening.
"""

import http.cookiejar
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from email.message import Message
from typing import Any

from hengneng.bench import figures, history, machines
from hengneng.bench.figures import Result
from hengneng.bench.plan import PagesPlan
from hengneng.kernel import clock
from hengneng.people.accounts import operations as accounts
from hengneng.people.accounts.rules.roles import Role
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries as units
from hengneng.telemetry.consumption.queries import stale

DAYS = 366
WARM_UP = 2  # askings of each page before any is timed
_NAME = "bench"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TIMING = re.compile(r"\bapp;dur=([0-9.]+)")

Tell = Callable[[str], None]


class NotMeasured(Exception):
    """The platform did not show what was to be measured."""


def measure(plan: PagesPlan, *, tell: Tell) -> dict[str, Any]:
    """Make the city, ask for its pages and return the one object.

    Raises:
        NotMeasured: If the platform did not do what was to be measured.
    """
    code = _make_city(plan, tell)
    browser = _signed_in(plan.port)
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
    regulator = next(one for one in bodies.bodies() if one.kind == "MUNICIPAL_REGULATOR")
    accounts.create_account(
        name=_NAME,
        password=_PASSWORD,
        role=Role.CITY_OFFICIAL,
        body_code=regulator.code,
        by=None,
        at=at,
    )
    unit_id = fed[len(fed) // 2][0]
    return next(code for code, one in units.ids_by_code().items() if one == unit_id)


# Of a database that is thrown away after the run.
_PASSWORD = "Aa1-" + secrets.token_urlsafe(18)


class _Browser:
    """A person's session at the front."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def read(self, address: str, **fields: str) -> str:
        """Return a page, or the answer to a form.

        Raises:
            NotMeasured: If there is none.
        """
        return self._asked(address, fields)[0]

    def time(self, address: str) -> float:
        """Return how long the server took for a page. [ms]

        Raises:
            NotMeasured: If there is no such page, or the server does not say.
        """
        _, headers = self._asked(address, {})
        said = _TIMING.search(headers.get("Server-Timing", ""))
        if said is None:
            raise NotMeasured(f"{address}: the server does not say how long it took")
        return float(said[1])

    def _asked(self, address: str, fields: dict[str, str]) -> tuple[str, Message]:
        """Return a page and its headers.

        Raises:
            NotMeasured: If there is none.
        """
        told = urllib.parse.urlencode(fields).encode() if fields else None
        headers = {"Referer": self._base + address}
        request = urllib.request.Request(self._base + address, told, headers)  # noqa: S310 ours
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.read().decode(), answer.headers
        except urllib.error.URLError as error:
            raise NotMeasured(f"{address}: {error}") from error


def _signed_in(port: int) -> _Browser:
    """Return the session of the official.

    Raises:
        NotMeasured: If the official is not let in.
    """
    browser = _Browser(port)
    token = _TOKEN.search(browser.read("/sign-in"))
    if token is None:
        raise NotMeasured("the sign-in page has no form")
    browser.read("/sign-in", username=_NAME, password=_PASSWORD, csrfmiddlewaretoken=token[1])
    if 'id="board"' not in browser.read("/boards/"):
        raise NotMeasured("the official was not let in")
    return browser


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
