from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from hengneng.kernel.facts import operations as facts
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.equipment.models import Consumer
from hengneng.registry.equipment.queries import UnknownEdition
from hengneng.registry.equipping import queries
from hengneng.registry.instruments.models import Installation, Instrument, Status
from hengneng.registry.points import operations as points

AT = datetime(2025, 12, 1, 8, tzinfo=UTC)
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
IN_2026 = datetime(2026, 3, 1, tzinfo=UTC)


def found(unit, energy_type="ELECTRICITY", level="LEVEL_3", *, at=AT, **asked):
    answer = queries.equipping_of(unit.id, at=at, **asked)
    (requirement,) = [
        one
        for one in answer.requirements
        if (one.energy_type_id, one.level) == (energy_type, level)
    ]
    return requirement


def said(requirement):
    return requirement.need, requirement.have, str(requirement.verdict), str(requirement.because)


class TestRequirements:
    def test_a_hotel(self, unit, hotel):
        answer = queries.equipping_of(unit.id, at=AT)
        assert [(r.energy_type_id, r.level, *said(r)) for r in answer.requirements] == [
            ("ELECTRICITY", "LEVEL_1", 1, 1, "FINE", "RATE_REACHED"),
            ("ELECTRICITY", "LEVEL_2", 1, 1, "FINE", "RATE_REACHED"),
            ("ELECTRICITY", "LEVEL_3", 2, 1, "PROBLEM", "RATE_MISSED"),
            ("NATURAL_GAS", "LEVEL_1", 1, 1, "FINE", "RATE_REACHED"),
            ("NATURAL_GAS", "LEVEL_2", 0, 0, "FINE", "NOTHING_NEEDED"),
            ("NATURAL_GAS", "LEVEL_3", 1, 1, "FINE", "RATE_REACHED"),
        ]
        assert (answer.day, answer.rule_set.edition) == (date(2025, 12, 1), "GB 17167-2006")
        assert (answer.is_verified, answer.unstated) == (False, [])

    def test_what_breaks_it_and_what_satisfies_it(self, unit, hotel):
        third = found(unit)
        assert [(lack.code, lack.lacking) for lack in third.missing] == [("CH-2", "POINT")]
        assert [(m.point_code, m.point_id) for m in third.met_by] == [("E-3", hotel["E-3"].id)]
        assert (third.required, third.rate) == (Decimal("0.95"), Fraction(1, 2))
        assert (third.clause, third.verified) == ("table 3", False)

    def test_a_meter_makes_it_fine(self, unit, hotel, make_point, make_instrument):
        second = Consumer.objects.get(code="CH-2")
        point = make_point("E-4", "LEVEL_3", second)
        assert [lack.lacking for lack in found(unit).missing] == ["INSTRUMENT"]
        make_instrument(point)
        assert said(found(unit)) == (2, 2, "FINE", "RATE_REACHED")

    def test_metered_together_needs_one(self, unit, hotel):
        first, second = (Consumer.objects.get(code=f"CH-{n}") for n in (1, 2))
        equipment.describe_consumer(
            consumer_id=second.pk, metered_with_id=first.pk, valid_from=NEW_YEAR, by=7, at=AT
        )
        assert said(found(unit)) == (1, 1, "FINE", "RATE_REACHED")

    def test_a_metered_cell_excuses_what_is_in_it(self, unit, hotel):
        room, second = (Consumer.objects.get(code=code) for code in ("B1", "CH-2"))
        equipment.describe_consumer(
            consumer_id=second.pk, metered_with_id=room.pk, valid_from=NEW_YEAR, by=7, at=AT
        )
        third = found(unit)
        assert said(third) == (1, 1, "FINE", "RATE_REACHED")
        assert [user.code for user in third.excused] == ["CH-2"]

    def test_a_stopped_instrument_is_none(self, unit, hotel):
        one = Instrument.objects.get(number="M-E-1")
        Status.objects.create(
            instrument=one, condition="STOPPED", valid_from=NEW_YEAR, recorded_at=NEW_YEAR
        )
        first = found(unit, level="LEVEL_1")
        assert said(first) == (1, 0, "PROBLEM", "RATE_MISSED")
        assert [(lack.code, lack.lacking) for lack in first.missing] == [
            ("E-1", "INSTRUMENT_IN_USE")
        ]


