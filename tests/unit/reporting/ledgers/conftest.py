"""A unit with a full ledger and four days of readings."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.worlds import OPENING, REGISTER, World

from hengneng.kernel import clock
from hengneng.kernel.personal.rules.masks import Field
from hengneng.protocol.records import Record
from hengneng.registry.energy import operations as energy
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points import operations as points
from hengneng.registry.units import operations as units
from hengneng.telemetry.journal import operations as journal

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def four_days_of_november(transactional_db):
    """A unit whose boundary register counted 96 kWh in four days of November 2025."""
    energy.load_rules(by=None, at=clock.now())
    world = World.made()
    world.send([Record(REGISTER, OPENING + n * 3600, n, 0, "M", 0) for n in range(4 * 24 + 1)])
    world.settle()
    yield world
    journal.stop()


@pytest.fixture
def equipped_unit(db):
    """A unit with a certified meter at its boundary, one stored, and a chiller."""
    energy.load_rules(by=None, at=clock.now())
    instruments.load_rules(by=None, at=clock.now())
    world = World.made()
    chiller = _chiller(world)
    points.create_point(
        unit_id=world.unit_id, code="E3", name="冷水机组电表", energy_type_id="ELECTRICITY",
        level="LEVEL_3", kind="REGISTER", feeds_id=chiller, parent_id=world.points[0],
        valid_from=LONG_AGO, by=None, at=clock.now(),
    )  # fmt: skip
    _meter(world)
    units.add_contact(
        unit_id=world.unit_id, role="METERING_LEAD", post="设备部经理", training="2025年计量培训",
        fields={Field.NAME: "欧阳修", Field.PHONE: "13812345678"}, valid_from=LONG_AGO,
        by=None, at=clock.now(),
    )  # fmt: skip
    instruments.create_instrument(
        unit_id=world.unit_id, number="N-2", name="备用电能表", accuracy_class="1.0",
        cycle_months=6, by=None, at=clock.now(),
    )  # fmt: skip
    return world


def _chiller(world) -> int:
    made = equipment.create_consumer(
        unit_id=world.unit_id, code="CH-1", name="冷水机组", kind="EQUIPMENT", model="CVHG",
        place="地下室", valid_from=LONG_AGO, by=None, at=clock.now(),
    )  # fmt: skip
    equipment.set_demand(
        consumer_id=made.id, energy_type_id="ELECTRICITY", measure="kW",
        amount=Decimal("350.000"), valid_from=LONG_AGO, by=None, at=clock.now(),
    )  # fmt: skip
    return made.id


def _meter(world) -> None:
    now = clock.now()
    made = instruments.create_instrument(
        unit_id=world.unit_id, number="N-1", name="三相电能表", model="DTZ341", maker="甲厂",
        serial_number="2020-77", accuracy_class="1.0", measuring_range="1.5(6)A", by=None, at=now,
    )  # fmt: skip
    instruments.install(
        instrument_id=made.id, point_id=world.points[0], valid_from=LONG_AGO, by=None, at=now
    )
    instruments.set_status(
        instrument_id=made.id, condition="QUALIFIED", valid_from=LONG_AGO, by=None, at=now
    )
    given = instruments.NewCertificate(
        made.id, "J-1", date(2024, 3, 1), accuracy_class="0.5S", due_on=date(2030, 3, 1)
    )
    instruments.enter_certificate(certificate=given, by=None, at=now)
