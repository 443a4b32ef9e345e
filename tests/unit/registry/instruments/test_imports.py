"""Rows of instruments, and of points that name their instrument."""

from datetime import UTC, datetime

import pytest

from hengneng.kernel.imports import operations
from hengneng.registry.instruments import imports
from hengneng.registry.instruments.models import Installation, Instrument
from hengneng.registry.points.models import Point

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BEGINNING = datetime(1999, 12, 31, 16, tzinfo=UTC)  # 2000-01-01 in Shanghai
APRIL = datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def run(importer, heading, *lines):
    body = "\n".join((heading, *lines)).encode()
    report = operations.commit(importer=importer, name="a.csv", body=body, by=7, at=AT)
    return [o.change for o in report.outcomes] or [r.reason for r in report.refused]


def import_instruments(*lines):
    heading = "unit_code,管理编号,name,准确度等级,point_code,valid_from"
    return run(imports.InstrumentImporter(), heading, *lines)


def import_points(*lines):
    heading = "unit_code,code,name,energy_type,level,kind,meter,instrument_number"
    return run(imports.PointImporter(), heading, *lines)


def stood():
    believed = Installation.objects.filter(superseded_at=None).order_by("valid_from")
    return list(
        believed.values_list("instrument__number", "point__code", "valid_from", "valid_until")
    )


@pytest.fixture
def ledger(unit, energy_types):
    import_instruments(f"{unit.code},M-1,电能表,0.5S,,", f"{unit.code},M-2,电能表,,,")
    import_points(f"{unit.code},E-01,总进线,电力,1,register,SH-1,M-1")
    return unit


def test_instruments_first_then_points_that_name_them(ledger):
    assert Instrument.objects.get(number="M-1").accuracy_class == "0.5S"
    assert stood() == [("M-1", "E-01", BEGINNING, None)]


def test_an_instrument_that_names_its_point(ledger):
    row = f"{ledger.code},M-2,电能表,,E-01,2026-04-01"

    assert import_instruments(row) == ["CHANGED"]
    assert import_instruments(row) == ["UNCHANGED"]
    assert stood() == [("M-1", "E-01", BEGINNING, APRIL), ("M-2", "E-01", APRIL, None)]


def test_the_first_row_again_leaves_the_later_exchange(ledger):
    import_instruments(f"{ledger.code},M-2,电能表,,E-01,2026-04-01")

    assert import_points(f"{ledger.code},E-01,总进线,电力,1,register,SH-1,M-1") == ["UNCHANGED"]
    assert [row[0] for row in stood()] == ["M-1", "M-2"]


def test_a_corrected_instrument(ledger):
    assert import_instruments(f"{ledger.code},M-2,三相电能表,1.0,,") == ["CHANGED"]

    corrected = Instrument.objects.get(number="M-2")
    assert (corrected.name, corrected.accuracy_class) == ("三相电能表", "1.0")


def test_an_instrument_that_is_not_entered_is_refused_with_its_point(ledger):
    told = import_points(f"{ledger.code},E-02,二,电力,1,register,SH-2,M-9")

    assert told == ["instrument_number: the unit has no instrument M-9"]
    assert Point.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("M-3,电能表,,E-09,", "the unit has no point E-09"),
        (",电能表,,,", "number: required"),
    ],
)
def test_a_refused_row_leaves_nothing(ledger, row, reason):
    assert import_instruments(f"{ledger.code},{row}") == [reason]
    assert Instrument.objects.count() == 2
