"""A document's tables as a workbook."""

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import python_calamine

from hengneng.kernel.documents import rules, workbooks
from hengneng.kernel.documents.rules import Column, Document, Drawing, Table

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.org", "{=1}", "007"]
COLUMNS = (Column("种类"), Column("应配", group="一级"), Column("实配", group="一级"))
DRAWING = Drawing("fig-B.1", "图 B.1", "流向", (), "<svg/>", "", "无")


def a_table(rows, number="B.8", columns=COLUMNS) -> Table:
    head, signed = ("用能单位：衡能饭店", "2026年"), ("填表人", "审核人")
    return Table(
        number, f"表 {number}", "配备", head, columns, rows, "没有登记", ("未核实",), signed
    )


def made(*parts, footer="衡能 & 饭店") -> bytes:
    return workbooks.xlsx(Document("台账", footer, datetime(2026, 11, 23, tzinfo=UTC), parts))


def cells(body: bytes, sheet: str) -> list[list[object]]:
    book = python_calamine.load_workbook(io.BytesIO(body))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def xml(body: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.read(name).decode()


class TestXlsx:
    def test_says_number_title_head_rows_notes_and_signatures(self):
        rows = cells(made(a_table([("电力", 3, Decimal("12345678901234567890.10"))])), "B.8")

        assert [row[0] for row in rows] == [
            "表 B.8", "配备", "用能单位：衡能饭店    2026年", "种类", "", "电力", "注1：未核实", "",
            "填表人：        审核人：",
        ]  # fmt: skip
        assert rows[3] == ["种类", "一级", ""]
        assert rows[4] == ["", "应配", "实配"]
        assert rows[5] == ["电力", 3.0, "12345678901234567890.10"]

    def test_a_table_without_rows_says_so(self):
        assert cells(made(a_table([])), "B.8")[5][0] == "没有登记"

    def test_has_a_sheet_for_each_table_and_none_for_a_drawing(self):
        body = made(a_table([], "B.3"), DRAWING, a_table([], "B.4/5"))

        names = python_calamine.load_workbook(io.BytesIO(body)).sheet_names
        assert names == ["B.3", "B.4-5"]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_texts_stay_texts_wherever_they_stand(self, text):
        table = a_table([(text, 1, text)], columns=(*COLUMNS[:2], Column(text, group="一级")))
        body = made(table._replace(title=text, head=(text,), notes=(text,), empty=text))

        sheet = xml(body, "xl/worksheets/sheet1.xml")
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert cells(body, "B.8")[5][0] == text

    def test_is_laid_out_for_landscape_paper_with_its_head_on_every_page(self):
        body = made(a_table([("电力", 1, 1)]))

        sheet = xml(body, "xl/worksheets/sheet1.xml")
        assert 'orientation="landscape"' in sheet
        assert 'paperSize="9"' in sheet
        assert "衡能 &amp;&amp; 饭店&amp;R第 &amp;P 页 共 &amp;N 页" in sheet
        assert "B.8!$4:$5" in xml(body, "xl/workbook.xml")

    def test_the_same_document_gives_the_same_bytes(self):
        assert made(a_table([("电力", 1, 1)])) == made(a_table([("电力", 1, 1)]))

    def test_refuses_a_document_of_drawings_only(self):
        with pytest.raises(workbooks.NoTables):
            made(DRAWING)

    def test_refuses_a_row_of_another_length(self):
        with pytest.raises(rules.UnevenRows):
            made(a_table([("电力",)]))
