"""The forms of the day: their numbers, titles, columns and standing."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from hengneng.kernel.documents.rules import Align, Cell, Column


class NoForms(LookupError):
    """No edition of the forms was valid on that day."""


class UnknownForm(LookupError):
    """The edition has no form of that number."""


class Fills(StrEnum):
    """What a form is filled with."""

    STAFF = "STAFF"
    EQUIPMENT = "EQUIPMENT"
    INSTRUMENTS = "INSTRUMENTS"
    RATES = "RATES"
    CLASSES = "CLASSES"
    BALANCE = "BALANCE"
    FLOWS = "FLOWS"
    NETWORK = "NETWORK"


class FormColumn(NamedTuple):
    """A column: what is filled into it, and how it looks."""

    key: str
    column: Column


class Form(NamedTuple):
    """One form.

    Attributes:
        number: ``B.3``, or ``fig-B.1``.
        title: Its title.
        fills: What it is filled with.
        level: Only what stands at that level; empty: at any.
        columns: Its columns; none for a figure.
        empty: What is said where there is nothing to fill in.
        signatures: Who signs.
        edition: The edition it is of.
        citation: Where its layout was taken from.
        verified: Whether the text was held in hand.
    """

    number: str
    title: str
    fills: Fills
    level: str
    columns: tuple[FormColumn, ...]
    empty: str
    signatures: tuple[str, ...]
    edition: str
    citation: str
    verified: bool

    @property
    def label(self) -> str:
        """The number as it is printed."""
        return f"图 {self.number[4:]}" if self.is_figure else f"表 {self.number}"

    @property
    def is_figure(self) -> bool:
        """Whether it is a drawing."""
        return self.number.startswith("fig-")

    def row(self, values: Mapping[str, Cell]) -> tuple[Cell, ...]:
        """Return what is filled into one row.

        Args:
            values: What can be filled in, by key.

        Raises:
            KeyError: If a column asks for what cannot be filled in.
        """
        return tuple(values[one.key] for one in self.columns)


def forms_on(day: date) -> tuple[Form, ...]:
    """Return the forms of the edition valid on a day, in its order.

    Raises:
        NoForms: If none was.
    """
    valid = [first for first in _editions() if first <= day]
    if not valid:
        raise NoForms(f"no edition of the forms on {day}")
    return _editions()[max(valid)]


def form_on(day: date, number: str) -> Form:
    """Return one form of the edition valid on a day.

    Raises:
        NoForms: If no edition was valid.
        UnknownForm: If it has no such form.
    """
    found = [form for form in forms_on(day) if form.number == number]
    if not found:
        raise UnknownForm(f"no form {number} on {day}")
    return found[0]


@lru_cache(maxsize=1)
def _editions() -> dict[date, tuple[Form, ...]]:
    """Return the forms of every edition by its first day."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {one["valid_from"]: _forms(one) for one in told["edition"]}


def _forms(edition: Mapping[str, Any]) -> tuple[Form, ...]:
    columns = {one["number"]: one.get("columns", ()) for one in edition["form"]}
    return tuple(
        Form(
            number=one["number"],
            title=one["title"],
            fills=Fills(one["fills"]),
            level=one.get("level", ""),
            columns=_columns(columns[one.get("same_columns_as", one["number"])]),
            empty=one["empty"],
            signatures=tuple(edition["signatures"]),
            edition=edition["edition"],
            citation=one["citation"],
            verified=one["verified"],
        )
        for one in edition["form"]
    )


def _columns(columns: Sequence[Mapping[str, Any]]) -> tuple[FormColumn, ...]:
    return tuple(
        FormColumn(
            one["key"],
            Column(
                one["title"],
                one["width"],
                Align(one.get("align", Align.CENTRE)),
                one.get("group", ""),
            ),
        )
        for one in columns
    )
