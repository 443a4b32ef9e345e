"""Which heading is which column, how sure that is, and what a row's cells say."""

from datetime import UTC, datetime

import pytest

from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import BadCell, Column, How, Unfit, WrongColumns
from hengneng.kernel.imports.rules import columns as rules

COLUMNS = (
    Column("unit_code", "统一社会信用代码", True, "…", cells.text(18), ("信用代码",)),
    Column("number", "管理编号", True, "…", cells.text(60), ("器具编号", "Tag No")),
    Column("name", "计量器具名称", True, "…", cells.text(120)),
    Column("valid_from", "起始时间", False, "…", cells.moment),
)


def recognised(*headings, sample=()):
    return [
        (m.column, m.place, m.confidence, m.how) for m in rules.suggested(COLUMNS, headings, sample)
    ]


class TestSuggested:
    @pytest.mark.parametrize(
        ("heading", "confidence", "how"),
        [
            ("number", 1.0, How.NAME),
            (" NUMBER* ", 1.0, How.NAME),
            ("管理 编号\n（必填）", 1.0, How.NAME),
            ("管理编号(16位)", 1.0, How.NAME),
            ("器具编号", 0.95, How.ALIAS),
            ("tag  no", 0.95, How.ALIAS),
            ("电表/器具编号", 0.9, How.ALIAS),
            # 2 × 4 of 10 characters in common.
            ("设备器具编号", 0.68, How.SIMILAR),
        ],
    )
    def test_by_its_heading(self, heading, confidence, how):
        assert recognised("备注", heading) == [("number", 1, confidence, how)]

    def test_by_headings_of_two_rows_together(self):
        assert recognised("计量器具/名称", "管理/编号") == [
            ("number", 1, 1.0, How.NAME),
            ("name", 0, 1.0, How.NAME),
        ]

    def test_by_what_its_cells_hold(self):
        sample = [["甲", "2026-01-31"], ["乙", "2026年2月1日"], ["丙", "20260203"]]

        assert recognised("?", "安装于", sample=sample) == [("valid_from", 1, 0.5, How.CONTENT)]

    def test_two_filled_cells_say_nothing(self):
        assert recognised("?", "安装于", sample=[["甲", "2026-01-31"], ["", "2026-02-01"]]) == []

    def test_a_likely_heading_over_other_things_is_doubted(self):
        likely = recognised("开始时间")
        doubted = recognised("开始时间", sample=[["x"], ["y"], ["z"]])

        assert (likely[0][2], doubted[0][2]) == (0.64, 0.32)

    def test_the_surer_of_two_headings_is_taken(self):
        assert recognised("器具编号", "管理编号") == [("number", 1, 1.0, How.NAME)]

    def test_one_heading_twice_is_refused(self):
        with pytest.raises(WrongColumns, match="number stands there twice"):
            recognised("管理编号", "number")


class TestPlacesOf:
    def test_what_is_only_likely_is_not_used_but_named(self):
        with pytest.raises(WrongColumns) as refused:
            rules.places_of(COLUMNS, ["信用代码", "设备器具编号", "name"])

        assert (
            str(refused.value) == "columns missing: number (管理编号), perhaps 设备器具编号 (68%)"
        )

    def test_a_person_chooses(self):
        mapping = {"unit_code": "a", "number": "b", "name": "b"}

        assert rules.places_of(COLUMNS, ["b", "a"], mapping=mapping) == {
            "unit_code": 1,
            "number": 0,
            "name": 0,
        }

    def test_what_is_not_chosen_is_as_recognised(self):
        places = rules.places_of(
            COLUMNS,
            ["信用代码", "x", "管理编号", "name"],
            mapping={"number": "x", "valid_from": ""},
        )

        assert places == {"unit_code": 0, "number": 1, "name": 3}

    def test_a_heading_that_is_chosen_is_no_others(self):
        with pytest.raises(WrongColumns, match=r"columns missing: name"):
            rules.places_of(COLUMNS, ["信用代码", "name"], mapping={"number": "name"})

    def test_a_constant_stands_for_a_column(self):
        places = rules.places_of(COLUMNS, ["管理编号", "name"], constants=["unit_code"])

        assert places == {"number": 0, "name": 1}

    @pytest.mark.parametrize(
        ("mapping", "reason"),
        [
            ({"colour": "b"}, "there is no column colour"),
            ({"number": "c"}, "the heading c stands there no times"),
            ({"number": "a"}, "the heading a stands there 2 times"),
        ],
    )
    def test_a_strange_choice_is_refused(self, mapping, reason):
        with pytest.raises(WrongColumns, match=reason):
            rules.places_of(COLUMNS, ["a", "b", "A"], mapping=mapping)


def values_of(cells, constants):
    return rules.Cells(COLUMNS, TestCells.PLACES, constants).values(cells)


class TestCells:
    PLACES = {"number": 0, "name": 1, "valid_from": 2}

    def test_cells_constants_and_blanks(self):
        values = values_of([" 7 ", "电表"], {"unit_code": "X"})

        assert values == {"unit_code": "X", "number": "7", "name": "电表", "valid_from": None}

    def test_a_filled_cell_counts_before_the_constant(self):
        assert values_of(["7", "电表", "2026-01-31"], {
            "unit_code": "X", "valid_from": "2020-01-01",
        })["valid_from"] == datetime(2026, 1, 30, 16, tzinfo=UTC)  # fmt: skip

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (["7", ""], "name: required"),
            (["7", "x", "soon"], "valid_from: soon is neither a date"),
            (["7", Unfit("=1+1", "a formula")], "name: a formula"),
        ],
    )
    def test_bad_cells_are_named(self, row, reason):
        with pytest.raises(BadCell, match=reason):
            values_of(row, {"unit_code": "X"})

    def test_a_text_that_comes_again_is_the_same_value(self):
        cells = rules.Cells(COLUMNS, self.PLACES, {"unit_code": "X"})

        first, again = (cells.values([number, "表", "2026-01-31"]) for number in "12")

        assert (first["number"], again["number"]) == ("1", "2")
        assert first["valid_from"] is again["valid_from"]
