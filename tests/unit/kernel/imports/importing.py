"""A kind of list of the tests' own, and files to import."""

import io

import xlsxwriter

from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Change, Column, Decision


class MeterImporter:
    """Meters that are known by number; a name of ``boom`` breaks the writing."""

    kind = "meters"
    columns = (
        Column("unit_code", "单位代码", True, "the unit", cells.text(18)),
        Column("number", "编号", True, "its number", cells.text(20), ("表号",)),
        Column("name", "名称", False, "its name", cells.text(20)),
        Column("since", "起始时间", False, "since when", cells.moment),
    )
    known: dict[str, str] = {}

    def decide(self, rows, *, at):
        self._decided = {}
        return [self._decide(row) for row in rows]

    def _decide(self, row):
        number, name = row.values["number"], row.values["name"] or ""
        before = self._decided.get(number, self.known.get(number))
        self._decided[number] = name
        if name == "?":
            return Decision(row.number, Change.REFUSED, reason="no name ?")
        if before is None:
            return Decision(row.number, Change.NEW)
        if before == name:
            return Decision(row.number, Change.UNCHANGED)
        return Decision(row.number, Change.CHANGED, {"name": (before, name)})

    def carry_out(self, *, by, at):
        if "boom" in self._decided.values():
            raise ZeroDivisionError
        self.known.update(self._decided)


def workbook(*sheets, merged=(), formulas=()):
    """Return a workbook of sheets, each a list of rows; merges and formulas are the first's."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        made = [book.add_worksheet(f"表{n}") for n in range(1, len(sheets) + 1)]
        for sheet, rows in zip(made, sheets, strict=True):
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write(number, place, cell)
        for *area, text in merged:
            made[0].merge_range(*area, text)
        for cell in formulas:
            made[0].write_formula(cell, "=1+1", None, 2)
    return file.getvalue()
