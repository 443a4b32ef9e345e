"""What an importer is, how its columns are found, what became of each row."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, runtime_checkable


class WrongColumns(ValueError):
    """The file's headings are not those of this kind of list."""


class BadCell(ValueError):
    """A required cell is blank, or a cell cannot be read."""


class Change(StrEnum):
    """What a row does to the ledger."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


class Row(NamedTuple):
    """A row whose cells were read.

    Attributes:
        number: Its number in the file, from 1.
        values: Its cells' values by canonical column; None where an optional cell is blank.
    """

    number: int
    values: Mapping[str, Any]


class Decision(NamedTuple):
    """What a row would do to the ledger.

    Attributes:
        number: The row's number in the file.
        change: What it would do.
        differences: Column to what is known and what the row says, as a person reads them.
        reason: Why the row is refused; empty where it is not.
    """

    number: int
    change: Change
    differences: Mapping[str, tuple[str, str]] = MappingProxyType({})
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical column.

    Attributes:
        name: Its canonical heading.
        zh: Its Chinese heading, recognised as well.
        required: Whether every row must fill it.
        help: What goes into it, for a person.
        parse: A filled cell's text to its value; a ``ValueError`` says what is wrong with it.
        aliases: Other headings seen for it, Chinese and English.
    """

    name: str
    zh: str
    required: bool
    help: str
    parse: Callable[[str], Any]
    aliases: tuple[str, ...] = ()


@runtime_checkable
class Importer(Protocol):
    """How the rows of one kind of list enter the ledger; made anew for each import.

    Both steps work on sets: ten queries or so however many rows, in batches where there are many.
    A commit calls them one after the other inside one ``facts.edit()``, so nothing that ``decide``
    read can change before ``carry_out`` writes; a preview calls ``decide`` alone.

    Attributes:
        kind: ``units`` …
        columns: The canonical columns.
    """

    @property
    def kind(self) -> str:
        """Return the kind of list."""

    @property
    def columns(self) -> Sequence[Column]:
        """Return the canonical columns."""

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:
        """Tell what each row would do, write nothing, and keep what ``carry_out`` needs.

        Args:
            rows: In the file's order; one may depend on those above it, or repeat one.
            at: When. Aware.

        Returns:
            One for each row, in the same order; a row that cannot be taken is REFUSED with its
            reason, no error is raised for it.
        """

    def carry_out(self, *, by: int | None, at: datetime) -> None:
        """Write in bulk what was decided, in the caller's transaction; no row was refused.

        Args:
            by: Account acting; None for the script.
            at: When. Aware.
        """


class RowImporter(Protocol):
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


AnyImporter = Importer | RowImporter


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


class Report(NamedTuple):
    """What an import did, or would do.

    Attributes:
        kind: The kind of list.
        outcomes: What became of the rows that can be taken.
        refused: Those that cannot.
        ignored: Headings that are none of the kind's.
        headings: All headings of the file.
        committed: Whether it was done.
    """

    kind: str
    outcomes: list[Decision]
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
    known = {plain_heading(n): c.name for c in columns for n in (c.name, c.zh, *c.aliases)}
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
