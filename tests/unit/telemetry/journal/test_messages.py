"""A unit's messages one by one."""

from datetime import date

import pytest
from tests.worlds import OPENING, World

from hengneng.protocol.records import Record
from hengneng.telemetry.journal import queries


@pytest.fixture
def world(db) -> World:
    """A unit that sent a message of each of two days."""
    made = World.made()
    for day in range(2):
        made.send([Record("R:M1:total", OPENING + day * 86400 + 3600, 1000, 1, "M", 0)])
    return made


class TestMessagePage:
    def test_is_newest_first_with_the_whole_length(self, world):
        page = queries.message_page(world.unit_id, limit=1)
        rest = queries.message_page(world.unit_id, offset=1)
        assert (page.total, rest.total, len(page.rows), len(rest.rows)) == (2, 2, 1, 1)
        assert page.rows[0].sequence > rest.rows[0].sequence

    def test_leaves_the_messages_of_a_day(self, world):
        second = queries.message_page(world.unit_id, day=date(2025, 11, 9))
        assert (second.total, [row.sequence for row in second.rows]) == (
            1, [queries.message_page(world.unit_id, limit=1).rows[0].sequence],
        )  # fmt: skip
        assert queries.message_page(world.unit_id, day=date(2025, 11, 10)).total == 0

    def test_is_of_one_unit(self, world):
        assert queries.message_page(World.made().unit_id).total == 0


class TestMessage:
    def test_gives_the_exact_bytes_back(self, world):
        (row,) = queries.message_page(world.unit_id, limit=1).rows
        found = queries.message(world.unit_id, row.sequence)
        assert found.row == row
        assert b'"meter":"M1"' in found.body

    def test_of_another_unit_is_not_told(self, world):
        (row,) = queries.message_page(world.unit_id, limit=1).rows
        with pytest.raises(queries.UnknownMessage):
            queries.message(World.made().unit_id, row.sequence)
