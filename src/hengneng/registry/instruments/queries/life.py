"""An instrument's life line: entered where, in what condition, certified, exchanged, told of."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from hengneng.kernel.facts.queries import known_at
from hengneng.registry.instruments.models import (
    ChangeNotice,
    Exchange,
    Installation,
    Status,
)
from hengneng.registry.instruments.queries.certificates import certificates_of, start_of


class LifeEvent(NamedTuple):
    """Something that happened to an instrument.

    Attributes:
        at: When. Aware.
        what: ``INSTALLED``, ``REMOVED``, ``STATUS``, ``CERTIFICATE``, ``EXCHANGE`` or ``NOTICE``.
        said: What of it, by field.
    """

    at: datetime
    what: str
    said: dict[str, Any]


def life_of(instrument_id: int, *, as_of: datetime | None = None) -> list[LifeEvent]:
    """Return what happened to an instrument, the earliest first; five queries.

    Args:
        instrument_id: The instrument.
        as_of: As believed when; None: now. Aware. Notices are told as they stand now.
    """
    stood = Installation.objects.filter(known_at(as_of), instrument_id=instrument_id)
    places = list(
        stood.order_by("valid_from").values_list(
            "point_id", "point__code", "valid_from", "valid_until"
        )
    )
    events = [event for place in places for event in _placed(*place)]
    told = Status.objects.filter(known_at(as_of), instrument_id=instrument_id)
    events += [
        LifeEvent(since, "STATUS", {"condition": condition})
        for condition, since in told.values_list("condition", "valid_from")
    ]
    events += [
        LifeEvent(start_of(row.verified_on), "CERTIFICATE", row._asdict())
        for row in certificates_of([instrument_id], as_of=as_of)
    ]
    events += _exchanges(places, as_of)
    notices = ChangeNotice.objects.filter(instrument_id=instrument_id)
    events += [
        LifeEvent(happened, "NOTICE", {"id": number, "kind": kind, "state": state})
        for number, kind, state, happened in notices.values_list(
            "id", "kind", "state", "happened_at"
        )
    ]
    return sorted(events, key=lambda event: (event.at, event.what))


def _placed(point_id: int, code: str, since: datetime, until: datetime | None) -> list[LifeEvent]:
    """Return an installation's beginning and, where it has one, its end."""
    said = {"point_id": point_id, "point_code": code}
    came = LifeEvent(since, "INSTALLED", said)
    return [came] if until is None else [came, LifeEvent(until, "REMOVED", said)]


def _exchanges(
    places: list[tuple[int, str, datetime, datetime | None]], as_of: datetime | None
) -> list[LifeEvent]:
    """Return the exchanges by which the instrument came to a point or left it; one query."""
    around = Q()
    for point_id, _, since, until in places:
        around |= Q(point_id=point_id, happened_at__in=[since, until] if until else [since])
    if not places:
        return []
    told = Exchange.objects.filter(known_at(as_of), around)
    fields = ("happened_at", "point__code", "before_value", "after_value")
    return [
        LifeEvent(
            happened,
            "EXCHANGE",
            {"point_code": code, "before_value": before, "after_value": after},
        )
        for happened, code, before, after in told.values_list(*fields)
    ]
