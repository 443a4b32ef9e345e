"""Decimal numbers of the wire as exact integers: digits and scale, never a float."""

import re
from collections.abc import Iterable

from hengneng.protocol.records import DIGITS_MAX, SCALE_MAX

# Shorter texts cannot pass int64 whatever they hold: 18 digits stay below 10**18.
_SURELY_FITS = 18
# A reference terminal stores decimal(32,10): 44 characters with sign, point and exponent.
_TEXT_MAX = 64
_FORM = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?")
# Numbers a line each, every one short enough to fit whatever its digits are.
_PLAIN = re.compile(r"(?:[0-9]{1,12}+(?:\.[0-9]{1,5}+)?+\n)*+")


class BadNumber(ValueError):
    """This is not a decimal number that can be kept exactly."""


def parse(value: object) -> tuple[int, int]:
    """Return a wire number as ``(digits, scale)``, exactly as written.

    Trailing zeros are kept, they say how finely the sender counts; only where the number would not
    fit otherwise (ten decimals of a reference terminal) are they dropped, which changes nothing.

    Args:
        value: Decimal text, or a JSON integer, or the text of a JSON number with point or exponent.

    Returns:
        The number times ten to the ``scale``, and the scale, 0 to 9.

    Raises:
        BadNumber: If it is no number, has more than 9 decimals, or passes int64.

    >>> parse("12.50")
    (1250, 2)
    >>> parse("+1.5E3")
    (1500, 0)
    >>> parse(-7)
    (-7, 0)
    """
    if type(value) is str:
        whole, point, fraction = value.partition(".")
        if (
            len(value) <= _SURELY_FITS
            and whole.isdigit()
            and (fraction.isdigit() or not point)
            and len(fraction) <= SCALE_MAX
            and value.isascii()
        ):
            return int(whole + fraction), len(fraction)
        return _parse_carefully(value)
    if type(value) is int:
        return _fitting(value, 0)
    raise BadNumber(f"a number cannot be a {type(value).__name__}")


def are_plain(texts: Iterable[str]) -> bool:
    """Answer whether ``parse`` surely reads every text; all at once, and none is negative.

    >>> are_plain(["12.50", "7"]), are_plain(["12.50", "+7"]), are_plain(["1\\n2"])
    (True, False, False)
    """
    lines = list(texts)
    together = "\n".join([*lines, ""])
    # A line break within a text would make two numbers of one.
    return together.count("\n") == len(lines) and _PLAIN.fullmatch(together) is not None


def text_of(digits: int, scale: int) -> str:
    """Return the decimal text that ``parse`` reads as the same digits and scale.

    >>> text_of(-5, 2)
    '-0.05'
    """
    sign, shown = ("-", -digits) if digits < 0 else ("", digits)
    padded = str(shown).rjust(scale + 1, "0")
    return f"{sign}{padded[:-scale]}.{padded[-scale:]}" if scale else f"{sign}{padded}"


def _parse_carefully(text: str) -> tuple[int, int]:
    """Read signs, exponents, bare points and long texts, which ``parse`` leaves aside."""
    form = _FORM.fullmatch(text.strip(" ")) if len(text) <= _TEXT_MAX else None
    if form is None:
        raise BadNumber("not a decimal number")
    sign, whole, fraction, exponent = form.groups(default="")
    if not whole + fraction:
        raise BadNumber("a number without digits")
    digits = int(whole + fraction)
    return _fitting(-digits if sign == "-" else digits, len(fraction) - int(exponent or 0))


def _fitting(digits: int, scale: int) -> tuple[int, int]:
    """Return the same number with a scale of 0 to 9, dropping zeros only where it must."""
    if digits == 0:
        return 0, min(max(scale, 0), SCALE_MAX)
    if scale < 0:
        # Twenty places more than int64 has: such a number is refused below anyway.
        digits, scale = digits * 10 ** min(-scale, 20), 0
    if scale > SCALE_MAX or abs(digits) > DIGITS_MAX:
        while scale > 0 and digits % 10 == 0:
            digits, scale = digits // 10, scale - 1
    if scale > SCALE_MAX:
        raise BadNumber(f"more than {SCALE_MAX} decimals")
    if abs(digits) > DIGITS_MAX:
        raise BadNumber("beyond 64 bits")
    return digits, scale
