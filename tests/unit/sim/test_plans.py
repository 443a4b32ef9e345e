from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.sim.virtual import DAY, NOON, UNIT

from hengneng.sim import meters, plans
from hengneng.sim.faults import Fault, FaultKind
from hengneng.sim.loads.weeks import Energy
from hengneng.sim.maps import Wired, WordOrder
from hengneng.sim.meters import MeterPlan

ROOT = Path(__file__).parents[3]
METER = """
number = "E-1"
device = 1
energy = "ELECTRICITY"
building = "b5"
load_permille = 4788
begins = "2026-11-23"
"""
BUS = f"""
[[buses]]
unit = "{UNIT}"
port = 8620
[[buses.meters]]
{METER}"""
FAULT = """
[[faults]]
meter = "E-1"
fault = "outage"
from = "2026-11-23 12:00:00"
until = "2026-11-23 13:00:00"
"""


def refusals(text):
    with pytest.raises(plans.UnreadablePlan) as refused:
        plans.parse(text)
    return [str(fault).split(";")[0] for fault in refused.value.faults]


class TestParse:
    def test_a_meter_says_little_to_be_read(self):
        plan = plans.parse(BUS)

        start = meters.any_start("E-1", 2)
        meter = MeterPlan("E-1", Energy.ELECTRICITY, "b5", 4788, 2, Fraction(1), start, DAY)
        assert plan == plans.SimPlan((plans.Bus(UNIT, 8620, (Wired(meter, 1),)),))

    def test_everything_can_be_said(self):
        said = 'places = 4\nct = "300/5"\npt = "10000/100"\nstart = "123.4567"\n'
        said += 'word_order = "little"\ndata_code = "00-00-0000-023300-11"\n'

        plan = plans.parse('utc_offset = "-03:30"\ncontrol_port = 8629\n' + BUS + said + FAULT)

        (wired,) = plan.buses[0].meters
        assert (plan.offset_s, plan.control_port) == (-12_600, 8629)
        assert (wired.meter.ratio, wired.meter.start) == (6000, 1_234_567)
        assert (wired.order, wired.data_code) == (WordOrder.LITTLE, "0000000002330011")
        assert plan.faults == (Fault("E-1", FaultKind.OUTAGE, NOON, NOON + 3600),)

    def test_names_every_fault_at_once(self):
        wrong = BUS.replace("8620", "0").replace('"b5"', '"b999"').replace("4788", "0")

        assert sorted(one.split(":")[0] for one in refusals(wrong)) == [
            "buses[1].meters[1].building",
            "buses[1].meters[1].load_permille",
            "buses[1].port",
        ]

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("", "buses"),
            ("buses = [", "the file"),
            (BUS + "colour = 1\n", "buses[1].meters[1].colour"),
            (BUS.replace('"E-1"', '"E 1"'), "buses[1].meters[1].number"),
            (BUS.replace("2026-11-23", "23.11.2026"), "buses[1].meters[1].begins"),
            (BUS + 'ct = "5/0"\n', "buses[1].meters[1].ct"),
            (BUS + 'ct = "1/3"\n', "buses[1].meters[1].ct"),
            (BUS + 'start = "0.001"\n', "buses[1].meters[1].start"),
            ("control_port = 8620\n" + BUS, "buses"),
            (BUS + "[[buses.meters]]" + METER.replace("E-1", "E-2"), "buses"),
            (BUS + "[[buses.meters]]" + METER.replace("device = 1", "device = 2"), "buses"),
            (BUS + FAULT.replace("E-1", "E-2"), "faults[1].meter"),
            (BUS + FAULT + FAULT, "faults[2]"),
        ],
    )
    def test_refuses_what_cannot_be_played(self, text, place):
        assert place in {one.split(":")[0] for one in refusals(text)}


def test_a_file_is_read(tmp_path):
    (tmp_path / "meters.toml").write_text(BUS, encoding="utf-8")

    assert plans.read(tmp_path / "meters.toml") == plans.parse(BUS)


def test_a_file_that_is_no_text_is_said(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_bytes(b"\xff")

    with pytest.raises(plans.UnreadablePlan):
        plans.read(path)


def test_the_example_can_be_played():
    plan = plans.read(ROOT / "docs" / "how-to" / "virtual-meters.example.toml")

    assert list(plan.meters) == ["HN01-E1", "HN01-G1"]
    assert len(plan.faults) == 1
