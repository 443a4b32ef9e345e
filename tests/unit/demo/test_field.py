import socket

import pytest

from hengneng.demo import city, field, memory, readings
from hengneng.gateway.outbox import Outbox
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim import registers

BEGINS = 20_720

pytestmark = pytest.mark.usefixtures("no_series")


def remembered(unit, until):
    """What a unit's terminal remembers that has read everything before an instant."""
    known = memory.of_the_beginning(unit, BEGINS, founded=BEGINS)
    while (batch := readings.registers(unit, known, until)) is not None:
        known = batch.memory
    return known


class TestMetersOf:
    @pytest.mark.parametrize("unit", city.units()[:5], ids=lambda unit: unit.code)
    def test_go_on_exactly_where_the_history_ends(self, unit):
        until = BEGINS * DAY_SECONDS + DAY_SECONDS + 10 * 3600
        known = remembered(unit, until)
        meters = list(field.meters_of(unit, known))

        assert {m.number: registers.register_at(m, known.registers_at) for m in meters} == {
            point.meter: known.counts[point.code] for point in unit.points if point.is_register
        }

    def test_show_later_what_the_terminal_would_have_read(self):
        unit = city.units()[0]
        known = remembered(unit, BEGINS * DAY_SECONDS + 3 * 3600)
        later = remembered(unit, (BEGINS + 2) * DAY_SECONDS + 5 * 3600)
        (meter, *_) = field.meters_of(unit, known)

        assert registers.register_at(meter, later.registers_at) == later.counts["E-1"]


class TestConfigure:
    @pytest.fixture
    def configs(self, tmp_path):
        units = {unit.code: unit for unit in city.units()}
        known = {code: remembered(unit, BEGINS * DAY_SECONDS + 1) for code, unit in units.items()}
        plan = field.plan_of(units, known)
        devices = {code: f"secret of {code}" for code in units}
        return plan, field.configure(
            plan, units, devices, base_url="http://127.0.0.1:8000", folder=tmp_path
        )

    def test_each_gateway_reads_its_units_meters_each_minute(self, configs):
        plan, found = configs

        assert [config.unit_code for config in found] == [unit.code for unit in city.units()]
        for config, bus in zip(found, plan.buses, strict=True):
            assert [m.name for m in config.meters] == [w.meter.number for w in bus.meters]
            assert {m.port for m in config.meters} == {bus.port}
            assert config.poll_period_s == 60

    def test_each_gateway_knows_its_id(self, configs):
        _, found = configs
        outbox = Outbox(found[3].data_folder)

        try:
            assert outbox.recall("device_id") == f"secret of {found[3].unit_code}"
        finally:
            outbox.close()


class TestRunning:
    def test_says_at_once_why_meters_cannot_answer(self):
        unit = city.units()[0]
        plan = field.plan_of({unit.code: unit}, {unit.code: remembered(unit, BEGINS * DAY_SECONDS)})
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            plan = plan._replace(buses=(plan.buses[0]._replace(port=port),))

            with (
                pytest.raises(field.NotReady, match=f"port {port} cannot be listened on"),
                field.running(plan, []),
            ):
                pass
