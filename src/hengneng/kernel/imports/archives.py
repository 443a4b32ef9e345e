"""What a workbook's archive may not hold, found before a reader opens it."""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from typing import NamedTuple

from hengneng.kernel.imports.rules import Unfit

# What an .xlsx may hold unpacked, and the cells of the rectangle that its cells span: the reader
# makes room for all of it at once, so two cells far apart would be enough to exhaust a machine.
UNPACKED_MAX = 400 * 1024 * 1024
AREA_MAX = 6_000_000
HEIGHT_MAX = 400_000
PARTS_MAX = 10_000
_CHUNK = 1024 * 1024
_CELL_NAME = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,4})([0-9]{1,9})\s*["']""")
_FORMULA = re.compile(
    rb"""\br\s*=\s*["']\s*([A-Za-z]{1,4}[0-9]{1,9})\s*["'][^>]{0,200}>\s*<(?:\w{1,9}:)?f[\s/>]"""
)
_TAIL = 300  # bytes of a chunk looked at again with the next: a cell's opening and its formula's
_SHEET = re.compile(rb"<(?:\w{1,9}:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w{1,9}:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"""(?:\w+:)?(\w+)\s*=\s*["']([^"']*)["']""")
# What the zip module raises over damaged, encrypted or unusual archives.
_DAMAGED = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class UnreadableTable(ValueError):
    """The file is no table that can be read."""


class TooLarge(ValueError):
    """The file holds more than one import may."""


class _Part(NamedTuple):
    """What was seen in a part: its unpacked size and the first cell that holds a formula."""

    size: int
    formula: str


def formulas_of(body: bytes) -> list[str]:
    """Return for each sheet the first cell that holds a formula; empty where none does.

    Args:
        body: The workbook.

    Raises:
        TooLarge: If it unpacks to more than may be; the sizes in the archive's directory are its
            author's word, so the parts are unpacked and counted.
        UnreadableTable: If it is no workbook, or holds macros.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            formulas = _formulas(archive)
            return [formulas.get(name, "") for name in _sheet_parts(archive)]
    except (TooLarge, UnreadableTable):
        raise
    except _DAMAGED as error:
        raise UnreadableTable(f"not an .xlsx workbook: {error}") from error


def text_of_number(number: float) -> str:
    """Return a number as a person would type it; a whole one has no point.

    A spreadsheet keeps 15 digits and rounds the rest without a word, so what has more is unfit.
    """
    if abs(number) >= 10**15:
        shown = f"{number:.15g}"
        reason = f"{shown} has over 15 digits, which a spreadsheet rounds; enter it as text"
        return Unfit(shown, reason)
    return str(int(number)) if float(number).is_integer() else repr(number)


def _formulas(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the first cell that holds a formula of each part that has one.

    Raises:
        TooLarge: If the archive unpacks to more than may be.
        UnreadableTable: If it holds macros.
    """
    parts = archive.infolist()
    if len(parts) > PARTS_MAX:
        raise TooLarge(f"the workbook has over {PARTS_MAX} parts")
    left = UNPACKED_MAX
    formulas: dict[str, str] = {}
    for part in parts:
        _refuse_by_name(part.filename)
        if part.file_size > left:
            raise TooLarge("the workbook unpacks to more than may be")
        seen = _counted(archive, part, left)
        left -= seen.size
        if seen.formula:
            formulas[part.filename] = seen.formula
    return formulas


def _refuse_by_name(name: str) -> None:
    """Refuse parts that are programs.

    Raises:
        UnreadableTable: If it is one.
    """
    lower = name.lower()
    if lower.endswith("vbaproject.bin") or "/macrosheets/" in lower:
        raise UnreadableTable("the workbook holds macros; save it as .xlsx without them")


def _counted(archive: zipfile.ZipFile, part: zipfile.ZipInfo, allowed: int) -> _Part:
    """Return a part's unpacked size and look at the cells it names.

    Raises:
        TooLarge: If it is over what is allowed, or its cells span too wide an area.
        UnreadableTable: If it is written in two-byte characters, which could hide cells.
    """
    looks = part.filename.lower().endswith((".xml", ".rels"))
    # Else reading stops where the directory says; two chunks further than it will ever get.
    part.file_size = allowed + 2 * _CHUNK
    size, rest, width, height, formula = 0, b"", 1, 1, ""
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
            names = _CELL_NAME.findall(rest)
            width = max(width, *map(_column, {letters for letters, _ in names}), 1)
            height = max(height, *map(int, {digits for _, digits in names}), 1)
            if not formula and (found := _FORMULA.search(rest)):
                formula = found[1].decode().upper()
            rest = rest[-_TAIL:]
    if width * height > AREA_MAX or height > HEIGHT_MAX:
        raise TooLarge(f"the sheet spans {height} rows and {width} columns")
    return _Part(size, formula)


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the sheets' parts in the workbook's order.

    Raises:
        UnreadableTable: If the archive is no workbook.
    """
    try:
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError as error:
        raise UnreadableTable("not an .xlsx workbook: it has no list of sheets") from error
    targets = {
        said.get(b"Id"): posixpath.normpath(
            posixpath.join("/xl", said.get(b"Target", b"").decode())
        ).lstrip("/")
        for said in map(_attributes, _RELATION.findall(relations))
    }
    sheets = [_attributes(sheet) for sheet in _SHEET.findall(book)]
    return [targets.get(sheet.get(b"id"), "") for sheet in sheets]


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    """Return a tag's attributes by name without prefix; ``r:id`` wins over ``sheetId``."""
    return dict(_ATTRIBUTE.findall(tag))


def _column(letters: bytes) -> int:
    """Return a column's number: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
