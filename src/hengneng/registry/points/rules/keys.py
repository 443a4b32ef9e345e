"""What a source's key must be, and what a national code says of a point."""

import re
from collections.abc import Mapping
from typing import Any

from hengneng.protocol import codes

_REGISTER_KEY = re.compile(r"R:[^:]{1,40}:.{1,40}")

# Places 1-8 of a national code say where it is measured: facts/protocol.md 4.1.
_LEVEL_OF_SCOPE = {1: "LEVEL_1", 2: "LEVEL_2", 3: "LEVEL_2", 4: "LEVEL_3"}
_OUTPUT_USAGE = "30"


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
    """Return the level that a national key measures.

    >>> level_of_key("N:0202000004010030")
    'LEVEL_2'
    """
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
