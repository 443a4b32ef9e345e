"""The bytes of a .csv or .xlsx file as sheets of text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import PurePath

import python_calamine

from hengneng.kernel.imports import archives
from hengneng.kernel.imports.archives import TooLarge, UnreadableTable
from hengneng.kernel.imports.rules import (
    Area,
    Column,
    Grid,
    Header,
    NoHeader,
    Reading,
    Table,
    Unfit,
    fit,
    located,
    read_table,
    spread,
)

__all__ = ["BYTES_MAX", "Book", "TooLarge", "UnreadableTable", "opened", "read"]

BYTES_MAX = 100 * 1024 * 1024
ROWS_MAX = 200_000
COLUMNS_MAX = 200
CELL_MAX = 10_000  # characters
_HEAD_ROWS = 40
_WITH_MACROS = {".xlsm", ".xltm", ".xlsb", ".xlam", ".xls", ".xlt"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = "a formula; enter its value"
# A text made harmless for spreadsheets, as ``writing`` and the exports write it.
_HARMLESS = re.compile(r"'(?='*[=+\-@＝＋－＠\t\r])")


class Book:
    """An opened file: its sheets, each read when it is asked for.

    Attributes:
        sheets: Their names; one without a name for a .csv file.
    """

    def __init__(
        self, opened: bytes | python_calamine.CalamineWorkbook, formulas: list[str]
    ) -> None:
        self._opened = opened
        self._formulas = formulas
        self.sheets = [""] if isinstance(opened, bytes) else opened.sheet_names

    def grid(self, number: int) -> Grid:
        """Return a sheet's cells, merged ones spread, and none that holds a formula.

        Args:
            number: Which sheet, from 0.

        Raises:
            TooLarge: If it has more rows, columns or characters in a cell than may be.
            UnreadableTable: If it cannot be read or holds formulas.
        """
        if isinstance(self._opened, bytes):
            grid = _csv_grid(self._opened)
        elif not self._formulas[number]:
            grid = _xlsx_grid(self._opened, number)
        else:
            raise UnreadableTable(
                f"the sheet {self.sheets[number]} holds formulas, the first in"
                f" {self._formulas[number]}; paste them as values and save it again"
            )
        if sum(_size(area) for area in grid.merged) > archives.AREA_MAX:
            raise TooLarge(f"the sheet {self.sheets[number]} has too many merged cells")
        spread(grid)
        return grid


def opened(name: str, body: bytes) -> Book:
    """Return the file opened.

    Args:
        name: The file's name; its ending says what it is, ``.csv`` or ``.xlsx``.
        body: Its bytes.

    Raises:
        TooLarge: If it is over 100 MB or unpacks to more than may be.
        UnreadableTable: If it is neither kind, damaged, or holds macros.
    """
    if len(body) > BYTES_MAX:
        raise TooLarge(f"the file is over {BYTES_MAX // 1024**2} MB")
    suffix = PurePath(name).suffix.lower()
    if suffix == ".csv":
        return Book(body, [])
    if suffix in _WITH_MACROS:
        raise UnreadableTable(f"{suffix} may hold macros; save the file as .xlsx or .csv")
    if suffix != ".xlsx":
        raise UnreadableTable(f"{suffix or 'a file without ending'} is neither .csv nor .xlsx")
    formulas = archives.formulas_of(body)
    try:
        book = Book(python_calamine.load_workbook(io.BytesIO(body)), formulas)
    except python_calamine.CalamineError as error:
        raise UnreadableTable(f"not a readable .xlsx workbook: {error}") from error
    if len(book.sheets) != len(formulas):
        raise UnreadableTable("not a readable .xlsx workbook: its list of sheets is damaged")
    return book


def read(
    name: str, body: bytes, *, columns: Sequence[Column] = (), reading: Reading | None = None
) -> tuple[str, Table]:
    """Return the list that a file holds, and the sheet it was found on.

    Args:
        name: The file's name.
        body: Its bytes.
        columns: The kind's, by which the headings are found.
        reading: What a person said of sheet and headings; None: nothing.

    Raises:
        TooLarge, UnreadableTable: If the file cannot be read.
        NoHeader: If there are no headings where they are said to be.
    """
    reading = reading or Reading()
    book = opened(name, body)
    number, grid = _chosen_sheet(book, columns, reading)
    header = reading.header or _located(columns, grid)
    if header.last > len(grid.rows):
        raise NoHeader(f"row {header.last} holds no headings")
    table = read_table(grid, header)
    if len(table.lines) > ROWS_MAX:
        raise TooLarge(f"the file has over {ROWS_MAX} rows")
    return book.sheets[number], table


def _located(columns: Sequence[Column], grid: Grid) -> Header:
    """Return where the headings are.

    Raises:
        UnreadableTable: If the sheet is empty.
    """
    try:
        return located(columns, grid)
    except NoHeader as error:
        raise UnreadableTable("the file is empty") from error


def _chosen_sheet(book: Book, columns: Sequence[Column], reading: Reading) -> tuple[int, Grid]:
    """Return the sheet that is named, else that whose headings fit best, the first of equals.

    Raises:
        TooLarge, UnreadableTable: If it cannot be read, or there is none of that name.
    """
    if reading.sheet:
        if reading.sheet not in book.sheets:
            raise UnreadableTable(f"there is no sheet {reading.sheet}: {', '.join(book.sheets)}")
        number = book.sheets.index(reading.sheet)
        return number, book.grid(number)
    if not book.sheets:
        raise UnreadableTable("not a readable .xlsx workbook: it has no sheet")
    if len(book.sheets) == 1:
        return 0, book.grid(0)
    fits: list[tuple[float, int]] = []
    refusals = []
    for number in range(len(book.sheets)):
        try:
            grid = book.grid(number)
        except UnreadableTable as error:
            # Another sheet may hold the list; if none does, this is what is said.
            refusals.append(error)
            continue
        fits.append((_fit(columns, grid), -number))
    if not fits or (refusals and max(fits)[0] == 0):
        raise refusals[0]
    number = -max(fits)[1]
    return number, book.grid(number)


def _fit(columns: Sequence[Column], grid: Grid) -> float:
    """Return how well a sheet's headings fit a kind of list."""
    head = Grid(grid.rows[:_HEAD_ROWS], [])
    try:
        header = located(columns, head)
    except NoHeader:
        return 0.0
    return fit(columns, read_table(head, header).headings)


