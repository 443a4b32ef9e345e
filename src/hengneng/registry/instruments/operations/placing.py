"""Say where instruments stand: install, take down, move."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import Installation, Instrument
from hengneng.registry.points import queries as point_queries


class ForeignInstrument(ValueError):
    """Instrument and point belong to different units."""


class InstalledElsewhere(ValueError):
    """The instrument stands at another point in that time."""


class StandsNowhere(ValueError):
    """The instrument stands at no point at that instant."""


@transaction.atomic
def install(
    *,
    instrument_id: int,
    point_id: int,
    valid_from: datetime,
    by: int | None,
    at: datetime,
    valid_until: datetime | None = None,
) -> None:
    """Say that an instrument stands at a point from one instant on; the former one leaves it.

    Args:
        instrument_id: The instrument.
        point_id: The point.
        valid_from: Since when. Aware.
        by: Account acting.
        at: When it is entered. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.

    Raises:
        ForeignInstrument: If they belong to different units.
        InstalledElsewhere: If it stands at another point in that time.
    """
    with facts.edit():
        place(instrument_id, point_id, valid_from, valid_until)
    details = {"point": point_id, "valid_from": valid_from.isoformat()}
    subject = f"instrument:{instrument_id}"
    audit.record("instrument.installed", subject=subject, by=by, at=at, details=details)


@transaction.atomic
def take_down(*, instrument_id: int, valid_from: datetime, by: int | None, at: datetime) -> int:
    """Say that an instrument left its point at an instant, and return the point.

    It stays away until the next change that is known of the point.

    Args:
        instrument_id: The instrument.
        valid_from: Since when it is gone. Aware.
        by: Account acting.
        at: When it is entered. Aware.

    Raises:
        StandsNowhere: If it stands at no point then.
    """
    with facts.edit():
        point_id, until = queries.standing_from(instrument_id, valid_from)
        if point_id is None:
            raise StandsNowhere(f"instrument {instrument_id} stands at no point at {valid_from}")
        facts.replace(
            model=Installation,
            identity={"point_id": point_id},
            valid_from=valid_from,
            valid_until=until,
            values=None,
        )
        _note(point_id, valid_from, until)
    details = {"point": point_id, "valid_from": valid_from.isoformat()}
    subject = f"instrument:{instrument_id}"
    audit.record("instrument.taken_down", subject=subject, by=by, at=at, details=details)
    return point_id


@transaction.atomic
def move(
    *,
    instrument_id: int,
    point_id: int,
    valid_from: datetime,
    by: int | None,
    at: datetime,
) -> int | None:
    """Say that an instrument moved to another point; return the one it left, None: it had none.

    It stands there until the next change that is known of it or of the point.

    Args:
        instrument_id: The instrument.
        point_id: Where it stands from then on.
        valid_from: When it moved. Aware.
        by: Account acting.
        at: When it is entered. Aware.

    Raises:
        ForeignInstrument: If they belong to different units.
        InstalledElsewhere: If it is known to stand at another point later on.
    """
    with facts.edit():
        left, until = queries.standing_from(instrument_id, valid_from)
        if left == point_id:
            return left
        if left is not None:
            take_down(instrument_id=instrument_id, valid_from=valid_from, by=by, at=at)
        ends = (until, queries.place_changes_after(point_id, valid_from))
        end = min((one for one in ends if one is not None), default=None)
        install(
            instrument_id=instrument_id,
            point_id=point_id,
            valid_from=valid_from,
            valid_until=end,
            by=by,
            at=at,
        )
    return left


def place(instrument_id: int, point_id: int, start: datetime, end: datetime | None) -> None:
    """Replace what stands at the point in the span; a part of other operations.

    Raises:
        ForeignInstrument: If they belong to different units.
        InstalledElsewhere: If it stands at another point in that time.
    """
    unit_id = point_queries.unit_of_point(point_id)
    if not Instrument.objects.filter(id=instrument_id, unit_id=unit_id).exists():
        raise ForeignInstrument(f"instrument {instrument_id} is not of point {point_id}'s unit")
    elsewhere = Installation.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=start),
        superseded_at__isnull=True,
        instrument_id=instrument_id,
    ).exclude(point_id=point_id)
    if end is not None:
        elsewhere = elsewhere.filter(valid_from__lt=end)
    if elsewhere.exists():
        raise InstalledElsewhere(f"instrument {instrument_id} stands at another point then")
    facts.replace(
        model=Installation,
        identity={"point_id": point_id},
        valid_from=start,
        valid_until=end,
        values={"instrument_id": instrument_id},
    )
    _note(point_id, start, end)


def touched(
    spans: Iterable[tuple[int, datetime, datetime | None]],
) -> list[tuple[int, int | None, datetime, datetime | None]]:
    """Return the changes that spans of instruments' time come to at their points; one query.

    Args:
        spans: Instrument, start and end (None: for good) of time in which what is known of it
            changed. Aware.

    Returns:
        Unit, point, start and end of each stretch in which it stood somewhere.
    """
    told = list(spans)
    stood: dict[int, list[tuple[int, int, datetime, datetime | None]]] = {}
    believed = Installation.objects.filter(
        superseded_at__isnull=True, instrument_id__in={one for one, _, _ in told}
    )
    fields = ("instrument_id", "instrument__unit_id", "point_id", "valid_from", "valid_until")
    for instrument_id, *stay in believed.values_list(*fields):
        stood.setdefault(instrument_id, []).append((stay[0], stay[1], stay[2], stay[3]))
    found: list[tuple[int, int | None, datetime, datetime | None]] = []
    for instrument_id, start, end in told:
        for unit_id, point_id, since, until in stood.get(instrument_id, ()):
            first = max(start, since)
            last = min((one for one in (end, until) if one is not None), default=None)
            if last is None or first < last:
                found.append((unit_id, point_id, first, last))
    return found


def _note(point_id: int, start: datetime, end: datetime | None) -> None:
    """Leave word of what telemetry must work out again."""
    facts.note_change(
        unit_id=point_queries.unit_of_point(point_id),
        point_id=point_id,
        changed_from=start,
        changed_until=end,
    )
