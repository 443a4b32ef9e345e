"""Rows of points as operations; a row speaks of its time until the next change known."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from hengneng.kernel.imports import operations
from hengneng.registry.points import imports, queries
from hengneng.registry.points.models import Point

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BEGINNING = datetime(1999, 12, 31, 16, tzinfo=UTC)  # 2000-01-01 in Shanghai
APRIL = datetime(2026, 3, 31, 16, tzinfo=UTC)
HEADINGS = (
    "unit_code,code,name,energy_type,level,kind,slot_minutes,data_code,meter,register,capacity,"
    "ratio,site_code,valid_from,flow"
)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def import_points(*lines):
    body = "\n".join((HEADINGS, *lines)).encode()
    report = operations.commit(
        importer=imports.PointImporter(), name="points.csv", body=body, by=7, at=AT
    )
    return [o.change for o in report.outcomes] or [r.reason for r in report.refused]


def register_row(unit, *, ratio="2000/5*10000/100", valid_from="", meter="SH-1"):
    return (
        f"{unit.code},E-01,总进线,电力,1,register,15,,{meter},,1000000,{ratio},,{valid_from},购进"
    )


def spans(unit):
    return [s for t in queries.timelines(unit.id) for s in t.spans]


def test_a_register_point_from_the_beginning(unit, energy_types):
    assert import_points(register_row(unit)) == ["NEW"]

    (span,) = spans(unit)
    assert (span.valid_from, span.valid_until, span.key) == (BEGINNING, None, "R:SH-1:total")
    assert (span.ratio, span.capacity) == (Fraction(40_000), Decimal(1_000_000))
    assert (span.level, span.kind, span.flow) == ("LEVEL_1", "REGISTER", "BOUGHT")


@pytest.mark.parametrize("data_code", ["00-00-0000-023300-11", "0000000002330011"])
def test_an_increment_point_of_a_national_code(unit, energy_types, data_code):
    row = f"{unit.code},E-02,总电量,ELECTRICITY,LEVEL_1,increment,60,{data_code},,,,,,,"

    assert import_points(row) == ["NEW"]
    (span,) = spans(unit)
    assert (span.key, span.slot_seconds, span.ratio) == ("N:0000000002330011", 3600, 1)


def test_a_history_of_two_rows_can_be_imported_again(unit, energy_types):
    rows = (
        register_row(unit, ratio="40"),
        register_row(unit, ratio="80", valid_from="2026-04-01", meter="SH-2"),
    )

    assert import_points(*rows) == ["NEW", "CHANGED"]
    assert import_points(*rows) == ["UNCHANGED", "UNCHANGED"]
    assert [(s.valid_from, s.valid_until, s.ratio, s.key) for s in spans(unit)] == [
        (BEGINNING, APRIL, 40, "R:SH-1:total"),
        (APRIL, None, 80, "R:SH-2:total"),
    ]


def test_an_earlier_row_reaches_back(unit, energy_types):
    import_points(register_row(unit, ratio="80", valid_from="2026-04-01"))

    assert import_points(register_row(unit, ratio="40")) == ["CHANGED"]
    assert [(s.valid_from, s.ratio, s.key) for s in spans(unit)] == [
        (BEGINNING, 40, "R:SH-1:total"),
        (APRIL, 80, "R:SH-1:total"),
    ]


def test_blank_cells_leave_what_is_known(unit, energy_types):
    import_points(register_row(unit))

    changed = import_points(f"{unit.code},E-01,新名,电力,1,register,,,,,,,,,")

    (span,) = spans(unit)
    assert changed == ["CHANGED"]
    assert (span.name, span.ratio, span.key) == ("新名", 40_000, "R:SH-1:total")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("E-01,a,火,1,register,,,M,,,,,,", "no energy type 火"),
        ("E-01,a,电力,4,register,,,M,,,,,,", "level: 4 is none of"),
        ("E-01,a,电力,1,register,10,,M,,,,,,", "slot_minutes: 10 is none of"),
        ("E-01,a,电力,1,register,,,M,,,0,,,", "ratio: 0 holds a zero"),
        ("E-01,a,电力,1,register,,,M,,0,,,,", "capacity is 0"),
        ("E-01,a,电力,1,register,,,M,,,,9,,", "site_code: the unit has no 9"),
        ("E-01,a,电力,1,register,,,,total,,,,,", "a register is given without its meter"),
        ("E-01,a,电力,1,increment,,0000000002330011,M,,,,,,", "data_code and meter are both"),
        ("E-01,a,电力,2,increment,,0000000002330011,,,,,,,", "N:0000000002330011 measures LEVEL_1"),
        ("E-01,a,电力,1,increment,,123,,,,,,,", "not 16 digits"),
        ("E-01,a,电力,1,increment,,,M,,,,,,", "R:M:total feeds REGISTER points"),
        (",a,电力,1,increment,,,M,,,,,,", "code: required"),
    ],
)
def test_a_refused_row_leaves_nothing(unit, energy_types, cells, reason):
    (told,) = import_points(f"{unit.code},{cells}")

    assert told.startswith(reason)
    assert Point.objects.count() == 0


def test_an_unknown_unit_is_refused(energy_types):
    assert import_points("X,E-01,a,电力,1,register,,,M,,,,,,") == ["no unit X"]
