"""Which instruments a unit has, which stood where, in what condition, of which class."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import known_at, version_from
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments.models import Installation, Instrument, Status
from hengneng.registry.instruments.queries.certificates import (
    CertificateRow,
    day_of,
    last_certificates,
)
from hengneng.registry.instruments.rules.standing import Due, Standing, due_of
from hengneng.registry.units import queries as units


class UnknownInstrument(LookupError):
    """There is no such instrument, or it is not the viewer's to see."""


class InstrumentRow(NamedTuple):
    """An instrument as it is at one instant, form B.3's columns.

    Attributes:
        id: The instrument.
        number: The unit's number of it, else the maker's.
        name: Its name.
        model: Its model.
        maker: Its maker.
        serial_number: The maker's number.
        accuracy_class: The class that the valid certificate gives, else as the ledger states it.
        point_id: The point it stands at; None: none.
        point_code: That point's code.
        kind: Its kind (``rules.kinds``); empty: not known.
        measuring_range: What it measures within.
        place: Where it stands and what for.
        condition: ``QUALIFIED``, ``LIMITED`` or ``STOPPED``; empty: not said.
        stated_class: The class as the ledger states it.
        class_certificate: Number of the valid certificate that gives the class; empty: the ledger.
        nominal_diameter_mm: Its nominal diameter; None: not said. [mm]
        is_mandatory: Whether it is under mandatory verification; None: not said.
        cycle_months: The unit's own cycle; None: the regulation's. [months]
        certificate: The last certificate given, whether it still holds or not; None: none.
        standing: What that says of the instrument on the day.
        due: How soon it is due, counted from the day.
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
    kind: str
    measuring_range: str
    place: str
    condition: str
    stated_class: str
    class_certificate: str
    nominal_diameter_mm: int | None
    is_mandatory: bool | None
    cycle_months: int | None
    certificate: CertificateRow | None
    standing: Standing
    due: Due

    @property
    def due_on(self) -> date | None:
        """From which day on it is overdue; None: not known."""
        return self.certificate.due_on if self.certificate else None

    @property
    def is_in_date(self) -> bool:
        """Whether its certificate holds on the day; unknown is not in date."""
        return self.standing is Standing.IN_DATE


def instruments_of(
    unit_id: int, *, at: datetime | None = None, as_of: datetime | None = None
) -> list[InstrumentRow]:
    """Return the unit's instruments as they are at an instant, by number; four queries.

    Args:
        unit_id: The unit.
        at: At which instant; None: now. Aware.
        as_of: As believed when; None: now. Aware.
    """
    return instruments_by_unit([unit_id], at=at, as_of=as_of).get(unit_id, [])


def instruments_by_unit(
    unit_ids: Collection[int], *, at: datetime | None = None, as_of: datetime | None = None
) -> dict[int, list[InstrumentRow]]:
    """Return for each unit its instruments as they are at an instant, by number; four queries.

    Args:
        unit_ids: The units.
        at: At which instant; None: now. Aware.
        as_of: As believed when; None: now. Aware.
    """
    found: dict[int, list[InstrumentRow]] = defaultdict(list)
    among = Instrument.objects.filter(unit_id__in=unit_ids)
    for unit_id, row in rows_of(among, at or clock.now(), as_of):
        found[unit_id].append(row)
    return found


def instrument_by_id(
    viewer: Viewer,
    permission: Permission,
    instrument_id: int,
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
) -> tuple[int, InstrumentRow]:
    """Return the unit of an instrument, and the instrument as it is at an instant.

    Raises:
        UnknownInstrument: If there is none, or the permission does not reach its unit.
    """
    visible = units.visible_to(viewer, permission)
    among = Instrument.objects.filter(id=instrument_id, unit_id__in=visible.values("id"))
    for row in rows_of(among, at or clock.now(), as_of):
        return row
    raise UnknownInstrument(f"no instrument {instrument_id}")


def instrument_at(
    point_id: int, instant: datetime, *, as_of: datetime | None = None
) -> InstrumentRow | None:
    """Return the instrument that stood at a point at an instant; None where none is known.

    Its class is that of the certificate valid then.

    Args:
        point_id: The point.
        instant: When. Aware.
        as_of: As believed when; None: now. Aware.
    """
    standing = Installation.objects.filter(
        known_at(as_of), _valid_at(instant), point_id=point_id
    ).values("instrument_id")
    rows = rows_of(Instrument.objects.filter(id__in=standing), instant, as_of)
    return rows[0][1] if rows else None


def standing_from(instrument_id: int, instant: datetime) -> tuple[int | None, datetime | None]:
    """Return the point an instrument stands at at an instant, and when that changes."""
    versions = Installation.objects.filter(instrument_id=instrument_id)
    version, until = version_from(versions, instant)
    return (version.point_id if version else None), until


def place_changes_after(point_id: int, instant: datetime) -> datetime | None:
    """Return when what stands at a point changes next after an instant; None: never, as known."""
    _, until = version_from(Installation.objects.filter(point_id=point_id), instant)
    return until


def status_from(instrument_id: int, instant: datetime) -> tuple[str, datetime | None]:
    """Return an instrument's condition at an instant, empty where not said; when it changes."""
    version, until = version_from(Status.objects.filter(instrument_id=instrument_id), instant)
    return (version.condition if version else ""), until


