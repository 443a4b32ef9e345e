import json

import pytest
from tests.unit.sim.virtual import FINE, GAS, NOON, plan_on

from hengneng.sim import meters, registers
from hengneng.sim.control import Running
from hengneng.sim.faults import Fault, FaultKind

pytestmark = pytest.mark.usefixtures("no_series")


@pytest.fixture
def running():
    """Virtual meters for which it is noon."""
    return Running(plan_on(1), lambda: NOON, ())


def answer(running, **said):
    return json.loads(running.answer(json.dumps(said).encode()))


class TestAnOrder:
    def test_is_played_from_then_on(self, running):
        said = answer(running, meter="E-fine", fault="outage", until="2026-11-23 13:00:00")

        assert said == {"ok": True, "from": "2026-11-23 12:00:00"}
        assert running.faults == (Fault("E-fine", FaultKind.OUTAGE, NOON, NOON + 3600),)

    def test_of_an_exchange_tells_what_both_meters_show(self, running):
        said = answer(running, meter="E-fine", fault="exchange", shows="3.50")

        before = registers.register_at(FINE, NOON)
        assert said["before"] == f"{before // 100}.{before % 100:02}"
        assert said["after"] == "3.50"

    def test_that_cannot_be_is_refused_and_nothing_happens(self, running):
        said = answer(running, meter="E-9", fault="outage")

        assert said == {"ok": False, "error": "no meter E-9"}
        assert running.faults == ()


class TestARepair:
    def test_ends_what_goes_wrong(self, running):
        answer(running, meter="E-fine", fault="outage", **{"from": "2026-11-23 11:00:00"})

        said = answer(running, meter="E-fine", mend="outage")

        assert said == {"ok": True, "until": "2026-11-23 12:00:00"}
        assert running.faults == (Fault("E-fine", FaultKind.OUTAGE, NOON - 3600, NOON),)

    def test_of_what_is_whole_is_refused(self, running):
        said = answer(running, meter="E-fine", mend="outage")

        assert said == {"ok": False, "error": "E-fine has no outage at that time"}


class TestAQuestion:
    def test_the_true_energy_is_what_flowed(self, running):
        span = {"from": "2026-11-23 10:00:00", "until": "2026-11-23 12:00:00"}

        said = answer(running, ask="true_energy", meter="E-fine", **span)

        counts = sum(meters.counts_of(FINE, NOON // 86_400)[40:48])
        assert said == {
            "ok": True,
            "counts": counts,
            "energy": counts * 10,
            "unit": "Wh",
            "amount": f"{counts // 100}.{counts % 100:02}0",
            "amount_unit": "kWh",
        }

    def test_it_is_so_whatever_the_meter_shows(self, running):
        before = answer(running, ask="true_energy", meter="G-1")
        answer(running, meter="G-1", fault="stopped", **{"from": "2026-11-23 00:00:00"})

        assert answer(running, ask="true_energy", meter="G-1") == before
        assert before["counts"] == registers.counted_until(GAS, NOON) > 0

    def test_the_register_is_what_is_displayed(self, running):
        answer(running, meter="G-1", fault="spike", shows="1.23")

        said = answer(running, ask="register", meter="G-1")

        assert said == {"ok": True, "at": "2026-11-23 12:00:00", "shown": "1.23"}

    def test_the_faults_are_listed(self, running):
        answer(running, meter="G-1", fault="stuck")

        said = answer(running, ask="faults")

        listed = {"meter": "G-1", "fault": "stuck", "from": "2026-11-23 12:00:00", "until": None}
        assert said == {"ok": True, "faults": [listed]}

    def test_the_time_is_the_meters(self, running):
        assert answer(running, ask="now")["now"] == "2026-11-23 12:00:00"


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"3", b'{"ask": "why"}', b'{"ask": 1}', b"\xff"]
)
def test_nonsense_is_answered_kindly(running, line):
    assert json.loads(running.answer(line))["ok"] is False
