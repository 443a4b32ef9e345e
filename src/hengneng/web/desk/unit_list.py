"""The list of units: what it was asked to show, and what it found; bounded queries, any length."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils import timezone

from hengneng.insight.coverage import queries as coverage
from hengneng.insight.coverage.queries import Connection, Standing
from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import UnitDay
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.points import queries as points
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import ListingRow, UnitRow
from hengneng.web.parts import marks

BASIS = "CALORIFIC"
SEARCH_LONGEST, WORD_LONGEST = 120, 40
# What is wrong stands first where the list is in the order of standing.
URGENCY = {Standing.SILENT: 0, Standing.LATE: 1, Standing.NEVER: 2, Standing.LIVE: 3}
COLUMNS = ("name", "district", "sector", "tier", "standing", "complete", "received", "tonnes")
# The columns that rooms above the registry work out.
CONNECTED, MEASURED = {"standing", "complete", "received"}, {"tonnes"}


class Wanted(NamedTuple):
    """What the list was asked to show.

    Attributes:
        search: Part of code or name; empty: all.
        district: Code of a district; empty: all.
        sector: A sector's name; empty: all.
        tier: A code of ``marks.TIERS``; empty: all.
        standing: A code of ``Standing``; empty: all.
        energy: Code of an energy type that the unit has a point for; empty: all.
        order: A column, behind a minus for descending; empty: by code.
    """

    search: str = ""
    district: str = ""
    sector: str = ""
    tier: str = ""
    standing: str = ""
    energy: str = ""
    order: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether any condition leaves units out."""
        return any(self[:-1])

    @property
    def query(self) -> str:
        """The address behind its question mark, always written the same way."""
        return urlencode({name: word for name, word in self._asdict().items() if word})


class Line(NamedTuple):
    """A unit of the list.

    Attributes:
        unit: The unit.
        listing: Its latest listing; None: on no list.
        connection: How it is connected.
        day: What it consumed yesterday.
    """

    unit: UnitRow
    listing: ListingRow | None
    connection: Connection
    day: UnitDay


class Found(NamedTuple):
    """What the list found: one page of it, and how many there are. [count]"""

    lines: list[Line]
    total: int


def wanted(words: Mapping[str, Any]) -> Wanted:
    """Return what an address asks for; a word that means nothing here is left out."""
    said = {name: str(words.get(name, "")).replace("\x00", "").strip() for name in Wanted._fields}
    asked = Wanted(**{name: word[:WORD_LONGEST] for name, word in said.items()})
    return asked._replace(
        search=said["search"][:SEARCH_LONGEST],
        tier=asked.tier if asked.tier in marks.TIERS else "",
        standing=asked.standing if asked.standing in list(Standing) else "",
        order=asked.order if asked.order.removeprefix("-") in COLUMNS else "",
    )


def found(
    viewer: Viewer, asked: Wanted, *, at: datetime, first: int = 0, size: int | None = None
) -> Found:
    """Return a page of the units that the viewer reaches, as asked.

    What rooms above work out is worked out for the page alone, and for all only where the list is
    in its order or filtered by it.

    Args:
        viewer: Who asks.
        asked: Filter and order.
        at: Now. Aware.
        first: Place of the page's first unit, from 0.
        size: Units on the page; None: all.
    """
    book = _Book(at)
    rows = _filtered(viewer, asked, book)
    if asked.order:
        rows = _ordered(rows, asked.order, book)
    page = rows[first:] if size is None else rows[first : first + size]
    return Found(book.lines(page), len(rows))


def _filtered(viewer: Viewer, asked: Wanted, book: "_Book") -> list[UnitRow]:
    rows = units.units_reached(
        viewer,
        Permission.VIEW_UNIT,
        search=asked.search,
        district=asked.district,
        sector=asked.sector,
    )
    if asked.energy:
        metering = points.units_metering(asked.energy)
        rows = [row for row in rows if row.id in metering]
    if asked.tier:
        book.list_(rows)
        rows = [row for row in rows if book.tier_of(row) == asked.tier]
    if asked.standing:
        book.connect(rows)
        rows = [row for row in rows if book.connections[row.id].standing == asked.standing]
    return rows


def _ordered(rows: Sequence[UnitRow], order: str, book: "_Book") -> list[UnitRow]:
    """Return the units in an order; those of which it is not known come last either way."""
    column = order.removeprefix("-")
    if column in CONNECTED:
        book.connect(rows)
    elif column in MEASURED:
        book.measure(rows)
    elif column == "tier":
        book.list_(rows)
    key: Callable[[UnitRow], Any] = book.keys()[column]
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=order.startswith("-")) + unknown


class _Book:
    """What is known of the units so far; each kind is asked for once."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.yesterday: date = timezone.localdate(at) - timedelta(days=1)
        self.connections: dict[int, Connection] = {}
        self.days: dict[int, UnitDay] = {}
        self.listings: dict[int, list[ListingRow]] | None = None

    def connect(self, rows: Sequence[UnitRow]) -> None:
        """Learn how the units are connected."""
        lacking = [row.id for row in rows if row.id not in self.connections]
        self.connections |= coverage.connections(lacking, at=self._at)

    def measure(self, rows: Sequence[UnitRow]) -> None:
        """Learn what the units consumed yesterday."""
        lacking = [row.id for row in rows if row.id not in self.days]
        if lacking:
            self.days |= statistics.unit_amounts(lacking, day=self.yesterday, basis=BASIS)

    def list_(self, rows: Sequence[UnitRow]) -> None:
        """Learn on which lists the units stand."""
        if self.listings is None:
            self.listings = units.listings_by_unit([row.id for row in rows])

    def listing_of(self, row: UnitRow) -> ListingRow | None:
        """Return the unit's latest listing."""
        return next(iter((self.listings or {}).get(row.id, ())), None)

    def tier_of(self, row: UnitRow) -> str | None:
        """Return the tier of the unit's latest listing."""
        listing = self.listing_of(row)
        return listing.tier if listing else None

    def keys(self) -> dict[str, Callable[[UnitRow], Any]]:
        """Return what each column sorts by; None where it is not known."""
        return {
            # GB 18030 holds the common characters in the order of their pinyin.
            "name": lambda row: row.name.encode("gb18030"),
            "district": lambda row: row.districts or None,
            "sector": lambda row: row.sector.encode("gb18030") or None,
            "tier": lambda row: {"HUNDRED": 0, "THOUSAND": 1, "OTHER": 2}.get(
                self.tier_of(row) or ""
            ),
            "standing": lambda row: URGENCY[self.connections[row.id].standing],
            "complete": lambda row: self.connections[row.id].completeness,
            "received": lambda row: self.connections[row.id].received_at,
            "tonnes": lambda row: self.days[row.id].tonnes,
        }

    def lines(self, rows: Sequence[UnitRow]) -> list[Line]:
        """Return the lines of some units."""
        self.connect(rows)
        self.measure(rows)
        self.list_(rows)
        return [
            Line(row, self.listing_of(row), self.connections[row.id], self.days[row.id])
            for row in rows
        ]
