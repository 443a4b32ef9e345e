"""The text of rule records as plain values."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

# No coal-equivalent factor of any edition needs more places; the column keeps as many.
PLACES = 10


class UnreadableRule(ValueError):
    """A rule record lacks a field or holds a value of the wrong form."""


class EnergyTypeRecord(NamedTuple):
    """An energy type as its record says; natural key: ``code``."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    uom: str
    class_code: str
    variety_code: str
    differs_by_basis: bool
    citation: str
    verified: bool


class FactorRecord(NamedTuple):
    """A factor as its record says; natural key: type, basis, edition and first day."""

    energy_type_id: str
    basis: str
    edition: str
    clause: str
    kgce_per_uom: Decimal
    lowest: Decimal | None
    highest: Decimal | None
    rivals: list[Decimal]
    heat_value_kj: Decimal | None
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


class CoalHeatRecord(NamedTuple):
    """The heat of standard coal as its record says; natural key: edition and first day."""

    kj_per_kgce: Decimal
    edition: str
    clause: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


class BalanceRecord(NamedTuple):
    """A flow's weight as its record says; natural key: flow, edition and first day."""

    flow: str
    weight: int
    edition: str
    clause: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


Record = EnergyTypeRecord | FactorRecord | CoalHeatRecord | BalanceRecord
KINDS = ("ENERGY", "MEDIUM", "INDICATOR")
BASES = ("CALORIFIC", "EQUIVALENT")


def read_energy_types(text: str) -> list[EnergyTypeRecord]:
    """Return the energy types of a TOML text's ``energy_type`` tables.

    Raises:
        UnreadableRule: If a record does not have the form.
    """
    return [
        EnergyTypeRecord(
            code=_text(table, "code"),
            kind=_one_of(table, "kind", KINDS, without="ENERGY"),
            name_zh=_text(table, "name_zh"),
            name_en=_text(table, "name_en"),
            uom=_text(table, "uom"),
            class_code=_text(table, "class_code"),
            variety_code=_text(table, "variety_code", may_be_empty=True),
            differs_by_basis=_flag(table, "differs_by_basis", without=False),
            citation=_text(table, "citation"),
            verified=_flag(table, "verified"),
        )
        for table in _tables(text, "energy_type")
    ]


def read_factors(text: str) -> list[FactorRecord]:
    """Return the factors of a TOML text: each ``edition`` table with its ``factor`` tables.

    Edition, clause and valid range stand once at the edition; a factor may state its own.

    Raises:
        UnreadableRule: If a record does not have the form.
    """
    return [_factor(table) for table in _of_editions(text, "factor")]


def read_coal_heat(text: str) -> list[CoalHeatRecord]:
    """Return the heat of standard coal of a TOML text: each ``edition`` with its ``coal`` table.

    Raises:
        UnreadableRule: If a record does not have the form.
    """
    return [
        CoalHeatRecord(
            kj_per_kgce=_number(table, "kj_per_kgce", places=4),
            edition=_text(table, "edition"),
            clause=_text(table, "clause"),
            valid_from=_day(table, "valid_from"),
            valid_until=_day(table, "valid_until") if "valid_until" in table else None,
            citation=_text(table, "citation"),
            verified=_flag(table, "verified"),
        )
        for table in _of_editions(text, "coal")
    ]


def read_balance(text: str) -> list[BalanceRecord]:
    """Return the weights of a TOML text: each ``edition`` table with its ``weight`` tables.

    Raises:
        UnreadableRule: If a record does not have the form.
    """
    return [
        BalanceRecord(
            flow=_text(table, "flow"),
            weight=_whole(table, "weight"),
            edition=_text(table, "edition"),
            clause=_text(table, "clause"),
            valid_from=_day(table, "valid_from"),
            valid_until=_day(table, "valid_until") if "valid_until" in table else None,
            citation=_text(table, "citation"),
            verified=_flag(table, "verified"),
        )
        for table in _of_editions(text, "weight")
    ]


def _factor(table: Mapping[str, Any]) -> FactorRecord:
    """Return one factor.

    Raises:
        UnreadableRule: If it does not have the form, or lies outside its own range.
    """
    value = _number(table, "kgce_per_uom")
    ends = [_number(table, name) for name in ("lowest", "highest") if name in table]
    if ends and (len(ends) != 2 or not ends[0] <= value <= ends[1]):
        raise UnreadableRule(f"the factor is not inside a whole range in {dict(table)}")
    return FactorRecord(
        energy_type_id=_text(table, "energy_type"),
        basis=_one_of(table, "basis", BASES),
        edition=_text(table, "edition"),
        clause=_text(table, "clause"),
        kgce_per_uom=value,
        lowest=ends[0] if ends else None,
        highest=ends[1] if ends else None,
        rivals=[_decimal(rival, "rivals", PLACES, table) for rival in table.get("rivals", [])],
        heat_value_kj=_number(table, "heat_value_kj", 6) if "heat_value_kj" in table else None,
        valid_from=_day(table, "valid_from"),
        valid_until=_day(table, "valid_until") if "valid_until" in table else None,
        citation=_text(table, "citation"),
        verified=_flag(table, "verified"),
    )


def _tables(text: str, name: str) -> Iterable[Mapping[str, Any]]:
    """Return the tables of that name."""
    try:
        return list(tomllib.loads(text).get(name, []))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableRule(f"not TOML: {error}") from error


def _of_editions(text: str, name: str) -> list[Mapping[str, Any]]:
    """Return the tables of that name in every edition, each with what its edition says once."""
    return [
        {key: value for key, value in edition.items() if key != name} | record
        for edition in _tables(text, "edition")
        for record in edition.get(name, [])
    ]


def _text(table: Mapping[str, Any], name: str, *, may_be_empty: bool = False) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not (value or may_be_empty):
        raise UnreadableRule(f"{name} is not a text in {dict(table)}")
    return value


def _one_of(
    table: Mapping[str, Any], name: str, values: Iterable[str], *, without: str | None = None
) -> str:
    value = table.get(name, without)
    if value not in values:
        raise UnreadableRule(f"{name} is none of {', '.join(values)} in {dict(table)}")
    return str(value)


def _flag(table: Mapping[str, Any], name: str, *, without: bool | None = None) -> bool:
    value = table.get(name, without)
    if not isinstance(value, bool):
        raise UnreadableRule(f"{name} is neither true nor false in {dict(table)}")
    return value


def _whole(table: Mapping[str, Any], name: str) -> int:
    value = table.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnreadableRule(f"{name} is not a whole number in {dict(table)}")
    return value


def _number(table: Mapping[str, Any], name: str, places: int = PLACES) -> Decimal:
    """Return an exact number; it is written as text, since TOML's own fractions are floats."""
    return _decimal(_text(table, name), name, places, table)


def _decimal(text: Any, name: str, places: int, table: Mapping[str, Any]) -> Decimal:
    """Return the exact number that a text writes.

    Raises:
        UnreadableRule: If it is none, is negative or has too many places.
    """
    try:
        value = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation as error:
        raise UnreadableRule(f"{name} is not a number in {dict(table)}") from error
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or value < 0 or -exponent > places:
        raise UnreadableRule(f"{name} is not a number of at most {places} places in {dict(table)}")
    return value


def _day(table: Mapping[str, Any], name: str) -> date:
    value = table.get(name)
    if type(value) is not date:
        raise UnreadableRule(f"{name} is not a date in {dict(table)}")
    return value
