"""Which of a file's columns is which canonical one, and what a row's cells say."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from hengneng.kernel.imports.rules.importers import Column

# From this confidence on a match is used without asking; below it is only suggested.
TRUSTED = 0.9
# Between the headings of two rows that stand above one another.
JOINT = "/"
SAMPLE_ROWS = 50
_EXACT, _ALIAS, _LAST_PIECE = 1.0, 0.95, 0.9
_SIMILAR_MAX, _SIMILAR_MIN, _CONTAINED = 0.85, 0.6, 0.7
_CONTENT, _CONTENT_CELLS = 0.5, 3
_PROBE = "※"
_NOWHERE = 1_000_000
_SEEN_MAX = 2048
_NOTHING: Mapping[str, str] = MappingProxyType({})


class WrongColumns(ValueError):
    """The file's headings are not those of this kind of list."""


class BadCell(ValueError):
    """A required cell is blank, or a cell cannot be read."""


class Unfit(str):
    """A cell's text that cannot be what its author meant, with why."""

    __slots__ = ("reason",)

    def __new__(cls, text: str, reason: str) -> "Unfit":
        """Return the text with its reason."""
        made = super().__new__(cls, text)
        made.reason = reason
        return made

    reason: str


class How(StrEnum):
    """By what a heading was recognised."""

    NAME = "NAME"
    ALIAS = "ALIAS"
    SIMILAR = "SIMILAR"
    CONTENT = "CONTENT"


class Match(NamedTuple):
    """A suggestion of which of the file's columns is a canonical one.

    Attributes:
        column: The canonical column.
        place: Where it stands in the file, from 0.
        heading: Its heading there.
        confidence: How sure that is. [1]
        how: By what it was recognised.
    """

    column: str
    place: int
    heading: str
    confidence: float
    how: How


@lru_cache(maxsize=4096)
def plain_heading(heading: str) -> str:
    """Return a heading as it is compared.

    >>> plain_heading(" Unit Code* "), plain_heading("安装时间（本地）"), plain_heading("型号 规格")
    ('unit_code', '安装时间', '型号规格')
    """
    bare = unicodedata.normalize("NFKC", heading).partition("(")[0].strip(" *:\t\r\n\ufeff").lower()
    return re.sub(r"\s+", "_" if bare.isascii() else "", bare)


def suggested(
    columns: Sequence[Column], headings: Sequence[str], sample: Sequence[Sequence[str]] = ()
) -> list[Match]:
    """Return the likeliest of a file's columns for each canonical one that has any.

    Args:
        columns: The kind's columns.
        headings: The file's.
        sample: Some of its rows.

    Returns:
        At most one a column and one a place, in the order of the kind's columns.

    Raises:
        WrongColumns: If a canonical column surely stands there twice.
    """
    matches, twice = _assigned(columns, headings, sample)
    if twice:
        raise WrongColumns(f"the column {twice} stands there twice")
    return matches


def fit(columns: Sequence[Column], headings: Sequence[str]) -> float:
    """Return how many of a kind's columns headings may be, each counted as far as it is sure."""
    return sum(match.confidence for match in _assigned(columns, headings, ())[0])


def _assigned(
    columns: Sequence[Column], headings: Sequence[str], sample: Sequence[Sequence[str]]
) -> tuple[list[Match], str]:
    """Return the likeliest matches, and a column that surely stands there twice; empty: none."""
    found = [m for c in columns for m in _matches(c, headings, sample)]
    order = {column.name: number for number, column in enumerate(columns)}
    found.sort(key=lambda m: (-m.confidence, order[m.column], m.place))
    taken: dict[str, Match] = {}
    places: set[int] = set()
    twice = ""
    for match in found:
        other = taken.get(match.column)
        if other is None and match.place not in places:
            taken[match.column] = match
            places.add(match.place)
        elif other and match.confidence == other.confidence >= _ALIAS:
            twice = match.column
    return sorted(taken.values(), key=lambda m: order[m.column]), twice


