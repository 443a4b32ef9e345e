"""Codes of the national flavour: the 16-digit data code and the unified social credit code."""

import re
from enum import StrEnum
from typing import NamedTuple

# Dashed for the nation and most provinces, undashed elsewhere: facts/protocol.md 4.1.
_DASHED = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{4}-[0-9]{6}-[0-9]{2}")
_UNDASHED = re.compile(r"[0-9]{16}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_LENGTH = 18


class BadCode(ValueError):
    """This is not a 16-digit data code."""


class Parts(NamedTuple):
    """The parts of a data code, each as its digits.

    Attributes:
        process: Production process; 00 for the whole unit.
        process_unit: Process unit.
        equipment: Class of key equipment.
        equipment_number: Number of the equipment.
        energy_class: 01 primary, 02 secondary, 03 working substance … 10 other data.
        energy_type: Energy variety, four digits.
        usage: What it was used for.
    """

    process: str
    process_unit: str
    equipment: str
    equipment_number: str
    energy_class: str
    energy_type: str
    usage: str


def canonical(code: str) -> str:
    """Return a data code's 16 digits without dashes.

    Raises:
        BadCode: If it has another form, or no energy class.

    Source:
        facts/protocol.md 4.1 (columns of reference terminals; official text not held).

    >>> canonical("00-00-0000-023300-11")
    '0000000002330011'
    """
    if _DASHED.fullmatch(code):
        code = code.replace("-", "")
    elif not _UNDASHED.fullmatch(code):
        raise BadCode("not 16 digits")
    if code[8:10] == "00":
        raise BadCode("the energy class is never 00")
    return code


def dashed(code: str) -> str:
    """Return 16 digits as the wire shows them.

    >>> dashed("0000000002330011")
    '00-00-0000-023300-11'
    """
    return f"{code[:2]}-{code[2:4]}-{code[4:8]}-{code[8:14]}-{code[14:]}"


def parts_of(code: str) -> Parts:
    """Return the parts of 16 digits.

    >>> parts_of("0000000002330011").energy_type
    '3300'
    """
    return Parts(code[:2], code[2:4], code[4:6], code[6:8], code[8:10], code[10:14], code[14:])


def scope_of(code: str) -> int:
    """Return how far a code reaches: its deepest part that is not zero.

    Returns:
        1 whole unit, 2 process, 3 process unit, 4 key equipment.

    Source:
        facts/protocol.md 4.1, "Filled 00 when".

    >>> scope_of("0202000004010030")
    3
    """
    if code[4:8] != "0000":
        return 4
    if code[2:4] != "00":
        return 3
    return 2 if code[:2] != "00" else 1


def holes_in(code: str) -> list[str]:
    """Return the parts of a code that are zero although a part that needs them is not.

    A process unit and equipment lie in a process; class and number of equipment come together.
    Equipment may stand in a process that has no units.

    Args:
        code: 16 digits.

    Returns:
        Names of ``Parts``, in their order; empty where the zeros agree with the scope.

    Source:
        facts/protocol.md 4.1, "Filled 00 when". ASSUMPTION: the table read strictly would give
        all equipment a process unit; its standing is paraphrase, so equipment without is taken.

    >>> holes_in("0202010102330011"), holes_in("0002000002330011"), holes_in("0200010002330011")
    ([], ['process'], ['equipment_number'])
    """
    parts = parts_of(code)
    needed = {
        "process": code[2:8] != "000000",
        "equipment": parts.equipment_number != "00",
        "equipment_number": parts.equipment != "00",
    }
    return [
        name for name, is_needed in needed.items() if is_needed and getattr(parts, name) == "00"
    ]


def credit_check_character(base: str) -> str:
    """Return the check character that ends a unified social credit code.

    Args:
        base: Its first 17 characters.

    Raises:
        ValueError: If they are not 17 characters of the code's alphabet.

    Source:
        GB 32100-2015: weights 3**i mod 31, with the worked example that three public renderings
        of the standard give (91350100M000100Y4 ends in 3); the standard itself was not held in
        hand.

    >>> credit_check_character("91350100M000100Y4")
    '3'
    """
    if len(base) != _CREDIT_LENGTH - 1:
        raise ValueError("a social credit code has 17 characters before its check character")
    total = sum(_CREDIT_ALPHABET.index(sign) * pow(3, i, 31) for i, sign in enumerate(base))
    return _CREDIT_ALPHABET[-total % 31]


class CreditFault(StrEnum):
    """What is wrong with a text that ought to be a unified social credit code."""

    LENGTH = "LENGTH"
    CHARACTER = "CHARACTER"  # I, O, S, V, Z and small letters stand in none
    CHECK = "CHECK"  # the last character does not fit the others


def credit_fault_of(code: str) -> CreditFault | None:
    """Return what is wrong with a unified social credit code; None where nothing is.

    >>> str(credit_fault_of("91350100M000100Y4Z")), credit_fault_of("91350100M000100Y43")
    ('CHARACTER', None)
    """
    if len(code) != _CREDIT_LENGTH:
        return CreditFault.LENGTH
    if any(sign not in _CREDIT_ALPHABET for sign in code):
        return CreditFault.CHARACTER
    return None if credit_check_character(code[:-1]) == code[-1] else CreditFault.CHECK


def is_credit_code(code: str) -> bool:
    """Answer whether a text is a unified social credit code with the right check character."""
    return credit_fault_of(code) is None
