import pytest
from tests.unit.sim.virtual import FINE, HOUR, MAIN, NOON

from hengneng.sim import faults, registers
from hengneng.sim.faults import Fault, FaultKind

NUMBER, END = FINE.number, NOON + 6 * HOUR

pytestmark = pytest.mark.usefixtures("no_series")


def fault(kind, start=NOON, end=END, **more):
    return Fault(NUMBER, kind, start, end, **more)


def true(at):
    return registers.register_at(FINE, at)


class TestOutage:
    def test_leaves_the_meter_silent_while_it_lasts(self):
        out = [fault(FaultKind.OUTAGE)]

        silent = [faults.is_silent(out, NUMBER, at) for at in (NOON - 1, NOON, END - 1, END)]

        assert silent == [False, True, True, False]

    def test_the_meter_counts_on(self):
        assert faults.shown_at([fault(FaultKind.OUTAGE)], FINE, END) == true(END)

    def test_is_no_other_meters(self):
        assert not faults.is_silent([fault(FaultKind.OUTAGE)], MAIN.number, NOON)


class TestStuck:
    def test_shows_one_value_then_jumps_to_the_true_one(self):
        stuck = [fault(FaultKind.STUCK)]

        shown = [faults.shown_at(stuck, FINE, at) for at in (NOON, END - 1, END)]

        assert shown == [true(NOON), true(NOON), true(END)]
        assert true(END) > true(NOON)


class TestStopped:
    def test_loses_what_flows_meanwhile(self):
        stopped = [fault(FaultKind.STOPPED)]
        lost = true(END) - true(NOON)

        shown = [faults.shown_at(stopped, FINE, at) for at in (NOON, END - 1, END, END + HOUR)]

        assert shown == [true(NOON), true(NOON), true(END) - lost, true(END + HOUR) - lost]

    def test_the_next_meter_stands_still_no_more(self):
        at = NOON + HOUR
        both = [fault(FaultKind.STOPPED), fault(FaultKind.EXCHANGE, at, at)]

        assert faults.shown_at(both, FINE, END) == true(END) - true(at)


class TestSpike:
    def test_shows_the_absurd_value_then_the_true_one(self):
        spike = [fault(FaultKind.SPIKE, end=NOON + 900, shows=77)]

        shown = [faults.shown_at(spike, FINE, at) for at in (NOON - 1, NOON, NOON + 900)]

        assert shown == [true(NOON - 1), 77, true(NOON + 900)]


class TestExchange:
    def test_goes_on_from_what_the_new_meter_shows_first(self):
        exchange = [fault(FaultKind.EXCHANGE, end=NOON, shows=500)]

        shown = [faults.shown_at(exchange, FINE, at) for at in (NOON - 1, NOON, END)]

        assert shown == [true(NOON - 1), 500, 500 + true(END) - true(NOON)]

    def test_tells_what_the_old_meter_showed(self):
        exchange = fault(FaultKind.EXCHANGE, end=NOON, shows=500)

        assert faults.last_of_the_old([exchange], FINE, exchange) == true(NOON)

    def test_of_an_exchanged_meter_tells_what_that_one_showed(self):
        first = fault(FaultKind.EXCHANGE, end=NOON, shows=500)
        second = fault(FaultKind.EXCHANGE, END, END)

        told = faults.last_of_the_old([first, second], FINE, second)

        assert told == 500 + true(END) - true(NOON)

    def test_puts_another_number_on_the_plate(self):
        exchange = [fault(FaultKind.EXCHANGE, end=NOON, becomes="E-new")]

        plates = [faults.plate_at(exchange, FINE, at) for at in (NOON - 1, NOON)]

        assert plates == [NUMBER, "E-new"]

    def test_ends_what_the_old_meter_was_stuck_at(self):
        at = NOON + HOUR
        both = [fault(FaultKind.STUCK), fault(FaultKind.EXCHANGE, at, at)]

        assert faults.shown_at(both, FINE, at - 1) == true(NOON)
        assert faults.shown_at(both, FINE, END - 1) == true(END - 1) - true(at)


class TestWithOneMore:
    def test_puts_them_in_the_order_of_their_beginnings(self):
        late, early = fault(FaultKind.STUCK, END, END + 1), fault(FaultKind.OUTAGE)

        assert faults.with_one_more([late], early) == (early, late)

    @pytest.mark.parametrize("kind", [FaultKind.OUTAGE, FaultKind.STOPPED])
    def test_refuses_two_of_a_kind_at_once(self, kind):
        with pytest.raises(faults.Overlaps):
            faults.with_one_more([fault(kind)], fault(kind, END - 1, END + 1))

    def test_refuses_two_exchanges_in_one_second(self):
        exchange = fault(FaultKind.EXCHANGE, NOON, NOON)

        with pytest.raises(faults.Overlaps):
            faults.with_one_more([exchange], exchange)

    def test_one_may_follow_the_other(self):
        pair = fault(FaultKind.OUTAGE), fault(FaultKind.OUTAGE, END, END + 1)

        assert faults.with_one_more(pair[:1], pair[1]) == pair


class TestMended:
    def test_ends_that_fault_alone(self):
        at = NOON + HOUR
        out, stuck = fault(FaultKind.OUTAGE), fault(FaultKind.STUCK)

        found = faults.mended([out, stuck], NUMBER, FaultKind.OUTAGE, at)

        assert found == (out._replace(end=at), stuck)

    @pytest.mark.parametrize("at", [NOON - 1, END])
    def test_there_must_be_something_to_mend(self, at):
        with pytest.raises(faults.NothingToMend):
            faults.mended([fault(FaultKind.OUTAGE)], NUMBER, FaultKind.OUTAGE, at)
