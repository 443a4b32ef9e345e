"""What an importer is, how its columns are found, what became of each row."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol


class WrongColumns(ValueError):
    """The file's headings are not those of this kind of list."""


class BadCell(ValueError):
    """A required cell is blank, or a cell cannot be read."""


class Change(StrEnum):
    """What a row does to the ledger."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical column.

    Attributes:
        name: Its canonical heading.
        zh: Its Chinese heading, recognised as well.
        required: Whether every row must fill it.
        help: What goes into it, for a person.
        parse: A filled cell's text to its value; a ``ValueError`` says what is wrong with it.
    """

    name: str
    zh: str
    required: bool
    help: str
    parse: Callable[[str], Any]


class Importer(Protocol):
    """How the rows of one kind of list become operations; made anew for each import.

    Attributes:
        kind: ``units`` …
        columns: The canonical columns.
        anticipated: The errors by which ``apply`` refuses a row; their text is shown.
    """

    @property
    def kind(self) -> str:
        """Return the kind of list."""

    @property
    def columns(self) -> Sequence[Column]:
        """Return the canonical columns."""

    @property
    def anticipated(self) -> tuple[type[Exception], ...]:
        """Return the errors that refuse a row."""

    def apply(self, values: Mapping[str, Any], *, by: int | None, at: datetime) -> Change:
        """Do what a row says and tell what it changed; blank optional cells are None."""


class Line(NamedTuple):
    """A row of a file: its number there, from 1, and its cells."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """A file's headings and the rows below them that are not empty."""

    headings: list[str]
    lines: list[Line]


class Refusal(NamedTuple):
    """A row that cannot be taken, and why."""

    number: int
    reason: str
    cells: list[str]


class Outcome(NamedTuple):
    """What a row does."""

    number: int
    change: Change


class Report(NamedTuple):
    """What an import did, or would do.

    Attributes:
        kind: The kind of list.
        outcomes: The rows that can be taken.
        refused: Those that cannot.
        ignored: Headings that are none of the kind's.
        headings: All headings of the file.
        committed: Whether it was done.
    """

    kind: str
    outcomes: list[Outcome]
    refused: list[Refusal]
    ignored: list[str]
    headings: list[str]
    committed: bool

    def count(self, change: Change) -> int:
        """Return how many rows change the ledger so. [count]"""
        return sum(outcome.change is change for outcome in self.outcomes)


def places_of(columns: Sequence[Column], headings: Sequence[str]) -> dict[str, int]:
    """Return where each canonical column stands among a file's headings.

    Args:
        columns: The kind's columns.
        headings: The file's, canonical or Chinese, in any order and case.

    Raises:
        WrongColumns: If a required column is missing or one stands there twice.
    """
    known = {name: c.name for c in columns for name in (c.name, c.zh)}
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = known.get(plain_heading(heading))
        if name is None:
            continue
        if name in places:
            raise WrongColumns(f"the column {name} stands there twice")
        places[name] = place
    missing = [f"{c.name} ({c.zh})" for c in columns if c.required and c.name not in places]
    if missing:
        raise WrongColumns(f"columns missing: {', '.join(missing)}")
    return places


def plain_heading(heading: str) -> str:
    """Return a heading as it is compared.

    >>> plain_heading(" Unit_Code* "), plain_heading("安装时间（本地）")
    ('unit_code', '安装时间')
    """
    bare = heading.replace("（", "(").partition("(")[0]
    return bare.strip(" *\t\r\n\ufeff").replace(" ", "_").lower()


def values_of(
    columns: Sequence[Column], places: Mapping[str, int], cells: Sequence[str]
) -> dict[str, Any]:
    """Return a row's values by canonical column; None where an optional cell is blank.

    Args:
        columns: The kind's columns.
        places: Where they stand.
        cells: The row, as long as it is.

    Raises:
        BadCell: If a required cell is blank or a cell cannot be read; the text names it.
    """
    values: dict[str, Any] = {}
    for column in columns:
        place = places.get(column.name, len(cells))
        text = cells[place].strip() if place < len(cells) else ""
        if not text and column.required:
            raise BadCell(f"{column.name}: required")
        try:
            values[column.name] = column.parse(text) if text else None
        except ValueError as error:
            raise BadCell(f"{column.name}: {error}") from error
    return values


def refused_csv(report: Report) -> str:
    """Return the refused rows as CSV: row number, reason, then the file's own columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", "reason", *report.headings])
    for refusal in report.refused:
        cells = [refusal.number, refusal.reason, *refusal.cells]
        writer.writerow([_harmless(str(cell)) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
