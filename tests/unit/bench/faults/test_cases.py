"""Every fault of the field is a case, the same of the same seed."""

import pytest

from hengneng.bench.faults import board, cases, readings
from hengneng.bench.faults.story import HOUR, SLOT, Kind
from hengneng.protocol.records import DAY_SECONDS

# Issue 5, deliver 1: what the arithmetic must bear.
DEMANDED = {
    "outage", "outage-resent", "late", "duplicates-agreeing", "duplicates-conflicting",
    "roll-over", "reset-on-record", "reset-untold", "exchange", "exchange-told-late",
    "ratio-change", "clock-drift", "off-the-slot", "spike", "stuck", "negative-step",
    "decimal-shift", "first-and-last-day", "leap-day", "increments-outage-resent",
    "increments-leap-day", "increments-first-and-last-day",
}  # fmt: skip


def case_of(name: str) -> cases.Case:
    (case,) = board.chosen(name, board.SEED)
    return case


def test_every_demanded_fault_is_played_and_mixtures_are():
    names = [case.name for case in cases.cases(board.SEED)]

    assert len(names) == len(set(names))
    assert set(names) >= DEMANDED
    assert sum(name.startswith("mixture-") for name in names) == cases.MIXTURES


def test_every_mixture_holds_an_outage_whose_readings_are_all_sent_again():
    for seed in range(20):
        for case in cases.cases(seed)[-cases.MIXTURES :]:
            assert readings.outage_resent in [fault.befall for fault in case.faults]


def test_the_same_seed_tells_the_same_story():
    case = case_of("mixture-1")

    assert cases.play(case, 7) == cases.play(case, 7)
    assert cases.play(case, 7) != cases.play(case, 8)


def test_an_unknown_case_is_refused_with_what_there_is():
    with pytest.raises(board.UnknownCase, match="there are: undisturbed, outage, "):
        board.chosen("flood", board.SEED)


def test_faults_of_a_mixture_stay_apart_with_good_days_on_both_sides():
    for seed in range(20):
        for case in cases.cases(seed)[-cases.MIXTURES :]:
            played = cases.play(case, seed)
            first = case.first_day * DAY_SECONDS + DAY_SECONDS
            edges = [first, *(edge for window in played.windows for edge in window)]
            assert edges == sorted(edges)
            assert edges[-1] <= first + (cases.DAYS - 2) * DAY_SECONDS


def test_an_outage_of_six_hours_misses_24_readings_and_the_resent_one_none():
    lost, resent = (cases.play(case_of(name), 1) for name in ("outage", "outage-resent"))

    whole = cases.DAYS * DAY_SECONDS // SLOT + 1
    assert [len(story.told) for story in lost.stories] == [whole - 24] * cases.BUILDINGS
    assert [len(story.told) for story in resent.stories] == [whole] * cases.BUILDINGS
    (window,) = resent.windows
    assert sum(one.told_at == window.end + HOUR for one in resent.stories[0].told) == 24


def test_a_leap_day_is_played_on_29_february():
    played = cases.play(case_of("leap-day"), 1)

    assert played.windows[0].start // DAY_SECONDS == 19_782  # 2024-02-29


def test_a_roll_over_passes_the_capacity_inside_its_window():
    played = cases.play(case_of("roll-over"), 1)

    for story in played.stories:
        (window,) = played.windows
        assert story.shown(window.start) > story.shown(window.end)


class TestScoreboard:
    def test_the_kept_one_has_a_row_for_every_case(self):
        rows = [row["name"] for row in board.kept()["cases"]]
        expected = [case.name for case in cases.cases(board.SEED)]
        assert rows == expected, "run ./hengneng faults --keep, then ./hengneng fix; commit both"

    def test_the_kept_one_is_of_the_seed_whose_mixtures_the_reference_names(self):
        assert board.kept()["seed"] == board.SEED

    def test_every_kind_of_point_is_played(self):
        assert {case.kind for case in cases.cases(board.SEED)} == set(Kind)
