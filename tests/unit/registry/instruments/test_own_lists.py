"""Lists that a unit itself brings: what it keeps is taken, what others confirm or prove is not."""

from datetime import UTC, datetime

import pytest

from hengneng.kernel.imports import kinds, operations
from hengneng.registry.equipment.models import Consumer
from hengneng.registry.instruments import imports
from hengneng.registry.instruments.models import Certificate, Installation, Instrument, Status
from hengneng.registry.units.models import Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
OTHER, TWIN = "91310000MA1FL00024", "91310000MA1FL00032"


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def city(unit, energy_types):
    """The own unit, another, and two that bear the same name."""
    unit.name = "甲饭店"
    unit.save()
    for code, name in ((OTHER, "乙商场"), (TWIN, "甲饭店分店"), ("9131TWIN", "甲饭店分店")):
        Unit.objects.create(code=code, name=name, created_at=AT)
    return unit


def bring(kind, unit, head, *rows, is_own=True, only=None):
    body = "\n".join((head, *rows)).encode()
    return operations.commit(
        importer=kinds.importer(kind, is_own=is_own), name="a.csv", body=body, by=7, at=AT,
        units=frozenset(only or {unit.code}),
    )  # fmt: skip


def instruments(unit, *rows, head="管理编号,name", **said):
    return bring("instruments", unit, head, *rows, **said)


def reasons(report):
    return {refusal.number: refusal.reason for refusal in report.refused}


class TestWhoseItIs:
    def test_rows_that_name_no_unit_are_the_only_ones(self, city):
        report = instruments(city, "M-1,电能表", "M-2,水表")

        assert report.committed
        assert set(Instrument.objects.values_list("unit_id", "number")) == {
            (city.id, "M-1"), (city.id, "M-2"),
        }  # fmt: skip

    def test_a_column_that_every_row_needs_is_no_exception(self, city):
        report = bring("equipment", city, "编号,名称,类别", "P-1,水泵,EQUIPMENT")

        assert report.committed
        assert Consumer.objects.get().unit_id == city.id

    @pytest.mark.parametrize("is_own", [True, False])
    def test_rows_of_others_by_code_or_name_are_refused_each(self, city, is_own):
        report = instruments(
            city,
            f"{city.code},,M-1,电能表",
            f"{OTHER},,M-2,电能表",
            ",乙商场,M-3,电能表",
            ",甲饭店分店,M-4,电能表",
            ",没有这家,M-5,电能表",
            ",甲饭店,M-6,电能表",
            ",,M-7,电能表",
            head="统一社会信用代码,单位名称,管理编号,name",
            is_own=is_own,
        )

        assert reasons(report) == dict.fromkeys((3, 4, 5, 6), "the unit is none of yours")
        assert [one.number for one in report.outcomes] == [2, 7, 8]
        assert not Instrument.objects.exists()

    def test_of_several_units_a_row_must_name_one(self, city):
        report = instruments(
            city,
            ",甲饭店,M-1,电能表",
            ",,M-2,电能表",
            head="统一社会信用代码,单位名称,管理编号,name",
            is_own=False,
            only={city.code, OTHER},
        )

        assert reasons(report) == {3: "the unit is none of yours"}

    def test_a_code_counts_before_a_name(self, city):
        report = instruments(
            city,
            f"{city.code},乙商场,M-1,电能表",
            f"{OTHER},甲饭店,M-2,电能表",
            head="统一社会信用代码,单位名称,管理编号,name",
        )

        assert reasons(report) == {3: "the unit is none of yours"}

    @pytest.mark.parametrize("kind", ["units", "listings", "points"])
    def test_a_unit_keeps_no_other_kind(self, kind):
        with pytest.raises(kinds.UnknownKind):
            kinds.importer(kind, is_own=True)
        assert kinds.importer(kind).kind == kind

    def test_what_a_unit_keeps(self):
        assert set(kinds.kept_by_units()) == {"equipment", "instruments", "certificates"}


