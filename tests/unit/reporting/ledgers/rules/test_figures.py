"""The network and the flow, sheet by sheet."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hengneng.reporting.ledgers.rules import figures
from hengneng.reporting.ledgers.rules.figures import Placed


def a_point(number, parent=None, *, level="LEVEL_1", **more) -> Placed:
    tonnes = more.pop("tonnes", Decimal(number))
    standing = Placed(
        number, f"E-{number}", f"点{number}", level, "电力", "BOUGHT", parent, "表1", "", tonnes
    )
    return standing._replace(**more)


class TestSplit:
    def test_what_fits_stays_on_one_sheet(self):
        assert figures.split({"a": None, "b": "a", "c": "a"}, rows_max=2) == [["a", "b", "c"]]

    def test_the_one_too_many_begins_another_with_its_parent_again(self):
        assert figures.split({"a": None, "b": "a", "c": "a", "d": "a"}, rows_max=2) == [
            ["a", "b", "c"],
            ["a", "d"],
        ]

    def test_a_parent_that_is_not_there_is_none(self):
        assert figures.split({"b": "gone"}, rows_max=2) == [["b"]]

    def test_nothing_needs_no_sheet(self):
        assert figures.split({}, rows_max=1) == []

    @given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 5))
    def test_all_are_told_once_and_no_sheet_has_too_many_leaves(self, picks, rows_max):
        # Each node hangs on an earlier one, or on none.
        parents = {str(n): None if pick >= n else str(pick) for n, pick in enumerate(picks)}
        sheets = figures.split(parents, rows_max=rows_max)

        inner = set(parents.values())
        leaves = [one for sheet in sheets for one in sheet if one not in inner]
        assert sorted(leaves) == sorted(set(parents) - inner)
        assert {one for sheet in sheets for one in sheet} == set(parents)
        assert all(sum(one not in inner for one in sheet) <= rows_max for sheet in sheets)
        for sheet in sheets:
            assert all(parents[one] is None or parents[one] in sheet for one in sheet)
            assert len(set(sheet)) == len(sheet)


class TestNetwork:
    def test_tells_each_point_with_what_stands_there_and_what_it_feeds(self):
        [sheet] = figures.network(
            [a_point(1), a_point(2, 1, level="LEVEL_2", instrument="", feeds="空压站")]
        )

        assert all(word in sheet.svg for word in ("点1", "点2", "未登记计量器具", "空压站"))
        assert sheet.svg.count("<title>点") == 2 or sheet.svg.count("drawing-line") >= 2
        assert sheet.alt == "点1（一级）；点2（二级）"

    def test_a_unit_without_points_has_no_sheet(self):
        assert figures.network([]) == []

    def test_many_points_go_on_over_sheets(self):
        points = [a_point(1), *(a_point(n, 1, level="LEVEL_2") for n in range(2, 13))]

        assert len(figures.network(points)) == 2
        assert len(figures.network(points[:-1])) == 1


class TestFlow:
    def test_goes_from_the_energy_type_through_the_points(self):
        [sheet] = figures.flow([a_point(3), a_point(2, 3, level="LEVEL_2")])

        assert sheet.alt == "电力 点3 3.00 tce；电力 点2 2.00 tce"

    def test_what_is_not_known_is_drawn_as_unknown(self):
        [sheet] = figures.flow([a_point(3, tonnes=None)])

        assert "is-unknown" in sheet.svg
        assert sheet.alt == "电力 点3 无数据"

    def test_a_negative_amount_is_told_and_not_drawn(self):
        [sheet] = figures.flow([a_point(3, tonnes=Decimal(-1))])

        assert "-1.00 tce" in sheet.alt

    def test_what_leaves_from_nowhere_is_named_instead(self):
        points = [a_point(1), a_point(2, flow="SUPPLIED_OUT"), a_point(4, 1, flow="SUPPLIED_OUT")]

        [sheet] = figures.flow(points)
        assert "点2" not in sheet.svg
        assert "点4" in sheet.svg
        assert figures.unplaced(points) == ["点2"]

    def test_a_unit_without_points_has_no_sheet(self):
        assert figures.flow([]) == []


class TestPointsThatWereMoved:
    def test_flow_from_each_place_what_fell_to_it(self):
        moved = a_point(
            3, 2, level="LEVEL_2", tonnes=Decimal(30), shares=((1, Decimal(17)), (2, Decimal(13)))
        )
        [sheet] = figures.flow([a_point(1, tonnes=Decimal(50)), a_point(2), moved])

        assert sheet.svg.count("17.00 tce") >= 1
        assert sheet.svg.count("13.00 tce") >= 1
        assert "电力 点3 30.00 tce" in sheet.alt

    def test_two_that_hung_on_one_another_by_turns_are_drawn_as_they_last_stood(self):
        one = a_point(1, 2, level="LEVEL_2", shares=((None, Decimal(1)), (2, Decimal(1))))
        other = a_point(2, level="LEVEL_2", shares=((1, Decimal(1)), (None, Decimal(1))))

        assert [sheet.alt for sheet in figures.flow([one, other])] == [
            "电力 点2 无数据；电力 点1 无数据"
        ]
