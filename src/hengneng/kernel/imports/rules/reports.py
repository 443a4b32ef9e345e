"""How a file is to be read, what became of its rows, and its rows mended."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from hengneng.kernel.imports.rules.columns import plain_heading
from hengneng.kernel.imports.rules.importers import Change, Decision
from hengneng.kernel.imports.rules.layouts import Header, Line, Table

_NUMBER_HEADINGS = {"row", "行号"}
_REASON_HEADINGS = {"reason", "原因"}


class NotMended(ValueError):
    """The list of mended rows does not say which rows they are."""


class Reading(NamedTuple):
    """How a person wants a file to be read; what is left out is recognised.

    Attributes:
        sheet: Name of the sheet; empty: the likeliest.
        header: The rows of headings; None: the likeliest.
        mapping: Canonical column to heading, empty where it is none; others are as recognised.
        constants: Canonical column to the text that counts where a cell is blank or not there.
    """

    sheet: str = ""
    header: Header | None = None
    mapping: Mapping[str, str] | None = None
    constants: Mapping[str, str] = MappingProxyType({})


class Refusal(NamedTuple):
    """A row that cannot be taken, and why."""

    number: int
    reason: str
    cells: list[str]


class Quoted(NamedTuple):
    """Some rows as they stand in the file, mended where they were.

    Attributes:
        columns: The first canonical columns that the file has.
        cells: What a row says there, by its number.
    """

    columns: list[str]
    cells: dict[int, list[str]]


class Report(NamedTuple):
    """What an import did, or would do.

    Attributes:
        kind: The kind of list.
        outcomes: What became of the rows that can be taken.
        refused: Those that cannot.
        ignored: Headings that are none of the kind's.
        headings: All headings of the file.
        committed: Whether it was done.
        left_out: Filled rows that are none of the list.
        quoted: By what a person knows the rows again that change anything or are refused.
    """

    kind: str
    outcomes: list[Decision]
    refused: list[Refusal]
    ignored: list[str]
    headings: list[str]
    committed: bool
    left_out: list[Line]
    quoted: Quoted = Quoted([], {})

    def count(self, change: Change) -> int:
        """Return how many rows change the ledger so. [count]"""
        if change is Change.REFUSED:
            return len(self.refused)
        return sum(outcome.change is change for outcome in self.outcomes)

    def counts(self) -> dict[str, int]:
        """Return how many rows can be taken, by what they change. [count]"""
        taken = (Change.NEW, Change.CHANGED, Change.UNCHANGED)
        return {change.value.lower(): self.count(change) for change in taken}


def mended(table: Table, rows: Table) -> Table:
    """Return a list in which some rows are as a downloaded list of refused ones says now.

    Args:
        table: The list.
        rows: The list of refused rows, mended: a column ``row`` and the file's own. A row of which
            only the number is left is taken out.

    Raises:
        NotMended: If it has no column of row numbers, another list's columns, or a strange row.
    """
    plain = [plain_heading(heading) for heading in rows.headings]
    at = next((place for place, name in enumerate(plain) if name in _NUMBER_HEADINGS), None)
    if at is None:
        raise NotMended(
            "the column row (行号) is missing: mend the downloaded list of refused rows"
        )
    own = {h: place for place, h in enumerate(table.headings) if h}
    extra = _NUMBER_HEADINGS | _REASON_HEADINGS
    strange = [
        h
        for h, name in zip(rows.headings, plain, strict=True)
        if h not in own and name not in extra
    ]
    if any(strange):
        raise NotMended(f"the list has no column {', '.join(filter(None, strange))}")
    places = [(place, own[h]) for place, h in enumerate(rows.headings) if h in own and place != at]
    lines = {line.number: line for line in table.lines}
    for row in rows.lines:
        number = _number(row, at, lines)
        said = [(to, row.cells[place]) for place, to in places if place < len(row.cells)]
        if not any(text.strip() for _, text in said):
            del lines[number]
            continue
        lines[number] = Line(number, _with(lines[number].cells, said))
    return table._replace(lines=list(lines.values()))


def mended_twice(table: Table, first: Table, then: Table) -> list[Refusal]:
    """Return the rows that two lists of mended ones speak of, as they are after both.

    Rows mended once are not among those refused the next time; they must not be lost with them.

    Args:
        table: The list.
        first: The list of mended rows that was brought before.
        then: The one brought now; where both speak of a row it counts.

    Returns:
        By number; a row that was taken out has no cells.

    Raises:
        NotMended: If one of them is no list of mended rows of this list.
    """
    last = mended(mended(table, first), then)
    before = {line.number: line.cells for line in table.lines}
    after = {line.number: line.cells for line in last.lines}
    return [
        Refusal(number, "", after.get(number, []))
        for number in before
        if after.get(number) != before[number]
    ]


def _number(row: Line, at: int, lines: Mapping[int, Line]) -> int:
    """Return which row is meant.

    Raises:
        NotMended: If the list has no such row.
    """
    text = row.cells[at].strip() if at < len(row.cells) else ""
    if not text.isdecimal() or int(text) not in lines:
        raise NotMended(f"row {row.number} of the mended ones is {text or 'no'} row of the list")
    return int(text)


def _with(cells: list[str], said: list[tuple[int, str]]) -> list[str]:
    """Return cells of which some say something else."""
    changed = cells + [""] * (max((to for to, _ in said), default=0) + 1 - len(cells))
    for to, text in said:
        changed[to] = text
    return changed
