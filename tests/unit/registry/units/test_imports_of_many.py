"""Lists of many units: what the diff says, and that the number of queries does not grow."""

from datetime import UTC, date, datetime

import pytest

from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.models import FactChange
from hengneng.kernel.imports.rules import Change, Row
from hengneng.protocol import codes
from hengneng.registry.units import imports, operations, queries
from hengneng.registry.units.imports import columns
from hengneng.registry.units.models import Listing, Naming, Particulars, Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BEGINNING = datetime(1999, 12, 31, 16, tzinfo=UTC)
MAY = datetime(2025, 4, 30, 16, tzinfo=UTC)
BLANK = dict.fromkeys(column.name for column in imports.UnitImporter.columns)

pytestmark = pytest.mark.usefixtures("in_november", "two_districts")


def code(number):
    base = f"91310000MA{number:07d}"
    return base + codes.credit_check_character(base)


def row(number, line=1, **said):
    return Row(line, {**BLANK, "code": code(number), "name": f"单位{number}", **said})


def decide(*rows):
    return imports.UnitImporter().decide(rows, at=AT)


def import_rows(*rows):
    with facts.edit():
        importer = imports.UnitImporter()
        decided = importer.decide(rows, at=AT)
        importer.carry_out(by=7, at=AT)
    return decided


class TestDiff:
    def test_tells_each_column_before_and_after(self):
        import_rows(row(1, sector="宾馆", district="黄浦"))

        (decision,) = decide(
            row(1, name="新名", sector="宾馆", district="徐汇", department="商务委")
        )

        assert decision.change is Change.CHANGED
        assert decision.differences == {
            "name": ("单位1", "新名"),
            "department": ("", "商务委"),
            "district": ("黄浦区", "徐汇区"),
        }

    def test_a_row_sees_what_those_above_it_did(self):
        rows = (row(1, 1), row(1, 2), row(1, 3, address="新路1号"), row(1, 4, address="新路1号"))

        assert [d.change.value for d in decide(*rows)] == [
            "NEW", "UNCHANGED", "CHANGED", "UNCHANGED",
        ]  # fmt: skip

    def test_a_refused_row_leaves_nothing_to_those_below(self):
        refused, new = decide(row(1, 1, district="静安"), row(1, 2))

        assert (refused.change, refused.reason) == (Change.REFUSED, "no district 静安")
        assert new.change is Change.NEW

    def test_deciding_writes_nothing(self):
        decide(row(1, district="黄浦", facilities=("RAIL",)))

        assert Unit.objects.count() == 0

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ("91350100M000100Y4", "it has not 18 characters"),
            ("91350100M000100Y4Z", "it holds a character that stands in no such code"),
            ("91350100M000100Y44", "its last character does not fit the others"),
        ],
    )
    def test_says_what_is_wrong_with_a_code(self, wrong, reason):
        (decision,) = decide(row(1, code=wrong))

        assert decision.reason == f"{wrong} is not a unified social credit code: {reason}"

    def test_a_name_that_is_not_borne_yet_is_refused(self):
        (decision,) = decide(row(1, named_since=datetime(2026, 11, 23, tzinfo=UTC)))

        assert decision.reason == "named_since: that day has not come yet"


