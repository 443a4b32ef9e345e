"""What may follow what."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)
Table = Mapping[tuple[State, Event], State]


class EventOutOfTurn(Exception):
    """This step is not possible in the present state."""


def after(table: Table[State, Event], state: State, event: Event) -> State:
    """Return the state that follows ``event`` in ``state``.

    Raises:
        EventOutOfTurn: If the table has no such step.
    """
    try:
        return table[state, event]
    except KeyError:
        raise EventOutOfTurn(f"{event} is not possible in state {state}") from None


def pairs_not_in(
    table: Table[State, Event], states: Iterable[State], events: Iterable[Event]
) -> list[tuple[State, Event]]:
    """Return every (state, event) pair that the table refuses, for tests."""
    every = list(events)
    return [(state, event) for state in states for event in every if (state, event) not in table]


def unreachable(table: Table[State, Event], first: State, states: Iterable[State]) -> set[State]:
    """Return the states no path from ``first`` leads to; a sound table has none."""
    reached, frontier = {first}, [first]
    while frontier:
        here = frontier.pop()
        steps = {to for (state, _), to in table.items() if state == here}
        frontier.extend(steps - reached)
        reached |= steps
    return set(states) - reached
