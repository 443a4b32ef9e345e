"""Workflow tables: the table is the truth, enforcement and diagrams are drawn from it.

A room's ``states.py`` holds ``TRANSITIONS: Table`` and calls ``after``.
"""

from hengneng.kernel.states.rules import EventOutOfTurn, Table, after, pairs_not_in, unreachable

__all__ = ["EventOutOfTurn", "Table", "after", "pairs_not_in", "unreachable"]
