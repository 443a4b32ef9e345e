"""How far the record is settled, what is believed, which edits the recompute has not seen."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.facts.models import FactChange, Tail, TwoTimed, known_at
from hengneng.protocol.records import DAY_SECONDS

__all__ = [
    "Change",
    "NotSettled",
    "Version",
    "changed_units",
    "changes_of",
    "days_of_version",
    "known_at",
    "known_in_sql",
    "last_sequence",
    "last_stamp",
    "said_until",
    "settled_until",
    "units_changed",
    "version_from",
]

Fact = TypeVar("Fact", bound=TwoTimed)
_NOW = "superseded_at IS NULL"
_THEN = "recorded_at <= %(as_of)s AND (superseded_at IS NULL OR superseded_at > %(as_of)s)"


class Version(NamedTuple):
    """One version of a fact, in both times.

    Attributes:
        kind: What it says something of: ``PLACEMENT``, ``DESCRIPTION`` …
        subject: Whose: a site's or a point's code, an instrument's number.
        said: What it says, by field.
        valid_from: Since when it was true. Aware.
        valid_until: Until when, exclusive; None: still. Aware.
        recorded_at: Since when it was believed. Aware.
        superseded_at: Until when, exclusive; None: still. Aware.
    """

    kind: str
    subject: str
    said: dict[str, Any]
    valid_from: datetime
    valid_until: datetime | None
    recorded_at: datetime
    superseded_at: datetime | None


class NotSettled(ValueError):
    """The record is not yet settled up to that instant; ask for an earlier one."""


def known_in_sql(as_of: datetime | None) -> str:
    """Return ``known_at`` for a query written in SQL, whose parameter ``as_of`` it names.

    Now is put apart, so that the indexes of what is still believed serve.
    """
    return _NOW if as_of is None else _THEN


def settled_until() -> datetime | None:
    """Return the last instant stamped in both records; None before the first stamps.

    Stamps follow commit order, so everything recorded up to it is visible now.
    """
    tails = dict(
        Tail.objects.filter(name__in=("fact", "message")).values_list("name", "recorded_at")
    )
    return min(tails.values()) if len(tails) == 2 else None


def last_sequence(name: str) -> int:
    """Return the last number stamped in one record; 0 before the first.

    Args:
        name: ``message``, ``fact`` or ``entry``.
    """
    last = Tail.objects.filter(name=name).values_list("sequence", flat=True).first()
    return last or 0


def last_stamp(name: str) -> tuple[int, datetime] | None:
    """Return number and instant of the last stamp of one record; None before the first.

    While it stays the same nothing was recorded. The instant tells apart what a restored database
    counts again.

    Args:
        name: ``message``, ``fact`` or ``entry``.
    """
    return Tail.objects.filter(name=name).values_list("sequence", "recorded_at").first()


class Change(NamedTuple):
    """A span of a unit's time that an edit of facts touched."""

    id: int
    point_id: int | None
    changed_from: datetime
    changed_until: datetime | None


def changes_of(unit_id: int) -> list[Change]:
    """Return the edits of a unit's facts that the recompute has not worked off, oldest first."""
    rows = FactChange.objects.filter(unit_id=unit_id).order_by("id")
    return [Change(*row) for row in rows.values_list(*Change._fields)]


def changed_units(limit: int) -> list[int]:
    """Return units with such edits, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM facts_factchange GROUP BY unit_id ORDER BY min(id) LIMIT %s",
            [limit],
        )
        return [unit_id for (unit_id,) in cursor]


def units_changed(unit_ids: Collection[int]) -> set[int]:
    """Return those of the units that have such edits."""
    rows = FactChange.objects.filter(unit_id__in=list(unit_ids))
    return set(rows.values_list("unit_id", flat=True).distinct())


def version_from(
    versions: QuerySet[Fact], instant: datetime
) -> tuple[Fact | None, datetime | None]:
    """Return the version believed now that is valid at an instant, and when that changes.

    Args:
        versions: All versions of one fact's identity.
        instant: When. Aware.

    Returns:
        The version, None where none is valid then; the end of the version, or where there is none
        the start of the next, None where nothing changes any more.
    """
    lasting = versions.filter(
        known_at(None), Q(valid_until__isnull=True) | Q(valid_until__gt=instant)
    )
    first = lasting.order_by("valid_from").first()
    if first is None:
        return None, None
    if first.valid_from > instant:
        return None, first.valid_from
    return first, first.valid_until


def said_until(
    versions: QuerySet[Any], instant: datetime, fields: Collection[str]
) -> dict[str, datetime | None]:
    """Return when each field first changes after an instant; None: never, as believed now.

    Args:
        versions: All versions of one fact's identity.
        instant: When. Aware.
        fields: The columns that are looked at.
    """
    lasting = versions.filter(
        known_at(None), Q(valid_until__isnull=True) | Q(valid_until__gt=instant)
    )
    rows = list(lasting.order_by("valid_from").values("valid_from", *fields))
    return {
        field: next((row["valid_from"] for row in rows if row[field] != rows[0][field]), None)
        for field in fields
    }


def days_of_version(
    valid_from: datetime | None,
    valid_until: datetime | None,
    following: datetime | None,
    *,
    first: date,
    until: date,
) -> tuple[date, date, date]:
    """Return the local days of a span that a version speaks for: a day is of the last it saw.

    Args:
        valid_from: Since when the version is true; None: since before the span. Aware.
        valid_until: Until when, exclusive; None: until after the span. Aware.
        following: Since when the next version is true; None: there is none. Aware.
        first: First day of the span.
        until: Day after its last.

    Returns:
        The version's first day; the day after the last that ended with it, which is not after the
        first where none did; the day after the last that saw any of it.
    """
    seen_until = until
    if valid_until is not None:
        last = _day_of(valid_until - timedelta(microseconds=1))
        seen_until = min(until, last + timedelta(days=1))
    ends = seen_until if following is None else min(seen_until, _day_of(following))
    begins = first if valid_from is None else max(first, _day_of(valid_from))
    return begins, ends, seen_until


def _day_of(at: datetime) -> date:
    return clock.date_of(clock.local_second(at) // DAY_SECONDS)


def versions(
    kind: str, rows: QuerySet[Any], *, subject: str, said: tuple[str, ...]
) -> list[Version]:
    """Return every version of some facts, superseded ones too, in the order of belief; one query.

    Args:
        kind: What the facts say something of.
        rows: The facts.
        subject: The field that names whose they are.
        said: The fields of what they say.
    """
    times = ("valid_from", "valid_until", "recorded_at", "superseded_at")
    ordered = rows.order_by(subject, "recorded_at", "valid_from")
    return [
        Version(kind, row[subject], {f: row[f] for f in said}, *(row[time] for time in times))
        for row in ordered.values(subject, *said, *times)
    ]