def places_of(
    columns: Sequence[Column],
    headings: Sequence[str],
    *,
    sample: Sequence[Sequence[str]] = (),
    mapping: Mapping[str, str] | None = None,
    constants: Iterable[str] = (),
) -> dict[str, int]:
    """Return where each canonical column stands among a file's headings.

    Args:
        columns: The kind's columns.
        headings: The file's, in any order.
        sample: Some of its rows, for suggestions.
        mapping: Canonical column to the file's heading, as a person chose; empty where it is none
            of them. Columns not named there are as recognised.
        constants: Canonical columns whose value is given for all rows.

    Raises:
        WrongColumns: If a required column is missing or one stands there twice.
    """
    chosen = _chosen(columns, headings, mapping or {})
    open_columns = [column for column in columns if column.name not in (mapping or {})]
    matches = suggested(open_columns, headings, sample)
    taken = set(chosen.values())
    sure = {m.column: m.place for m in matches if m.confidence >= TRUSTED and m.place not in taken}
    places = chosen | sure
    hints = {m.column: m for m in matches}
    given = {*places, *constants}
    missing = [_wanted(c, hints.get(c.name)) for c in columns if c.required and c.name not in given]
    if missing:
        raise WrongColumns(f"columns missing: {', '.join(missing)}")
    return places


def of_unit(columns: Sequence[Column], code: str) -> dict[str, str]:
    """Return what counts for a blank ``unit_code`` in a list of one unit's, by column.

    Only where every row must name its unit: where it may be named otherwise, a blank code does not
    mean this one.

    Args:
        columns: The kind's columns.
        code: The unit's code.
    """
    return {c.name: code for c in columns if c.name == "unit_code" and c.required}


class _Step(NamedTuple):
    """What to do with a row for one column that the file has or that has a constant."""

    column: Column
    place: int
    constant: str
    seen: dict[str, Any]  # values of texts read before


class Cells:
    """How the cells of a list's rows become values: made once, asked for each row."""

    def __init__(
        self,
        columns: Sequence[Column],
        places: Mapping[str, int],
        constants: Mapping[str, str] = _NOTHING,
    ) -> None:
        """Make it for a list.

        Args:
            columns: The kind's columns.
            places: Where they stand.
            constants: Texts for cells that are blank or not there.
        """
        self._blank = dict.fromkeys(column.name for column in columns)
        self._steps = [
            _Step(column, places.get(column.name, _NOWHERE), constants.get(column.name, ""), {})
            for column in columns
            if column.required or column.name in places or column.name in constants
        ]

    def values(self, cells: Sequence[str]) -> dict[str, Any]:
        """Return a row's values by canonical column; None where an optional cell is blank.

        Args:
            cells: The row, as long as it is.

        Raises:
            BadCell: If a required cell is blank or a cell cannot be read; the text names it.
        """
        values = self._blank.copy()
        width = len(cells)
        for column, place, constant, seen in self._steps:
            cell = cells[place] if place < width else ""
            if isinstance(cell, Unfit):
                raise BadCell(f"{column.name}: {cell.reason}")
            text = cell.strip() or constant
            if text in seen:
                values[column.name] = seen[text]
            elif text:
                values[column.name] = value = _value(column, text)
                if len(seen) < _SEEN_MAX:
                    seen[text] = value
            elif column.required:
                raise BadCell(f"{column.name}: required")
        return values


def _value(column: Column, text: str) -> Any:
    """Return what a filled cell says.

    Raises:
        BadCell: If it cannot be read.
    """
    try:
        return column.parse(text)
    except ValueError as error:
        raise BadCell(f"{column.name}: {error}") from error


