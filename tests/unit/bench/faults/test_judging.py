"""What counts as lost and as misplaced, on stories small enough to see."""

from decimal import Decimal

import pytest

from hengneng.bench.faults import judging, meters, readings
from hengneng.bench.faults.judging import Judged, Shown
from hengneng.bench.faults.story import RATIO, SLOT, Kind, Story, Turn, Window
from hengneng.protocol.records import DAY_SECONDS

BEGIN = 20_000 * DAY_SECONDS
SLOTS = 96
NOON = BEGIN + DAY_SECONDS // 2


@pytest.fixture
def even_story():
    """A day of registers on which each slot takes 100 Wh at the meter."""
    story = Story(Kind.REGISTER, [100] * SLOTS, BEGIN)
    story.read()
    return story


def kwh(watt_hours: int) -> Decimal:
    return Decimal(watt_hours).scaleb(-3)


def shown(story: Story, **other: Decimal | None) -> Shown:
    """Return the truth as figures, but for slots named ``s<number>``; None: nothing known."""
    slots = {
        BEGIN + n * SLOT: kwh(story.energy(BEGIN + (n + 1) * SLOT) - story.energy(BEGIN + n * SLOT))
        for n in range(SLOTS)
    }
    marks = dict.fromkeys(slots, "M")
    for name, value in other.items():
        at = BEGIN + int(name[1:]) * SLOT
        slots.pop(at)
        marks[at] = "." if value is None else "E"
        if value is not None:
            slots[at] = value
    return Shown(slots, {BEGIN // DAY_SECONDS: sum(slots.values(), Decimal(0))}, [], marks)


def test_the_truth_is_exact(even_story):
    whole = kwh(100 * SLOTS * RATIO)

    assert judging.judge(even_story, shown(even_story)) == Judged(whole, whole, 0, 0, 0, 0)


def test_a_missing_slot_between_good_registers_is_lost(even_story):
    judged = judging.judge(even_story, shown(even_story, s40=None))

    assert (judged.lost, judged.misplaced) == (kwh(100 * RATIO), 0)


def test_energy_in_the_wrong_slot_is_misplaced_not_lost(even_story):
    judged = judging.judge(even_story, shown(even_story, s40=Decimal(3), s41=Decimal(5)))

    assert (judged.lost, judged.misplaced) == (0, Decimal(1))


def test_energy_that_never_was_is_misplaced(even_story):
    judged = judging.judge(even_story, shown(even_story, s40=Decimal(9)))

    assert (judged.lost, judged.misplaced) == (0, Decimal(5))


def test_any_course_inside_an_outage_is_in_its_place(even_story):
    readings.outage(even_story, Window(BEGIN + 40 * SLOT + SLOT, BEGIN + 42 * SLOT), None)

    judged = judging.judge(even_story, shown(even_story, s40=Decimal(1), s41=Decimal(7)))

    assert (judged.lost, judged.misplaced) == (0, 0)


def test_energy_of_an_outage_booked_after_it_is_misplaced(even_story):
    readings.outage(even_story, Window(BEGIN + 41 * SLOT, BEGIN + 42 * SLOT), None)

    judged = judging.judge(
        even_story, shown(even_story, s40=Decimal(1), s41=Decimal(6), s42=Decimal(5))
    )

    assert (judged.lost, judged.misplaced) == (0, Decimal(1))


def test_what_passes_while_a_register_is_reset_untold_is_unknowable():
    story = Story(Kind.REGISTER, [100] * SLOTS, BEGIN)
    meters.reset_untold(story, Window(NOON, NOON + 3600), None)
    story.read()

    judged = judging.judge(story, shown(story, s48=None))

    assert (judged.lost, judged.misplaced, judged.unknowable) == (0, 0, Decimal(4))


def test_across_an_exchange_on_record_energy_stays_bound():
    story = Story(Kind.REGISTER, [100] * SLOTS, BEGIN, turns=[Turn(NOON + 420, 7, is_told=True)])
    story.read()

    assert judging.judge(story, shown(story, s48=None)).lost == Decimal(4)


def test_a_ratio_counts_from_the_instant_it_changed():
    story = Story(Kind.REGISTER, [900] * SLOTS, BEGIN)
    meters.ratio_change(story, Window(NOON, NOON + 3600), None)

    assert story.energy(NOON + SLOT) - story.energy(NOON) == 600 * RATIO + 300 * meters.NEW_RATIO


def test_a_day_that_is_not_the_sum_of_its_slots_is_misplaced(even_story):
    figures = shown(even_story)
    day = BEGIN // DAY_SECONDS
    judged = judging.judge(even_story, figures._replace(days={day: figures.days[day] + 1}))

    assert (judged.lost, judged.misplaced) == (0, Decimal(1))


def test_a_month_that_is_not_the_sum_of_its_days_is_misplaced(even_story):
    figures = shown(even_story)._replace(months=[(Decimal(8), Decimal(9))])

    assert judging.judge(even_story, figures).misplaced == Decimal(1)


class TestIncrements:
    @pytest.fixture
    def even_increments(self):
        """A day of increments of 100 Wh each, with its day record."""
        story = Story(Kind.INCREMENT, [100] * SLOTS, BEGIN)
        story.read()
        return story

    def test_what_the_day_record_leaves_may_stand_in_any_slot_without_a_record(
        self, even_increments
    ):
        readings.outage(even_increments, Window(NOON, NOON + 2 * SLOT), None)

        judged = judging.judge(
            even_increments, shown(even_increments, s48=Decimal("0.15"), s49=Decimal("0.05"))
        )

        assert (judged.lost, judged.misplaced) == (0, 0)

    def test_a_slot_with_a_good_record_holds_just_that(self, even_increments):
        judged = judging.judge(
            even_increments, shown(even_increments, s48=Decimal("0.15"), s49=Decimal("0.05"))
        )

        assert (judged.lost, judged.misplaced) == (0, Decimal("0.05"))

    def test_without_a_day_record_a_gap_is_unknowable(self, even_increments):
        readings.outage(even_increments, Window(NOON, NOON + 2 * SLOT), None)
        even_increments.told = [one for one in even_increments.told if not one.is_day]

        judged = judging.judge(even_increments, shown(even_increments, s48=None, s49=None))

        assert (judged.lost, judged.unknowable) == (0, Decimal("0.2"))


def test_a_wrong_slot_that_claims_to_be_measured_is_told_apart(even_story):
    readings.stuck(even_story, Window(BEGIN + 40 * SLOT, BEGIN + 42 * SLOT), None)
    figures = shown(even_story, s40=Decimal(0), s41=Decimal(8))
    marks = dict.fromkeys(figures.marks, "M")

    judged = judging.judge(even_story, figures._replace(marks=marks))

    assert (judged.misplaced, judged.unmarked) == (0, Decimal(4))
