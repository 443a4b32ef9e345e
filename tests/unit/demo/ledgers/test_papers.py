from datetime import date, timedelta

from hengneng.demo.ledgers import outfit, papers, subjects
from hengneng.registry.instruments.rules.certificates import months_after

TODAY = date(2026, 11, 23)
UNITS = subjects.subjects()[:120]
HELD = [
    (one, papers.of_instrument(unit, one, today=TODAY))
    for unit in UNITS
    for one in outfit.of_unit(unit)
]


class TestOfInstrument:
    def test_the_newest_is_three_days_old_at_least(self):
        newest = max(paper.verified_on for _, held in HELD for paper in held)
        assert newest == TODAY - timedelta(days=3)

    def test_what_stands_at_a_point_has_two_and_the_older_comes_first(self):
        for one, held in HELD:
            if one.point is not None:
                older, newer = held
                assert older.verified_on == months_after(newer.verified_on, -one.gear.months)
                assert older.number != newer.number

    def test_what_stands_at_none_has_one_at_most(self):
        assert {len(held) for one, held in HELD if one.point is None} == {0, 1}

    def test_a_failed_one_gives_no_class_and_states_no_day(self):
        failed = [p for _, held in HELD for p in held if p.result == "FAILED"]
        assert failed
        assert {(paper.accuracy_class, paper.due_on) for paper in failed} == {("", None)}

    def test_where_no_regulation_says_until_when_the_certificate_does(self):
        for one, held in HELD:
            for paper in held:
                is_told = one.gear.is_stated and paper.result != "FAILED"
                stated = months_after(paper.verified_on, one.gear.months) if is_told else None
                assert paper.due_on == stated

    def test_a_planted_one_gives_a_worse_class_in_date(self):
        unit, one = next(
            (unit, one) for unit in UNITS for one in outfit.of_unit(unit) if one.point is not None
        )
        held = papers.of_instrument(unit, one, today=TODAY, is_planted=True)

        assert (held[-1].result, held[-1].accuracy_class) == ("QUALIFIED", "2.5")
        assert months_after(held[-1].verified_on, one.gear.months) > TODAY


class TestConditionOf:
    def test_nothing_that_stands_at_a_point_is_stopped(self):
        stopped = [
            one.point
            for unit in UNITS
            for one in outfit.of_unit(unit)
            if papers.condition_of(unit, one) == "STOPPED"
        ]
        assert stopped
        assert set(stopped) == {None}
