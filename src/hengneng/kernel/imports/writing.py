"""Files for people: the refused rows with their reasons, and a kind's empty template."""

import csv
import io
from collections.abc import Callable, Sequence

import xlsxwriter

from hengneng.kernel.imports.rules import Importer, Report

_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
_WIDTH = 18
_HELP_WIDTH = 60


def refused_csv(report: Report, *, words: tuple[str, str] = ("row", "reason")) -> str:
    """Return the refused rows as CSV: row number, reason, then the file's own columns.

    Args:
        report: What became of the rows.
        words: Headings of row number and reason; ``行号`` and ``原因`` are understood as well.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for cells in _refused(report, words):
        writer.writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def refused_xlsx(report: Report, *, words: tuple[str, str] = ("row", "reason")) -> bytes:
    """Return the refused rows as a workbook; mended, it can be given to the same import.

    Args:
        report: What became of the rows.
        words: Headings of row number and reason.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for line, cells in enumerate(_refused(report, words)):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell, None if line else bold)
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, _HELP_WIDTH)
        sheet.set_column(2, 2 + len(report.headings), _WIDTH)
        sheet.freeze_panes(1, 2)
    return out.getvalue()


def template_xlsx(
    importer: Importer,
    *,
    words: tuple[str, str, str, str, str] = ("help", "column", "name", "required", "what goes in"),
    translated: Callable[[str], str] = str,
) -> bytes:
    """Return an empty list of a kind with its Chinese headings, and a sheet that explains them.

    Args:
        importer: The kind.
        words: Name of the second sheet and its headings.
        translated: The columns' explanations in the reader's language.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8F1EC"})
        as_text = book.add_format({"num_format": "@"})
        empty = book.add_worksheet(importer.kind)
        # As text, or the spreadsheet would round long numbers and turn codes into dates.
        empty.set_column(0, len(importer.columns) - 1, _WIDTH, as_text)
        for place, column in enumerate(importer.columns):
            empty.write_string(0, place, column.zh + ("*" if column.required else ""), bold)
            empty.write_comment(0, place, translated(column.help))
        empty.freeze_panes(1, 0)
        _explain(book.add_worksheet(words[0]), importer, words[1:], bold, translated)
    return out.getvalue()


def _explain(
    sheet: xlsxwriter.worksheet.Worksheet,
    importer: Importer,
    words: Sequence[str],
    bold: xlsxwriter.format.Format,
    translated: Callable[[str], str],
) -> None:
    """Write a line for each column."""
    for place, word in enumerate(words):
        sheet.write_string(0, place, word, bold)
    for line, column in enumerate(importer.columns, 1):
        star = "*" if column.required else ""
        for place, text in enumerate((column.zh, column.name, star, translated(column.help))):
            sheet.write_string(line, place, text)
    sheet.set_column(0, 1, _WIDTH)
    sheet.set_column(3, 3, _HELP_WIDTH)


def _refused(report: Report, words: tuple[str, str]) -> list[list[str]]:
    """Return headings and refused rows."""
    rows = [[str(r.number), r.reason, *map(str, r.cells)] for r in report.refused]
    return [[*words, *report.headings], *rows]


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; ``tables`` reads it as it was."""
    return f"'{cell}" if cell.lstrip("'").startswith(_STARTS) else cell
