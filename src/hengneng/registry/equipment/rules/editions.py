"""Editions of GB 17167 as data: thresholds, required rates, accuracy classes, by date."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from hengneng.registry.equipment.rules import classes, measures

KINDS = ("SUB_UNIT", "EQUIPMENT")
LEVELS = ("LEVEL_1", "LEVEL_2", "LEVEL_3")
OTHERS = "*"  # every energy type that no record of the same list names


class UnreadableRuleSet(ValueError):
    """A rule-set's text lacks a field or holds a value of the wrong form."""


class Threshold(NamedTuple):
    """From which demand on a consumer is a main one.

    Attributes:
        energy_types: Codes of the energy types it speaks of; ``*``: all others.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        amount: The limit; a demand that reaches it makes the consumer a main one.
        measure: What the limit is told in.
        clause: Where it stands.
        citation: Where it was read.
        verified: Whether the official text was held in hand.
    """

    energy_types: tuple[str, ...]
    kind: str
    amount: Decimal
    measure: str
    clause: str
    citation: str
    verified: bool


class Rate(NamedTuple):
    """Which share of the instruments needed must be there.

    Attributes:
        name: The energy as the standard calls it.
        energy_types: Codes of the energy types it speaks of; ``*``: all others.
        required: Level to share, 0 to 1; a level that is missing has no value.
        open: Level to why it has no value; a level in neither is not asked for.
        clause: Where it stands.
        citation: Where it was read.
        verified: Whether the official text was held in hand.
        name_en: The name in English; empty: none is given.
    """

    name: str
    energy_types: tuple[str, ...]
    required: Mapping[str, Decimal]
    open: Mapping[str, str]
    clause: str
    citation: str
    verified: bool
    name_en: str = ""


class Limit(NamedTuple):
    """The worst accuracy class allowed under a condition.

    Attributes:
        condition: The condition in English.
        condition_zh: And in Chinese.
        worst: The class: ``0.5S``.
        kinds: Kinds of instruments it speaks of; empty: any.
        diameter_over_mm: Only above this nominal diameter; None: any. [mm]
        diameter_up_to_mm: Only up to this one; None: any. [mm]
    """

    condition: str
    condition_zh: str
    worst: str
    kinds: tuple[str, ...]
    diameter_over_mm: int | None
    diameter_up_to_mm: int | None


class Accuracy(NamedTuple):
    """How accurate an instrument must be.

    Attributes:
        name: The instrument as the standard calls it.
        energy_types: What it measures; ``*``: all others.
        levels: At which levels.
        kinds: Kinds of instruments it speaks of; empty: all that no other record names.
        limits: By condition; empty where no value is known.
        open: Why there is no value; empty where there is one.
        clause: Where it stands.
        citation: Where it was read.
        verified: Whether the official text was held in hand.
        name_en: The name in English; empty: none is given.
    """

    name: str
    energy_types: tuple[str, ...]
    levels: tuple[str, ...]
    kinds: tuple[str, ...]
    limits: tuple[Limit, ...]
    open: str
    clause: str
    citation: str
    verified: bool
    name_en: str = ""


class RuleSet(NamedTuple):
    """One edition of the standard.

    Attributes:
        edition: Its name.
        valid_from: First day it is in force.
        valid_until: Day after the last; None: still in force.
        citation: How we know of it.
        verified: Whether its official text was held in hand and every record compared with it.
        thresholds: What makes a consumer a main one.
        rates: What share of instruments is required.
        accuracies: How accurate they must be.
    """

    edition: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool
    thresholds: tuple[Threshold, ...]
    rates: tuple[Rate, ...]
    accuracies: tuple[Accuracy, ...]

    def is_empty(self) -> bool:
        """Answer whether the edition is known by name only: none of its values are loaded."""
        return not (self.thresholds or self.rates or self.accuracies)

    def is_in_force(self, day: date) -> bool:
        """Answer whether the edition is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def thresholds_for(self, energy_type: str, kind: str) -> list[Threshold]:
        """Return the limits for consumers of a kind that use an energy type."""
        of_kind = [threshold for threshold in self.thresholds if threshold.kind == kind]
        return _speaking_of(of_kind, energy_type)

    def rate_for(self, energy_type: str) -> Rate | None:
        """Return the required rates of an energy type; None where the edition names none."""
        return next(iter(_speaking_of(self.rates, energy_type)), None)

    def accuracy_for(self, energy_type: str, level: str, kind: str) -> Accuracy | None:
        """Return how accurate an instrument must be; None where the edition does not say.

        Args:
            energy_type: What it measures.
            level: At which level.
            kind: Its kind; empty: not known.
        """
        at_level = [accuracy for accuracy in self.accuracies if level in accuracy.levels]
        of_kind = [accuracy for accuracy in at_level if kind in accuracy.kinds]
        among = of_kind or [accuracy for accuracy in at_level if not accuracy.kinds]
        return next(iter(_speaking_of(among, energy_type)), None)


def _speaking_of(records: Iterable[Any], energy_type: str) -> list[Any]:
    """Return the records that name an energy type, else those for all others."""
    known = list(records)
    named = [record for record in known if energy_type in record.energy_types]
    return named or [record for record in known if OTHERS in record.energy_types]


@lru_cache(maxsize=32)
def read(text: str) -> RuleSet:
    """Return the edition that a TOML text holds; ``gb17167-2006.toml`` shows the form.

    Raises:
        UnreadableRuleSet: If it does not have the form.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableRuleSet(f"not TOML: {error}") from error
    valid_until = _day(table, "valid_until") if "valid_until" in table else None
    found = RuleSet(
        edition=_text(table, "edition"),
        valid_from=_day(table, "valid_from"),
        valid_until=valid_until,
        citation=_text(table, "citation"),
        verified=_flag(table),
        thresholds=tuple(_threshold(one) for one in _tables(table, "threshold")),
        rates=tuple(_rate(one) for one in _tables(table, "rate")),
        accuracies=tuple(_accuracy(one) for one in _tables(table, "accuracy")),
    )
    if valid_until is not None and valid_until <= found.valid_from:
        raise UnreadableRuleSet(f"{found.edition} is in force on no day")
    return found


