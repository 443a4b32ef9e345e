"""Rows of points as operations; a row speaks of its time until the next change known."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.models import FactChange, Tail
from hengneng.kernel.imports import operations
from hengneng.kernel.imports.rules import Row
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
    return [r.reason for r in report.refused] or [o.change for o in report.outcomes]


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


HEADINGS_OF_A_TREE = "unit_code,code,name,energy_type,level,kind,meter,parent_code,consumer_code"


def import_tree(*lines):
    body = "\n".join((HEADINGS_OF_A_TREE, *lines)).encode()
    report = operations.commit(
        importer=imports.PointImporter(), name="points.csv", body=body, by=7, at=AT
    )
    return [(r.number, r.reason) for r in report.refused] or [o.change for o in report.outcomes]


def tree_row(unit, code, *, level="2", parent="", consumer=""):
    return f"{unit.code},{code},{code},电力,{level},register,M-{code},{parent},{consumer}"


def hung(unit):
    rows = queries.points_of(unit.id, at=AT)
    codes = {row.id: row.code for row in rows}
    return {row.code: codes.get(row.parent_id) for row in rows}


class TestTree:
    def test_a_parent_may_stand_anywhere_in_the_list(self, unit, energy_types):
        rows = (tree_row(unit, "E-11", parent="E-1"), tree_row(unit, "E-1", level="1"))

        assert import_tree(*rows) == ["NEW", "NEW"]
        assert hung(unit) == {"E-1": None, "E-11": "E-1"}
        assert import_tree(*rows) == ["UNCHANGED", "UNCHANGED"]

    def test_or_in_the_ledger(self, unit, energy_types):
        import_tree(tree_row(unit, "E-1", level="1"), tree_row(unit, "E-11"))

        assert import_tree(tree_row(unit, "E-11", parent="E-1")) == ["CHANGED"]
        assert hung(unit) == {"E-1": None, "E-11": "E-1"}

    def test_another_units_point_is_none(self, unit, other_unit, energy_types):
        import_tree(tree_row(other_unit, "E-1", level="1"))

        told = import_tree(tree_row(unit, "E-11", parent="E-1"))
        assert told == [(2, "parent_code: the unit has no E-1")]

    def test_rows_that_would_close_a_circle_are_refused(self, unit, energy_types):
        import_tree(tree_row(unit, "E-1"), tree_row(unit, "E-2", parent="E-1"))

        told = import_tree(tree_row(unit, "E-3"), tree_row(unit, "E-1", parent="E-2"))

        assert told == [(3, "parent_code: E-1, E-2 would hang on one another")]
        assert hung(unit) == {"E-1": None, "E-2": "E-1"}

    def test_also_through_points_that_the_list_does_not_name(self, unit, energy_types):
        import_tree(
            tree_row(unit, "E-1"),
            tree_row(unit, "E-2", parent="E-1"),
            tree_row(unit, "E-3", parent="E-2"),
        )

        ((number, reason),) = import_tree(tree_row(unit, "E-1", parent="E-3"))
        assert number == 2
        assert reason.endswith("would hang on one another")

    def test_a_row_that_is_its_own_parent_is_refused(self, unit, energy_types):
        told = import_tree(tree_row(unit, "E-1", parent="E-1"))

        assert told == [(2, "parent_code: E-1 would hang on one another")]

    def test_what_hangs_on_a_refused_row_is_refused(self, unit, energy_types):
        bad = tree_row(unit, "E-1", consumer="NONE")

        assert import_tree(tree_row(unit, "E-11", parent="E-1"), bad) == [
            (2, "parent_code: the row of E-1 is refused"),
            (3, "consumer_code: the unit has no NONE"),
        ]

    def test_a_consumer_is_named_by_its_code(self, unit, energy_types, make_consumer):
        chiller = make_consumer("CH-01")

        assert import_tree(tree_row(unit, "E-1", level="3", consumer="CH-01")) == ["NEW"]
        assert [row.feeds_id for row in queries.points_of(unit.id, at=AT)] == [chiller.id]


class TestDecisions:
    def decide(self, unit, *lines):
        body = "\n".join((HEADINGS, *lines)).encode()
        report = operations.preview(
            importer=imports.PointImporter(), name="points.csv", body=body, at=AT
        )
        return report.outcomes

    def test_show_what_is_known_and_what_the_row_says(self, unit, energy_types):
        import_points(register_row(unit, ratio="40"))

        (told,) = self.decide(unit, register_row(unit, ratio="80", meter="SH-2"))

        assert told.differences == {
            "ratio": ("40", "80"),
            "meter": ("R:SH-1:total", "R:SH-2:total"),
        }
        assert [(s.ratio, s.key) for s in spans(unit)] == [(40, "R:SH-1:total")]

    def test_a_row_may_repeat_one_above_it(self, unit, energy_types):
        rows = [register_row(unit)] * 2

        assert [told.change for told in self.decide(unit, *rows)] == ["NEW", "UNCHANGED"]
        assert import_points(*rows) == ["NEW", "UNCHANGED"]

    def test_a_key_that_an_earlier_row_takes_is_taken(self, unit, energy_types):
        twice = register_row(unit).replace("E-01", "E-02")

        assert import_points(register_row(unit), twice) == [
            "R:SH-1:total feeds the unit's point E-01 in that time"
        ]

    def test_a_key_that_a_row_sets_free_is_free(self, unit, energy_types):
        import_points(register_row(unit))
        rows = (
            register_row(unit, valid_from="2026-04-01", meter="SH-2"),
            register_row(unit, valid_from="2026-04-01").replace("E-01", "E-02"),
        )

        assert import_points(*rows) == ["CHANGED", "NEW"]

    def test_a_key_of_a_point_that_the_list_does_not_name_is_taken(self, unit, energy_types):
        import_points(register_row(unit))

        assert import_points(register_row(unit).replace("E-01", "E-02")) == [
            "R:SH-1:total feeds the unit's point E-01 in that time"
        ]

    def test_a_refused_row_changes_nothing_for_those_below(self, unit, energy_types):
        import_points(f"{unit.code},E-01,总进线,电力,1,increment,,0000000002330011,,,,,,,")
        rows = (
            f"{unit.code},E-01,旁名,电力,2,increment,,,,,,,,,",
            f"{unit.code},E-01,总进线,电力,1,increment,,,,,,,,,",
        )

        (told,) = self.decide(unit, *rows)
        assert told.change == "UNCHANGED"

    def test_what_has_ended_is_not_told_anew(self, unit, make_point):
        make_point(valid_until=APRIL)

        assert import_points(register_row(unit, valid_from="2026-04-01")) == [
            "E-01 has ended by then"
        ]

    def test_an_indicator_is_no_level_of_energy(self, unit, output_type):
        row = f"{unit.code},P-01,产量,产品产量,{{}},increment,,,,,,,,,"

        assert import_points(row.format("1")) == ["an indicator's level is OTHER, not LEVEL_1"]
        assert import_points(row.format("other")) == ["NEW"]

    def test_touch_exactly_the_days_they_change(self, unit, energy_types):
        import_points(register_row(unit, ratio="40"))
        FactChange.objects.all().delete()

        import_points(register_row(unit, ratio="80", valid_from="2026-04-01"))
        import_points(register_row(unit, ratio="80", valid_from="2026-04-01"))

        changes = FactChange.objects.values_list("changed_from", "changed_until")
        assert list(changes) == [(APRIL, None)]

    def test_leave_yesterdays_belief(self, unit, energy_types):
        import_points(register_row(unit, ratio="40"))
        before = Tail.objects.get(name="fact").recorded_at

        import_points(register_row(unit, ratio="80"))

        ratios = [
            [s.ratio for t in queries.timelines(unit.id, as_of=as_of) for s in t.spans]
            for as_of in (before, None)
        ]
        assert ratios == [[40], [80]]


@pytest.mark.parametrize("count", [1, 40])
def test_queries_do_not_grow_with_the_rows(unit, energy_types, count, django_assert_num_queries):
    columns = {column.name: None for column in imports.COLUMNS}
    rows = [
        Row(
            number + 2,
            columns
            | {"unit_code": unit.code, "code": f"E-{number}", "name": "点", "energy_type": "电力",
               "level": "LEVEL_2", "kind": "REGISTER", "meter": f"M-{number}",
               "parent_code": "E-1" if number > 1 else None},
        )
        for number in range(count)
    ]  # fmt: skip
    importer = imports.PointImporter()

    with facts.edit():
        with django_assert_num_queries(7 if count > 1 else 6):
            importer.decide(rows, at=AT)
        with django_assert_num_queries(4):
            importer.carry_out(by=7, at=AT)
    assert Point.objects.count() == count
