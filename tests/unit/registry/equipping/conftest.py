"""A hotel's ledger: a boundary meter, a plant room, two chillers, a boiler."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hengneng.registry.equipment import operations as equipment
from hengneng.registry.instruments.models import Certificate, Installation, Instrument, Status
from hengneng.registry.points import operations as points

AT = datetime(2025, 12, 1, 8, tzinfo=UTC)
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
DONE_ON = date(2025, 1, 1)


@pytest.fixture
def make_consumer(unit, energy_types):
    def make(code, kind="EQUIPMENT", *needs, **changes):
        consumer = equipment.create_consumer(
            **{
                "unit_id": unit.id,
                "code": code,
                "name": code,
                "kind": kind,
                "valid_from": NEW_YEAR,
                "by": 7,
                "at": AT,
            }
            | changes
        )
        for energy_type, amount, measure in needs:
            equipment.set_demand(
                consumer_id=consumer.pk,
                energy_type_id=energy_type,
                amount=Decimal(amount),
                measure=measure,
                valid_from=NEW_YEAR,
                by=7,
                at=AT,
            )
        return consumer

    return make


@pytest.fixture
def make_point(unit, energy_types):
    def make(code, level, feeds=None, energy_type="ELECTRICITY"):
        return points.create_point(
            unit_id=unit.id,
            code=code,
            name=code,
            energy_type_id=energy_type,
            level=level,
            kind="INCREMENT",
            feeds_id=feeds.pk if feeds else None,
            valid_from=NEW_YEAR,
            by=7,
            at=AT,
        )

    return make


@pytest.fixture
def make_instrument(unit):
    """An instrument at a point since the new year, with a certificate where a due day is given."""

    def make(point, *, accuracy_class="0.5S", due_on=date(2026, 1, 1), condition="", result=None):
        since = {"valid_from": NEW_YEAR, "recorded_at": NEW_YEAR}
        one = Instrument.objects.create(
            unit=unit, number=f"M-{point.code}", name="电能表", accuracy_class=accuracy_class
        )
        Installation.objects.create(instrument=one, point=point, **since)
        if condition:
            Status.objects.create(instrument=one, condition=condition, **since)
        if due_on:
            Certificate.objects.create(
                instrument=one, number=f"C-{point.code}", kind="VERIFICATION",
                verified_on=DONE_ON, result=result or "QUALIFIED",
                accuracy_class=accuracy_class, due_on=due_on, ends_in="VERIFY", **since,
            )  # fmt: skip
        return one

    return make


@pytest.fixture
def hotel(make_consumer, make_point, make_instrument):
    """All of it metered, but the second chiller; the third is small."""
    room = make_consumer("B1", "SUB_UNIT", ("ELECTRICITY", "900", "kW"))
    chillers = [
        make_consumer(f"CH-{n}", "EQUIPMENT", ("ELECTRICITY", kilowatts, "kW"), parent_id=room.pk)
        for n, kilowatts in ((1, "400"), (2, "400"), (3, "99"))
    ]
    boiler = make_consumer("BO-1", "EQUIPMENT", ("NATURAL_GAS", "120", "m3/h"))
    places = {
        "E-1": make_point("E-1", "LEVEL_1"),
        "E-2": make_point("E-2", "LEVEL_2", room),
        "E-3": make_point("E-3", "LEVEL_3", chillers[0]),
        "G-1": make_point("G-1", "LEVEL_1", None, "NATURAL_GAS"),
        "G-3": make_point("G-3", "LEVEL_3", boiler, "NATURAL_GAS"),
    }
    for point in places.values():
        make_instrument(point, accuracy_class="0.5S" if point.code[0] == "E" else "1.5")
    return places
