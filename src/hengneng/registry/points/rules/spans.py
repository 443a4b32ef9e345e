"""How descriptions and sources make spans."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


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
