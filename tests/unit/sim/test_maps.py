import pytest
from tests.unit.sim.virtual import FINE, GAS, MAIN, NOON

from hengneng.sim import maps, registers
from hengneng.sim.faults import Fault, FaultKind
from hengneng.sim.maps import Wired, WordOrder

pytestmark = pytest.mark.usefixtures("no_series")


def held(wired, address, count, known=()):
    words = maps.words_at(wired, known, NOON)
    return [words[place] for place in range(address, address + count)]


class TestWordsAt:
    def test_two_words_hold_a_register_of_32_bits(self):
        true = registers.register_at(FINE, NOON)

        assert held(Wired(FINE, 1), maps.TOTAL, 2) == [true >> 16, true % 65536]
        assert 2 not in maps.words_at(Wired(FINE, 1), (), NOON)

    def test_four_words_hold_a_larger_one(self):
        true = registers.register_at(MAIN, NOON)

        words = held(Wired(MAIN, 1), maps.TOTAL, 4)

        assert int.from_bytes(b"".join(word.to_bytes(2) for word in words)) == true

    def test_the_least_significant_comes_first_where_said(self):
        big = held(Wired(MAIN, 1), maps.TOTAL, 4)

        assert held(Wired(MAIN, 1, WordOrder.LITTLE), maps.TOTAL, 4) == big[::-1]

    def test_the_plate_is_text(self):
        assert held(Wired(GAS, 1), maps.PLATE, 8) == [0x472D, 0x3100, *[0] * 6]

    def test_an_exchange_puts_another_text_there(self):
        known = [Fault(GAS.number, FaultKind.EXCHANGE, NOON, NOON, becomes="G-2")]

        assert held(Wired(GAS, 1), maps.PLATE, 2, known) == [0x472D, 0x3200]

    def test_transformers_and_decimals_are_told(self):
        assert held(Wired(MAIN, 1), maps.PLACES, 5) == [4, 0, 6000, 0, 1]

    def test_power_is_the_quarters_mean(self):
        high, low = held(Wired(FINE, 1), maps.POWER, 2)

        assert high * 65536 + low == registers.power_at(FINE, NOON)

    def test_voltages_and_frequency_lie_near_their_rating(self):
        *volts, hertz = held(Wired(FINE, 1), maps.VOLTAGES, 4)

        assert all(2220 <= one <= 2380 for one in volts)
        assert 4992 <= hertz <= 5008

    def test_a_gas_meter_has_none(self):
        assert maps.VOLTAGES not in maps.words_at(Wired(GAS, 1), (), NOON)
