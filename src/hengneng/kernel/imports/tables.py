"""The bytes of a .csv or .xlsx file as headings and rows of text."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import PurePath

import python_calamine

from hengneng.kernel.imports.rules import Line, Table

BYTES_MAX = 100 * 1024 * 1024
ROWS_MAX = 200_000
COLUMNS_MAX = 200
CELL_MAX = 10_000  # characters
# What an .xlsx may hold unpacked, and the cells of the rectangle that its cells span: the reader
# makes room for all of it at once, so two cells far apart would be enough to exhaust a machine.
UNPACKED_MAX = 400 * 1024 * 1024
AREA_MAX = 6_000_000
_CHUNK = 1024 * 1024
_CELL_NAME = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,4})([0-9]{1,9})\s*["']""")
_CELL_NAME_LENGTH_MAX = 40
# What the zip module raises over damaged, encrypted or unusual archives.
_DAMAGED = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class UnreadableTable(ValueError):
    """The file is no table that can be read."""


class TooLarge(ValueError):
    """The file holds more than one import may."""


def read(name: str, body: bytes) -> Table:
    """Return the table that a file holds.

    Args:
        name: The file's name; its ending says what it is, ``.csv`` or ``.xlsx``.
        body: Its bytes.

    Raises:
        TooLarge: If it is over 100 MB, 200 000 rows, or unpacks to more than may be.
        UnreadableTable: If it is neither kind, damaged, or holds macros.
    """
    if len(body) > BYTES_MAX:
        raise TooLarge(f"the file is over {BYTES_MAX // 1024**2} MB")
    suffix = PurePath(name).suffix.lower()
    if suffix == ".csv":
        rows = _csv_rows(body)
    elif suffix == ".xlsx":
        rows = _xlsx_rows(body)
    elif suffix in {".xlsm", ".xltm", ".xlsb", ".xls"}:
        raise UnreadableTable(f"{suffix} may hold macros; save the file as .xlsx or .csv")
    else:
        raise UnreadableTable(f"{suffix or 'a file without ending'} is neither .csv nor .xlsx")
    return _table(rows)


def _table(rows: Iterable[list[str]]) -> Table:
    """Return headings and filled rows; the first filled row holds the headings."""
    headings: list[str] | None = None
    lines: list[Line] = []
    for number, cells in enumerate(rows, start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > COLUMNS_MAX:
            raise TooLarge(f"row {number} has over {COLUMNS_MAX} columns")
        if any(len(cell) > CELL_MAX for cell in cells):
            raise TooLarge(f"row {number} has a cell of over {CELL_MAX} characters")
        if headings is None:
            headings = [cell.strip() for cell in cells]
            continue
        lines.append(Line(number, cells))
        if len(lines) > ROWS_MAX:
            raise TooLarge(f"the file has over {ROWS_MAX} rows")
    if headings is None:
        raise UnreadableTable("the file is empty")
    return Table(headings, lines)


def _csv_rows(body: bytes) -> Iterator[list[str]]:
    """Yield the rows of a CSV text, separated by comma, semicolon or tabulator."""
    text = _decoded(body)
    first = text.lstrip().partition("\n")[0]
    separator = next((s for s in ",;\t" if s in first), ",")
    try:
        # The csv module's own limit on a field is far above ours.
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise UnreadableTable(f"not a CSV text: {error}") from error


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


def _xlsx_rows(body: bytes) -> Iterator[list[str]]:
    """Yield the rows of a workbook's first sheet: values as last shown, never formulas."""
    _refuse_dangerous(body)
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(body))
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError) as error:
        raise UnreadableTable(f"not a readable .xlsx workbook: {error}") from error
    for row in rows:
        yield [_text(cell) for cell in row]


def _refuse_dangerous(body: bytes) -> None:
    """Refuse a workbook that holds macros or unpacks to more than may be.

    The sizes in the archive's directory are its author's word, so the parts are unpacked and
    counted.
    """
    left = UNPACKED_MAX
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for part in archive.infolist():
                if part.filename.lower().endswith("vbaproject.bin"):
                    raise UnreadableTable("the workbook holds macros; save it without them")
                if part.file_size > left:
                    raise TooLarge("the workbook unpacks to more than may be")
                left -= _counted(archive, part, left)
    except _DAMAGED as error:
        raise UnreadableTable(f"not an .xlsx workbook: {error}") from error


def _counted(archive: zipfile.ZipFile, part: zipfile.ZipInfo, allowed: int) -> int:
    """Return a part's unpacked size and look at the cells it names.

    Raises:
        TooLarge: If it is over what is allowed, or its cells span too wide an area.
        UnreadableTable: If it is written in two-byte characters, which could hide cells.
    """
    looks = part.filename.lower().endswith((".xml", ".rels"))
    # Else reading stops where the directory says; two chunks further than it will ever get.
    part.file_size = allowed + 2 * _CHUNK
    size, rest, width, height = 0, b"", 1, 1
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > allowed:
                raise TooLarge("the workbook unpacks to more than may be")
            if not looks:
                continue
            if b"\x00" in chunk:
                raise UnreadableTable("the workbook's text is not UTF-8")
            rest += chunk
            for letters, digits in set(_CELL_NAME.findall(rest)):
                width, height = max(width, _column(letters)), max(height, int(digits))
            rest = rest[-_CELL_NAME_LENGTH_MAX:]
    if width * height > AREA_MAX or height > ROWS_MAX * 2:
        raise TooLarge(f"the sheet spans {height} rows and {width} columns")
    return size


def _column(letters: bytes) -> int:
    """Return a column's number: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _text(cell: object) -> str:
    """Return what a cell holds as a person would type it; a whole number has no point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
