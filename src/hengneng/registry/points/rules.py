"""What a source's key and a description must be, and how descriptions and sources make spans."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from hengneng.protocol import codes

SLOTS_SECONDS = (300, 900, 1800, 3600)
CAPACITY_PLACES = 9
_REGISTER_KEY = re.compile(r"R:[^:]{1,40}:.{1,40}")
_INT64_MAX = 2**63 - 1

# Places 1-8 of a national code say where it is measured: facts/protocol.md 4.1.
_LEVEL_OF_SCOPE = {1: "LEVEL_1", 2: "LEVEL_2", 3: "LEVEL_2", 4: "LEVEL_3"}
_OUTPUT_USAGE = "30"


class BadKey(ValueError):
    """This is neither a national code nor a meter's register."""


class CodeDoesNotFit(ValueError):
    """The national code measures another level, or another kind of point, than the point's."""


class BadDescription(ValueError):
    """A point cannot be described so."""


class Span(NamedTuple):
    """A stretch of a point's time in which its description and its source stay the same.

    Attributes:
        valid_from: First instant. Aware.
        valid_until: End, exclusive; None: for good. Aware.
        name: The point's name.
        energy_type_id: Its energy type.
        level: ``LEVEL_1`` … ``OTHER``.
        flow: ``BOUGHT`` …
        kind: ``REGISTER`` or ``INCREMENT``.
        slot_seconds: Length of its slots. [s]
        capacity: The register's modulus; None: unknown.
        ratio: CT × PT. [1]
        key: What feeds it; None: nothing.
    """

    valid_from: datetime
    valid_until: datetime | None
    name: str
    energy_type_id: str
    level: str
    flow: str
    kind: str
    slot_seconds: int
    capacity: Decimal | None
    ratio: Fraction
    key: str | None


class Feed(NamedTuple):
    """A stretch of time in which one key feeds a point."""

    valid_from: datetime
    valid_until: datetime | None
    key: str


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
        code_level = _LEVEL_OF_SCOPE[codes.scope_of(key[2:])]
        if level not in (code_level, "OTHER"):
            raise CodeDoesNotFit(f"{key} measures {code_level}, the point is {level}")
    else:
        raise BadKey(f"{key} is neither N:<16 digits> nor R:<meter>:<register>")
    if kind != expected:
        raise CodeDoesNotFit(f"{key} feeds {expected} points, the point is {kind}")


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


def check_description(values: Mapping[str, Any]) -> None:
    """Refuse values that describe no possible point.

    Args:
        values: Fields of a description, any of ``name level flow kind slot_seconds capacity
            ratio_numerator ratio_denominator``.

    Raises:
        BadDescription: If one of them is impossible.
    """
    allowed = {
        "level": ("LEVEL_1", "LEVEL_2", "LEVEL_3", "OTHER"),
        "flow": ("BOUGHT", "GENERATED", "STORED", "SUPPLIED_OUT", "CONVERSION_OUTPUT"),
        "kind": ("REGISTER", "INCREMENT"),
        "slot_seconds": SLOTS_SECONDS,
    }
    for field, choices in allowed.items():
        if field in values and values[field] not in choices:
            raise BadDescription(f"{field} is {values[field]}, not one of {choices}")
    if values.get("name") == "":
        raise BadDescription("the point has no name")
    for part in ("ratio_numerator", "ratio_denominator"):
        if not 0 < values.get(part, 1) <= _INT64_MAX:
            raise BadDescription("the ratio is not positive, or too long to be kept exactly")
    _check_capacity(values.get("capacity"))


def _check_capacity(capacity: Decimal | None) -> None:
    """Refuse a modulus that no register has.

    Raises:
        BadDescription: If it is not positive or has more places than are kept.
    """
    if capacity is None:
        return
    exponent = capacity.as_tuple().exponent
    if not isinstance(exponent, int) or capacity <= 0 or capacity >= Decimal(10) ** 15:
        raise BadDescription(f"capacity is {capacity}, not a positive number below 10^15")
    if -exponent > CAPACITY_PLACES:
        raise BadDescription(f"capacity {capacity} has more than {CAPACITY_PLACES} places")


def spans_of(descriptions: Sequence[Span], feeds: Iterable[Feed]) -> list[Span]:
    """Return a point's descriptions split where a source begins or ends.

    Args:
        descriptions: Spans with key None, ascending, without overlap. Shape (n,).
        feeds: The point's sources, any order, without overlap. Shape (m,).

    Returns:
        Spans in ascending order; where no source feeds the point its key stays None. Spans that
        touch and say the same are one, in however many versions it was recorded.
    """
    ordered = sorted(feeds, key=lambda feed: feed.valid_from)
    spans: list[Span] = []
    for description in descriptions:
        start: datetime | None = description.valid_from
        for feed in ordered:
            if start is None or not _overlap(start, description.valid_until, feed):
                continue
            begins = max(start, feed.valid_from)
            if start < begins:
                spans.append(description._replace(valid_from=start, valid_until=begins))
            ends = _earlier(feed.valid_until, description.valid_until)
            spans.append(description._replace(valid_from=begins, valid_until=ends, key=feed.key))
            start = ends if ends != description.valid_until else None
        if start is not None:
            spans.append(description._replace(valid_from=start))
    return _joined(spans)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans with those made one that touch and say the same."""
    joined: list[Span] = []
    for span in spans:
        if joined and _continues(joined[-1], span):
            joined[-1] = joined[-1]._replace(valid_until=span.valid_until)
        else:
            joined.append(span)
    return joined


def _continues(last: Span, span: Span) -> bool:
    """Answer whether a span begins where the last one ends and says the same."""
    return (
        span.valid_from == last.valid_until
        and span._replace(valid_from=last.valid_from, valid_until=last.valid_until) == last
    )


def _overlap(start: datetime, end: datetime | None, feed: Feed) -> bool:
    """Answer whether the feed shares an instant with ``[start, end)``."""
    return (end is None or feed.valid_from < end) and (
        feed.valid_until is None or feed.valid_until > start
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two ends; None is no end."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
