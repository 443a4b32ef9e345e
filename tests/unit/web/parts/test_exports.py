import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from hengneng.web.parts import exports

HEAD = ("Name", "Amount")


def as_csv(*rows):
    got = exports.exported("csv", name="units", head=HEAD, rows=rows)
    return list(csv.reader(StringIO(got.content.decode("utf-8-sig"))))


def as_xlsx(*rows):
    got = exports.exported("xlsx", name="units", head=HEAD, rows=rows)
    return CalamineWorkbook.from_filelike(BytesIO(got.content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_a_csv_holds_no_formula(text):
    assert as_csv((text, 1))[1][0] == f"'{text}"


def test_an_xlsx_holds_texts_as_texts():
    assert as_xlsx(("=1+1", Decimal("0.10")))[1] == ["=1+1", "0.1"]


def test_a_csv_keeps_numbers_plain():
    assert as_csv((date(2026, 3, 1), Decimal("-1E+3")), (None, 7))[1:] == [
        ["2026-03-01", "-1000"],
        ["", "7"],
    ]


def test_the_csv_begins_with_the_mark_spreadsheets_need():
    got = exports.exported("csv", name="units", head=HEAD, rows=[])
    assert got.content.startswith(b"\xef\xbb\xbf")
    assert got["Content-Disposition"] == 'attachment; filename="units.csv"'
