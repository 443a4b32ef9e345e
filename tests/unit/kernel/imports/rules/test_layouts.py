"""Lists found under titles, under headings of several rows, between notes and totals."""

import pytest

from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Area, Column, Grid, Header, NoHeader, layouts

COLUMNS = (
    Column("number", "管理编号", True, "…", cells.text(60), ("编号",)),
    Column("name", "计量器具名称", True, "…", cells.text(120)),
    Column("model", "型号规格", False, "…", cells.text(80)),
)


def grid_of(*rows, merged=()):
    grid = Grid([list(row) for row in rows], [Area(*area) for area in merged])
    layouts.spread(grid)
    return grid


TITLED = (
    ["某某公司能源计量器具台账", "", "", ""],
    ["单位：某某公司", "", "", "日期：2026年1月"],
    ["", "", "", ""],
    ["序号", "管理编号", "计量器具名称", "型号规格"],
    ["1", "A1", "电表", "DTZ"],
)
JOINT = (
    ["序号", "计量器具", "", "管理编号"],
    ["", "名称", "型号规格", ""],
    ["1", "电表", "DTZ", "A1"],
)


class TestSpread:
    def test_every_merged_cell_says_it(self):
        grid = grid_of(["a", "", "b"], ["", "", "c"], merged=[(0, 0, 1, 1)])

        assert grid.rows == [["a", "a", "b"], ["a", "a", "c"]]

    def test_what_reaches_over_the_sheet_is_cut(self):
        assert grid_of(["a", ""], merged=[(0, 1, 9, 9), (5, 0, 6, 0)]).rows == [["a", ""]]


class TestLocated:
    def test_below_a_title(self):
        assert layouts.located(COLUMNS, grid_of(*TITLED)) == (4, 4)

    def test_a_merged_title_is_no_heading(self):
        grid = grid_of(*TITLED, merged=[(0, 0, 0, 3), (2, 0, 2, 3)])

        assert layouts.located(COLUMNS, grid) == (4, 4)

    def test_headings_of_two_rows(self):
        assert layouts.located(COLUMNS, grid_of(*JOINT)) == (1, 2)

    def test_headings_of_two_rows_merged(self):
        merged = [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)]

        assert layouts.located(COLUMNS, grid_of(*JOINT, merged=merged)) == (1, 2)

    @pytest.mark.parametrize(("before", "found"), [(29, (30, 30)), (30, (31, 31))])
    def test_no_further_down_than_row_thirty(self, before, found):
        rows = [["x", "y", "z"]] * before + [["管理编号", "计量器具名称", "型号规格"]]

        assert (layouts.located(COLUMNS, grid_of(*rows)) == found) is (before == 29)

    def test_unknown_headings_are_the_likeliest_row(self):
        grid = grid_of(["表", "", ""], ["设备管理编号", "器具名称", "规格"], ["A1", "电表", "DTZ"])

        assert layouts.located(COLUMNS, grid) == (2, 2)

    def test_where_nothing_is_like_it_the_first_filled_row(self):
        assert layouts.located(COLUMNS, grid_of(["", ""], ["x", "y"])) == (2, 2)

    def test_an_empty_sheet_has_none(self):
        with pytest.raises(NoHeader):
            layouts.located(COLUMNS, grid_of(["", " "]))


class TestReadTable:
    def read(self, *rows, header=(1, 1), merged=()):
        return layouts.read_table(grid_of(*rows, merged=merged), Header(*header))

    def test_headings_of_two_rows_are_joined(self):
        table = self.read(*JOINT, header=(1, 2))

        assert table.headings == ["序号", "计量器具/名称", "计量器具/型号规格", "管理编号"]
        assert table.lines == [(3, ["1", "电表", "DTZ", "A1"])]

    def test_what_is_none_of_the_list_is_left_out(self):
        table = self.read(
            ["管理编号", "计量器具名称", "型号规格"],
            ["1", "2", "3"],
            ["A1", "电表", "DTZ"],
            ["", "", ""],
            ["管理编号", "计量器具名称", "型号规格"],
            ["A2", "水表", ""],
            ["合 计", "2", ""],
            ["填表人：张三", "", "日期"],
            ["签字", "", ""],
            merged=[(8, 0, 8, 2)],
        )

        assert table.lines == [(3, ["A1", "电表", "DTZ"]), (6, ["A2", "水表", ""])]
        assert [line.number for line in table.left_out] == [2, 5, 7, 8, 9]

    def test_a_cell_merged_downwards_counts_in_every_row(self):
        table = self.read(["number", "name"], ["A1", "电表"], ["A2", ""], merged=[(1, 1, 2, 1)])

        assert [line.cells for line in table.lines] == [["A1", "电表"], ["A2", "电表"]]

    def test_a_row_that_numbers_nothing_is_of_the_list(self):
        assert len(self.read(["a", "b", "c"], ["x", "y", "z"], ["1", "2", "3"]).lines) == 2

    def test_no_headings_where_they_are_said_to_be(self):
        with pytest.raises(NoHeader, match="row 2"):
            self.read(["a"], [""], header=(2, 2))
