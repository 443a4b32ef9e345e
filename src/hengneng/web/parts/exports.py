"""A list as shown, as a csv or xlsx file."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse

from hengneng.web.parts import tags

# A spreadsheet takes a text that begins so for a formula; a leading apostrophe keeps it a text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMATS = ("xlsx", "csv")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_format(request: HttpRequest) -> str:
    """Return the format that a request asks for.

    Raises:
        Http404: If there is no such format.
    """
    kind = request.GET.get("format", FORMATS[0])
    if kind not in FORMATS:
        raise Http404(kind)
    return kind


def exported(
    kind: str, *, name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """Return the file as a download.

    Args:
        kind: ``csv`` or ``xlsx``.
        name: The file's name without its ending, ASCII.
        head: Titles of the columns.
        rows: Texts, numbers, dates, None. Shape (n, len(head)).
    """
    titles, lines = [str(title) for title in head], list(rows)
    body = _csv(titles, lines) if kind == "csv" else _xlsx(titles, lines)
    content_type = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    disposition = f'attachment; filename="{name}.{kind}"'
    return HttpResponse(
        body, content_type=content_type, headers={"Content-Disposition": disposition}
    )


def inert(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula.

    >>> inert("=1+1"), inert("甲饭店")
    ("'=1+1", '甲饭店')
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _csv(head: list[str], rows: list[Sequence[Any]]) -> bytes:
    """Return UTF-8 with a byte order mark, without which spreadsheets garble Chinese."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    return tags.exact(cell) if isinstance(cell, Decimal) else inert(str(cell))


def _xlsx(head: list[str], rows: list[Sequence[Any]]) -> bytes:
    """Return a workbook whose texts are texts: nothing is read as formula, link or number."""
    out = BytesIO()
    # Row by row to the disk: a quarter faster than whole in memory, and small however long.
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for column, title in enumerate(head):
            sheet.write_string(0, column, title, bold)
            sheet.set_column(column, column, 22)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, line, column, cell)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _write(sheet: Any, line: int, column: int, cell: Any) -> None:
    """Write one cell; a spreadsheet holds 15 digits, so exact decimals go in as text."""
    if cell is None:
        return
    if isinstance(cell, int):
        sheet.write_number(line, column, cell)
    elif isinstance(cell, Decimal):
        sheet.write_string(line, column, tags.exact(cell))
    else:
        sheet.write_string(line, column, cell.isoformat() if isinstance(cell, date) else str(cell))
