"""The lists of the desk whose filters are kept under a name, and the views kept of one."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from hengneng.kernel.policy.rules import Viewer
from hengneng.people.views import queries as saved
from hengneng.people.views.queries import ViewRow
from hengneng.web.desk import instrument_list, unit_list

WORD_LONGEST = 120
Written = Callable[[Mapping[str, Any]], str]


class Kept(NamedTuple):
    """What an account keeps of a list.

    Attributes:
        page: The list's route.
        query: What the list is asked to show now, behind the question mark.
        rows: The views, by name.
    """

    page: str
    query: str
    rows: list[ViewRow]


def _words(*names: str) -> Written:
    """Return how a filter of plain words is written: these words in this order, empty ones not."""

    def written(asked: Mapping[str, Any]) -> str:
        said = {name: str(asked.get(name, ""))[:WORD_LONGEST] for name in names}
        return urlencode({name: word for name, word in said.items() if word})

    return written


# How what each list was asked to show is written, always the same way; by the list's route.
LISTS: dict[str, Written] = {
    "units": lambda asked: unit_list.wanted(asked).query,
    "instruments": lambda asked: instrument_list.query_of(instrument_list.wanted(asked)),
    "due": _words("district", "month", "day"),
    "changes": _words("state"),
    "declarations": _words("search", "kind", "state"),
    # These two show of any unit what was kept looking at one.
    "unit-instruments": _words("kind", "due", "condition"),
    "unit-equipping": _words("rules", "verdict"),
}


def kept(viewer: Viewer, page: str, asked: Mapping[str, Any]) -> Kept:
    """Return what the viewer keeps of a list, and what it is asked to show now."""
    return Kept(page, LISTS[page](asked), saved.saved_views(viewer.account_id or 0, page))
