"""Lists as units and the mandatory-verification system bring them: decided and written as sets."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.unit.registry.instruments.conftest import AT

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.imports import operations
from hengneng.registry.instruments import imports, queries
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments.models import Certificate, Instrument

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def preview(importer, heading, *lines):
    body = "\n".join((heading, *lines)).encode()
    return operations.preview(importer=importer, name="a.csv", body=body, at=AT)


def changes(report):
    return [str(one.change) for one in report.outcomes] + [
        f"{one.number}: {one.reason}" for one in report.refused
    ]


def commit(importer, heading, *lines):
    body = "\n".join((heading, *lines)).encode()
    return changes(operations.commit(importer=importer, name="a.csv", body=body, by=7, at=AT))


def ledger(*lines, unit_id=None):
    heading = (
        "统一社会信用代码,用能单位管理编号,计量器具名称,型号规格,准确度等级,测量范围,生产厂家,"
        "出厂编号,安装使用地点及用途,检定周期/校准间隔,状态,证书编号,检定日期,有效期至,检定机构,公称通径"
    )
    return commit(imports.InstrumentImporter(unit_id=unit_id), heading, *lines)


def certificates(heading, *lines):
    return commit(imports.CertificateImporter(), heading, *lines)


class TestInstruments:
    def test_a_whole_row_of_form_b3_with_its_certificate(self, unit):
        row = (
            f"{unit.code},M-1,三相智能电能表,DTZ341,0.5S,3×1.5(6)A,某厂,2024001,配电间 总进线,6年,"
            "合格,Z-1,2024-02-20,2030-02-19,市计测院,"
        )

        assert ledger(row) == ["NEW"]
        assert ledger(row) == ["UNCHANGED"]
        (one,) = queries.instruments_of(unit.id)
        assert (one.kind, one.measuring_range, one.serial_number, one.cycle_months) == (
            "ELECTRICITY_METER", "3×1.5(6)A", "2024001", 72,
        )  # fmt: skip
        assert (one.condition, one.class_certificate, one.due_on, one.is_in_date) == (
            "QUALIFIED", "Z-1", date(2030, 2, 20), True,
        )  # fmt: skip

    def test_rows_of_one_list_may_repeat_and_correct_each_other(self, unit):
        told = ledger(
            f"{unit.code},M-1,水表,LXS,2,,,,,,,,,,,DN25",
            f"{unit.code},M-1,水表,LXS,2,,,,,,,,,,,DN25",
            f"{unit.code},M-1,水表,WS,2,,,,,,停用,,,,,50",
        )

        assert told == ["NEW", "UNCHANGED", "CHANGED"]
        (one,) = queries.instruments_of(unit.id)
        assert (one.model, one.nominal_diameter_mm, one.condition) == ("WS", 50, "STOPPED")

    def test_a_preview_tells_what_differs_and_writes_nothing(self, unit):
        ledger(f"{unit.code},M-1,水表,LXS,2,,,,,,合格,,,,,")
        heading = "统一社会信用代码,管理编号,计量器具名称,型号规格,状态"
        report = preview(
            imports.InstrumentImporter(), heading,
            f"{unit.code},M-1,水表,WS,准用", f"{unit.code},M-2,热量表,,",
        )  # fmt: skip

        assert [(str(one.change), dict(one.differences)) for one in report.outcomes] == [
            ("CHANGED", {"model": ("LXS", "WS"), "status": ("QUALIFIED", "LIMITED")}),
            ("NEW", {}),
        ]
        assert Instrument.objects.count() == 1
        assert queries.instruments_of(unit.id)[0].condition == "QUALIFIED"

    def test_blank_cells_leave_what_is_known(self, unit):
        ledger(f"{unit.code},M-1,水表,LXS,2,,某厂,77,,,合格,Z-1,2026-01-10,2027-01-09,甲院,")

        assert ledger(f"{unit.code},M-1,水表,,,,,,,,,,,,,") == ["UNCHANGED"]
        assert ledger(f"{unit.code},M-1,水表,,,,,,,,,,2026-01-10,,,") == ["UNCHANGED"]
        assert Certificate.objects.get().number == "Z-1"

    def test_one_units_list_names_no_unit_and_no_other(self, unit, other_unit):
        assert ledger(",M-1,水表,,,,,,,,,,,,,", unit_id=unit.id) == ["NEW"]
        assert ledger(f"{other_unit.code},M-2,水表,,,,,,,,,,,,,", unit_id=unit.id) == [
            "2: the row is another unit's"
        ]
        assert ledger(",M-2,水表,,,,,,,,,,,,,") == ["2: unit_code: the row names no unit"]

    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ("M-1,水表,,,,,,,十年,,,,,,", "cycle: 十年 is not a cycle like 12, 6个月 or 2年"),
            ("M-1,水表,,,,,,,,坏,,,,,", "status: 坏 is none of"),
            ("M-1,水表,,,,,,,,,Z-1,,,,", "verified_on: required where a certificate is told of"),
            ("M-1,水表,,,,,,,,,Z-1,2026-11-24,,,", "given on 2026-11-24, which is yet to come"),
            ("M-1,水表,,,,,,,,,Z-1,2026-11-20,2026-11-19,,", "due on 2026-11-20, not after"),
            ("M-1,水表,,,,,,,,,,,,,大", "nominal_diameter: 大 is not a nominal diameter"),
        ],
    )
    def test_what_cannot_be_is_refused_with_its_reason(self, unit, cells, reason):
        (told,) = ledger(f"{unit.code},{cells}")

        assert told.startswith(f"2: {reason}")
        assert not Instrument.objects.exists()

    def test_two_instruments_do_not_stand_at_one_point_unseen(self, unit, place):
        place("E-01"), place("E-02")
        heading = "统一社会信用代码,管理编号,计量器具名称,计量点编号,起始时间"

        told = commit(
            imports.InstrumentImporter(), heading,
            f"{unit.code},M-1,电能表,E-01,2026-01-01", f"{unit.code},M-1,电能表,E-02,2026-05-01",
        )  # fmt: skip

        assert told == ["NEW", "3: M-1 stands at another point then"]
        assert not Instrument.objects.exists()

    def test_a_later_one_takes_the_place_within_the_list(self, unit, place):
        place("E-01")
        heading = "统一社会信用代码,管理编号,计量器具名称,计量点编号,起始时间"
        commit(
            imports.InstrumentImporter(), heading,
            f"{unit.code},M-1,电能表,E-01,2026-01-01", f"{unit.code},M-2,电能表,E-01,2026-05-01",
        )  # fmt: skip

        places = [(row.number, row.point_code) for row in queries.instruments_of(unit.id)]
        assert places == [("M-1", None), ("M-2", "E-01")]


class TestCertificates:
    HEADING = (
        "使用单位,出厂编号,计量器具名称,证书编号,检定日期,有效期至,检定结论,准确度等级,检定单位"
    )

    @pytest.fixture
    def meters(self, unit):
        rows = [
            instruments.NewInstrument(unit.id, number, name, {"serial_number": serial})
            for number, name, serial in (
                ("M-1", "电能表", "2024001"), ("M-2", "水表", "2024001"), ("M-3", "水表", "77"),
            )
        ]  # fmt: skip
        instruments.enter_instruments(rows=rows, by=7, at=AT)
        return unit

    def test_records_are_matched_by_unit_and_makers_number(self, meters):
        row = f"{meters.name},77,水表,Z-1,2025-06-01,2027-05-31,合格,2级,市计测院"

        assert certificates(self.HEADING, row) == ["NEW"]
        assert certificates(self.HEADING, row) == ["UNCHANGED"]
        known = {one.number: one.due_on for one in queries.instruments_of(meters.id)}
        assert known == {"M-1": None, "M-2": None, "M-3": date(2027, 6, 1)}

    def test_what_may_be_several_is_refused_by_name(self, meters):
        told = certificates(
            self.HEADING,
            f"{meters.name},2024001,电能表,Z-1,2025-06-01,,合格,,",
            f"{meters.name},2024001,,Z-2,2025-06-01,,合格,,",
            f"{meters.name},404,,Z-3,2025-06-01,,合格,,",
            "丙公司,77,,Z-4,2025-06-01,,合格,,",
        )

        assert told == [
            "NEW",
            "3: 2024001 may be M-1, M-2: name the unit's own number",
            "4: the unit has no instrument 404",
            "5: unit_name: no units are called 丙公司",
        ]
        assert not Certificate.objects.exists()

    def test_a_corrected_record_is_another_version(self, meters):
        row = f"{meters.name},77,,Z-1,2025-06-01,2027-05-31,合格,2级,"
        certificates(self.HEADING, row)
        told = certificates(self.HEADING, row.replace("2027-05-31", "2026-05-31"))

        assert told == ["CHANGED"]
        assert queries.instruments_of(meters.id)[2].standing == "OVERDUE"
        assert Certificate.objects.count() == 2

    def test_a_number_told_later_completes_the_days_certificate(self, meters):
        certificates(self.HEADING, f"{meters.name},77,,,2025-06-01,2027-05-31,合格,,")
        certificates(self.HEADING, f"{meters.name},77,,Z-1,2025-06-01,,,,")

        (row,) = [row for row in queries.instruments_of(meters.id) if row.certificate]
        assert (row.certificate.number, row.due_on) == ("Z-1", date(2027, 6, 1))

    def test_the_two_ways_to_say_until_when_must_agree(self, meters):
        heading = "使用单位,出厂编号,检定日期,有效期至,下次检定日期"

        assert certificates(heading, f"{meters.name},77,2025-06-01,2027-05-31,2027-06-01") == [
            "NEW"
        ]
        assert certificates(heading, f"{meters.name},77,2025-07-01,2027-05-31,2027-06-02") == [
            "2: valid_until 2027-05-31 and next_due 2027-06-02 say different things"
        ]


def test_a_list_takes_as_many_queries_however_long_it_is(unit, place):
    place("E-01")
    heading = "统一社会信用代码,管理编号,计量器具名称,状态,证书编号,检定日期,计量点编号,起始时间"

    def run(first, count):
        rows = [
            f"{unit.code},M-{n},电能表,合格,Z-{n},2025-01-01,E-01,2026-01-0{n % 9 + 1}"
            for n in range(first, first + count)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert set(commit(imports.InstrumentImporter(), heading, *rows)) == {"NEW"}
        return len(captured)

    run(0, 1)
    few = run(10, 3)
    assert run(100, 60) == few
    assert Entry.objects.latest("sequence").action == "import.committed"
