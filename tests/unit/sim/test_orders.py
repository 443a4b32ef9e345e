import msgspec
import pytest
from tests.unit.sim.virtual import FINE, NOON, plan_on

from hengneng.sim import orders, registers
from hengneng.sim.faults import Fault, FaultKind
from hengneng.sim.orders import FOR_GOOD, Order

METERS = plan_on(1).meters

pytestmark = pytest.mark.usefixtures("no_series")


def fault_of(text, now=NOON):
    return orders.fault_of(msgspec.json.decode(text, type=Order), METERS, (), now)


class TestFaultOf:
    def test_takes_civil_times(self):
        ordered = fault_of(
            '{"meter": "E-fine", "fault": "outage",'
            ' "from": "2026-11-23 12:00:00", "until": "2026-11-23 12:00:01"}'
        )

        assert ordered == Fault("E-fine", FaultKind.OUTAGE, NOON, NOON + 1)

    def test_begins_now_and_lasts_for_good_where_nothing_is_said(self):
        ordered = fault_of('{"meter": "E-fine", "fault": "stuck"}')

        assert (ordered.start, ordered.end) == (NOON, FOR_GOOD)

    def test_a_spike_lasts_a_quarter_and_shows_half_the_capacity_more(self):
        ordered = fault_of('{"meter": "E-fine", "fault": "spike"}')

        assert ordered.end == NOON + 900
        assert ordered.shows == registers.register_at(FINE, NOON) + 50_000_000

    def test_an_exchange_begins_with_what_it_is_told(self):
        ordered = fault_of(
            '{"meter": "E-fine", "fault": "exchange", "shows": "12.5", "number": "E-new"}'
        )

        assert ordered == Fault("E-fine", FaultKind.EXCHANGE, NOON, NOON, 1250, "E-new")

    @pytest.mark.parametrize(
        ("text", "refusal"),
        [
            ('{"meter": "E-9", "fault": "outage"}', orders.UnknownMeter),
            ('{"meter": "E-fine", "fault": "spike", "shows": "0.001"}', orders.NotShown),
            ('{"meter": "E-fine", "fault": "spike", "shows": "1000000"}', orders.NotShown),
            ('{"meter": "E-fine", "fault": "spike", "shows": "-1"}', orders.NotShown),
            ('{"meter": "E-fine", "fault": "spike", "shows": "many"}', orders.NotShown),
            ('{"meter": "E-fine", "fault": "outage", "from": "noon"}', orders.Unclear),
            (
                '{"meter": "E-fine", "fault": "outage", "until": "2026-11-23 12:00:00"}',
                orders.Unclear,
            ),
            (
                '{"meter": "E-fine", "fault": "exchange", "until": "2026-11-24 12:00:00"}',
                orders.Unclear,
            ),
        ],
    )
    def test_refuses_what_has_no_meaning(self, text, refusal):
        with pytest.raises(refusal):
            fault_of(text)

    def test_a_planned_one_says_when(self):
        with pytest.raises(orders.Unclear):
            fault_of('{"meter": "E-fine", "fault": "outage"}', now=None)


def test_the_largest_value_can_be_shown():
    assert orders.counts_shown("999999.99", FINE) == 99_999_999
