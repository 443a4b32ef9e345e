"""A document's tables as a workbook: a sheet for each, laid out for the same paper."""

import re
from io import BytesIO
from typing import Any

import xlsxwriter

from hengneng.kernel.documents import rules
from hengneng.kernel.documents.rules import Cell, Document, Table

_A4 = 9
_WIDTH = 130  # characters that a landscape page holds beside one another
_NOT_IN_A_SHEETS_NAME = re.compile(r"[\[\]:*?/\\]")


class NoTables(ValueError):
    """The document holds drawings only; a workbook has no sheet for them."""


def xlsx(document: Document) -> bytes:
    """Return the document's tables as .xlsx; the same document gives the same bytes.

    Texts stay texts: nothing in them is read as formula, link or number. A drawing has no sheet.

    Args:
        document: The document.

    Raises:
        NoTables: If there is none.
        UnevenRows: If a row has more or fewer cells than its table has columns.
    """
    if not any(isinstance(part, Table) for part in document.parts):
        raise NoTables(document.title)
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        # A workbook knows no time zones: the instant is written as UTC.
        made_at = document.made_at.replace(tzinfo=None)
        book.set_properties({"title": document.title, "created": made_at})
        styles = _styles(book)
        for part in document.parts:
            if isinstance(part, Table):
                name = _NOT_IN_A_SHEETS_NAME.sub("-", part.number)[:31]
                sheet = book.add_worksheet(name)
                _lay_out(sheet, document, part)
                _fill(sheet, rules.checked(part), styles)
    return out.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    """Return the formats of a workbook by what they are for."""
    framed = {"border": 1, "text_wrap": True, "valign": "vcenter"}
    return {
        "title": book.add_format({"font_size": 15, "align": "center", "valign": "vcenter"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "heading": book.add_format(framed | {"align": "center", "bg_color": "#F0F0F0"}),
        **{align.value: book.add_format(framed | {"align": align.value}) for align in rules.Align},
    }


def _lay_out(sheet: Any, document: Document, table: Table) -> None:
    """Set paper, column widths and the foot of each page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    # An ampersand begins an instruction in a footer, two stand for one.
    footer = document.footer.replace("&", "&&")[:150]
    sheet.set_footer(f"&L{footer}&R第 &P 页 共 &N 页")
    whole = sum(column.width for column in table.columns)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, max(6, column.width * _WIDTH / whole))


def _fill(sheet: Any, table: Table, styles: dict[str, Any]) -> None:
    """Write number, title, head, table, notes and signatures, one below the other."""
    last = len(table.columns) - 1
    sheet.write_string(0, 0, table.label)
    _across(sheet, 1, last, table.title, styles["title"])
    sheet.set_row(1, 26)
    _across(sheet, 2, last, "    ".join(table.head), styles["text"])
    top = 3
    for heading in rules.headings(table.columns):
        _merge(sheet, top, heading, styles["heading"])
    first = top + max(one.row + one.rows for one in rules.headings(table.columns))
    sheet.repeat_rows(top, first - 1)
    sheet.freeze_panes(first, 0)
    for line, row in enumerate(table.rows, start=first):
        for place, cell in enumerate(row):
            _write(sheet, line, place, cell, styles[table.columns[place].align.value])
    below = first + len(table.rows)
    if not table.rows:
        _across(sheet, below, last, table.empty, styles["center"])
        below += 1
    for number, note in enumerate(table.notes, start=1):
        _across(sheet, below, last, f"注{number}：{note}", styles["text"])
        below += 1
    _across(sheet, below + 1, last, "        ".join(f"{who}：" for who in table.signatures), None)


def _merge(sheet: Any, top: int, heading: rules.Heading, style: Any) -> None:
    """Write a cell of the head over the rows and columns that it spans."""
    row, column = top + heading.row, heading.column
    if heading.rows * heading.columns == 1:
        sheet.write_string(row, column, heading.title, style)
        return
    bottom, right = row + heading.rows - 1, column + heading.columns - 1
    sheet.merge_range(row, column, bottom, right, "", style)
    sheet.write_string(row, column, heading.title, style)


def _across(sheet: Any, row: int, last: int, text: str, style: Any) -> None:
    """Write a text over the whole width of the table."""
    if not text:
        return
    if last:
        sheet.merge_range(row, 0, row, last, "", style)
    sheet.write_string(row, 0, text, style)


def _write(sheet: Any, row: int, column: int, cell: Cell, style: Any) -> None:
    """Write one cell; a spreadsheet holds 15 digits, so exact decimals go in as text."""
    if cell is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, style)
    else:
        sheet.write_string(row, column, rules.text_of(cell), style)
