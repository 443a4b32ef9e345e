"""A unit's points as the arithmetic reads them: registry facts in local seconds."""

from collections.abc import Iterable
from datetime import datetime

from hengneng.kernel import clock
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.telemetry.consumption.rules.registers import Exchange, Stretch
from hengneng.telemetry.consumption.rules.tracks import Track


def tracks_of(unit_id: int, *, as_of: datetime | None = None) -> list[Track]:
    """Return the unit's points, as believed at ``as_of`` (None: now). Two or three queries."""
    exchanges: dict[int, list[Exchange]] = {}
    for row in instruments.exchanges_of(unit_id, as_of=as_of):
        exchange = Exchange(clock.local_second(row.happened_at), row.before_value, row.after_value)
        exchanges.setdefault(row.point_id, []).append(exchange)
    return [
        Track(
            timeline.point_id,
            _joined(_stretch(span) for span in timeline.spans),
            sorted(exchanges.get(timeline.point_id, ())),
        )
        for timeline in points.timelines(unit_id, as_of=as_of)
    ]


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches, neighbours that say the same made one: a new name changes no energy."""
    joined: list[Stretch] = []
    for one in stretches:
        if joined and joined[-1].end == one.start and joined[-1][2:] == one[2:]:
            joined[-1] = joined[-1]._replace(end=one.end)
        else:
            joined.append(one)
    return joined


def _stretch(span: points.Span) -> Stretch:
    return Stretch(
        clock.local_second(span.valid_from),
        None if span.valid_until is None else clock.local_second(span.valid_until),
        span.key,
        span.ratio,
        span.capacity,
        span.slot_seconds,
    )
