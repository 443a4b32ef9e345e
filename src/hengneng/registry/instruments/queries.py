"""Which instruments a unit has, which stood where, which were exchanged."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import known_at, version_from
from hengneng.registry.instruments.models import Exchange, Installation, Instrument


class InstrumentRow(NamedTuple):
    """An instrument and the point it stands at; None where it stands at none.

    Source:
        JJF 1356-2012, form B.3.
    """

    id: int
    number: str
    name: str
    model: str
    maker: str
    serial_number: str
    accuracy_class: str
    point_id: int | None
    point_code: str | None


class ExchangeRow(NamedTuple):
    """An exchange of a point's instrument.

    Attributes:
        point_id: The point.
        happened_at: The instant. Aware.
        before_value: What the old register showed at the end.
        after_value: What the new register showed at the start.
    """

    point_id: int
    happened_at: datetime
    before_value: Decimal
    after_value: Decimal


def instruments_of(unit_id: int, *, at: datetime | None = None) -> list[InstrumentRow]:
    """Return the unit's instruments with the point each stands at, by number; two queries.

    Args:
        unit_id: The unit.
        at: At which instant; None: now. Aware.
    """
    instant = at or clock.now()
    standing = Installation.objects.filter(
        known_at(None), _valid_at(instant), instrument__unit_id=unit_id
    )
    places = {
        instrument: (point, code)
        for instrument, point, code in standing.values_list(
            "instrument_id", "point_id", "point__code"
        )
    }
    fields = ("id", "number", "name", "model", "maker", "serial_number", "accuracy_class")
    known = Instrument.objects.filter(unit_id=unit_id).order_by("number").values_list(*fields)
    return [InstrumentRow(*row, *places.get(row[0], (None, None))) for row in known]


def instrument_at(
    point_id: int, instant: datetime, *, as_of: datetime | None = None
) -> Instrument | None:
    """Return the instrument that stood at a point at an instant; None where none is known.

    Args:
        point_id: The point.
        instant: When. Aware.
        as_of: As believed when; None: now. Aware.
    """
    standing = Installation.objects.filter(
        known_at(as_of), _valid_at(instant), point_id=point_id
    ).select_related("instrument")
    found = standing.first()
    return found.instrument if found else None


def standing_from(instrument_id: int, instant: datetime) -> tuple[int | None, datetime | None]:
    """Return the point an instrument stands at at an instant, and when that changes."""
    versions = Installation.objects.filter(instrument_id=instrument_id)
    version, until = version_from(versions, instant)
    return (version.point_id if version else None), until


def place_changes_after(point_id: int, instant: datetime) -> datetime | None:
    """Return when what stands at a point changes next after an instant; None: never, as known."""
    _, until = version_from(Installation.objects.filter(point_id=point_id), instant)
    return until


def instrument_by_number(unit_id: int, number: str) -> Instrument | None:
    """Return the unit's instrument of that number; None where it has none."""
    return Instrument.objects.filter(unit_id=unit_id, number=number).first()


def exchanges_of(unit_id: int, *, as_of: datetime | None = None) -> list[ExchangeRow]:
    """Return the exchanges at a unit's points, by point and instant.

    Args:
        unit_id: The unit.
        as_of: As believed when; None: now. Aware.
    """
    believed = Exchange.objects.filter(known_at(as_of), point__unit_id=unit_id)
    ordered = believed.order_by("point_id", "happened_at")
    return [ExchangeRow(*row) for row in ordered.values_list(*ExchangeRow._fields)]


def installation_versions(unit_id: int) -> list[facts.Version]:
    """Return every version of where the unit's instruments stood, superseded ones too."""
    stood = Installation.objects.filter(instrument__unit_id=unit_id)
    said = ("point__code",)
    return facts.versions("INSTALLATION", stood, subject="instrument__number", said=said)


def exchange_versions(unit_id: int) -> list[facts.Version]:
    """Return every version of the exchanges at the unit's points, as facts of one instant."""
    told = Exchange.objects.filter(point__unit_id=unit_id)
    ordered = told.order_by("point__code", "recorded_at").values_list(
        "point__code",
        "before_value",
        "after_value",
        "happened_at",
        "recorded_at",
        "superseded_at",
    )
    return [
        facts.Version(
            "EXCHANGE",
            code,
            {"before_value": before, "after_value": after},
            happened,
            happened,
            recorded,
            superseded,
        )
        for code, before, after, happened, recorded, superseded in ordered
    ]


def _valid_at(instant: datetime) -> Q:
    """Return the filter for versions valid at an instant."""
    return Q(valid_from__lte=instant) & (Q(valid_until__isnull=True) | Q(valid_until__gt=instant))
