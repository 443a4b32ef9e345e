"""What the forms are filled with."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.instruments import operations as instrument_operations
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import operations as points
from hengneng.registry.units import queries as units
from hengneng.reporting.ledgers import queries

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NEW_YEAR = date(2026, 1, 1)
EVERYWHERE = Viewer(7, city=frozenset({Permission.VIEW_READINGS}))


def the_form(world, number, *, on=TODAY, year=2025, viewer=EVERYWHERE, **more):
    document = queries.document_of(
        viewer, world.code, numbers=[number], on=on, year=year, now=NOW, **more
    )
    return document.parts[0]


class TestStaff:
    ALL = Viewer(7, city=frozenset({Permission.VIEW_READINGS, Permission.VIEW_PERSONAL}))

    def test_persons_are_masked(self, equipped_unit):
        table = the_form(equipped_unit, "B.1")

        assert table.rows == [(1, "欧**", "设备部经理", "138****5678", "2025年计量培训", "未登记")]
        assert "个人信息已按规定遮蔽，完整信息由有权限的人员在平台查阅。" in table.notes

    def test_who_may_see_persons_sees_them_whole(self, equipped_unit):
        table = the_form(equipped_unit, "B.1", viewer=self.ALL)

        assert table.rows[0][1:4] == ("欧阳修", "设备部经理", "13812345678")
        assert not any("遮蔽" in note for note in table.notes)


class TestInstruments:
    def test_the_class_is_the_valid_certificates(self, equipped_unit):
        table = the_form(equipped_unit, "B.3")

        assert table.rows == [
            (1, "三相电能表", "DTZ341", "0.5S", "1.5(6)A", "甲厂", "2020-77", "N-1", "E1",
             "未登记", "合格"),
            (2, "备用电能表", "未登记", "1.0（台账）", "未登记", "未登记", "未登记", "N-2",
             "未登记", "6个月（自定）", "未登记"),
        ]  # fmt: skip
        assert (
            "标注“（台账）”的准确度等级为台账登记值，没有有效的检定/校准证书支持。" in table.notes
        )
        assert "1台（件）未安装在计量点上，不列入表B.4至表B.7。" in table.notes

    def test_before_the_certificate_it_is_the_ledgers(self, equipped_unit):
        before = the_form(equipped_unit, "B.3", on=date(2024, 2, 29), year=2023)
        after = the_form(equipped_unit, "B.3", on=date(2024, 3, 1), year=2023)

        assert (before.rows[0][3], after.rows[0][3]) == ("1.0（台账）", "0.5S")

    def test_as_believed_before_an_edit_it_is_as_it_was(self, equipped_unit):
        believed = clock.now()
        row = instruments.instrument_by_number(equipped_unit.unit_id, "N-1")
        instrument_operations.set_status(
            instrument_id=row.id, condition="STOPPED", valid_from=LONG_AGO, by=None, at=clock.now()
        )

        assert the_form(equipped_unit, "B.3").rows[0][-1] == "停用"
        assert the_form(equipped_unit, "B.3", as_of=believed).rows[0][-1] == "合格"

    def test_each_level_has_its_own_form(self, equipped_unit):
        assert [row[1] for row in the_form(equipped_unit, "B.4").rows] == ["三相电能表"]
        assert the_form(equipped_unit, "B.5").rows == []


class TestEquipment:
    def test_main_equipment_is_listed_with_its_demand(self, equipped_unit):
        table = the_form(equipped_unit, "B.2", on=date(2025, 6, 1))

        assert table.rows == [(1, "冷水机组", "CVHG", "CH-1", "电力", "350 kW", "地下室", "是")]
        assert "主要用能设备按 GB 17167-2006 的限值判定，该限值尚未与标准原文核对。" in table.notes

    def test_an_edition_without_values_judges_nothing_and_says_so(self, equipped_unit):
        table = the_form(equipped_unit, "B.2")

        assert table.rows[0][-1] == "未判定"
        assert "GB 17167-2025 的限值尚未载入平台，无法判定主要用能设备。" in table.notes

    def test_where_no_edition_was_in_force_it_says_so(self, equipped_unit):
        with pytest.raises(LookupError):  # no edition of the forms either
            the_form(equipped_unit, "B.2", on=date(2006, 1, 1), year=2005)


class TestEquipping:
    def test_counts_what_is_needed_and_there_by_level(self, equipped_unit):
        table = the_form(equipped_unit, "B.8", on=date(2025, 6, 1))

        [row] = table.rows
        assert row[:6] == (1, "电力", "100", 2, 1, "50")
        assert row[10:] == ("95", 1, 0, "0")
        assert "配备率要求依据 GB 17167-2006，尚未与标准原文核对。" in table.notes

    def test_what_is_not_entered_is_named(self, equipped_unit):
        table = the_form(equipped_unit, "B.8", on=date(2025, 6, 1))

        assert table.rows[0][6:10] == ("100", "无数据", "无数据", "无数据")
        assert "电力，进出主要次级用能单位：未登记次级用能单位。" in table.notes

    def test_an_edition_without_values_says_so(self, equipped_unit):
        for number, what in (("B.8", "配备率"), ("B.9", "准确度等级")):
            notes = the_form(equipped_unit, number).notes
            assert f"GB 17167-2025 的{what}要求尚未载入平台，未作判定。" in notes

    def test_classes_are_held_against_what_is_asked(self, equipped_unit):
        [row] = the_form(equipped_unit, "B.9", on=date(2025, 6, 1)).rows

        assert (row[1], row[3], row[5], row[6]) == ("电力", "进出用能单位", "0.5S", 1)
        assert row[7] in {"符合", "未判定"}


class TestBalance:
    def test_adds_up_the_year_and_says_what_it_lacks(self, four_days_of_november):
        table = the_form(four_days_of_november, "B.10", on=NEW_YEAR)

        [row, total] = table.rows
        assert row == (1, "电力", "kWh", "未登记", "96.00", "96.00", "未登记", "0.1229", "0.01")
        assert total[-1] == "0.01"
        assert "电力：1月至10月、12月无数据，未计入。" in table.notes
        assert "电力：11月数据不完整，仅计入已知部分。" in table.notes
        assert "能源库存量未在平台登记，消费量未计库存变化。" in table.notes

    def test_fuel_that_no_meter_counts_stands_there_by_its_papers(self, four_days_of_november):
        world = four_days_of_november
        said = {
            "unit_id": world.unit_id, "energy_type_id": "RAW_COAL", "measure": "t", "by": None,
            "at": clock.now(),
        }  # fmt: skip
        taken = {date(2024, 12, 31): 10, date(2025, 12, 31): 30}
        for day, amount in taken.items():
            fuels.record_stock(**said, day=day, amount=Decimal(amount), determined_by="WEIGHED")
        before = facts.settle()
        fuels.record_purchase(
            **said, paper="F-1", supplier="甲", day=date(2025, 3, 1), amount=Decimal(1000)
        )

        table = the_form(world, "B.10", on=NEW_YEAR)
        earlier = the_form(world, "B.10", on=NEW_YEAR, as_of=before)

        # 10 + 1000 - 30 = 980 t; 980 t x 714.3 kgce/t = 700.014 tce, by hand.
        coal, total = table.rows[1:]
        assert coal == (
            2, "原煤", "t", "10.00", "1000.00（填报）", "980.00（填报）", "30.00", "714.3",
            "700.01（填报）",
        )  # fmt: skip
        assert total[-1] == "700.03"
        assert "合计中有 700.01 tce 依据单据和库存盘点推算，非计量所得。" in table.notes
        assert "原煤的折标准煤系数（GB/T 2589-2020）尚未与标准原文核对。" in table.notes
        assert earlier.rows[1][4:7] == ("无数据", "无数据", "30.00")
        assert "原煤：未登记购进量，消费量无法推算。" in earlier.notes

    def test_fuel_measured_for_a_part_of_the_year_is_coal_by_the_month_it_came_in(
        self, four_days_of_november
    ):
        world = four_days_of_november
        said = {
            "unit_id": world.unit_id, "energy_type_id": "RAW_COAL", "by": None, "at": clock.now(),
        }  # fmt: skip
        for day in (date(2024, 12, 31), date(2025, 12, 31)):
            fuels.record_stock(
                **said, day=day, amount=Decimal(0), measure="t", determined_by="WEIGHED"
            )
        fuels.record_purchase(
            **said, paper="F-1", supplier="甲", day=date(2025, 3, 1), amount=Decimal(1000),
            measure="t",
        )  # fmt: skip
        fuels.record_heat_value(
            **said, heat_value_kj=Decimal(29_307_000), first=date(2025, 1, 1),
            until=date(2025, 12, 1), report="R-1", laboratory="乙",
        )  # fmt: skip

        coal = the_form(world, "B.10", on=NEW_YEAR).rows[1]

        # 29 307 kJ/kg is the rules' one kgce/kg: 1000 t are 1000 tce, though December has the
        # table's factor.
        assert coal[-1] == "1000.00（填报）"

    def test_stock_is_not_counted_in_a_year_in_a_part_of_which_no_meter_stood(
        self, four_days_of_november
    ):
        world = four_days_of_november
        points.describe_point(
            point_id=world.points[0], valid_from=datetime(2025, 10, 31, 16, tzinfo=UTC),
            energy_type_id="RAW_COAL", by=None, at=clock.now(),
        )  # fmt: skip
        world.settle()
        said = {
            "unit_id": world.unit_id, "energy_type_id": "RAW_COAL", "measure": "t", "by": None,
            "at": clock.now(),
        }  # fmt: skip
        for day, amount in {date(2024, 12, 31): 0, date(2025, 12, 31): 20}.items():
            fuels.record_stock(**said, day=day, amount=Decimal(amount), determined_by="WEIGHED")
        fuels.record_purchase(
            **said, paper="F-1", supplier="甲", day=date(2025, 3, 1), amount=Decimal(500)
        )

        table = the_form(world, "B.10", on=NEW_YEAR)

        notes = table.notes
        coal = table.rows[-2]
        assert (coal[1], coal[5]) == ("原煤", "96.00")
        assert "原煤：1月至10月没有计量点或计量点未满全月，无计量期间的消费未计入。" in notes
        assert not any("未重复计入" in note for note in notes)

    def test_names_rules_that_were_not_compared(self, four_days_of_november):
        notes = the_form(four_days_of_november, "B.10", on=NEW_YEAR).notes

        assert any("综合能耗计算规则（GB/T 2589-2020）" in note for note in notes)
        assert not any("2589-2008" in note for note in notes)

    def test_a_month_counts_from_its_last_day_on(self, four_days_of_november):
        before = the_form(four_days_of_november, "B.10", on=date(2025, 11, 29))
        after = the_form(four_days_of_november, "B.10", on=date(2025, 11, 30))

        assert before.rows[0][5] == "无数据"
        assert after.rows[0][5] == "96.00"
        assert "2025年数据统计截至10月末。" in before.notes
        assert "2025年数据统计截至11月末。" in after.notes

    def test_a_year_without_a_month_that_is_over_has_no_rows(self, four_days_of_november):
        table = the_form(four_days_of_november, "B.10", on=date(2026, 1, 30), year=2026)

        assert table.rows == []
        assert "2026年尚无已结束的月份。" in table.notes

    def test_a_change_within_a_month_leaves_the_purchase_untold(self, four_days_of_november):
        world = four_days_of_november
        points.describe_point(
            point_id=world.points[0], valid_from=datetime(2025, 11, 9, 16, tzinfo=UTC),
            flow="SUPPLIED_OUT", by=None, at=clock.now(),
        )  # fmt: skip

        table = the_form(world, "B.10", on=NEW_YEAR)
        assert table.rows[0][4] == "无数据"
        assert "电力：11月有计量点变更属性，购进量无法按月区分。" in table.notes


class TestFigures:
    def test_the_flow_shows_the_years_coal(self, four_days_of_november):
        drawn = the_form(four_days_of_november, "fig-B.1", on=NEW_YEAR)

        assert drawn.alt == "电力 E1 0.01 tce；电力 E2 无数据"
        assert drawn.svg.startswith("<svg")

    def test_the_network_shows_points_meters_and_consumers(self, equipped_unit):
        drawn = the_form(equipped_unit, "fig-B.2")

        assert drawn.alt == "E1（一级）；冷水机组电表（三级）；E2（一级）"
        assert all(word in drawn.svg for word in ("三相电能表", "未登记计量器具", ">冷水机组<"))


class TestDocumentOf:
    @pytest.mark.parametrize(
        ("on", "year"), [(date(2026, 11, 24), 2025), (TODAY, 2027), (TODAY, 0)]
    )
    def test_refuses_what_has_not_come(self, equipped_unit, on, year):
        with pytest.raises(queries.NotYet):
            the_form(equipped_unit, "B.3", on=on, year=year)

    def test_refuses_who_may_not_read_the_units_readings(self, equipped_unit):
        may_see_the_unit = Viewer(7, city=frozenset({Permission.VIEW_UNIT}))

        with pytest.raises(units.UnknownUnit):
            the_form(equipped_unit, "B.3", viewer=may_see_the_unit)

    def test_asks_no_more_for_a_hundred_instruments(
        self, equipped_unit, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(12):
            the_form(equipped_unit, "B.3")
