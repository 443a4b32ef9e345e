"""One of everything that stands in a unit's ledger, made for the first time it is asked for."""

from datetime import timedelta
from decimal import Decimal

from tests.two_districts import SINCE, Place, point

from hengneng.kernel.files import operations as files
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.declarations import operations as declarations
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.rules import PointChange
from hengneng.registry.energy.operations import Document
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.equipment.models import Consumer
from hengneng.registry.fuels.models import Purchase, StockTaking
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
from hengneng.registry.units.models import Contact, Site

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


def declaration_of(place: Place) -> int:
    """Return the unit's declaration: its point bears another name; a paper shows it."""
    known = Declaration.objects.filter(unit=place.unit).first()
    if known is not None:
        return known.pk
    return declarations.declare(
        unit_id=place.unit.id,
        content=PointChange(place.point.code, AT.date(), name="新总表"),
        proof=Document("平面图.pdf", b"%PDF"),
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


def taking_of(place: Place) -> int:
    """Return the unit's stock of a fuel."""
    made, _ = StockTaking.objects.get_or_create(
        unit=place.unit, energy_type_id="ELECTRICITY", amount=1, determined_by="WEIGHED",
        defaults={"valid_from": SINCE, "recorded_at": AT},
    )  # fmt: skip
    return int(made.pk)


def purchase_of(place: Place) -> int:
    """Return the unit's purchase of a fuel."""
    made, _ = Purchase.objects.get_or_create(
        unit=place.unit, energy_type_id="ELECTRICITY", paper="F-1", supplier="甲", year=SINCE.year,
        amount=1,
        defaults={"valid_from": SINCE, "recorded_at": AT},
    )  # fmt: skip
    return int(made.pk)


def fuel_paper_of(place: Place) -> int:
    """Return the file on which the unit's stock of a fuel stands."""
    taken = StockTaking.objects.get(id=taking_of(place))
    if taken.document_id is None:
        kept = files.keep(
            name="盘点表.pdf", body=b"%PDF", media_type="application/pdf", by=None, at=AT
        )
        StockTaking.objects.filter(id=taken.pk).update(document=kept)
        return int(kept.pk)
    return int(taken.document_id)


def named(place: Place, what: str, code: str) -> None:
    """Give the unit a point, site or consumer of that code."""
    if what == "point":
        point(place.unit, code, None)
    elif what == "site":
        Site.objects.create(unit=place.unit, code=code, name=code)
    else:
        equipment.create_consumer(
            unit_id=place.unit.id, code=code, name=code, kind="EQUIPMENT", valid_from=SINCE,
            **_BY_NOBODY,
        )  # fmt: skip
