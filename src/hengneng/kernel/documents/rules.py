"""What a document is made of: tables and drawings with number, head, notes and signatures."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

Cell = str | int | Decimal | date | None


class UnevenRows(ValueError):
    """A table's row does not have as many cells as the table has columns."""


class Align(StrEnum):
    """To which side a column's cells are set."""

    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        title: Its heading.
        width: Its share of the table's width, beside the other columns'. [1]
        align: To which side its cells are set.
        group: The heading above it that it shares with its neighbours; empty: none.
    """

    title: str
    width: int = 1
    align: Align = Align.CENTRE
    group: str = ""


class Table(NamedTuple):
    """A table on pages of its own.

    Attributes:
        number: ``B.3``; unique within a document.
        label: Number as it is printed: ``表 B.3``.
        title: Its title.
        head: What stands above it, from left to right.
        columns: Its columns.
        rows: Its cells. Shape (n, len(columns)).
        empty: What is said where it has no rows.
        notes: What stands below it.
        signatures: Who signs, each followed by a line to sign on.
    """

    number: str
    label: str
    title: str
    head: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    empty: str
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()


class Drawing(NamedTuple):
    """A drawing on a page of its own.

    Attributes:
        number: ``fig-B.1``; unique within a document.
        label: Number as it is printed: ``图 B.1``.
        title: Its title.
        head: What stands above it, from left to right.
        svg: The picture; empty where there is nothing to draw.
        alt: What it shows, in words, for who cannot see it.
        empty: What is said where there is nothing to draw.
        notes: What stands below it.
        signatures: Who signs.
    """

    number: str
    label: str
    title: str
    head: tuple[str, ...]
    svg: str
    alt: str
    empty: str
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()


class Document(NamedTuple):
    """What is set on paper as one file.

    Attributes:
        title: The file's title.
        footer: What stands at the foot of each page beside its number.
        made_at: When it was made. Aware.
        parts: Its tables and drawings, each beginning a new page.
    """

    title: str
    footer: str
    made_at: datetime
    parts: tuple[Table | Drawing, ...]


class Heading(NamedTuple):
    """A cell of a table's head.

    Attributes:
        title: Its text.
        column: Its first column, from 0.
        columns: How many columns it spans. [count]
        row: Its first row, from 0.
        rows: How many rows it spans. [count]
    """

    title: str
    column: int
    columns: int
    row: int
    rows: int


def headings(columns: Sequence[Column]) -> list[Heading]:
    """Return the cells of a table's head, row by row: one row, or two where columns are grouped.

    Args:
        columns: The table's columns; neighbours of the same group share the cell above them.

    >>> [h.title for h in headings([Column("n"), Column("a", group="A"), Column("b", group="A")])]
    ['n', 'A', 'a', 'b']
    """
    deep = 2 if any(column.group for column in columns) else 1
    above: list[Heading] = []
    for place, column in enumerate(columns):
        if not column.group:
            above.append(Heading(column.title, place, 1, 0, deep))
        elif place and columns[place - 1].group == column.group:
            above[-1] = above[-1]._replace(columns=above[-1].columns + 1)
        else:
            above.append(Heading(column.group, place, 1, 0, 1))
    below = [Heading(c.title, place, 1, 1, 1) for place, c in enumerate(columns) if c.group]
    return above + below


def text_of(cell: Cell) -> str:
    """Return a cell as it is printed; numbers to their last digit, never with an exponent.

    >>> text_of(Decimal("1E+3")), text_of(None), text_of(date(2020, 9, 30))
    ('1000', '', '2020-09-30')
    """
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def as_json(document: Document) -> str:
    """Return a document as the typesetter reads it.

    Raises:
        UnevenRows: If a row has more or fewer cells than the table has columns.
    """
    return json.dumps(
        {
            "title": document.title,
            "footer": document.footer,
            "parts": [_plain(part) for part in document.parts],
        },
        ensure_ascii=False,
    )


def checked(table: Table) -> Table:
    """Return the table whose rows all have as many cells as it has columns.

    Raises:
        UnevenRows: If one has not.
    """
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            raise UnevenRows(
                f"{table.number}, row {number}: {len(row)} cells, {len(table.columns)} columns"
            )
    return table


def _plain(part: Table | Drawing) -> dict[str, Any]:
    """Return a part as plain values."""
    if isinstance(part, Drawing):
        return part._asdict() | {"kind": "drawing"}
    return checked(part)._asdict() | {
        "kind": "table",
        "columns": [column._asdict() for column in part.columns],
        "headings": [heading._asdict() for heading in headings(part.columns)],
        "rows": [[text_of(cell) for cell in row] for row in part.rows],
    }
