"""Where a register point's energy is pinned: days with a good reading, and exchanges on record.

The energy of a day hangs between the nearest nodes before it and after it, and on the few beyond
that tell an outlier from a reset (``rules.outliers``); so a node that comes, goes or changes
touches every day from the ``CONTEXT``-th before it to the ``CONTEXT``-th after it.
"""

from collections.abc import Collection, Iterable, Sequence

from hengneng.protocol.records import day_of
from hengneng.telemetry.consumption.queries import evidence, stale
from hengneng.telemetry.consumption.rules.outliers import CONTEXT
from hengneng.telemetry.consumption.rules.tracks import Track


class Nodes:
    """A unit's nodes: digests as the table holds them now, exchanges as believed now."""

    def __init__(self, unit_id: int, tracks: Sequence[Track]) -> None:
        self._kept = evidence.Kept(unit_id)
        self._unit_id = unit_id
        self._by_key: dict[str, set[int]] = {}
        self._by_point: dict[int, set[int]] = {}
        for track in tracks:
            self._by_point[track.point_id] = {day_of(one.at) for one in track.exchanges}
            for exchange in track.exchanges:
                # Only of the meters that hung there then: elsewhere they counted on unpinned.
                for key in _keys_at(track, exchange.at):
                    self._by_key.setdefault(key, set()).add(day_of(exchange.at))

    def around_points(self, points: Collection[int], keys: Collection[str], span: range) -> range:
        """Return the days from the nodes before a span to those after it, of whole points.

        Args:
            points: The points, for their exchanges.
            keys: Every register that feeds or ever fed them.
            span: Days that an edit speaks of.
        """
        exchanges = {day for point in points for day in self._by_point.get(point, ())}
        earlier = [day for day in exchanges if day < span.start]
        later = [day for day in exchanges if day >= span.stop]
        first = min(self.before(keys, span.start), max(earlier, default=span.start))
        last = max(self.after(keys, span.stop - 1), min(later, default=span.stop - 1))
        return range(first, last + 1)

    def before(self, keys: Collection[str], day: int) -> int:
        """Return the earliest day before a day that the keys' readings of it can touch."""
        far, is_pinned = self._far(keys, before=day)
        nearest = []
        for key in keys:
            ends = [at for at in self._by_key.get(key, ()) if at < day]
            ends += [far[key]] if key in is_pinned else []
            nearest.append(max(ends, default=far.get(key, day)))
        return min(nearest, default=day)

    def after(self, keys: Collection[str], day: int) -> int:
        """Return the latest day after a day that the keys' readings of it can touch."""
        far, is_pinned = self._far(keys, after=day)
        nearest = []
        for key in keys:
            ends = [at for at in self._by_key.get(key, ()) if at > day]
            ends += [far[key]] if key in is_pinned else []
            nearest.append(min(ends, default=far.get(key, day)))
        return max(nearest, default=day)

    def _far(
        self, keys: Collection[str], *, before: int | None = None, after: int | None = None
    ) -> tuple[dict[str, int], set[str]]:
        """Return, per key, the last of the ``CONTEXT`` nearest days with a good reading.

        Beside it the keys that have so many; energy of the others may reach an exchange beyond.
        """
        found: dict[str, int] = {}
        edges = dict.fromkeys(keys, before if before is not None else after or 0)
        for _ in range(CONTEXT):
            edges = evidence.next_days(self._kept, edges, is_backward=before is not None)
            found |= edges
        return found, set(edges)

    def bounds(self) -> tuple[int, int] | None:
        """Return the unit's first and last day with any node or figure; None without any."""
        known: Iterable[int] = stale.bounds(self._unit_id) or ()
        days = [*known, *(day for some in self._by_point.values() for day in some)]
        return (min(days), max(days)) if days else None


def _keys_at(track: Track, at: int) -> set[str]:
    """Return the keys that fed the point just before an instant and from it on."""
    spans = [span for span in track.spans if span.holds(at - 1) or span.holds(at)]
    return {span.key for span in spans if span.key}
