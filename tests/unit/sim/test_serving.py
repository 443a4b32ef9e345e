"""An independent Modbus client reads the virtual meters; the control is spoken to over TCP."""

import json
import socket
import threading

import pytest
from pymodbus.client import ModbusTcpClient
from tests.product import free_port
from tests.unit.sim.virtual import FINE, GAS, MAIN, NOON, UNIT, plan_on

from hengneng.gateway.clock import Clock
from hengneng.sim import maps, registers, serving
from hengneng.sim.maps import WordOrder
from hengneng.sim.plans import Bus, SimPlan

TYPE = ModbusTcpClient.DATATYPE


class Noon(Clock):
    """It is noon of the first day, in Shanghai."""

    def now(self):
        return NOON - 28_800 + 0.999


class Bench:
    """Virtual meters at work, and a client that is not ours."""

    def __init__(self, plan):
        self.port, self.control_port = plan.buses[0].port, plan.control_port
        self.client = ModbusTcpClient("127.0.0.1", port=self.port, timeout=0.5, retries=0)

    def told(self, *lines):
        """Say lines to the control over one connection; return its answers."""
        with socket.create_connection(("127.0.0.1", self.control_port), timeout=5) as wire:
            wire.sendall("".join(json.dumps(line) + "\n" for line in lines).encode())
            with wire.makefile("rb") as answers:
                return [json.loads(answers.readline()) for _ in lines]

    def number(self, address, kind, device, order="big", read="read_holding_registers"):
        """Return a number as the client decodes it."""
        words = getattr(self.client, read)(address, count=kind.value[1], device_id=device).registers
        return self.client.convert_from_registers(words, kind, word_order=order)


@pytest.fixture
def bench(no_series):
    """Three virtual meters on one bus, at noon."""
    plan = plan_on(free_port(), control_port=free_port())
    stop, ready = threading.Event(), threading.Event()
    serve = threading.Thread(
        target=serving.serve, args=(plan, stop), kwargs={"clock": Noon(), "ready": ready.set}
    )
    serve.start()
    assert ready.wait(10)
    bench = Bench(plan)
    assert bench.client.connect()
    yield bench
    bench.client.close()
    stop.set()
    serve.join(10)
    assert not serve.is_alive()


class TestEveryRegister:
    def test_of_a_small_meter(self, bench):
        assert bench.number(maps.TOTAL, TYPE.UINT32, 1) == registers.register_at(FINE, NOON)
        assert bench.number(maps.POWER, TYPE.UINT32, 1) == registers.power_at(FINE, NOON)

    def test_of_a_meter_with_transformers_least_significant_first(self, bench):
        read = {address: bench.number(address, kind, 2, "little") for address, kind in (
            (maps.TOTAL, TYPE.UINT64), (maps.NUMERATOR, TYPE.UINT32),
            (maps.DENOMINATOR, TYPE.UINT32), (maps.PLACES, TYPE.UINT16))}  # fmt: skip

        assert read == {
            maps.TOTAL: registers.register_at(MAIN, NOON),
            maps.NUMERATOR: 6000,
            maps.DENOMINATOR: 1,
            maps.PLACES: 4,
        }

    @pytest.mark.parametrize("read", ["read_holding_registers", "read_input_registers"])
    @pytest.mark.parametrize(
        ("device", "meter", "order"),
        [(1, FINE, WordOrder.BIG), (2, MAIN, WordOrder.LITTLE), (7, GAS, WordOrder.BIG)],
    )
    def test_word_by_word(self, bench, read, device, meter, order):
        for address, word in maps.words_at(maps.Wired(meter, device, order), (), NOON).items():
            answer = getattr(bench.client, read)(address, count=1, device_id=device)
            assert (address, answer.registers) == (address, [word])

    def test_a_plate_in_one_go(self, bench):
        words = bench.client.read_holding_registers(maps.PLATE, count=8, device_id=1).registers

        assert bench.client.convert_from_registers(words, TYPE.STRING) == "E-fine"


class TestExceptions:
    @pytest.mark.parametrize(
        ("device", "address", "count", "code"),
        [
            (9, maps.TOTAL, 2, 11),  # nobody there: the target did not respond
            (9, 5000, 2, 11),
            (1, 5000, 2, 2),  # illegal data address
            (1, maps.TOTAL, 4, 2),  # a 32-bit register has two words
            (7, maps.VOLTAGES, 1, 2),  # gas has no voltage
        ],
    )
    def test_say_what_the_standard_says(self, bench, device, address, count, code):
        answer = bench.client.read_holding_registers(address, count=count, device_id=device)

        assert (answer.isError(), answer.exception_code) == (True, code)

    def test_a_meter_cannot_be_written(self, bench):
        assert bench.client.write_register(maps.TOTAL, 1, device_id=1).exception_code == 2


class TestOnCommand:
    def test_an_outage_leaves_one_meter_without_answer(self, bench):
        bench.told({"meter": "E-fine", "fault": "outage"})

        assert bench.client.read_holding_registers(0, count=2, device_id=7).registers
        with pytest.raises(Exception, match="No response"):
            bench.client.read_holding_registers(0, count=2, device_id=1)

    def test_a_spike_is_shown(self, bench):
        bench.told({"meter": "E-fine", "fault": "spike", "shows": "999999.99"})

        assert bench.number(maps.TOTAL, TYPE.UINT32, 1) == 99_999_999

    def test_an_exchange_is_seen_on_plate_and_register(self, bench):
        (said,) = bench.told(
            {"meter": "E-fine", "fault": "exchange", "shows": "7.5", "number": "NEW"}
        )

        words = bench.client.read_holding_registers(maps.PLATE, count=8, device_id=1).registers
        assert bench.client.convert_from_registers(words, TYPE.STRING) == "NEW"
        assert bench.number(maps.TOTAL, TYPE.UINT32, 1) == 750
        assert int(said["before"].replace(".", "")) == registers.register_at(FINE, NOON)

    def test_a_caller_may_say_many_lines(self, bench):
        said = bench.told({"ask": "now"}, {"ask": "why"}, {"ask": "faults"})

        assert [one["ok"] for one in said] == [True, False, True]


def test_a_taken_port_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        plan = SimPlan((Bus(UNIT, taken.getsockname()[1], plan_on(1).buses[0].meters),))

        with pytest.raises(serving.CannotListen):
            serving.serve(plan, threading.Event(), clock=Noon())


def test_port_zero_is_no_control(no_series, monkeypatch):
    def listen(*_):
        raise AssertionError("nobody may give orders")

    monkeypatch.setattr(serving.asyncio, "start_server", listen)
    stop = threading.Event()

    serving.serve(plan_on(free_port()), stop, clock=Noon(), ready=stop.set)

    assert stop.is_set()
