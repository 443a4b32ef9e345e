"""Files as people send them: what is read to the character, what is refused and why."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from tests.unit.kernel.imports import importing
from tests.unit.kernel.imports.importing import MeterImporter

from hengneng.kernel.imports import archives, rules, tables

HALF_PAST_EIGHT = datetime(2026, 1, 31, 8, 30)  # noqa: DTZ001  a cell knows no zone
TEXT = "编号,名称\n1,电表\n"


def workbook(*rows, sheets=1):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd hh:mm:ss"})
    first = book.add_worksheet()
    for _ in range(sheets - 1):
        book.add_worksheet().write(0, 0, "not this one")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            first.write(number, place, cell)
    book.close()
    return file.getvalue()


def table_of(name, body, **said):
    return tables.read(name, body, **said)[1]


def cells_of(name, body):
    table = table_of(name, body)
    return [table.headings, *[line.cells for line in table.lines]]


class TestCsv:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_each_encoding(self, encoding):
        assert cells_of("a.csv", TEXT.encode(encoding)) == [["编号", "名称"], ["1", "电表"]]

    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_other_separators(self, separator):
        body = TEXT.replace(",", separator).encode()

        assert cells_of("a.csv", body) == [["编号", "名称"], ["1", "电表"]]

    def test_quoted_cells_and_line_ends(self):
        body = b'a,b\r\n"1,5","x\r\ny"\r\n'

        assert cells_of("A.CSV", body) == [["a", "b"], ["1,5", "x\r\ny"]]

    def test_empty_rows_are_left_out_and_numbers_stay_those_of_the_file(self):
        table = table_of("a.csv", b"\n,\na,b\n\n1,2\n")

        assert table == (["a", "b"], [(5, ["1", "2"])], [], (3, 3))

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", "empty"),
            (b" \n,\n", "empty"),
            (TEXT.encode("utf-16"), "neither UTF-8 nor GB 18030"),
            (b"a,b\n\xff\xff\n", "neither UTF-8 nor GB 18030"),
            (b"a\x00b\n", "neither UTF-8 nor GB 18030"),
            (b'a,b\n"1', "not a CSV text"),
        ],
    )
    def test_what_is_no_text_is_refused(self, body, reason):
        with pytest.raises(tables.UnreadableTable, match=reason):
            tables.read("a.csv", body)

    def test_a_row_more_than_may_be_is_refused(self, monkeypatch):
        monkeypatch.setattr(tables, "ROWS_MAX", 2)

        assert len(table_of("a.csv", b"a\n1\n2\n").lines) == 2
        with pytest.raises(tables.TooLarge):
            tables.read("a.csv", b"a\n1\n2\n3\n")

    def test_a_byte_more_than_may_be_is_refused(self, monkeypatch):
        monkeypatch.setattr(tables, "BYTES_MAX", 4)

        assert table_of("a.csv", b"a\n1\n").headings == ["a"]
        with pytest.raises(tables.TooLarge):
            tables.read("a.csv", b"a\n12\n")


class TestXlsx:
    def test_cells_as_a_person_would_type_them(self):
        body = workbook(
            ["a", "b", "c", "d", "e"],
            ["电表", 40, 0.1, date(2026, 1, 31), HALF_PAST_EIGHT],
            ["", True],
        )

        assert cells_of("a.xlsx", body) == [
            ["a", "b", "c", "d", "e"],
            ["电表", "40", "0.1", "2026-01-31", "2026-01-31 08:30:00"],
            ["", "true", "", "", ""],
        ]

    def test_the_first_sheet_counts(self):
        assert cells_of("a.xlsx", workbook(["a"], ["1"], sheets=2)) == [["a"], ["1"]]

    @pytest.mark.parametrize("name", ["a.xlsm", "a.xls", "a.xlsb", "a.txt", "a"])
    def test_other_kinds_are_refused(self, name):
        with pytest.raises(tables.UnreadableTable):
            tables.read(name, workbook(["a"], ["1"]))

    def test_macros_are_refused_under_any_name(self):
        body = io.BytesIO(workbook(["a"], ["1"]))
        with zipfile.ZipFile(body, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"macro")

        with pytest.raises(tables.UnreadableTable, match="macros"):
            tables.read("a.xlsx", body.getvalue())

    @pytest.mark.parametrize("body", [b"", b"PK\x03\x04 not a zip", TEXT.encode()])
    def test_what_is_no_workbook_is_refused(self, body):
        with pytest.raises(tables.UnreadableTable):
            tables.read("a.xlsx", body)

    def test_a_zip_that_is_no_workbook_is_refused(self):
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w") as archive:
            archive.writestr("readme.txt", "hello")

        with pytest.raises(tables.UnreadableTable):
            tables.read("a.xlsx", body.getvalue())

    def test_a_damaged_workbook_is_refused(self):
        body = bytearray(workbook(["a"], *[[str(n)] for n in range(200)]))
        body[len(body) // 3 : len(body) // 3 + 64] = bytes(64)

        with pytest.raises(tables.UnreadableTable):
            tables.read("a.xlsx", bytes(body))


def bombed(part, content, *, claimed=None):
    """Return a workbook with a part of that content whose directory claims another size."""
    body = io.BytesIO(workbook(["a"], ["1"]))
    with zipfile.ZipFile(body, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
        if claimed is not None:
            archive.getinfo(part).file_size = claimed
    return body.getvalue()


class TestBombs:
    @pytest.fixture(autouse=True)
    def one_megabyte(self, monkeypatch):
        monkeypatch.setattr(archives, "UNPACKED_MAX", 1024 * 1024)

    @pytest.mark.parametrize("claimed", [None, 10])
    def test_what_unpacks_to_more_than_may_be_is_refused(self, claimed):
        body = bombed("xl/media/a.bin", bytes(2 * 1024 * 1024), claimed=claimed)

        with pytest.raises(tables.TooLarge, match="unpacks"):
            tables.read("a.xlsx", body)

    @pytest.mark.parametrize("cell", ["XFD1048576", "xfd1000", "A400001"])
    def test_two_cells_far_apart_are_refused(self, cell):
        sheet = f'<worksheet><sheetData><row><c r="A1"/><c  r = "{cell}"/></row></sheetData>'

        with pytest.raises(tables.TooLarge, match="spans"):
            tables.read("a.xlsx", bombed("xl/worksheets/sheet9.xml", sheet))

    def test_a_sheet_in_two_byte_characters_is_refused(self):
        sheet = '<c r="XFD1048576"/>'.encode("utf-16")

        with pytest.raises(tables.UnreadableTable, match="UTF-8"):
            tables.read("a.xlsx", bombed("xl/worksheets/sheet9.xml", sheet))


class TestSheets:
    """Which sheet is read, and what merged cells, long numbers and formulas do."""

    COLUMNS = MeterImporter.columns

    def read(self, body, **said):
        return tables.read("a.xlsx", body, columns=self.COLUMNS, reading=rules.Reading(**said))

    def test_the_sheet_whose_headings_fit_best_is_read(self):
        body = importing.workbook([["说明"]], [["编号", "x"]], [["编号", "名称"], ["A1", "电表"]])

        assert self.read(body)[0] == "表3"

    def test_the_sheet_that_is_named_is_read(self):
        body = importing.workbook([["编号", "名称"]], [["a"], ["1"]])

        assert self.read(body, sheet="表2") == ("表2", (["a"], [(2, ["1"])], [], (1, 1)))
        with pytest.raises(tables.UnreadableTable, match="there is no sheet 表3: 表1, 表2"):
            self.read(body, sheet="表3")

    def test_headings_where_a_person_says(self):
        body = importing.workbook([["编号", "名称"], ["a", "b"], ["1", "2"]])

        assert self.read(body, header=rules.Header(2, 2))[1].lines == [(3, ["1", "2"])]
        with pytest.raises(rules.NoHeader, match="row 4"):
            self.read(body, header=rules.Header(4, 4))

    def test_merged_headings_and_cells(self):
        body = importing.workbook(
            [[""] * 3, ["", "", "编号"], ["名称", "起始时间", ""], ["电表", "2026-01-31", "A1"],
             ["", "", "A2"]],
            merged=[(0, 0, 0, 2, "台账"), (1, 0, 1, 1, "器具"), (1, 2, 2, 2, "编号"),
                    (3, 0, 4, 0, "电表")],
        )  # fmt: skip

        assert self.read(body)[1] == (
            ["名称", "起始时间", "编号"],
            [(4, ["电表", "2026-01-31", "A1"]), (5, ["电表", "", "A2"])],
            [],
            (3, 3),
        )

    def test_a_number_that_the_spreadsheet_rounded_is_unfit(self):
        body = importing.workbook([["编号"], [999_999_999_999_999], [913_100_001_234_567_890]])

        (_, [kept]), (_, [lost]) = self.read(body)[1].lines

        assert (kept, isinstance(kept, rules.Unfit)) == ("999999999999999", False)
        assert lost.reason == (
            "9.13100001234568e+17 has over 15 digits, which a spreadsheet rounds; enter it as text"
        )

    def test_formulas_are_refused_with_the_first_cell(self):
        body = importing.workbook([["编号", "名称"], ["A1", "x"]], formulas=["B12", "C13"])

        with pytest.raises(tables.UnreadableTable, match="表1 holds formulas, the first in B12"):
            self.read(body)

    def test_formulas_on_another_sheet_do_not_matter(self):
        body = importing.workbook([["合计"]], [["编号", "名称"], ["A1", "x"]], formulas=["A2"])

        assert self.read(body)[0] == "表2"

    def test_formulas_on_the_only_sheet_that_may_fit_are_told(self):
        body = importing.workbook([["编号"]], [["x"]], formulas=["A2"])

        with pytest.raises(tables.UnreadableTable, match="表1 holds formulas"):
            self.read(body)

    def test_merged_cells_without_end_are_refused(self, monkeypatch):
        merged = [(0, 0, 9, 9, "a"), (10, 0, 19, 9, "b")]
        monkeypatch.setattr(archives, "AREA_MAX", 200)
        assert tables.opened("a.xlsx", importing.workbook([[]], merged=merged)).grid(0).rows
        monkeypatch.setattr(archives, "AREA_MAX", 199)

        with pytest.raises(tables.TooLarge):
            tables.opened("a.xlsx", importing.workbook([[]], merged=merged)).grid(0)


class TestFormulasInCsv:
    def test_a_formula_is_unfit_and_what_was_made_harmless_is_itself_again(self):
        table = table_of("a.csv", "编号,名称\n=1+1,'-5\n'+86,'x\n".encode())

        (_, [formula, minus]), (_, [plus, other]) = table.lines

        assert formula.reason == "a formula; enter its value"
        assert (minus, plus, other) == ("-5", "+86", "'x")