@lru_cache(maxsize=1)
def shipped() -> tuple[RuleSet, ...]:
    """Return the editions that ship with the platform, oldest first."""
    found = [read(text) for text in shipped_texts().values()]
    return tuple(sorted(found, key=lambda one: one.valid_from))


@lru_cache(maxsize=1)
def shipped_texts() -> Mapping[str, str]:
    """Return the texts of the editions that ship with the platform, by edition."""
    texts = [p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("gb17167-*.toml")]
    return MappingProxyType({read(text).edition: text for text in texts})


def _threshold(table: Mapping[str, Any]) -> Threshold:
    measure = _text(table, "measure")
    if measure not in measures.MEASURES:
        raise UnreadableRuleSet(f"{measure} is no measure in {dict(table)}")
    return Threshold(
        energy_types=_texts(table, "energy_types"),
        kind=_one_of(table, "kind", KINDS),
        amount=_number(table.get("amount"), table),
        measure=measure,
        clause=_text(table, "clause"),
        citation=_text(table, "citation"),
        verified=_flag(table),
    )


def _rate(table: Mapping[str, Any]) -> Rate:
    required = {level: _number(table[level], table) for level in LEVELS if level in table}
    if any(share > 1 for share in required.values()):
        raise UnreadableRuleSet(f"a rate is over 1 in {dict(table)}")
    open_levels = table.get("open", {})
    if not isinstance(open_levels, dict) or not set(open_levels) <= set(LEVELS) - set(required):
        raise UnreadableRuleSet(f"open does not name levels without a rate in {dict(table)}")
    return Rate(
        name=_text(table, "name"),
        energy_types=_texts(table, "energy_types"),
        required=required,
        open={level: _text(open_levels, level) for level in open_levels},
        clause=_text(table, "clause"),
        citation=_text(table, "citation"),
        verified=_flag(table),
        name_en=_text(table, "name_en") if "name_en" in table else "",
    )


def _accuracy(table: Mapping[str, Any]) -> Accuracy:
    levels = _texts(table, "levels")
    if not set(levels) <= set(LEVELS):
        raise UnreadableRuleSet(f"levels are not of {LEVELS} in {dict(table)}")
    limits = tuple(_limit(one) for one in _tables(table, "limit"))
    if bool(limits) == ("open" in table):
        raise UnreadableRuleSet(f"either limits or why there are none in {dict(table)}")
    return Accuracy(
        name=_text(table, "name"),
        energy_types=_texts(table, "energy_types"),
        levels=levels,
        kinds=_texts(table, "kinds") if "kinds" in table else (),
        limits=limits,
        open=_text(table, "open") if "open" in table else "",
        clause=_text(table, "clause"),
        citation=_text(table, "citation"),
        verified=_flag(table),
        name_en=_text(table, "name_en") if "name_en" in table else "",
    )


def _limit(table: Mapping[str, Any]) -> Limit:
    worst = _text(table, "worst")
    if classes.class_of(worst) is None:
        raise UnreadableRuleSet(f"{worst} is no accuracy class in {dict(table)}")
    return Limit(
        condition=_text(table, "condition"),
        condition_zh=_text(table, "condition_zh"),
        worst=worst,
        kinds=_texts(table, "kinds") if "kinds" in table else (),
        diameter_over_mm=_whole(table, "diameter_over_mm"),
        diameter_up_to_mm=_whole(table, "diameter_up_to_mm"),
    )


def _tables(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnreadableRuleSet(f"{name} is not a list of tables")
    return found


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UnreadableRuleSet(f"{name} is not a text in {dict(table)}")
    return value


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = table.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise UnreadableRuleSet(f"{name} is not a list of texts in {dict(table)}")
    return tuple(value)


def _one_of(table: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = _text(table, name)
    if value not in choices:
        raise UnreadableRuleSet(f"{name} is {value}, not one of {choices}")
    return value


def _whole(table: Mapping[str, Any], name: str) -> int | None:
    value = table.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise UnreadableRuleSet(f"{name} is not a whole number in {dict(table)}")
    return value


def _flag(table: Mapping[str, Any]) -> bool:
    value = table.get("verified")
    if not isinstance(value, bool):
        raise UnreadableRuleSet(f"verified is neither true nor false in {dict(table)}")
    return value


def _number(value: object, table: Mapping[str, Any]) -> Decimal:
    """Return an exact number; it is written as text, since TOML's own fractions are floats."""
    try:
        number = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation as error:
        raise UnreadableRuleSet(f"{value} is not a number in {dict(table)}") from error
    if not number.is_finite() or number < 0:
        raise UnreadableRuleSet(f"{value} is not a number, written as text, in {dict(table)}")
    return number


def _day(table: Mapping[str, Any], name: str) -> date:
    value = table.get(name)
    if type(value) is not date:
        raise UnreadableRuleSet(f"{name} is not a date")
    return value
