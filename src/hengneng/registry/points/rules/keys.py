"""What a source's key must be, and what a national code says of a point."""

import re
from collections.abc import Mapping
from typing import Any

from hengneng.protocol import codes
from hengneng.registry.points.rules.descriptions import BadDescription

_REGISTER_KEY = re.compile(r"R:[^:]{1,40}:.{1,40}")

# Places 1-8 of a national code say where it is measured: facts/protocol.md 4.1.
_LEVEL_OF_SCOPE = {1: "LEVEL_1", 2: "LEVEL_2", 3: "LEVEL_2", 4: "LEVEL_3"}
_OUTPUT_USAGE = "30"
# Products, factors, indicators of efficiency and business, other data: facts/protocol.md 4.2.
_INDICATOR_CLASSES = frozenset({"04", "05", "06", "07", "08", "09", "10"})
INDICATOR = "INDICATOR"


class BadKey(ValueError):
    """This is neither a national code nor a meter's register."""


class CodeDoesNotFit(ValueError):
    """The national code measures another level, or another kind of point, than the point's."""


def check_key(key: str, *, level: str, kind: str) -> None:
    """Refuse a source that cannot feed such a point.

    Args:
        key: ``N:`` and 16 digits, or ``R:meter:register``.
        level: The point's level; ``OTHER`` takes any code.
        kind: ``REGISTER`` takes registers, ``INCREMENT`` takes national codes.

    Raises:
        BadKey: If the key has neither form.
        CodeDoesNotFit: If level or kind are other ones.

    >>> check_key("N:0000000002330011", level="LEVEL_1", kind="INCREMENT")
    """
    if _REGISTER_KEY.fullmatch(key):
        expected = "REGISTER"
    elif key.startswith("N:") and is_code(key[2:]):
        expected = "INCREMENT"
        _check_zeros(key)
        code_level = _LEVEL_OF_SCOPE[codes.scope_of(key[2:])]
        if level not in (code_level, "OTHER"):
            raise CodeDoesNotFit(f"{key} measures {code_level}, the point is {level}")
    else:
        raise BadKey(f"{key} is neither N:<16 digits> nor R:<meter>:<register>")
    if kind != expected:
        raise CodeDoesNotFit(f"{key} feeds {expected} points, the point is {kind}")


def check_kind(energy_kind: str, *, level: str, key: str | None = None) -> None:
    """Refuse an indicator where energy is counted, and a key that names the other.

    Args:
        energy_kind: ``ENERGY``, ``MEDIUM`` or ``INDICATOR``, of what the point meters.
        level: The point's level; an indicator's is ``OTHER``, so that no sum of energy counts it.
        key: What feeds it; a national one of the classes 04 to 10 measures indicators.

    Raises:
        BadDescription: If the level is another.
        CodeDoesNotFit: If the key names energy for an indicator, or the other way round.

    Source:
        facts/protocol.md 4.2, table of classes.

    >>> check_kind("INDICATOR", level="OTHER", key="N:0000000004010030")
    """
    is_indicator = energy_kind == INDICATOR
    if is_indicator and level != "OTHER":
        raise BadDescription(f"an indicator's level is OTHER, not {level}")
    if key is not None and key.startswith("N:") and names_indicator(key) != is_indicator:
        said = "an indicator" if not is_indicator else "energy"
        raise CodeDoesNotFit(f"{key} names {said}, the point meters the other")


def names_indicator(key: str) -> bool:
    """Answer whether a national key is of a class that is no energy: 04 to 10.

    >>> names_indicator("N:0000000003010011"), names_indicator("N:0000000004010030")
    (False, True)
    """
    return codes.parts_of(key.removeprefix("N:")).energy_class in _INDICATOR_CLASSES


def _check_zeros(key: str) -> None:
    """Refuse a national key whose zeros agree with no scope.

    Raises:
        CodeDoesNotFit: If a part is zero that a deeper one needs.
    """
    holes = codes.holes_in(key.removeprefix("N:"))
    if holes:
        words = ", ".join(hole.replace("_", " ") for hole in holes)
        raise CodeDoesNotFit(f"{key} reaches below its {words}, which it leaves 00")


def doubts_about(key: str, configuration: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what speaks against a proposed point as its terminal describes it.

    Args:
        key: ``N:<16 digits>``.
        configuration: The element as uploaded; ``scope`` 1 to 4 where it says so.

    Returns:
        ``ZEROS`` where a part is zero that a deeper one needs, ``SCOPE`` where the element calls
        another scope than the code's zeros do.

    Source:
        facts/protocol.md 2.3 b, 4.1.

    >>> doubts_about("N:0002000002330011", {"scope": "2"})
    ('ZEROS', 'SCOPE')
    >>> doubts_about("N:0200000002330011", {"scope": 2}), doubts_about("N:0200000002330011", {})
    ((), ())
    """
    code = key.removeprefix("N:")
    said = str(configuration.get("scope") or "").strip()
    doubts = (
        ("ZEROS", bool(codes.holes_in(code))),
        ("SCOPE", said != "" and said != str(codes.scope_of(code))),
    )
    return tuple(doubt for doubt, holds in doubts if holds)


def is_code(text: str) -> bool:
    """Answer whether a text is an undashed national code."""
    try:
        return codes.canonical(text) == text
    except codes.BadCode:
        return False


def level_of_key(key: str) -> str:
    """Return the level that a national key measures; an indicator's is none of energy's.

    >>> level_of_key("N:0202000002330011"), level_of_key("N:0202000004010030")
    ('LEVEL_2', 'OTHER')
    """
    if names_indicator(key):
        return "OTHER"
    return _LEVEL_OF_SCOPE[codes.scope_of(key.removeprefix("N:"))]


def flow_of_key(key: str) -> str:
    """Return the flow that a national key measures: usage 30 (产出) is what a conversion gives.

    The other usages known are bought: facts/protocol.md 4.2.

    >>> flow_of_key("N:0000000002330030")
    'CONVERSION_OUTPUT'
    >>> flow_of_key("N:0000000002330011")
    'BOUGHT'
    """
    usage = codes.parts_of(key.removeprefix("N:")).usage
    return "CONVERSION_OUTPUT" if usage == _OUTPUT_USAGE else "BOUGHT"
