"""Rows mended in the downloaded list of refused ones take their places again."""

import pytest

from hengneng.kernel.imports.rules import Header, Line, NotMended, Table, mended

LIST = Table(
    ["编号", "名称", ""],
    [Line(3, ["A1", "电表"]), Line(4, ["A2", ""]), Line(6, ["A2", "x"])],
    [],
    Header(2, 2),
)


def rows(headings, *lines):
    return Table(headings, [Line(n, list(cells)) for n, cells in enumerate(lines, 2)], [], (1, 1))


def test_a_row_says_what_it_says_now():
    again = mended(
        LIST, rows(["row", "reason", "编号", "名称"], ["4", "name: required", "A3", "水"])
    )

    assert [line.cells for line in again.lines] == [["A1", "电表"], ["A3", "水"], ["A2", "x"]]


def test_a_row_of_which_only_the_number_is_left_is_taken_out():
    again = mended(LIST, rows(["行号", "原因", "编号", "名称"], ["6", "twice", "", " "]))

    assert [line.number for line in again.lines] == [3, 4]


@pytest.mark.parametrize(
    ("headings", "line", "reason"),
    [
        (["编号", "名称"], ["A1", "x"], r"the column row \(行号\) is missing"),
        (["row", "colour"], ["4", "red"], "the list has no column colour"),
        (["row", "编号"], ["5", "A9"], "row 2 of the mended ones is 5 row of the list"),
        (["row", "编号"], ["", "A9"], "row 2 of the mended ones is no row of the list"),
        (["row", "编号"], ["1.5", "A9"], "row 2 of the mended ones is 1.5 row of the list"),
    ],
)
def test_a_list_of_other_rows_is_refused(headings, line, reason):
    with pytest.raises(NotMended, match=reason):
        mended(LIST, rows(headings, line))