class TestCarryOut:
    def test_a_date_makes_another_name_a_rename(self):
        import_rows(row(1))
        import_rows(row(1, name="新名", named_since=MAY))

        unit = Unit.objects.get()
        assert [(n.name, n.valid_from) for n in queries.names_of(unit.id)] == [
            ("新名", MAY),
            ("单位1", BEGINNING),
        ]
        (event,) = queries.events_of(unit.id)
        assert (event.kind, event.happened_on) == ("RENAME", date(2025, 5, 1))
        assert unit.name == "新名"

    def test_without_a_date_the_name_is_corrected(self):
        import_rows(row(1))
        import_rows(row(1, name="新名"))

        unit = Unit.objects.get()
        assert [n.name for n in queries.names_of(unit.id)] == ["新名"]
        assert queries.events_of(unit.id) == []
        assert Naming.objects.count() == 2  # what was believed before is still there

    def test_comes_to_what_the_operation_comes_to(self):
        import_rows(row(1, sector="宾馆", address="新路1号", name_en="One"))
        operations.create_unit(
            code=code(2), name="单位2", name_en="Two", sector="宾馆", address="新路1号", by=7, at=AT
        )

        fields = ("sector", "address", "industry_code", "legal_person", "valid_from")
        imported, entered = Particulars.objects.order_by("unit__code").values_list(*fields)
        assert imported == entered
        assert list(Unit.objects.values_list("sector", "address").distinct()) == [
            ("宾馆", "新路1号")
        ]

    def test_keeps_the_legal_person_while_it_corrects_the_rest(self):
        import_rows(row(1))
        unit = Unit.objects.get()
        operations.name_legal_person(
            unit_id=unit.id, name="王一", valid_from=BEGINNING, by=7, at=AT
        )
        import_rows(row(1, department="商务委"))

        said = queries.particulars_of(unit.id, whole=True)
        assert (said.department, said.legal_person.name) == ("商务委", "王一")

    def test_facilities_add_to_what_is_known(self):
        import_rows(row(1, facilities=("RAIL", "MALL")))
        (decision,) = import_rows(row(1, facilities=("RAIL", "HOTEL")))

        unit = Unit.objects.get()
        assert decision.differences == {"facilities": ("", "HOTEL")}
        assert [f.kind for f in queries.facilities_of(unit.id)] == ["HOTEL", "MALL", "RAIL"]

    def test_a_facility_that_was_shut_runs_again_from_now(self):
        import_rows(row(1))
        unit = Unit.objects.get()
        operations.record_facility(
            unit_id=unit.id, kind="RAIL", valid_from=BEGINNING, valid_until=MAY, by=7, at=AT
        )
        import_rows(row(1, facilities=("RAIL",)))

        assert [f.valid_from for f in queries.facilities_of(unit.id, at=AT)] == [AT]
        assert [f.valid_until for f in queries.facilities_of(unit.id, at=BEGINNING)] == [MAY]

    def test_a_move_is_worked_out_again_and_a_new_unit_is_not(self):
        import_rows(row(1, district="黄浦"))
        assert FactChange.objects.count() == 0

        import_rows(row(1, district="徐汇", valid_from=MAY), row(2, district="徐汇"))

        spans = FactChange.objects.values_list("unit_id", "changed_from")
        assert list(spans) == [(Unit.objects.get(code=code(1)).id, MAY)]

    def test_a_site_may_be_named_anew_without_moving(self):
        import_rows(row(1, district="黄浦"))
        (decision,) = import_rows(row(1, district="黄浦", site_name="东楼"))

        assert decision.differences == {"site_name": ("单位1", "东楼")}
        assert FactChange.objects.count() == 0
        (site,) = queries.sites_of(Unit.objects.get().id)
        assert site.name == "东楼"

    def test_a_unit_entered_before_names_had_histories(self):
        Unit.objects.create(code=code(1), name="旧名", sector="宾馆", created_at=AT)

        (decision,) = import_rows(row(1, address="新路1号"))

        assert decision.differences == {"name": ("旧名", "单位1"), "address": ("", "新路1号")}
        unit = Unit.objects.get()
        assert (unit.name, unit.sector, unit.address) == ("单位1", "宾馆", "新路1号")


@pytest.mark.parametrize("count", [3, 300])
def test_takes_few_queries_however_many_rows(count, django_assert_max_num_queries):
    rows = [row(n, n, district="黄浦", facilities=("HOTEL",), sector="宾馆") for n in range(count)]
    changed = [row(n, n, district="徐汇", name=f"新{n}", named_since=MAY) for n in range(count)]

    with facts.edit(), django_assert_max_num_queries(20):
        import_rows(*rows)
    with facts.edit(), django_assert_max_num_queries(26):
        decided = import_rows(*changed)

    assert {d.change for d in decided} == {Change.CHANGED}
    assert Unit.objects.filter(name__startswith="新").count() == count


class TestListings:
    def row(self, number, line=1, kind="KEY", tier=None):
        return Row(line, {"unit_code": code(number), "year": 2026, "kind": kind, "tier": tier})

    def test_takes_three_queries_for_many_rows(self, django_assert_num_queries):
        import_rows(*(row(n, n) for n in range(100)))
        rows = [self.row(n, n) for n in range(100)] + [self.row(7, 101, tier="HUNDRED")]

        with django_assert_num_queries(3):
            importer = imports.ListingImporter()
            decided = importer.decide(rows, at=AT)
            importer.carry_out(by=7, at=AT)

        assert decided[100].differences == {"tier": ("OTHER", "HUNDRED")}
        assert Listing.objects.count() == 100
        assert Listing.objects.get(tier="HUNDRED").unit.code == code(7)


class TestCells:
    def test_codes_are_read_as_people_write_them(self):
        assert columns.credit_code("９１350100 M000100y4-3") == "91350100M000100Y43"
        assert columns.facilities("数据中心、IDC; 码头岸电") == ("DATA_CENTRE", "SHORE_POWER")
        with pytest.raises(ValueError, match="赌场 is none of"):
            columns.facilities("赌场")
