"""Stamp the record, supersede facts, note what an edit touches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models, transaction

from hengneng.kernel import clock
from hengneng.kernel.facts.models import FactChange, TwoTimed

Fact = TypeVar("Fact", bound=TwoTimed)
_recording: ContextVar[datetime | None] = ContextVar("recording", default=None)


class EmptySpan(ValueError):
    """The span ends before or when it begins."""


class NothingKnown(ValueError):
    """Nothing is known in that span, so nothing can be amended."""


class Stamp(NamedTuple):
    """The first of the sequence numbers taken, and the instant of all of them."""

    sequence: int
    recorded_at: datetime


def stamp(*, name: str, count: int = 1) -> Stamp:
    """Take the next ``count`` numbers of the record ``name`` and the instant of their recording.

    Call it inside the transaction that records, as late as can be: the row stays locked until the
    commit, which is what makes the instant follow commit order. The instant is the clock's, or one
    microsecond past the last one where the clock stands still or went back.

    Args:
        name: ``message``, ``fact`` or ``entry``.
        count: How many numbers. [count]
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO facts_tail AS tail (name, sequence, recorded_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET sequence = tail.sequence + excluded.sequence,"
            " recorded_at = greatest(excluded.recorded_at,"
            " tail.recorded_at + interval '1 microsecond')"
            " RETURNING sequence - %s + 1, recorded_at",
            [name, count, clock.now(), count],
        )
        row = cursor.fetchone()
    return Stamp(*row)


def note_change(
    *,
    unit_id: int,
    point_id: int | None,
    changed_from: datetime,
    changed_until: datetime | None,
) -> None:
    """Leave word for telemetry that this span of the unit's time must be worked out again."""
    FactChange.objects.create(
        unit_id=unit_id, point_id=point_id, changed_from=changed_from, changed_until=changed_until
    )


def note_new_points(*, points: Iterable[tuple[int, int, datetime, datetime | None]]) -> None:
    """Leave word of many new points at once.

    Args:
        points: Unit, point, since when it is known, and until when. Aware.
    """
    note_changes(changes=points)


def note_changes(*, changes: Iterable[tuple[int, int | None, datetime, datetime | None]]) -> None:
    """Leave word of many edits at once.

    Args:
        changes: Unit, point (None: every point of the unit), since when and until when its time
            is touched. Aware.
    """
    FactChange.objects.bulk_create(
        FactChange(unit_id=unit_id, point_id=point_id, changed_from=start, changed_until=end)
        for unit_id, point_id, start, end in changes
    )


def clear_changes(*, ids: Sequence[int]) -> None:
    """Forget the edits that the recompute has worked off: exactly those it read."""
    FactChange.objects.filter(id__in=ids).delete()


@transaction.atomic
def settle() -> datetime:
    """Return an instant up to which the record can no longer change, as late as possible.

    Waits for recordings under way, then moves each tail to now: whatever is recorded later is
    stamped later. Use ``queries.settled_until`` where waiting is not wanted.
    """
    return min(stamp(name=name, count=0).recorded_at for name in ("fact", "message"))


@contextmanager
def edit() -> Iterator[datetime]:
    """Give the one instant at which everything edited inside is recorded.

    One transaction; an edit inside an edit shares the outer one's instant, so no ``as_of`` can see
    half of an operation. The stamp comes first here: its row lock puts edits of facts one after
    the other, so none reads what another is about to supersede, and none can deadlock.
    """
    outer = _recording.get()
    if outer is not None:
        yield outer
        return
    with transaction.atomic():
        recorded_at = stamp(name="fact").recorded_at
        token = _recording.set(recorded_at)
        try:
            yield recorded_at
        finally:
            _recording.reset(token)


def replace(
    *,
    model: type[Fact],
    identity: Mapping[str, Any],
    valid_from: datetime,
    valid_until: datetime | None,
    values: Mapping[str, Any] | None,
) -> None:
    """Believe from now on that in this span one version, or none, was true.

    Versions of the identity that overlap the span are superseded; what of them lies outside the
    span is recorded again, trimmed.

    Args:
        model: The two-timed fact.
        identity: Field values that say whose fact it is: ``{"point_id": 7}``.
        valid_from: Start of the span. Aware.
        valid_until: End of the span, exclusive; None: for good. Aware.
        values: The new version's other fields; None where nothing was true.

    Raises:
        EmptySpan: If the span holds no instant.
    """
    with edit() as recorded_at:
        pieces = _supersede(model, identity, valid_from, valid_until, recorded_at, None)
        if values is not None:
            span = {"valid_from": valid_from, "valid_until": valid_until}
            pieces.append(model(**identity, **values, **span, recorded_at=recorded_at))
        _record(model, pieces)