def instrument_by_number(unit_id: int, number: str) -> Instrument | None:
    """Return the unit's instrument of that number; None where it has none."""
    return Instrument.objects.filter(unit_id=unit_id, number=number).first()


def units_of_instruments(instrument_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return code and name of the unit, and the number, of each of these instruments."""
    rows = Instrument.objects.filter(id__in=instrument_ids)
    told = rows.values_list("id", "unit__code", "unit__name", "number")
    return {number: (code, name, own) for number, code, name, own in told}


def installation_versions(unit_id: int) -> list[facts.Version]:
    """Return every version of where the unit's instruments stood, superseded ones too."""
    stood = Installation.objects.filter(instrument__unit_id=unit_id)
    said = ("point__code",)
    return facts.versions("INSTALLATION", stood, subject="instrument__number", said=said)


def status_versions(unit_id: int) -> list[facts.Version]:
    """Return every version of the condition of the unit's instruments, superseded ones too."""
    told = Status.objects.filter(instrument__unit_id=unit_id)
    return facts.versions("STATUS", told, subject="instrument__number", said=("condition",))


def rows_of(
    among: QuerySet[Instrument], instant: datetime, as_of: datetime | None
) -> list[tuple[int, InstrumentRow]]:
    """Return some instruments with their units, by unit and number; four queries."""
    valid = Q(known_at(as_of), _valid_at(instant), instrument__in=among.values("id"))
    stood = Installation.objects.filter(valid)
    places = {
        instrument: (point, code)
        for instrument, point, code in stood.values_list("instrument_id", "point_id", "point__code")
    }
    told = Status.objects.filter(valid)
    conditions = dict(told.values_list("instrument_id", "condition"))
    certified = last_certificates(among, at=instant, as_of=as_of)
    day = day_of(instant)
    return [
        (
            one.unit_id,
            _row(
                one,
                places.get(one.id, (None, None)),
                conditions.get(one.id, ""),
                certified.get(one.id),
                day,
            ),
        )
        for one in among.order_by("unit_id", "number")
    ]


def _row(
    one: Instrument,
    place: tuple[int | None, str | None],
    condition: str,
    certificate: CertificateRow | None,
    day: date,
) -> InstrumentRow:
    """Return one instrument's row: its class is the valid certificate's, else as stated."""
    standing = certificate.standing_on(day) if certificate else Standing.NO_CERTIFICATE
    holds = standing in (Standing.IN_DATE, Standing.NO_DUE_DAY)
    gives = certificate is not None and holds and certificate.accuracy_class != ""
    result, due_on = (certificate.result, certificate.due_on) if certificate else (None, None)
    return InstrumentRow(
        id=one.id,
        number=one.number,
        name=one.name,
        model=one.model,
        maker=one.maker,
        serial_number=one.serial_number,
        accuracy_class=certificate.accuracy_class if certificate and gives else one.accuracy_class,
        point_id=place[0],
        point_code=place[1],
        kind=one.kind,
        measuring_range=one.measuring_range,
        place=one.place,
        condition=condition,
        stated_class=one.accuracy_class,
        class_certificate=certificate.number if certificate and gives else "",
        nominal_diameter_mm=one.nominal_diameter_mm,
        is_mandatory=one.is_mandatory,
        cycle_months=one.cycle_months,
        certificate=certificate,
        standing=standing,
        due=due_of(result, due_on, day=day),
    )


def _valid_at(instant: datetime) -> Q:
    """Return the filter for versions valid at an instant."""
    return Q(valid_from__lte=instant) & (Q(valid_until__isnull=True) | Q(valid_until__gt=instant))
