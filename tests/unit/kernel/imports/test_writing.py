"""Refused rows and templates as files that can be read again."""

import io

import python_calamine
from tests.unit.kernel.imports.importing import MeterImporter

from hengneng.kernel.imports import tables, writing
from hengneng.kernel.imports.rules import Line, Refusal, Report

REPORT = Report(
    "meters", [], [Refusal(3, "name: required", ["A1", "-5", "=1+1"])], [], ["编号", "a", "b"],
    False, [Line(9, ["合计"])],
)  # fmt: skip


def rows_of(body, sheet=0):
    return python_calamine.load_workbook(io.BytesIO(body)).get_sheet_by_index(sheet).to_python()


def test_refused_rows_as_csv():
    assert writing.refused_csv(REPORT, words=("行号", "原因")) == (
        "行号,原因,编号,a,b\n3,name: required,A1,'-5,'=1+1\n"
    )


def test_refused_rows_as_a_workbook_of_texts():
    body = writing.refused_xlsx(REPORT)

    assert rows_of(body) == [
        ["row", "reason", "编号", "a", "b"],
        ["3", "name: required", "A1", "-5", "=1+1"],
    ]
    assert tables.read("a.xlsx", body)[1].headings == ["row", "reason", "编号", "a", "b"]


def test_a_template_is_an_empty_list_and_its_help():
    body = writing.template_xlsx(MeterImporter(), translated=str.upper)

    assert rows_of(body) == [["单位代码*", "编号*", "名称", "起始时间"]]
    assert rows_of(body, 1)[:2] == [
        ["column", "name", "required", "what goes in"],
        ["单位代码", "unit_code", "*", "THE UNIT"],
    ]
    sheet, table = tables.read("a.xlsx", body, columns=MeterImporter.columns)
    assert (sheet, table.lines) == ("meters", [])