class TestWhatOthersConfirm:
    HEAD = "管理编号,name,计量点编号,状态"

    @pytest.fixture
    def metered(self, city):
        """M-1 stands at E-01 since April, in use; M-2 nowhere."""
        points = "unit_code,code,name,energy_type,level,kind,meter"
        body = f"{points}\n{city.code},E-01,总进线,电力,1,register,SH-1\n"
        body += f"{city.code},E-02,支线,电力,2,register,SH-2\n"
        operations.commit(
            importer=imports.PointImporter(), name="p.csv", body=body.encode(), by=7, at=AT
        )
        head = "管理编号,name,计量点编号,状态,起始时间"
        rows = ("M-1,电能表,E-01,合格,2026-04-01", "M-2,电能表,,,")
        assert instruments(city, *rows, head=head, is_own=False).committed
        return city

    def test_the_point_where_it_stands_may_be_told(self, metered):
        report = instruments(metered, "M-1,电度表,E-01,合格", head=self.HEAD)

        assert report.committed
        assert Instrument.objects.get(number="M-1").name == "电度表"
        assert Installation.objects.count() == Status.objects.count() == 1

    @pytest.mark.parametrize("row", ["M-1,电能表,E-02,", "M-2,电能表,E-02,", "M-9,电能表,E-02,"])
    def test_another_point_is_told_as_a_change(self, metered, row):
        report = instruments(metered, row, head=self.HEAD)

        assert reasons(report) == {2: "point_code: where an instrument stands is told as a change"}
        assert Installation.objects.count() == 1
        assert instruments(metered, row, head=self.HEAD, is_own=False).committed

    def test_a_known_condition_stays_and_a_first_is_taken(self, metered):
        report = instruments(metered, "M-1,电能表,,停用", "M-2,电能表,,停用", head=self.HEAD)

        assert reasons(report) == {2: "status: another condition is told as a change"}
        assert instruments(metered, "M-2,电能表,,停用", head=self.HEAD).committed
        assert Status.objects.filter(superseded_at=None).count() == 2


class TestCertificatesOnRecord:
    HEAD = "管理编号,证书编号,检定日期,检定结果,准确度等级"
    KNOWN = "M-1,C-1,2026-01-05,不合格,"

    @pytest.fixture
    def proved(self, city):
        assert instruments(city, "M-1,电能表").committed
        assert bring("certificates", city, self.HEAD, self.KNOWN, is_own=False).committed
        return city

    def bring(self, unit, *rows, **said):
        return bring("certificates", unit, self.HEAD, *rows, **said)

    @pytest.mark.parametrize(
        "row", ["M-1,C-1,2026-01-05,合格,", "M-1,C-1,2026-02-05,,", "M-1,C-1,2026-01-05,,0.5S"]
    )
    def test_stay_as_they_are(self, proved, row):
        report = self.bring(proved, row)

        said = "the certificate is on record and says otherwise; your district corrects it"
        assert reasons(report) == {2: said}
        assert Certificate.objects.get().result == "FAILED"
        assert self.bring(proved, row, is_own=False).committed

    def test_the_same_is_taken_for_known(self, proved):
        report = self.bring(proved, self.KNOWN)

        assert report.counts() == {"new": 0, "changed": 0, "unchanged": 1}

    def test_new_ones_are_taken_and_the_lower_of_two_rows_counts(self, proved):
        report = self.bring(proved, "M-1,C-2,2026-03-05,合格,", "M-1,C-2,2026-03-05,准用,")

        assert report.counts() == {"new": 1, "changed": 1, "unchanged": 0}
        assert Certificate.objects.get(number="C-2").result == "LIMITED"

    def test_a_ledger_with_its_own_class_leaves_the_certificates(self, proved):
        head = "管理编号,name,准确度等级,证书编号,检定日期"
        report = instruments(proved, "M-1,电能表,0.5S,C-1,2026-01-05", head=head)

        assert report.committed
        assert Instrument.objects.get().accuracy_class == "0.5S"
        assert Certificate.objects.get().accuracy_class == ""
