"""What is written into the forms."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.kernel.documents.rules import Drawing
from hengneng.reporting.ledgers.rules import filling, forms
from hengneng.reporting.ledgers.rules.balance import Stock, Year
from hengneng.reporting.ledgers.rules.figures import Figure
from hengneng.reporting.ledgers.rules.filling import (
    Classed,
    Equipped,
    Held,
    Ledger,
    Machine,
    Staff,
)

DAY = date(2026, 11, 23)
EMPTY = Ledger(
    unit_name="衡能饭店",
    unit_code="91310000MA0000001X",
    on=DAY,
    year=2025,
    staff=[],
    machines=[],
    instruments=[],
    equipped=[],
    classed=[],
    balance=[],
    energy={"ELECTRICITY": ("电力", "kWh")},
    flows=[],
    network=[Figure("<svg/>", "一级 1 个")],
    notes={},
)


def held(name, level, **more) -> Held:
    return Held(name, "", "", "", "", "", "", "", "", "", level)._replace(**more)


def a_year(**more) -> Year:
    known = Year("ELECTRICITY", Decimal(7), Decimal(7), Decimal("0.86"), (), (), (), (), ())
    return known._replace(**more)


def part(ledger, number):
    [found] = filling.parts(ledger, forms.form_on(DAY, number))
    return found


class TestPart:
    def test_says_whose_it_is_and_of_when(self):
        assert part(EMPTY, "B.3").head == (
            "用能单位：衡能饭店",
            "统一社会信用代码：91310000MA0000001X",
            "截至：2026-11-23",
        )
        assert part(EMPTY, "B.10").head[2] == "统计年度：2025年"

    def test_says_that_its_layout_was_not_compared(self):
        assert part(EMPTY, "B.3").notes == ("式样依据 JJF 1356-2012，尚未与标准原文核对。",)

    def test_adds_what_must_be_said_of_that_form(self):
        noted = EMPTY._replace(notes={"B.8": ("规则未核实。",)})

        assert part(noted, "B.8").notes[1:] == ("规则未核实。",)
        assert part(noted, "B.9").notes[1:] == ()

    @pytest.mark.parametrize("number", [f"B.{n}" for n in range(1, 11)])
    def test_a_form_with_nothing_to_fill_in_has_no_rows(self, number):
        table = part(EMPTY, number)

        assert table.rows == []
        assert table.empty
        assert table.signatures == ("填表人", "审核人", "填表日期")

    def test_figures_are_drawings(self):
        drawn = part(EMPTY, "fig-B.2")

        assert isinstance(drawn, Drawing)
        assert (drawn.svg, drawn.alt) == ("<svg/>", "一级 1 个")

    def test_a_figure_with_nothing_to_draw_says_so(self):
        drawn = part(EMPTY._replace(notes={"fig-B.1": ("外供未绘入。",)}), "fig-B.1")

        assert (drawn.number, drawn.svg) == ("fig-B.1", "")
        assert drawn.notes[1:] == ("外供未绘入。",)

    def test_a_figure_of_several_sheets_counts_them_and_notes_below_the_last(self):
        two = EMPTY._replace(network=[Figure("<a/>", "a"), Figure("<b/>", "b")])
        first, last = filling.parts(two, forms.form_on(DAY, "fig-B.2"))

        assert (first.label, last.label) == ("图 B.2（第1张，共2张）", "图 B.2（第2张，共2张）")
        assert (first.svg, last.svg) == ("<a/>", "<b/>")
        assert first.number != last.number
        assert first.notes == ()
        assert last.notes


class TestStaffAndEquipment:
    def test_what_is_not_recorded_is_said_to_be_missing(self):
        ledger = EMPTY._replace(staff=[Staff("王*", "能源计量管理", "", "", "")])

        assert part(ledger, "B.1").rows == [
            (1, "王*", "能源计量管理", "未登记", "未登记", "未登记")
        ]

    def test_equipment_is_told_with_what_it_needs(self):
        machine = Machine("冷水机组", "CH", "CH-01", "电力", "350 kW", "地下室", "是")

        assert part(EMPTY._replace(machines=[machine]), "B.2").rows == [
            (1, "冷水机组", "CH", "CH-01", "电力", "350 kW", "地下室", "是")
        ]


class TestInstruments:
    LEDGER = EMPTY._replace(
        instruments=[
            held("a", "LEVEL_1"),
            held("b", "LEVEL_2", accuracy_class="0.5S", status="合格"),
            held("c", "LEVEL_3"),
            held("d", "OTHER"),
            held("e", ""),
        ]
    )

    @pytest.mark.parametrize(
        ("number", "names"),
        [("B.3", "abcde"), ("B.4", "a"), ("B.5", "b"), ("B.6", "c"), ("B.7", "d")],
    )
    def test_each_form_has_its_level_counted_from_one(self, number, names):
        rows = part(self.LEDGER, number).rows

        assert "".join(row[1] for row in rows) == names
        assert [row[0] for row in rows] == list(range(1, len(names) + 1))

    def test_the_columns_are_filled_by_their_keys(self):
        full = Held(
            "电能表", "DTZ", "0.5S", "1.5(6)A", "厂", "S1", "N1", "变电所", "72", "合格", ""
        )

        assert part(EMPTY._replace(instruments=[full]), "B.3").rows == [
            (1, "电能表", "DTZ", "0.5S", "1.5(6)A", "厂", "S1", "N1", "变电所", "72", "合格")
        ]


class TestRates:
    def rows(self, *equipped):
        return part(EMPTY._replace(equipped=list(equipped)), "B.8").rows

    def test_one_line_an_energy_type_with_its_three_levels(self):
        assert self.rows(
            Equipped("电力", "LEVEL_1", Decimal(1), 2, 2),
            Equipped("电力", "LEVEL_3", Decimal("0.95"), 20, 19),
        ) == [(1, "电力", "100", 2, 2, "100", "/", "/", "/", "/", "95", 20, 19, "95")]

    @pytest.mark.parametrize(
        ("need", "have", "rate"),
        [(0, 0, "/"), (1, 0, "0"), (3, 1, "33.3"), (1000, 999, "99.9"), (10000, 9999, "99.9"),
         (2, 2, "100"), (2, 3, "100"), (None, 2, "无数据"), (2, None, "无数据")],
    )  # fmt: skip
    def test_the_rate_is_whole_only_where_all_are_there(self, need, have, rate):
        [row] = self.rows(Equipped("电力", "LEVEL_1", None, need, have))

        assert row[2] == "无数据"
        assert row[5] == rate


class TestClasses:
    def test_a_class_that_is_not_known_is_said_so(self):
        classed = Classed("电力", "电能表", "LEVEL_1", "0.5S", "", 3, "无法判定", "没有有效证书")

        assert part(EMPTY._replace(classed=[classed]), "B.9").rows == [
            (1, "电力", "电能表", "进出用能单位", "0.5S", "无数据", 3, "无法判定", "没有有效证书")
        ]


class TestBalance:
    def rows(self, *years):
        return part(EMPTY._replace(balance=years), "B.10").rows

    def test_stocks_are_never_zero_and_the_last_line_adds_up_the_coal(self):
        first, total = self.rows(a_year(factors=(Decimal("0.1229000000"),)))

        assert first == (
            1, "电力", "kWh", "未登记", "7.00", "7.00", "未登记", "0.1229", "0.86"
        )  # fmt: skip
        assert total == (2, "合计", "/", "/", "/", "/", "/", "/", "0.86")

    def test_what_is_not_known_is_not_zero(self):
        first, total = self.rows(a_year(bought=None, used=None, tonnes=None))

        assert first[4:] == ("无数据", "无数据", "未登记", "无数据", "无数据")
        assert total[-1] == "无数据"

    def test_the_largest_amounts_are_rounded_as_well(self):
        first, _ = self.rows(a_year(used=Decimal("1" * 38 + ".005")))

        assert first[5] == "1" * 38 + ".00"

    def test_what_stands_on_papers_alone_never_reads_as_measured(self):
        stock = Stock(Decimal(0), None, Decimal(7), is_alone=True, change=None, lacks=())
        first, _ = self.rows(a_year(stock=stock))

        assert first[3:7] == ("0.00", "7.00（填报）", "7.00（填报）", "未登记")
        assert first[8] == "0.86（填报）"

    def test_a_stock_beside_a_meter_leaves_the_figures_measured(self):
        stock = Stock(Decimal(1), Decimal(2), None, is_alone=False, change=None, lacks=())
        first, _ = self.rows(a_year(stock=stock))

        assert first[3:7] == ("1.00", "7.00", "7.00", "2.00")

    def test_two_factors_in_a_year_are_both_told(self):
        first, _ = self.rows(a_year(factors=(Decimal("1.2"), Decimal("1.3"))))

        assert first[7] == "1.2；\n1.3"


class TestDocument:
    def test_has_every_form_in_order(self):
        made_at = datetime(2026, 11, 23, 4, tzinfo=UTC)
        document = filling.document(EMPTY, forms.forms_on(DAY), made_at=made_at)

        assert [one.number for one in document.parts] == [
            form.number for form in forms.forms_on(DAY)
        ]
        assert document.footer == "衡能饭店（91310000MA0000001X）"
        assert document.made_at == made_at
