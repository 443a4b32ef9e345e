"""What would be believed of points and of what feeds them, once a list's rows are taken."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from hengneng.kernel.facts.drafts import Draft
from hengneng.kernel.facts.models import TwoTimed
from hengneng.registry.points import rules
from hengneng.registry.points.models import Description, Source

Fact = TypeVar("Fact", bound=TwoTimed)


class Kept(NamedTuple):
    """What was believed of one subject before an edit."""

    versions: list[Any]
    gone: int


class _Retractable(Draft[Fact]):
    """A draft whose last edits can be taken back; subjects are points' numbers."""

    def kept(self, number: int) -> Kept:
        """Return what is believed of a point now, for ``restore``."""
        return Kept(self._versions[number], len(self._gone))

    def restore(self, number: int, kept: Kept) -> None:
        """Take back every edit since, all of which were of this point."""
        self._versions[number] = kept.versions
        del self._gone[kept.gone :]

    def over(self, number: int, start: datetime, end: datetime | None) -> list[Fact]:
        """Return the versions that share an instant with a span.

        Args:
            number: The point.
            start: Start of the span. Aware.
            end: End of the span, exclusive; None: for good. Aware.
        """
        return [
            version
            for version in self._versions.get(number, ())
            if (end is None or version.valid_from < end)
            and (version.valid_until is None or version.valid_until > start)
        ]


class Told(_Retractable[Description]):
    """What points are; one without a row yet has a number below zero."""

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__(Description, key="point_id", subjects={n: n for n in numbers})

    def hangs(self, numbers: Iterable[int]) -> list[rules.Hang]:
        """Return how these points would hang on others."""
        return [
            rules.Hang(version.valid_from, version.valid_until, number, version.parent_id)
            for number in numbers
            for version in self._versions.get(number, ())
            if version.parent_id is not None
        ]

    def is_told(self, number: int) -> bool:
        """Answer whether anything is believed of a point."""
        return bool(self._versions.get(number))

    def name_made(self, made: Mapping[Hashable, int]) -> None:
        """Name parents made meanwhile by their rows.

        Args:
            made: Number to row.
        """
        for version in (one for versions in self._versions.values() for one in versions):
            if version.parent_id is not None and version.parent_id < 0:
                version.parent_id = made[version.parent_id]


class Fed(_Retractable[Source]):
    """What feeds points."""

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__(Source, key="point_id", subjects={n: n for n in numbers})
        self._holders: dict[tuple[int, str], set[int]] = {}
        for version in (one for versions in self._versions.values() for one in versions):
            self.note(version.unit_id, version.key, version.point_id)

    def note(self, unit_id: int, key: str, number: int) -> None:
        """Remember that a key feeds a point at some time."""
        self._holders.setdefault((unit_id, key), set()).add(number)

    def holder(
        self, unit_id: int, key: str, start: datetime, end: datetime | None, *, but: int
    ) -> int | None:
        """Return another point that a key feeds in a span; None: it feeds no other."""
        for number in self._holders.get((unit_id, key), ()):
            if number != but and any(one.key == key for one in self.over(number, start, end)):
                return number
        return None
