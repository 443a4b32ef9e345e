"""Workflow tables are total: every state is reached, every event used, every step a member."""

import importlib
from enum import StrEnum

import pytest

from hengneng.kernel.states import unreachable
from hengneng.script import rooms


def tables():
    """Every table named TRANSITIONS, or ending so, in a module named ``states``."""
    found = []
    for room in rooms.rooms():
        for path in (*room.folder.glob("states.py"), *room.folder.glob("states/*.py")):
            parts = path.relative_to(rooms.PACKAGE).with_suffix("").parts
            module = importlib.import_module(".".join(("hengneng", *parts)))
            for name, table in vars(module).items():
                if name.endswith("TRANSITIONS"):
                    found.append(pytest.param(table, id=f"{room.name}:{name}"))
    return found


def flaws(table) -> list[str]:
    """What is missing in a table whose first state is that of its first row."""
    (first, event), _ = next(iter(table.items()))
    unused = set(type(event)) - {used for _, used in table}
    lost = unreachable(table, first, type(first))
    return sorted(f"state {state} is never reached" for state in lost) + sorted(
        f"event {one} is never used" for one in unused
    )


@pytest.mark.parametrize("table", tables())
def test_is_total(table):
    assert not (found := flaws(table)), (
        f"{found}: add the missing row to TRANSITIONS or take the member out of its enum; the first"
        " row must start from the first state"
    )


class TestTheChecks:
    class State(StrEnum):
        """Two states."""

        OPEN = "OPEN"
        SHUT = "SHUT"

    class Event(StrEnum):
        """Two events."""

        SHUT = "SHUT"
        LOSE = "LOSE"

    def test_a_lost_state_and_an_unused_event_are_found(self):
        table = {(self.State.OPEN, self.Event.LOSE): self.State.OPEN}
        assert flaws(table) == ["state SHUT is never reached", "event SHUT is never used"]

    def test_there_is_a_table_to_check(self):
        assert tables()
