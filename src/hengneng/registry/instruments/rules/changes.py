"""What a unit tells of a change of its meter, and the registry's errors of it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

_TEXT_MAX = 200


class ChangeKind(StrEnum):
    """What changed."""

    EXCHANGE = "EXCHANGE"  # another meter, with the registers before and after
    RATIO = "RATIO"  # another CT or PT
    MOVE = "MOVE"  # the instrument went to another point or place
    STOP = "STOP"  # the instrument was put out of use


class IncompleteChange(ValueError):
    """What is told of the change lacks something that its kind needs, or cannot be."""


class Said(NamedTuple):
    """What is told of a change.

    Attributes:
        before_value: What the old register showed at the end.
        after_value: What the new register showed at the start.
        new_key: What feeds the point from then on, where it is another: ``R:meter:register``.
        new_number: The new instrument's number in the unit's ledger.
        new_name: Its name, where the ledger does not hold it yet.
        new_model: Its model.
        new_maker: Its maker.
        new_serial_number: The maker's number.
        new_class: Its accuracy class, as stated.
        ratio: The new CT × PT. [1]
        new_point_code: The point it moved to.
        new_place: The place it moved to.
        remark: Anything else.
    """

    before_value: Decimal | None = None
    after_value: Decimal | None = None
    new_key: str = ""
    new_number: str = ""
    new_name: str = ""
    new_model: str = ""
    new_maker: str = ""
    new_serial_number: str = ""
    new_class: str = ""
    ratio: Fraction | None = None
    new_point_code: str = ""
    new_place: str = ""
    remark: str = ""


_EXACT: Mapping[str, type[Decimal] | type[Fraction]] = {
    "before_value": Decimal,
    "after_value": Decimal,
    "ratio": Fraction,
}


def check(kind: str, said: Said, *, has_point: bool, has_instrument: bool) -> None:
    """Refuse what is told of a change if its kind needs more, or it cannot be.

    Args:
        kind: What changed.
        said: What is told.
        has_point: Whether the point is named.
        has_instrument: Whether the instrument is named.

    Raises:
        IncompleteChange: If something is missing or impossible.
    """
    lacking = {
        ChangeKind.EXCHANGE: not has_point or said.before_value is None or said.after_value is None,
        ChangeKind.RATIO: not has_point or said.ratio is None,
        ChangeKind.MOVE: not has_instrument or not (said.new_point_code or said.new_place),
        ChangeKind.STOP: not has_instrument,
    }[ChangeKind(kind)]
    if lacking:
        raise IncompleteChange(f"{kind}: {_NEEDS[ChangeKind(kind)]}")
    if said.ratio is not None and said.ratio <= 0:
        raise IncompleteChange("the ratio is not positive")
    for value in (said.before_value, said.after_value):
        if value is not None and (not value.is_finite() or value < 0):
            raise IncompleteChange(f"a register cannot show {value}")
    long = [f for f, v in said._asdict().items() if isinstance(v, str) and len(v) > _TEXT_MAX]
    if long:
        raise IncompleteChange(f"over {_TEXT_MAX} characters: {', '.join(long)}")


_NEEDS = {
    ChangeKind.EXCHANGE: "name the point and both registers, before and after",
    ChangeKind.RATIO: "name the point and the new ratio",
    ChangeKind.MOVE: "name the instrument and the point or place it moved to",
    ChangeKind.STOP: "name the instrument",
}


def plain(said: Said) -> dict[str, str]:
    """Return what is told as texts, to be kept; what is not told is left out.

    >>> plain(Said(before_value=Decimal("9.50"), ratio=Fraction(400, 3)))
    {'before_value': '9.50', 'ratio': '400/3'}
    """
    return {field: str(value) for field, value in said._asdict().items() if value not in (None, "")}


def read(kept: Mapping[str, Any]) -> Said:
    """Return what was kept as it was told.

    Raises:
        IncompleteChange: If a number cannot be read.

    >>> read({"ratio": "400/3"}).ratio
    Fraction(400, 3)
    """
    try:
        told: dict[str, Any] = {f: _EXACT.get(f, str)(text) for f, text in kept.items()}
        return Said(**told)
    except (InvalidOperation, ValueError, TypeError, ZeroDivisionError) as error:
        raise IncompleteChange(f"not to be read: {dict(kept)}") from error
