"""A list as offices send it: title, merged headings, notes, doubles, wrong codes, dates as text."""

from datetime import UTC, datetime

import pytest
from tests.unit.kernel.imports import importing

from hengneng.kernel.imports import operations, tables, writing
from hengneng.kernel.imports.rules import Change, Reading
from hengneng.protocol import codes
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.units import queries as units
from hengneng.registry.units.imports import UnitImporter

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
UNITS = 700
HEADINGS = ["序号", "单位名称", "统一社会信用代码", "所属区", "起始时间"]


def credit_code(number):
    base = f"91310000MA1F{number:05}"
    return base + codes.credit_check_character(base)


def line(number, **other):
    said = {
        "序号": number,
        "单位名称": f"单位{number}",
        "统一社会信用代码": credit_code(number),
        "所属区": ("黄浦区", "徐汇", "310104")[number % 3],
        "起始时间": ("2020年1月5日", "2020/1/5", "20200105", "2020-01-05")[number % 4],
    }
    return [(said | other)[heading] for heading in HEADINGS]


@pytest.fixture
def messy_list(db, settings, tmp_path):
    """700 units and three doubles; rows 8 to 10 hold a wrong code, no name, no district."""
    settings.DATA_DIR = tmp_path
    bodies.load_city(by=None, at=AT)
    rows = [line(number) for number in range(UNITS)]
    rows[3][2] = credit_code(3)[:-1] + ("0" if credit_code(3)[-1] != "0" else "1")
    rows[4][1] = ""
    rows[5][3] = "没有区"
    doubles = [line(number) for number in (10, 20, 30)]
    listed = [
        ["市重点用能单位名单", *[""] * 4],
        [""] * 5,
        ["序号", "单位", "", "地点", ""],
        HEADINGS,
    ]
    listed += [*rows, *doubles, ["合计", UNITS, "", "", ""], ["填表人：李", "", "", "", ""]]
    merged = [(0, 0, 0, 4, "市重点用能单位名单"), (2, 1, 2, 2, "单位"), (2, 3, 2, 4, "地点")]
    return importing.workbook(listed, [["封面"]], merged=merged)


def test_it_is_told_mended_and_taken(messy_list):
    body = messy_list
    report = operations.preview(importer=UnitImporter(), name="a.xlsx", body=body, at=AT)

    assert report.count(Change.NEW) == UNITS - 3
    assert report.count(Change.UNCHANGED) == 3
    assert [refusal.number for refusal in report.refused] == [8, 9, 10]
    assert [left.number for left in report.left_out] == [708, 709]
    assert report.ignored == ["序号"]

    mended = tables.read("r.xlsx", writing.refused_xlsx(report))[1]
    fixed = [[*cells] for _, cells in mended.lines]
    place = {heading: number for number, heading in enumerate(mended.headings)}
    fixed[0][place["统一社会信用代码"]] = credit_code(3)
    fixed[1] = [fixed[1][0], *[""] * (len(fixed[1]) - 1)]
    fixed[2][place["所属区"]] = "浦东新区"
    back = importing.workbook([mended.headings, *fixed])
    again = operations.commit(
        importer=UnitImporter(),
        name="a.xlsx",
        body=body,
        mended=operations.File("r.xlsx", back),
        by=7,
        at=AT,
    )

    assert (again.committed, again.refused) == (True, [])
    assert again.count(Change.NEW) == UNITS - 1
    assert len(units.ids_by_code()) == UNITS - 1


def test_a_strange_heading_is_said_by_a_person(messy_list):
    body = importing.workbook([["USCC", "单位名称"], [credit_code(1), "甲"]])

    report = operations.preview(
        importer=UnitImporter(),
        name="a.xlsx",
        body=body,
        reading=Reading(mapping={"code": "USCC"}, constants={"sector": "酒店"}),
        at=AT,
    )

    assert report.count(Change.NEW) == 1