class TestNotChecked:
    def test_the_edition_of_2025_is_empty_and_says_so(self, unit, hotel):
        answer = queries.equipping_of(unit.id, at=IN_2026)
        assert (answer.rule_set.edition, answer.rule_set.is_empty()) == ("GB 17167-2025", True)
        assert {str(check.because) for check in answer.checks} == {"EMPTY_EDITION"}
        told = {(r.energy_type_id, r.level): said(r) for r in answer.requirements}
        not_checked = ("NOT_CHECKED", "EMPTY_EDITION")
        assert told["ELECTRICITY", "LEVEL_1"] == (1, 1, *not_checked)
        assert told["ELECTRICITY", "LEVEL_3"] == (None, None, *not_checked)
        # No sub-unit uses gas, as far as the ledger tells; that none needs a meter nobody said.
        assert told["NATURAL_GAS", "LEVEL_2"] == (None, None, *not_checked)
        assert {said(one)[2:] for one in answer.requirements} == {not_checked}
        assert [user.code for user in found(unit, at=IN_2026).undecided] == [
            "CH-1",
            "CH-2",
            "CH-3",
        ]

    def test_another_edition_can_be_asked_for(self, unit, hotel):
        asked = {"at": IN_2026, "edition": "GB 17167-2006"}
        assert said(found(unit, **asked)) == (2, 1, "PROBLEM", "RATE_MISSED")
        with pytest.raises(UnknownEdition):
            queries.equipping_of(unit.id, edition="GB 1")

    def test_the_last_day_of_an_edition(self, unit, hotel):
        # 2026-02-01 begins at 16:00 UTC in Shanghai.
        last = datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC)
        first = datetime(2026, 1, 31, 16, tzinfo=UTC)
        editions = [queries.equipping_of(unit.id, at=at).rule_set.edition for at in (last, first)]
        assert editions == ["GB 17167-2006", "GB 17167-2025"]

    def test_before_any_edition(self, unit, make_point, make_instrument):
        answer = queries.equipping_of(unit.id, at=datetime(2006, 7, 1, tzinfo=UTC))
        assert (answer.rule_set, answer.requirements, answer.is_verified) == (None, [], False)

    def test_no_sub_unit_and_no_equipment_entered(self, unit, make_point, make_instrument):
        make_instrument(make_point("E-1", "LEVEL_1"))
        told = [said(one) for one in queries.equipping_of(unit.id, at=AT).requirements]
        assert told == [
            (1, 1, "FINE", "RATE_REACHED"),
            (None, None, "NOT_CHECKED", "NO_SUB_UNIT"),
            (None, None, "NOT_CHECKED", "NO_EQUIPMENT"),
        ]

    def test_used_inside_and_nothing_says_where_it_comes_in(self, unit, make_consumer):
        make_consumer("BO-1", "EQUIPMENT", ("NATURAL_GAS", "120", "m3/h"))
        first = found(unit, "NATURAL_GAS", "LEVEL_1")
        assert said(first) == (None, None, "NOT_CHECKED", "NO_BOUNDARY_POINT")

    def test_a_demand_that_no_limit_can_be_compared_with(self, unit, make_consumer):
        make_consumer("CH-1", "EQUIPMENT", ("ELECTRICITY", "900000", "kWh/a"))
        third = found(unit)
        assert said(third) == (None, None, "NOT_CHECKED", "UNDECIDED_CONSUMERS")
        assert (third.rate, [user.code for user in third.undecided]) == (None, ["CH-1"])

    def test_a_consumer_without_a_demand_is_told(self, unit, make_consumer, make_point):
        make_point("E-3", "LEVEL_3", make_consumer("CH-1"))
        answer = queries.equipping_of(unit.id, at=AT)
        assert [row.code for row in answer.unstated] == ["CH-1"]
        assert said(found(unit)) == (None, None, "NOT_CHECKED", "UNDECIDED_CONSUMERS")