def amend(
    *,
    model: type[Fact],
    identity: Mapping[str, Any],
    valid_from: datetime,
    valid_until: datetime | None,
    changes: Mapping[str, Any],
) -> None:
    """Believe from now on that these fields were different in this span, and no others.

    Every version of the identity that overlaps the span is superseded; its part inside the span
    is recorded again with the changes, its parts outside without.

    Args:
        model: The two-timed fact.
        identity: Field values that say whose fact it is: ``{"point_id": 7}``.
        valid_from: Start of the span. Aware.
        valid_until: End of the span, exclusive; None: for good. Aware.
        changes: Field values to change.

    Raises:
        EmptySpan: If the span holds no instant.
        NothingKnown: If no version overlaps the span.
    """
    with edit() as recorded_at:
        pieces = _supersede(model, identity, valid_from, valid_until, recorded_at, changes)
        if not pieces:
            raise NothingKnown(f"no {model.__name__} of {dict(identity)} in that span")
        _record(model, pieces)


def reach_back(
    *, model: type[Fact], identity: Mapping[str, Any], valid_from: datetime, fields: Iterable[str]
) -> datetime | None:
    """Let what is first believed of something begin earlier, saying the same.

    Args:
        model: The facts' table.
        identity: What the facts are about.
        valid_from: Since when it is to be believed. Aware.
        fields: What the facts say.

    Returns:
        Where the new span ends, aware; None where nothing is believed, or it reaches so far.
    """
    believed = model._default_manager.filter(superseded_at__isnull=True, **identity)
    first = believed.order_by("valid_from").first()
    if first is None or first.valid_from <= valid_from:
        return None
    replace(
        model=model,
        identity=identity,
        valid_from=valid_from,
        valid_until=first.valid_from,
        values={field: getattr(first, field) for field in fields},
    )
    return first.valid_from


def _supersede(
    model: type[Fact],
    identity: Mapping[str, Any],
    valid_from: datetime,
    valid_until: datetime | None,
    recorded_at: datetime,
    changes: Mapping[str, Any] | None,
) -> list[Fact]:
    """Supersede what overlaps the span and return what of it stays, not yet recorded.

    That is what lies outside the span and, unless ``changes`` is None, what lies inside, changed.
    """
    if valid_until is not None and valid_until <= valid_from:
        raise EmptySpan(f"{valid_from} to {valid_until} holds no instant")
    believed = model._default_manager.filter(
        models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=valid_from),
        superseded_at__isnull=True,
        **identity,
    )
    if valid_until is not None:
        believed = believed.filter(valid_from__lt=valid_until)
    versions = list(believed.order_by("valid_from"))
    if versions:
        believed.update(superseded_at=recorded_at)
    pieces = []
    for version in versions:
        pieces += outside(version, valid_from, valid_until, recorded_at=recorded_at)
        if changes is not None:
            start = max(version.valid_from, valid_from)
            ends = [end for end in (version.valid_until, valid_until) if end is not None]
            end = min(ends) if ends else None
            pieces.append(_copy(version, recorded_at, valid_from=start, valid_until=end, **changes))
    return pieces


def outside(
    version: Fact, valid_from: datetime, valid_until: datetime | None, *, recorded_at: datetime
) -> list[Fact]:
    """Return the parts of a version before and after a span, not yet recorded.

    Args:
        version: A version that overlaps the span.
        valid_from: Start of the span. Aware.
        valid_until: End of the span, exclusive; None: for good. Aware.
        recorded_at: Since when the parts are believed. Aware.
    """
    parts = []
    if version.valid_from < valid_from:
        parts.append(_copy(version, recorded_at, valid_until=valid_from))
    if valid_until is not None and (
        version.valid_until is None or version.valid_until > valid_until
    ):
        parts.append(_copy(version, recorded_at, valid_from=valid_until))
    return parts


def _copy(version: Fact, recorded_at: datetime, **changes: Any) -> Fact:
    """Return the version with some fields changed, to be recorded anew."""
    values = {
        field.attname: getattr(version, field.attname)
        for field in version._meta.concrete_fields
        if not field.primary_key
    }
    values |= {"recorded_at": recorded_at, "superseded_at": None}
    return type(version)(**(values | changes))


def _record(model: type[Fact], pieces: list[Fact]) -> None:
    """Insert the versions."""
    model._default_manager.bulk_create(pieces)
