"""One of everything that stands in a unit's ledger, made for the first time it is asked for."""

from datetime import timedelta
from decimal import Decimal

from tests.two_districts import SINCE, Place

from hengneng.kernel.files import operations as files
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.equipment.models import Consumer
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments.models import (
    Certificate,
    ChangeNotice,
    Instrument,
    InstrumentProposal,
)
from hengneng.registry.instruments.operations import NewCertificate
from hengneng.registry.instruments.rules.changes import Said
from hengneng.registry.units import operations as units
from hengneng.registry.units.models import Contact

AT = SINCE + timedelta(days=20)
ROLE = "METERING_LEAD"
NUMBER = "M-01"
_BY_NOBODY = {"by": None, "at": AT}


def instrument_of(place: Place) -> int:
    """Return the unit's instrument, which stands at its point."""
    known = Instrument.objects.filter(unit=place.unit).first()
    if known is not None:
        return known.pk
    made = instruments.create_instrument(
        unit_id=place.unit.id, number=NUMBER, name="电能表", **_BY_NOBODY
    )
    instruments.install(
        instrument_id=made.pk, point_id=place.point.id, valid_from=SINCE, **_BY_NOBODY
    )
    return made.pk


def certificate_of(place: Place) -> int:
    """Return the instrument's certificate with its paper, brought by nobody."""
    instrument_id = instrument_of(place)
    known = Certificate.objects.filter(instrument_id=instrument_id, superseded_at=None).first()
    if known is not None:
        return known.pk
    paper = files.keep(name="a.pdf", body=b"%PDF", media_type="application/pdf", **_BY_NOBODY)
    told = NewCertificate(instrument_id, "C-1", SINCE.date(), file_id=paper.id)
    return instruments.enter_certificate(certificate=told, **_BY_NOBODY)


def change_of(place: Place) -> int:
    """Return the unit's change notice: its meter was exchanged."""
    known = ChangeNotice.objects.filter(unit=place.unit).first()
    if known is not None:
        return known.pk
    return instruments.report_change(
        unit_id=place.unit.id,
        kind="EXCHANGE",
        happened_at=AT - timedelta(days=1),
        said=Said(before_value=Decimal(900), after_value=Decimal(0)),
        point_id=place.point.id,
        **_BY_NOBODY,
    ).pk


def proposed_of(place: Place) -> int:
    """Return the instrument that the unit's terminal describes."""
    fields = {"meteringName": "水表", "manageCode": "W-1"}
    known, _ = InstrumentProposal.objects.get_or_create(
        unit=place.unit, key="W-1",
        defaults={
            "name": "水表", "uploaded": fields, "state": "PROPOSED", "proposed_at": AT,
        },
    )  # fmt: skip
    return known.pk


def consumer_of(place: Place) -> int:
    """Return the unit's chiller."""
    known = Consumer.objects.filter(unit=place.unit).first()
    if known is not None:
        return known.pk
    return equipment.create_consumer(
        unit_id=place.unit.id, code="CH-01", name="冷机", kind="EQUIPMENT", valid_from=SINCE,
        **_BY_NOBODY,
    ).pk  # fmt: skip


def person_of(place: Place) -> int:
    """Return who leads the unit's metering."""
    known = Contact.objects.filter(unit=place.unit).first()
    if known is not None:
        return known.person_id
    return units.add_contact(
        unit_id=place.unit.id,
        role=ROLE,
        fields={Field.NAME: "王计量"},
        valid_from=SINCE,
        **_BY_NOBODY,
    )