def _csv_grid(body: bytes) -> Grid:
    """Return the rows of a CSV text, separated by comma, semicolon or tabulator."""
    text = _decoded(body)
    head = text[:20_000].splitlines()[:_HEAD_ROWS]
    separator = max(",;\t", key=lambda s: sum(line.count(s) for line in head))
    try:
        # The csv module's own limit on a field is far above ours.
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return Grid(_bounded([_of_csv(cell) for cell in row] for row in rows), [])
    except csv.Error as error:
        raise UnreadableTable(f"not a CSV text: {error}") from error


def _of_csv(cell: str) -> str:
    """Return a cell's text; a formula is unfit, and a text made harmless is what it was."""
    if cell.startswith(("=", "＝")):
        return Unfit(cell, _FORMULA)
    return _HARMLESS.sub("", cell, count=1) if cell.startswith("'") else cell


def _decoded(body: bytes) -> str:
    """Return a text written in UTF-8, with or without a mark, or GB 18030.

    Raises:
        UnreadableTable: If it is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise UnreadableTable("the text is neither UTF-8 nor GB 18030; save it as UTF-8")


def _xlsx_grid(book: python_calamine.CalamineWorkbook, number: int) -> Grid:
    """Return a sheet's values as last shown."""
    try:
        sheet = book.get_sheet_by_index(number)
        rows = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    except (python_calamine.CalamineError, IndexError) as error:
        raise UnreadableTable(f"not a readable .xlsx workbook: {error}") from error
    areas = [Area(top, left, bottom, right) for (top, left), (bottom, right) in merged]
    return Grid(_bounded([_text(cell) for cell in row] for row in rows), areas)


def _bounded(rows: Iterable[list[str]]) -> list[list[str]]:
    """Return the rows unless one is wider, or holds a longer text, than may be."""
    return list(_each_bounded(rows))


def _each_bounded(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    filled = 0
    for number, cells in enumerate(rows, start=1):
        if len(cells) > COLUMNS_MAX and any(cells[COLUMNS_MAX:]):
            raise TooLarge(f"row {number} has over {COLUMNS_MAX} columns")
        if any(len(cell) > CELL_MAX for cell in cells):
            raise TooLarge(f"row {number} has a cell of over {CELL_MAX} characters")
        filled += any(cells)
        if filled > ROWS_MAX + _HEAD_ROWS:
            raise TooLarge(f"the file has over {ROWS_MAX} rows")
        yield cells[:COLUMNS_MAX]


def _size(area: Area) -> int:
    """Return how many cells an area has, as far as a sheet may reach. [count]"""
    height = min(area.bottom, archives.HEIGHT_MAX) - area.top + 1
    return max(0, height) * max(0, min(area.right, COLUMNS_MAX) - area.left + 1)


def _text(cell: object) -> str:
    """Return what a cell holds as a person would type it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return archives.text_of_number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
