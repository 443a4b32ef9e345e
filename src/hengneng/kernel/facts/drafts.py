"""Many edits of one kind of fact: thought through in memory, then written at once."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from hengneng.kernel.facts import operations
from hengneng.kernel.facts.models import TwoTimed

Fact = TypeVar("Fact", bound=TwoTimed)


class Draft(Generic[Fact]):
    """What would be believed of some subjects after edits that are not written yet.

    A subject is any plain value that names it, so that one without a row yet can be edited too.
    One query to make, three to write, however many edits: for imports and seeds, under
    ``operations.edit()`` from the reading to the writing.
    """

    def __init__(
        self,
        model: type[Fact],
        *,
        key: str,
        subjects: Mapping[int, Hashable],
        apart: str = "",
    ) -> None:
        """Read what is believed now.

        Args:
            model: The two-timed fact.
            key: Its field that says whose it is: ``site_id``.
            subjects: The subjects that have a row, by its id.
            apart: A second field that keeps facts of one row apart, like a facility's kind; a
                subject is then the pair of what ``subjects`` names and that field's value.
        """
        self._model = model
        self._key = key
        self._gone: list[int] = []
        self._versions: dict[Hashable, list[Fact]] = defaultdict(list)
        self._held: dict[Hashable, set[datetime]] = defaultdict(set)
        believed = model._default_manager.filter(
            superseded_at__isnull=True, **{f"{key}__in": list(subjects)}
        )
        for version in believed.order_by("valid_from"):
            subject = subjects[getattr(version, key)]
            whose = (subject, getattr(version, apart)) if apart else subject
            self._versions[whose].append(version)

    def version_from(
        self, subject: Hashable, instant: datetime
    ) -> tuple[Fact | None, datetime | None]:
        """Return the version that is valid at an instant, and when that changes.

        Args:
            subject: Whose.
            instant: When. Aware.

        Returns:
            As ``queries.version_from``: the version or None; its end, or the start of the next,
            None where nothing changes any more. An instant that is held ends it too.
        """
        version, until = self._valid_from(subject, instant)
        ends = [one for one in self._held.get(subject, ()) if one > instant]
        ends += [] if until is None else [until]
        return version, min(ends, default=None)

    def hold(self, subject: Hashable, instant: datetime) -> None:
        """Let what was said of a subject from an instant on stand against earlier beginnings.

        A list that says nothing new of March keeps March, though a later row tells of January
        something else: what begins before ends there.

        Args:
            subject: Whose.
            instant: From when. Aware.
        """
        self._held[subject].add(instant)

    def replace(
        self,
        subject: Hashable,
        *,
        valid_from: datetime,
        valid_until: datetime | None,
        values: Mapping[str, Any] | None,
    ) -> None:
        """Believe that in this span one version, or none, was true.

        Args:
            subject: Whose.
            valid_from: Start of the span. Aware.
            valid_until: End of the span, exclusive; None: for good. Aware.
            values: The version's other fields; None where nothing was true.

        Raises:
            EmptySpan: If the span holds no instant.
        """
        if valid_until is not None and valid_until <= valid_from:
            raise operations.EmptySpan(f"{valid_from} to {valid_until} holds no instant")
        kept: list[Fact] = []
        for version in self._versions[subject]:
            kept += self._left_of(version, valid_from, valid_until)
        if values is not None:
            kept.append(self._model(**values, valid_from=valid_from, valid_until=valid_until))
        self._versions[subject] = sorted(kept, key=lambda version: version.valid_from)

    def write(self, ids: Mapping[Any, int]) -> None:
        """Supersede and record what the edits come to.

        Args:
            ids: The row of each subject, those made meanwhile too.
        """
        with operations.edit() as recorded_at:
            superseded = self._model._default_manager.filter(pk__in=self._gone)
            superseded.update(superseded_at=recorded_at)
            fresh = []
            for subject, versions in self._versions.items():
                for version in versions:
                    if version.pk is None:
                        setattr(version, self._key, ids[subject])
                        version.recorded_at = recorded_at
                        fresh.append(version)
            self._model._default_manager.bulk_create(fresh)
            self._gone = []

    def _valid_from(
        self, subject: Hashable, instant: datetime
    ) -> tuple[Fact | None, datetime | None]:
        for version in self._versions.get(subject, ()):
            if version.valid_until is not None and version.valid_until <= instant:
                continue
            if version.valid_from > instant:
                return None, version.valid_from
            return version, version.valid_until
        return None, None

    def _left_of(
        self, version: Fact, valid_from: datetime, valid_until: datetime | None
    ) -> list[Fact]:
        """Return what stays of a version outside a span; the version itself where all of it."""
        ends_before = version.valid_until is not None and version.valid_until <= valid_from
        if ends_before or (valid_until is not None and version.valid_from >= valid_until):
            return [version]
        if version.pk is not None:
            self._gone.append(version.pk)
        # When it is recorded is known when it is written.
        return operations.outside(version, valid_from, valid_until, recorded_at=valid_from)
