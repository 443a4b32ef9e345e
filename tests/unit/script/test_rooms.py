"""The house read by itself."""

import ast
from pathlib import Path

import pytest

from hengneng.script import rooms

DOCSTRING = """Points: where energy is metered.

Clauses: Notice 三(一), 三(二)2; GB 17167 (levels). Words: point, flow.
More is said here."""


@pytest.fixture
def room_with_a_long_docstring() -> rooms.Room:
    return rooms.Room("registry/points", Path("points"), DOCSTRING)


class TestRoom:
    def test_tells_duty_clauses_and_words(self, room_with_a_long_docstring):
        room = room_with_a_long_docstring
        assert room.duty == "Points: where energy is metered"
        assert room.clauses == "Notice 三(一), 三(二)2; GB 17167 (levels)"
        assert room.words == ["point", "flow"]
        assert room.module == "hengneng.registry.points"

    def test_may_name_nothing(self):
        room = rooms.Room("kernel/clock", Path("clock"), "The one source of time.")
        assert (room.clauses, room.words) == ("", [])


class TestRoomNamed:
    @pytest.mark.parametrize(
        "name", ["registry/units", "units", "registry.units", "hengneng.registry.units"]
    )
    def test_finds_it_by_any_of_its_names(self, name):
        assert rooms.room_named(name).name == "registry/units"

    @pytest.mark.parametrize("name", ["nowhere", "registry"])
    def test_refuses_what_is_no_room(self, name):
        with pytest.raises(rooms.UnknownRoom, match="registry/units"):
            rooms.room_named(name)


class TestImports:
    def test_names_stand_for_what_was_imported(self):
        source = "import os.path as p\nfrom a.b import c as d, e\nimport f.g"
        assert rooms.imports_of(ast.parse(source)) == {
            "p": "os.path",
            "d": "a.b.c",
            "e": "a.b.e",
            "f.g": "f.g",
        }

    def test_importers_of_a_room_are_rooms_above_it(self):
        assert "registry/points" in rooms.importers_of(rooms.room_named("units"))
