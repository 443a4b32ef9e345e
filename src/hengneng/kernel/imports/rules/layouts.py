"""Where on a sheet a list begins: its headings, merged cells, and rows that are none of it."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from hengneng.kernel.imports.rules.columns import (
    JOINT,
    fit,
    recognised,
    surely,
)
from hengneng.kernel.imports.rules.importers import Column

HEADER_WITHIN = 30
HEADER_ROWS_MAX = 3
_TOTALS = {"合计", "总计", "小计", "本页小计", "total", "subtotal", "sum"}
_NOTE = re.compile(r"(注|说明|填表|填报|制表|编制|审核|审批|单位负责人|填表日期)[^,，]{0,6}[:：]")


class NoHeader(ValueError):
    """The sheet has no row of headings where they are said to be, or nothing at all."""


class Area(NamedTuple):
    """Cells merged into one: rows and columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(NamedTuple):
    """A sheet's cells as texts, as many a row as it has, and those merged."""

    rows: list[list[str]]
    merged: list[Area]


class Header(NamedTuple):
    """The rows of headings: numbers from 1, the last one included."""

    first: int
    last: int


class Line(NamedTuple):
    """A row of a file: its number there, from 1, and its cells."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """A list found on a sheet.

    Attributes:
        headings: A text each column; several rows of headings joined by a stroke.
        lines: The rows of the list.
        left_out: Filled rows below the headings that are none of it: totals, notes, headings again.
        header: Where the headings stand.
    """

    headings: list[str]
    lines: list[Line]
    left_out: list[Line]
    header: Header


def spread(grid: Grid) -> None:
    """Write what merged cells say into each of them."""
    for area in grid.merged:
        if area.top >= len(grid.rows) or area.left >= len(grid.rows[area.top]):
            continue
        said = grid.rows[area.top][area.left]
        for row in grid.rows[area.top : area.bottom + 1]:
            end = min(area.right + 1, len(row))
            row[area.left : end] = [said] * (end - area.left)


def located(columns: Sequence[Column], grid: Grid) -> Header:
    """Return the rows that are most likely a list's headings.

    Args:
        columns: The kind's columns.
        grid: The sheet, merged cells spread.

    Raises:
        NoHeader: If the sheet is empty.
    """
    known = recognised(columns)
    best, found = (0.0, 0), None
    for first in range(min(HEADER_WITHIN, len(grid.rows))):
        for count in range(1, HEADER_ROWS_MAX + 1):
            rows = grid.rows[first : first + count]
            if len(rows) < count:
                break
            # Of two that say the same the one of fewer rows: the other has a title in it.
            score = (_certainty(known, joined(rows)), -count)
            if score > best:
                best, found = score, Header(first + 1, first + count)
    # One alone may be chance, as a title that holds the word; but a list may have one column only.
    if found and (best[0] > 1 or len(columns) == 1):
        return found
    return _likeliest(columns, grid, found)


def read_table(grid: Grid, header: Header) -> Table:
    """Return the list below its headings, without rows that are none of it.

    Args:
        grid: The sheet, merged cells spread.
        header: Where the headings stand.

    Raises:
        NoHeader: If nothing stands there.
    """
    headings = joined(grid.rows[header.first - 1 : header.last])
    if not any(headings):
        raise NoHeader(f"row {header.first} holds no headings")
    banners = _banners(grid)
    last = grid.rows[header.last - 1]
    lines: list[Line] = []
    left_out: list[Line] = []
    for number, cells in enumerate(grid.rows[header.last :], header.last + 1):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if not filled:
            continue
        line = Line(number, cells)
        is_none = (
            cells == last
            or number - 1 in banners
            or filled[0].replace(" ", "").lower() in _TOTALS
            or _NOTE.match(filled[0])
            or (number == header.last + 1 and _counts_columns(filled))
        )
        (left_out if is_none else lines).append(line)
    return Table(headings, lines, left_out, header)


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one heading for each column of several rows of headings.

    A blank in an upper row continues what stands left of it, if below it something is filled.

    >>> joined([["计量器具", "", "位置"], ["名称", "型号", ""]])
    ['计量器具/名称', '计量器具/型号', '位置']
    """
    width = max((len(row) for row in rows), default=0)
    texts = [[_said(row, place) for place in range(width)] for row in rows]
    for upper, lower in pairwise(texts):
        for place in range(1, width):
            if not upper[place] and lower[place] and lower[place - 1]:
                upper[place] = upper[place - 1]
    return [
        JOINT.join(dict.fromkeys(text for text in column if text))
        for column in zip(*texts, strict=True)
    ]


def _said(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _certainty(known: Mapping[str, tuple[str, float]], headings: Sequence[str]) -> float:
    """Return how many canonical columns headings surely name, each counted as far as it is sure."""
    best: dict[str, float] = {}
    for heading in headings:
        if heading and (one := surely(known, heading)):
            best[one[0]] = max(one[1], best.get(one[0], 0.0))
    return round(sum(best.values()), 6)


def _likeliest(columns: Sequence[Column], grid: Grid, otherwise: Header | None) -> Header:
    """Return the row whose headings are most like the kind's, else the first that is filled.

    Raises:
        NoHeader: If the sheet is empty.
    """
    best, found = 0.0, otherwise
    for number, row in enumerate(grid.rows[:HEADER_WITHIN], 1):
        texts = joined([row])
        if len(set(texts)) < 3:  # a title and blanks
            continue
        score = fit(columns, texts)
        if score > best:
            best, found = score, Header(number, number)
    if found:
        return found
    for number, row in enumerate(grid.rows, 1):
        if any(cell.strip() for cell in row):
            return Header(number, number)
    raise NoHeader("the sheet is empty")


def _banners(grid: Grid) -> set[int]:
    """Return the rows, from 0, in which one merged cell is all that is filled."""
    found = set()
    for area in grid.merged:
        if area.right == area.left:
            continue
        for number in range(area.top, min(area.bottom + 1, len(grid.rows))):
            row = grid.rows[number]
            if not any(c.strip() for c in (*row[: area.left], *row[area.right + 1 :])):
                found.add(number)
    return found


def _counts_columns(filled: Sequence[str]) -> bool:
    """Answer whether a row below the headings only numbers the columns: 1, 2, 3 …"""
    return len(filled) > 2 and filled == [str(number) for number in range(1, len(filled) + 1)]
