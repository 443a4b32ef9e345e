"""What a password must be: rule records by date, and what is wrong with a password."""

import tomllib
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hengneng.kernel.editions import edition_on


class UnreadableRule(ValueError):
    """A password rule lacks a field, or the file is not TOML."""


class NoRule(LookupError):
    """No password rule is in force on that day."""


class PasswordRule(NamedTuple):
    """A dated rule record.

    Attributes:
        edition: Of the record.
        clause: Which asks for it.
        valid_from: First day in force; until the next record's.
        length_min: Characters. [count]
        classes_min: Of small letters, capital letters, digits, others. [count, 1 to 4]
        citation: Where the record was taken from.
        verified: Whether the text was held in hand.
    """

    edition: str
    clause: str
    valid_from: date
    length_min: int
    classes_min: int
    citation: str
    verified: bool


class PasswordFault(StrEnum):
    """What is wrong with a password."""

    TOO_SHORT = "TOO_SHORT"
    TOO_FEW_CLASSES = "TOO_FEW_CLASSES"
    HOLDS_NAME = "HOLDS_NAME"
    TOO_COMMON = "TOO_COMMON"
    UNCHANGED = "UNCHANGED"


def read_rules(text: str) -> list[PasswordRule]:
    """Return the rule records of a TOML text, oldest first.

    Raises:
        UnreadableRule: If the text does not have the form.
    """
    try:
        tables = tomllib.loads(text)["rule"]
        rules = [PasswordRule(**table) for table in tables]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UnreadableRule(f"password rules: {error}") from error
    return sorted(rules, key=lambda rule: rule.valid_from)


def rule_on(rules: list[PasswordRule], day: date) -> PasswordRule:
    """Return the rule in force on a day.

    Args:
        rules: In any order.
        day: The day.

    Raises:
        NoRule: If the first came later.
    """
    return edition_on(rules, day, missing=NoRule(f"no password rule on {day}"))


def classes_of(password: str) -> int:
    """Return how many of the four classes of characters a password draws on. [count]

    >>> classes_of("Abc-1")
    4
    >>> classes_of("abc")
    1
    """
    return len({_class_of(character) for character in password})


def _class_of(character: str) -> str:
    """Return a character's class; letters of scripts without case count as others."""
    if character.isdigit():
        return "digit"
    if character.islower():
        return "small"
    return "capital" if character.isupper() else "other"


def faults_of(password: str, *, name: str, rule: PasswordRule) -> list[PasswordFault]:
    """Return what is wrong with a password under a rule.

    Args:
        password: As the person wrote it.
        name: The account's name; it must not be part of the password, nor backwards.
        rule: The rule in force.
    """
    folded, folded_name = password.casefold(), name.casefold()
    found = {
        PasswordFault.TOO_SHORT: len(password) < rule.length_min,
        PasswordFault.TOO_FEW_CLASSES: classes_of(password) < rule.classes_min,
        PasswordFault.HOLDS_NAME: folded_name in folded or folded_name[::-1] in folded,
    }
    return [fault for fault, is_found in found.items() if is_found]
