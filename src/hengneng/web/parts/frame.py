"""What a page's frame shows of its viewer: the way round the fronts, and where a list stands."""

from typing import Any, NamedTuple

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengneng.kernel.policy.rules import Permission
from hengneng.web.parts.views import viewer_of

# Route, what it is called, and what one must hold to be led there.
NAVIGATION: tuple[tuple[str, Any, Permission], ...] = (
    ("desk", _("Desk"), Permission.VIEW_UNIT),
    ("units", _("Energy-using units"), Permission.VIEW_UNIT),
    ("imports", _("Import lists"), Permission.EDIT_REGISTRY),
    ("instruments", _("Instruments"), Permission.VIEW_UNIT),
    ("declarations", pgettext_lazy("chapter", "Declarations"), Permission.EDIT_REGISTRY),
    ("board", _("Today's board"), Permission.VIEW_READINGS),
    ("desk-notices", _("Write notices"), Permission.PUBLISH_NOTICE),
    ("accounts", _("Accounts"), Permission.MANAGE_ACCOUNTS),
    ("portal", _("My unit"), Permission.VIEW_READINGS),
    ("notices", _("Notices"), Permission.PUBLIC),
    ("energy", _("Energy and factors"), Permission.PUBLIC),
)
# Fronts of officials, and of a unit's own people; nobody is led to both.
OFFICIALS = frozenset({"desk", "units", "instruments", "board", "desk-notices", "accounts"})
OWN_PEOPLE = frozenset({"portal"})
PAGE_LAST = 100_000


class Entry(NamedTuple):
    """One entry of the navigation, or one tab."""

    address: str
    label: Any
    is_current: bool
    tally: int | None = None


class Place(NamedTuple):
    """Where in a list a page stands. [count each]"""

    number: int
    pages: int
    first: int
    last: int
    total: int

    @property
    def previous(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The page after."""
        return self.number + 1


def entries(request: HttpRequest) -> list[Entry]:
    """Return the entries that lead somewhere for this viewer; the longest match is current."""
    viewer = viewer_of(request)
    others = OWN_PEOPLE if viewer.is_official() else OFFICIALS
    open_to = [
        (reverse(name), label)
        for name, label, need in NAVIGATION
        if viewer.may(need) and name not in others
    ]
    here = max((a for a, _ in open_to if request.path.startswith(a)), key=len, default=None)
    return [Entry(address, label, address == here) for address, label in open_to]


def page_number(request: HttpRequest) -> int:
    """Return the page asked for; the first where the number is none."""
    return page_of(request.GET, "page")


def page_of(asked: QueryDict, word: str) -> int:
    """Return the page asked for of one list among several; the first where the number is none.

    Args:
        asked: The address behind its question mark.
        word: By what the address names the list's page.
    """
    text = asked.get(word, "1")
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(PAGE_LAST))
    return min(max(int(text), 1), PAGE_LAST) if is_number else 1


def place_of(number: int, *, size: int, total: int) -> Place:
    """Return where a page stands in a list of so many rows.

    >>> place_of(2, size=50, total=62)
    Place(number=2, pages=2, first=51, last=62, total=62)
    """
    first = (number - 1) * size
    return Place(number, -(-total // size), first + 1, min(first + size, total), total)
