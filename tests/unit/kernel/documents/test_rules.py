"""What a document is made of."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.kernel.documents import rules
from hengneng.kernel.documents.rules import Column, Document, Drawing, Heading, Table

COLUMNS = (Column("种类"), Column("应配", group="一级"), Column("实配", group="一级"))


def a_table(rows, columns=COLUMNS) -> Table:
    return Table("B.8", "表 B.8", "配备", (), columns, rows, "无")


def a_document(*parts) -> Document:
    return Document("台账", "衡能饭店", datetime(2026, 11, 23, tzinfo=UTC), parts)


class TestHeadings:
    def test_columns_without_groups_have_one_row(self):
        assert rules.headings([Column("a"), Column("b")]) == [
            Heading("a", 0, 1, 0, 1),
            Heading("b", 1, 1, 0, 1),
        ]

    def test_neighbours_share_the_cell_above_and_others_reach_down(self):
        assert rules.headings(COLUMNS) == [
            Heading("种类", 0, 1, 0, 2),
            Heading("一级", 1, 2, 0, 1),
            Heading("应配", 1, 1, 1, 1),
            Heading("实配", 2, 1, 1, 1),
        ]

    def test_the_same_group_apart_is_two_cells(self):
        apart = [Column("a", group="G"), Column("b"), Column("c", group="G")]

        above = [(one.title, one.column, one.columns) for one in rules.headings(apart)][:3]
        assert above == [("G", 0, 1), ("b", 1, 1), ("G", 2, 1)]


class TestTextOf:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            ("=1+1", "=1+1"),
            (0, "0"),
            (Decimal("1E+3"), "1000"),
            (Decimal("0.0000000001"), "0.0000000001"),
            (Decimal("12345678901234567890.5"), "12345678901234567890.5"),
            (date(2020, 9, 30), "2020-09-30"),
        ],
    )
    def test_is_what_is_printed(self, cell, text):
        assert rules.text_of(cell) == text


class TestAsJson:
    def test_holds_texts_heads_and_kinds(self):
        drawing = Drawing("fig-B.1", "图 B.1", "流向", (), "<svg/>", "甲到乙", "无")
        table, drawn = json.loads(
            rules.as_json(a_document(a_table([("电力", 2, Decimal("1.50"))]), drawing))
        )["parts"]

        assert (table["kind"], table["rows"]) == ("table", [["电力", "2", "1.50"]])
        assert [one["title"] for one in table["headings"]] == ["种类", "一级", "应配", "实配"]
        assert (drawn["kind"], drawn["svg"], drawn["alt"]) == ("drawing", "<svg/>", "甲到乙")

    @pytest.mark.parametrize("row", [("电力", 2), ("电力", 2, 1, "更多")])
    def test_refuses_a_row_of_another_length(self, row):
        with pytest.raises(rules.UnevenRows, match=r"B\.8, row 2"):
            rules.as_json(a_document(a_table([("电力", 2, 1), row])))
