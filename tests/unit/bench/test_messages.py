from itertools import pairwise

import pytest

from hengneng.bench import messages
from hengneng.bench.messages import POINTS, SCALE, SLOT_SECONDS, Flavour, Sender
from hengneng.protocol import national, registers
from hengneng.protocol.records import Record, source_key

CODE = "91310000MA1FL5E40A"
SLOT = 20_600 * 96 + 5


def sender(flavour, number=1):
    return Sender(flavour, number, CODE, "0" * 32)


def records(flavour, kind):
    at = SLOT * SLOT_SECONDS
    values = messages.values(sender(flavour), SLOT)
    series = [kind + messages.source_key(flavour, p)[1:] for p in range(POINTS)]
    return [
        Record(name, at, digits, SCALE, "M", at + messages.SENT_AFTER_S)
        for name, digits in zip(series, values, strict=True)
    ]


class TestMessage:
    def test_is_what_the_national_encoder_writes(self):
        expected = national.write_energy("0" * 32, CODE, records(Flavour.NATIONAL, "N0"))

        assert messages.message(sender(Flavour.NATIONAL), SLOT) == expected

    def test_is_what_the_native_encoder_writes(self):
        expected = registers.write_registers("0" * 32, CODE, records(Flavour.REGISTERS, "R"))

        assert messages.message(sender(Flavour.REGISTERS), SLOT) == expected

    @pytest.mark.parametrize("flavour", Flavour)
    def test_differs_from_slot_to_slot_and_from_unit_to_unit(self, flavour):
        mine = messages.values(sender(flavour), SLOT)

        assert messages.values(sender(flavour), SLOT + 1) != mine
        assert messages.values(sender(flavour, number=2), SLOT) != mine


def test_registers_only_ever_rise():
    shown = [messages.values(sender(Flavour.REGISTERS), SLOT + turn) for turn in range(200)]

    for one, two in pairwise(shown):
        assert all(a < b for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("flavour", Flavour)
def test_every_point_has_a_source_of_its_own(flavour):
    keys = {messages.source_key(flavour, point) for point in range(POINTS)}

    assert len(keys) == POINTS
    assert {source_key(key.replace("N:", "N0:")) for key in keys} == keys


def test_slots_together_are_the_slots_one_after_the_other():
    one = national.read_energy(messages.message(sender(Flavour.NATIONAL), SLOT)).content.records
    two = national.read_energy(messages.message(sender(Flavour.NATIONAL), SLOT + 1)).content.records

    body = messages.message(sender(Flavour.NATIONAL), SLOT, slots=2, points=30)

    assert national.read_energy(body).content.records == one[:30] + two[:30]