class TestInDate:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"due_on": date(2025, 12, 2)}, ("FINE", "ALL_IN_DATE")),
            ({"due_on": date(2025, 12, 1)}, ("PROBLEM", "SOME_OVERDUE")),
            ({"result": "FAILED"}, ("PROBLEM", "SOME_OVERDUE")),
            ({"due_on": None}, ("NOT_CHECKED", "SOME_WITHOUT_DATE")),
        ],
    )
    def test_by_the_certificate_of_the_day(
        self, unit, make_point, make_instrument, given, expected
    ):
        make_instrument(make_point("E-1", "LEVEL_1"), **given)
        first = found(unit, level="LEVEL_1")
        assert (str(first.in_date), str(first.in_date_because)) == expected
        assert said(first) == (1, 1, "FINE", "RATE_REACHED")

    def test_of_no_instrument(self, unit, make_point):
        make_point("E-1", "LEVEL_1")
        first = found(unit, level="LEVEL_1")
        assert (str(first.in_date), str(first.in_date_because)) == (
            "NOT_CHECKED",
            "NO_INSTRUMENT",
        )


class TestAccuracy:
    def test_of_every_instrument_at_a_point_of_a_level(self, unit, hotel):
        checks = queries.equipping_of(unit.id, at=AT).checks
        assert [
            (c.point_code, c.number, c.held, str(c.verdict), str(c.because)) for c in checks
        ] == [
            ("E-1", "M-E-1", "0.5S", "FINE", "CLASS_REACHED"),
            ("E-2", "M-E-2", "0.5S", "NOT_CHECKED", "OPEN_VALUE"),
            ("E-3", "M-E-3", "0.5S", "NOT_CHECKED", "OPEN_VALUE"),
            ("G-1", "M-G-1", "1.5", "FINE", "CLASS_REACHED"),
            ("G-3", "M-G-3", "1.5", "FINE", "CLASS_REACHED"),
        ]
        assert (checks[0].name, checks[0].clause, checks[0].certificate) == (
            "电能表",
            "table 4",
            "C-E-1",
        )
        assert [limit.worst for limit in checks[0].limits] == ["0.5S", "0.5", "1.0", "2.0", "2.0"]

    def test_too_coarse(self, unit, make_point, make_instrument):
        make_instrument(make_point("G-1", "LEVEL_1", None, "NATURAL_GAS"), accuracy_class="2.5")
        (check,) = queries.equipping_of(unit.id, at=AT).checks
        assert (str(check.verdict), str(check.because)) == ("PROBLEM", "CLASS_MISSED")


class TestByDate:
    def test_a_late_edit_changes_today_and_not_what_was_reported(self, unit, hotel):
        then = facts.settle()
        second = Consumer.objects.get(code="CH-2")
        equipment.retire_consumer(consumer_id=second.pk, valid_from=NEW_YEAR, by=7, at=AT)

        assert said(found(unit)) == (1, 1, "FINE", "RATE_REACHED")
        assert said(found(unit, as_of=then)) == (2, 1, "PROBLEM", "RATE_MISSED")

    def test_a_point_that_feeds_another_from_june_on(self, unit, hotel):
        june = datetime(2025, 6, 1, tzinfo=UTC)
        second = Consumer.objects.get(code="CH-2")
        points.describe_point(
            point_id=hotel["E-3"].id, feeds_id=second.pk, valid_from=june, by=7, at=AT
        )
        before = found(unit, at=datetime(2025, 5, 1, tzinfo=UTC))
        assert [lack.code for lack in before.missing] == ["CH-2"]
        assert [lack.code for lack in found(unit).missing] == ["CH-1"]


def test_nine_queries_however_much_there_is(unit, hotel, django_assert_num_queries):
    with django_assert_num_queries(9):
        queries.equipping_of(unit.id, at=AT)


def test_another_units_ledger_is_not_read(unit, other_unit, hotel):
    assert queries.equipping_of(other_unit.id, at=AT).requirements == []
    assert Installation.objects.count() == 5
