"""Where instruments stand, thought through in memory: which point, since when, until when."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

Point = TypeVar("Point", bound=Hashable)
Instrument = TypeVar("Instrument", bound=Hashable)


class Stay(NamedTuple, Generic[Point, Instrument]):
    """An instrument at a point from one instant to another.

    Attributes:
        point: The point.
        instrument: The instrument.
        start: Since when. Aware.
        end: Until when, exclusive; None: for good. Aware.
    """

    point: Point
    instrument: Instrument
    start: datetime
    end: datetime | None


class Places(Generic[Point, Instrument]):
    """Where instruments stand, to be changed one stay after the other.

    Points and instruments are any plain values, so that those without a row yet can be named too.
    """

    def __init__(self, stays: Iterable[Stay[Point, Instrument]]) -> None:
        """Begin with what is believed: no two stays of a point overlap."""
        self._at: dict[Point, list[Stay[Point, Instrument]]] = defaultdict(list)
        # Points at which an instrument may stand; those it has left stay in, which does no harm.
        self._of: dict[Instrument, set[Point]] = defaultdict(set)
        for stay in stays:
            self._at[stay.point].append(stay)
            self._of[stay.instrument].add(stay.point)

    def standing_from(
        self, instrument: Instrument, instant: datetime
    ) -> tuple[Point | None, datetime | None]:
        """Return the point an instrument stands at at an instant, and when that changes."""
        own = sorted(self._stays_of(instrument), key=lambda stay: stay.start)
        for stay in own:
            if stay.end is not None and stay.end <= instant:
                continue
            return (stay.point, stay.end) if stay.start <= instant else (None, stay.start)
        return None, None

    def changes_after(self, point: Point, instant: datetime) -> datetime | None:
        """Return when what stands at a point changes next after an instant; None: never."""
        for stay in sorted(self._at.get(point, ()), key=lambda stay: stay.start):
            if stay.end is None or stay.end > instant:
                return stay.end if stay.start <= instant else stay.start
        return None

    def elsewhere(
        self, instrument: Instrument, point: Point, start: datetime, end: datetime | None
    ) -> bool:
        """Answer whether an instrument stands at another point within a span."""
        return any(
            stay.point != point and _overlap(stay, start, end)
            for stay in self._stays_of(instrument)
        )

    def put(self, new: Stay[Point, Instrument]) -> None:
        """Let an instrument stand at a point; whatever stood there in that time is gone then."""
        kept = [part for stay in self._at[new.point] for part in _outside(stay, new.start, new.end)]
        self._at[new.point] = [*kept, new]
        self._of[new.instrument].add(new.point)

    def _stays_of(self, instrument: Instrument) -> list[Stay[Point, Instrument]]:
        return [
            stay
            for point in self._of.get(instrument, ())
            for stay in self._at[point]
            if stay.instrument == instrument
        ]


def _overlap(stay: Stay[Point, Instrument], start: datetime, end: datetime | None) -> bool:
    """Answer whether a stay shares an instant with a span."""
    return (end is None or stay.start < end) and (stay.end is None or stay.end > start)


def _outside(
    stay: Stay[Point, Instrument], start: datetime, end: datetime | None
) -> list[Stay[Point, Instrument]]:
    """Return the parts of a stay before and after a span."""
    if not _overlap(stay, start, end):
        return [stay]
    parts = []
    if stay.start < start:
        parts.append(stay._replace(end=start))
    if end is not None and (stay.end is None or stay.end > end):
        parts.append(stay._replace(start=end))
    return parts