def recognised(columns: Sequence[Column]) -> dict[str, tuple[str, float]]:
    """Return the headings that are surely those of canonical columns, as they are compared."""
    known: dict[str, tuple[str, float]] = {}
    for column in columns:
        for alias in column.aliases:
            known.setdefault(plain_heading(alias), (column.name, _ALIAS))
    for column in columns:
        for name in (column.name, column.zh):
            known[plain_heading(name)] = (column.name, _EXACT)
    return known


def surely(known: Mapping[str, tuple[str, float]], heading: str) -> tuple[str, float] | None:
    """Return the canonical column that a heading surely names, and how sure that is.

    Args:
        known: What ``recognised`` returns.
        heading: The file's; joined where several rows of headings stand above one another.
    """
    for whole in (heading, heading.replace(JOINT, "")):
        if found := known.get(plain_heading(whole)):
            return found
    last = heading.rpartition(JOINT)[2] if JOINT in heading else ""
    found = known.get(plain_heading(last)) if last else None
    return (found[0], min(found[1], _LAST_PIECE)) if found else None


def _matches(
    column: Column, headings: Sequence[str], sample: Sequence[Sequence[str]]
) -> list[Match]:
    """Return which of the file's columns may be a canonical one."""
    known = recognised([column])
    found = []
    for place, heading in enumerate(headings):
        if not heading:
            continue
        sure = surely(known, heading)
        if sure:
            how = How.NAME if sure[1] == _EXACT else How.ALIAS
            found.append(Match(column.name, place, heading, sure[1], how))
            continue
        confidence, how = _guessed(column, known, heading, [_cell(row, place) for row in sample])
        if confidence:
            found.append(Match(column.name, place, heading, round(confidence, 2), how))
    return found


def _guessed(
    column: Column, known: Iterable[str], heading: str, cells: Sequence[str]
) -> tuple[float, How]:
    """Return how like a heading is to a column's names, or its cells to the column's."""
    likeness = max(_likeness(plain_heading(heading), name) for name in known)
    readable = _readable(column, cells)
    if likeness >= _SIMILAR_MIN:
        doubted = readable is not None and readable < 0.5
        return _SIMILAR_MAX * likeness * (0.5 if doubted else 1.0), How.SIMILAR
    return (_CONTENT, How.CONTENT) if readable == 1.0 else (0.0, How.CONTENT)


def _likeness(one: str, other: str) -> float:
    """Return how like two headings are, 0 to 1."""
    if len(one) >= 2 and len(other) >= 2 and (one in other or other in one):
        return max(_CONTAINED, SequenceMatcher(None, one, other).ratio())
    matcher = SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.real_quick_ratio() >= _SIMILAR_MIN else 0.0


def _readable(column: Column, cells: Sequence[str]) -> float | None:
    """Return the share of filled cells that are such a column's; None where that says nothing."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < _CONTENT_CELLS or _parses(column, _PROBE):
        return None
    return sum(_parses(column, cell) for cell in filled) / len(filled)


def _parses(column: Column, cell: str) -> bool:
    try:
        column.parse(cell)
    except ValueError:
        return False
    return True


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _chosen(
    columns: Sequence[Column], headings: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, int]:
    """Return the places of a person's choice.

    Raises:
        WrongColumns: If it names a column or a heading that is not there, or that is there twice.
    """
    plain = [plain_heading(heading) for heading in headings]
    names = {column.name for column in columns}
    places = {}
    for name, heading in mapping.items():
        if name not in names:
            raise WrongColumns(f"there is no column {name}")
        if not heading:
            continue
        count = plain.count(plain_heading(heading))
        if count != 1:
            raise WrongColumns(f"the heading {heading} stands there {count or 'no'} times")
        places[name] = plain.index(plain_heading(heading))
    return places


def _wanted(column: Column, hint: Match | None) -> str:
    """Return a missing column for a person, with what may be it."""
    name = f"{column.name} ({column.zh})"
    return f"{name}, perhaps {hint.heading} ({hint.confidence:.0%})" if hint else name
