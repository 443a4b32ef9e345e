import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption.rules import digest

DAY = 20_000
OPENING = DAY * DAY_SECONDS
LATE = {"R:": 3600, "N0": 3600}


def reading(**changes):
    return Record("R:M1:total", OPENING, 1000, 1, "M", OPENING)._replace(**changes)


def digested(*records):
    return digest.digest_day(records, day=DAY, late_after=LATE)


class TestDigestDay:
    def test_orders_the_readings_in_time(self):
        found = digested(reading(at=OPENING + 900), reading(at=OPENING))

        assert [entry.at for entry in found["R:M1:total"]] == [OPENING, OPENING + 900]

    def test_passes_over_other_days(self):
        assert digested(reading(at=OPENING - 1), reading(at=OPENING + DAY_SECONDS)) == {}

    def test_lets_the_later_sent_win(self):
        found = digested(
            reading(digits=2000, sent_at=OPENING + 60), reading(digits=1000, sent_at=OPENING)
        )

        assert found["R:M1:total"] == [digest.Entry(OPENING, 2000, 1, "M")]

    def test_never_lets_an_entry_by_hand_replace_a_measurement(self):
        found = digested(reading(), reading(digits=5, mark="H", sent_at=OPENING + 10**6))

        assert found["R:M1:total"] == [digest.Entry(OPENING, 1000, 1, "M")]

    def test_takes_an_entry_by_hand_where_nothing_was_measured(self):
        assert digested(reading(mark="H"))["R:M1:total"] == [digest.Entry(OPENING, 1000, 1, "H")]

    def test_lets_a_withdrawal_sent_later_win(self):
        found = digested(reading(), reading(mark="R", sent_at=OPENING + 60))

        assert found["R:M1:total"] == [digest.Entry(OPENING, 0, 0, "R")]

    def test_lets_an_entry_by_hand_be_withdrawn(self):
        withdrawn = reading(mark="W", sent_at=OPENING + 60)

        assert digested(reading(mark="H"), withdrawn)["R:M1:total"][0].mark == "R"

    def test_never_lets_the_withdrawal_of_an_entry_by_hand_take_a_measurement(self):
        withdrawn = reading(digits=5, mark="W", sent_at=OPENING + 10**6)

        assert digested(reading(), withdrawn)["R:M1:total"][0].digits == 1000

    @pytest.mark.parametrize("digits", range(1000, 1020))
    def test_lets_a_withdrawal_sent_at_the_same_instant_win(self, digits):
        found = digested(reading(digits=digits), reading(digits=digits, mark="R"))

        assert found["R:M1:total"] == [digest.Entry(OPENING, 0, 0, "R")]

    def test_marks_what_was_sent_late(self):
        on_time, late = reading(sent_at=OPENING + 3600), reading(sent_at=OPENING + 3601)

        assert digested(on_time)["R:M1:total"][0].mark == "M"
        assert digested(late)["R:M1:total"][0].mark == "L"

    def test_rejects_what_its_bytes_cannot_hold(self):
        assert digested(reading(digits=2**62 - 1))["R:M1:total"][0].mark == "M"
        assert digested(reading(digits=2**62))["R:M1:total"][0].mark == "R"


records = st.builds(
    Record,
    series=st.sampled_from(["R:M1:total", "N0:0000000002330011", "N1:0000000002330011"]),
    at=st.integers(OPENING, OPENING + 7200).map(lambda at: at - at % 900),
    digits=st.integers(0, 50),
    scale=st.integers(0, 2),
    mark=st.sampled_from("MHSR"),
    sent_at=st.integers(0, 3).map(lambda n: OPENING + n * 3600),
)


@given(st.lists(records, max_size=40), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(found, chance: random.Random):
    other = [*found, *chance.choices(found, k=5)] if found else []
    chance.shuffle(other)

    assert digest.encode(digested(*other)) == digest.encode(digested(*found))


@given(st.lists(records, max_size=40))
def test_decoding_gives_back_what_was_encoded(found):
    made = digested(*found)

    assert digest.decode(digest.encode(made)) == made


def test_the_extremes_survive_encoding():
    extremes = {"N0:1": [digest.Entry(0, 2**62 - 1, 0, "M"), digest.Entry(9, -(2**62) + 1, 9, "M")]}

    assert digest.decode(digest.encode(extremes)) == extremes
