"""What an importer is, and what it says of rows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, runtime_checkable


class Change(StrEnum):
    """What a row does to the ledger."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


class Row(NamedTuple):
    """A row whose cells were read.

    Attributes:
        number: Its number in the file, from 1.
        values: Its cells' values by canonical column; None where an optional cell is blank.
    """

    number: int
    values: Mapping[str, Any]


class Decision(NamedTuple):
    """What a row would do to the ledger.

    Attributes:
        number: The row's number in the file.
        change: What it would do.
        differences: Column to what is known and what the row says, as a person reads them.
        reason: Why the row is refused; empty where it is not.
    """

    number: int
    change: Change
    differences: Mapping[str, tuple[str, str]] = MappingProxyType({})
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical column.

    Attributes:
        name: Its canonical heading.
        zh: Its Chinese heading, recognised as well.
        required: Whether every row must fill it.
        help: What goes into it, for a person.
        parse: A filled cell's text to its value, always the same one; a ``ValueError`` says what
            is wrong with it.
        aliases: Other headings seen for it, Chinese and English.
    """

    name: str
    zh: str
    required: bool
    help: str
    parse: Callable[[str], Any]
    aliases: tuple[str, ...] = ()


class Importer(Protocol):
    """How the rows of one kind of list enter the ledger; made anew for each import.

    Both steps work on sets: ten queries or so however many rows, in batches where there are many.
    A commit calls them one after the other inside one ``facts.edit()``, so nothing that ``decide``
    read can change before ``carry_out`` writes; a preview calls ``decide`` alone.

    Attributes:
        kind: ``units`` …
        columns: The canonical columns.
    """

    @property
    def kind(self) -> str:
        """Return the kind of list."""

    @property
    def columns(self) -> Sequence[Column]:
        """Return the canonical columns."""

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:
        """Tell what each row would do, write nothing, and keep what ``carry_out`` needs.

        Args:
            rows: In the file's order; one may depend on those above it, or repeat one.
            at: When. Aware.

        Returns:
            One for each row, in the same order; a row that cannot be taken is REFUSED with its
            reason, no error is raised for it.
        """

    def carry_out(self, *, by: int | None, at: datetime) -> None:
        """Write in bulk what was decided, in the caller's transaction; no row was refused.

        Args:
            by: Account acting; None for the script.
            at: When. Aware.
        """


@runtime_checkable
class KeptByUnits(Protocol):
    """An importer of what a unit keeps itself.

    Attributes:
        is_own: Whether the unit itself brings the list. Then a row is refused that would change
            what an official confirms or what another has proved.
    """

    is_own: bool


@runtime_checkable
class EntersUnits(Protocol):
    """An importer whose rows may enter units that are not there yet."""

    def not_enterable(self, rows: Sequence[Row], districts: Collection[str]) -> Mapping[int, str]:
        """Return why rows may not be taken, by their numbers; those not named enter a unit.

        A row that cannot be taken whoever brings it is not among them: ``decide`` says why.

        Args:
            rows: Rows of units that their bringer does not reach.
            districts: Codes of the districts in which units may be entered.
        """


@runtime_checkable
class NamesUnits(Protocol):
    """An importer whose rows may name a unit by ``unit_name`` where ``unit_code`` is blank."""

    def codes_by_name(self, names: Collection[str]) -> Mapping[str, str]:
        """Return the codes of the units that names mean, of each that means one alone.

        Args:
            names: Whole names of units.
        """
