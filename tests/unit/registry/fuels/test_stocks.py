"""Stocks and purchases: what is believed, when, and what follows was used."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests import at_once

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import operations as energy
from hengneng.registry.energy.operations import Document
from hengneng.registry.fuels import operations, queries
from hengneng.registry.fuels.models import Purchase, StockTaking
from hengneng.registry.fuels.rules import Lack

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
YEAR_ENDS = date(2025, 12, 31)
FIRST, UNTIL = date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
def shipped_rules(db):
    energy.load_rules(by=None, at=AT)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def take(unit, **changed):
    asked = {
        "unit_id": unit.id, "energy_type_id": "RAW_COAL", "day": YEAR_ENDS,
        "amount": Decimal(1500), "measure": "kg", "determined_by": "WEIGHED", "by": 7, "at": AT,
    }  # fmt: skip
    operations.record_stock(**asked | changed)


def retake(unit, taking_id=None, **changed):
    """Correct a stock: the last one that was recorded, unless another is named."""
    asked = {
        "unit_id": unit.id, "taking_id": taking_id or last(StockTaking), "amount": Decimal(2),
        "measure": "t", "determined_by": "WEIGHED", "by": 7, "at": AT,
    }  # fmt: skip
    operations.correct_stock(**asked | changed)


def rebuy(unit, purchase_id=None, **changed):
    """Correct a purchase: the last one that was recorded, unless another is named."""
    asked = {
        "unit_id": unit.id, "purchase_id": purchase_id or last(Purchase), "supplier": "甲煤矿",
        "day": date(2025, 3, 1), "amount": Decimal(90), "measure": "t", "by": 7, "at": AT,
    }  # fmt: skip
    operations.correct_purchase(**asked | changed)


def last(model) -> int:
    return model.objects.order_by("id").last().pk


def buy(unit, **changed):
    asked = {
        "unit_id": unit.id, "energy_type_id": "RAW_COAL", "paper": "F-1", "supplier": "甲煤矿",
        "day": date(2025, 3, 1), "amount": Decimal(100), "measure": "t", "by": 7, "at": AT,
    }  # fmt: skip
    operations.record_purchase(**asked | changed)


class TestRecordStock:
    def test_is_kept_in_the_fuel_s_own_measure_for_that_day(self, shipped_rules, unit):
        take(unit)

        (row,) = queries.takings_of(unit.id)
        assert row[:5] == ("RAW_COAL", YEAR_ENDS, Decimal("1.5"), "WEIGHED", None)
        kept = StockTaking.objects.get()
        assert kept.valid_from == datetime(2025, 12, 30, 16, tzinfo=UTC)
        assert kept.valid_until == datetime(2025, 12, 31, 16, tzinfo=UTC)

    def test_takes_another_day_s_place_nowhere(self, shipped_rules, unit):
        take(unit)
        take(unit, day=date(2025, 12, 30), amount=Decimal(0))

        assert [(row.day.day, row.amount) for row in queries.takings_of(unit.id)] == [
            (31, Decimal("1.5")),
            (30, Decimal(0)),
        ]

    def test_corrected_is_answered_as_it_was_believed(self, shipped_rules, unit):
        take(unit)
        before = facts.settle()

        retake(unit, determined_by="BOOKED")

        assert [row.amount for row in queries.takings_of(unit.id)] == [Decimal(2)]
        assert [row.amount for row in queries.takings_of(unit.id, as_of=before)] == [Decimal("1.5")]
        assert [one.said["amount"] for one in queries.taking_versions(unit.id)] == [
            Decimal("1.5"),
            Decimal(2),
        ]

    def test_corrected_keeps_its_document(self, shipped_rules, unit):
        take(unit, document=Document("taking.pdf", b"%PDF"))
        retake(unit)

        old, new = StockTaking.objects.order_by("id")
        assert old.document_id == new.document_id is not None

    def test_known_is_not_written_over(self, shipped_rules, unit):
        take(unit)
        with pytest.raises(operations.DayKnown):
            take(unit, amount=Decimal(2), measure="t")

        assert [row.amount for row in queries.takings_of(unit.id)] == [Decimal("1.5")]
        assert StockTaking.objects.count() == 1

    def test_corrected_since_is_not_corrected_unseen(self, shipped_rules, unit):
        take(unit)
        shown = last(StockTaking)
        retake(unit)

        with pytest.raises(operations.Superseded):
            retake(unit, shown, amount=Decimal(3))
        with pytest.raises(operations.Superseded):
            withdraw_stock(unit, shown)

        assert [row.amount for row in queries.takings_of(unit.id)] == [Decimal(2)]

    def test_today_is_taken_and_tomorrow_refused(self, shipped_rules, unit):
        take(unit, day=date(2026, 11, 22))
        with pytest.raises(operations.NotYet):
            take(unit, day=date(2026, 11, 23))

        assert [row.day for row in queries.takings_of(unit.id)] == [date(2026, 11, 22)]

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"energy_type_id": "ELECTRICITY"}, operations.NotAFuel),
            ({"energy_type_id": "PEAT"}, operations.NotAFuel),
            ({"measure": "m3"}, operations.NotItsMeasure),
            ({"amount": Decimal(-1)}, operations.NotAnAmount),
            ({"determined_by": "GUESSED"}, operations.UnknownDetermination),
        ],
    )
    def test_refuses_what_is_no_stock(self, shipped_rules, unit, changed, error):
        with pytest.raises(error):
            take(unit, **changed)

        assert not StockTaking.objects.exists()
        assert not Entry.objects.filter(action="fuel.stock_taken").exists()

    def test_leaves_one_entry_about_the_unit(self, shipped_rules, unit):
        take(unit)

        entry = Entry.objects.get(action="fuel.stock_taken")
        assert (entry.subject, entry.by) == (f"unit:{unit.code}", 7)
        assert entry.details == {
            "energy_type": "RAW_COAL", "day": "2025-12-31", "amount": "1500", "measure": "kg",
            "how": "WEIGHED",
        }  # fmt: skip
        retake(unit)
        assert Entry.objects.get(action="fuel.stock_corrected").details["amount"] == "2"


def withdraw_stock(unit, taking_id, reason="a slip"):
    operations.withdraw_stock(unit_id=unit.id, taking_id=taking_id, reason=reason, by=7, at=AT)


class TestWithdrawStock:
    def test_leaves_nothing_believed(self, shipped_rules, unit):
        take(unit)
        before = facts.settle()

        withdraw_stock(unit, last(StockTaking))

        assert queries.takings_of(unit.id) == []
        assert len(queries.takings_of(unit.id, as_of=before)) == 1
        take(unit)
        assert len(queries.takings_of(unit.id)) == 1

    def test_refuses_without_a_reason_or_a_stock(self, shipped_rules, unit, other_unit):
        take(unit)
        with pytest.raises(operations.NoReason):
            withdraw_stock(unit, last(StockTaking), reason=" ")
        with pytest.raises(operations.Superseded):
            withdraw_stock(unit, last(StockTaking) + 1)
        with pytest.raises(operations.Superseded):
            withdraw_stock(other_unit, last(StockTaking))

        assert len(queries.takings_of(unit.id)) == 1


class TestPurchases:
    def test_are_kept_by_their_paper(self, shipped_rules, unit):
        buy(unit)
        buy(unit, paper="F-2", amount=Decimal(20_000), measure="kg")

        told = [(row.paper, row.amount) for row in queries.purchases_of(unit.id)]
        assert told == [("F-1", Decimal(100)), ("F-2", Decimal(20))]

    def test_of_two_suppliers_may_bear_one_number(self, shipped_rules, unit):
        buy(unit)
        buy(unit, supplier="乙煤矿", amount=Decimal(20))

        told = {row.supplier: row.amount for row in queries.purchases_of(unit.id)}
        assert told == {"甲煤矿": Decimal(100), "乙煤矿": Decimal(20)}

    def test_may_bear_last_year_s_number(self, shipped_rules, unit):
        buy(unit, day=date(2024, 12, 31))
        buy(unit, day=date(2025, 1, 1), amount=Decimal(20))

        told = [(row.day.year, row.amount) for row in queries.purchases_of(unit.id)]
        assert told == [(2025, Decimal(20)), (2024, Decimal(100))]

    @pytest.mark.parametrize("day", [date(2025, 1, 1), date(2025, 3, 1), date(2025, 12, 31)])
    def test_of_a_known_paper_are_not_written_over(self, shipped_rules, unit, day):
        buy(unit)
        with pytest.raises(operations.PaperKnown):
            buy(unit, paper=" F-1", supplier="甲煤矿 ", day=day, amount=Decimal(20))

        assert [row.amount for row in queries.purchases_of(unit.id)] == [Decimal(100)]
        assert Purchase.objects.count() == 1

    def test_corrected_move_to_another_day_and_supplier(self, shipped_rules, unit):
        buy(unit, document=Document("F-1.pdf", b"%PDF"))
        before = facts.settle()

        rebuy(unit, day=date(2024, 12, 31), supplier="乙煤矿")

        (row,) = queries.purchases_of(unit.id)
        assert (row.day, row.amount, row.supplier) == (date(2024, 12, 31), Decimal(90), "乙煤矿")
        assert Purchase.objects.get(superseded_at=None).year == 2024
        (old,) = queries.purchases_of(unit.id, as_of=before)
        assert (old.day, old.amount, old.supplier) == (date(2025, 3, 1), Decimal(100), "甲煤矿")
        assert old.document_id == row.document_id is not None
        assert Entry.objects.filter(action="fuel.purchase_corrected").count() == 1

    def test_are_not_corrected_onto_another_paper(self, shipped_rules, unit):
        buy(unit)
        buy(unit, supplier="乙煤矿", amount=Decimal(20))
        with pytest.raises(operations.PaperKnown):
            rebuy(unit, supplier="甲煤矿")

        told = {row.supplier: row.amount for row in queries.purchases_of(unit.id)}
        assert told == {"甲煤矿": Decimal(100), "乙煤矿": Decimal(20)}

    def test_corrected_since_are_not_corrected_unseen(self, shipped_rules, unit, other_unit):
        buy(unit)
        shown = last(Purchase)
        rebuy(unit)

        with pytest.raises(operations.Superseded):
            rebuy(unit, shown, amount=Decimal(80))
        with pytest.raises(operations.Superseded):
            rebuy(other_unit, amount=Decimal(80))
        assert [row.amount for row in queries.purchases_of(unit.id)] == [Decimal(90)]

    def test_are_withdrawn(self, shipped_rules, unit):
        buy(unit)
        asked = {"unit_id": unit.id, "by": 7, "at": AT}
        with pytest.raises(operations.Superseded):
            operations.withdraw_purchase(**asked, purchase_id=last(Purchase) + 1, reason="a slip")
        with pytest.raises(operations.NoReason):
            operations.withdraw_purchase(**asked, purchase_id=last(Purchase), reason="")
        assert len(queries.purchases_of(unit.id)) == 1

        operations.withdraw_purchase(**asked, purchase_id=last(Purchase), reason="a slip")

        assert queries.purchases_of(unit.id) == []
        assert Entry.objects.get(action="fuel.purchase_withdrawn").details["supplier"] == "甲煤矿"

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"paper": " "}, operations.NoPaper),
            ({"supplier": ""}, operations.NoPaper),
            ({"day": date(2026, 11, 23)}, operations.NotYet),
            ({"energy_type_id": "STEAM"}, operations.NotAFuel),
            ({"measure": "10000 m3"}, operations.NotItsMeasure),
        ],
    )
    def test_refuse_what_is_none(self, shipped_rules, unit, changed, error):
        with pytest.raises(error):
            buy(unit, **changed)

        assert not Purchase.objects.exists()


class TestPages:
    @pytest.fixture
    def three_of_each(self, shipped_rules, unit):
        for day in (1, 2, 3):
            take(unit, day=date(2025, 3, day))
            buy(unit, day=date(2025, 3, day), paper=f"F-{day}")

    def test_hold_their_rows_and_no_others(self, three_of_each, unit):
        for rows_of, count in (
            (queries.takings_of, queries.count_takings),
            (queries.purchases_of, queries.count_purchases),
        ):
            assert [row.day.day for row in rows_of(unit.id, first=0, limit=2)] == [3, 2]
            assert [row.day.day for row in rows_of(unit.id, first=2, limit=2)] == [1]
            assert count(unit.id) == 3
            assert count(unit.id, as_of=AT.replace(year=2024)) == 0

    def test_one_row_is_found_by_its_number_while_it_is_believed(
        self, three_of_each, unit, other_unit
    ):
        taking, purchase = last(StockTaking), last(Purchase)
        assert queries.taking(unit.id, taking).day == date(2025, 3, 3)
        assert queries.purchase(unit.id, purchase).paper == "F-3"
        assert queries.taking(other_unit.id, taking) is None
        assert queries.purchase(other_unit.id, purchase) is None

        retake(unit, taking)
        rebuy(unit, purchase)

        assert queries.taking(unit.id, taking) is None
        assert queries.purchase(unit.id, purchase) is None


class TestFuelsOver:
    def test_tell_what_was_used(self, shipped_rules, unit):
        take(unit, day=date(2024, 12, 31), amount=Decimal(10), measure="t")
        take(unit, amount=Decimal(30), measure="t")
        buy(unit)
        buy(unit, paper="F-2", day=YEAR_ENDS, amount=Decimal(5))

        (found,) = queries.fuels_over(unit.id, FIRST, UNTIL)

        assert found[:4] == ("RAW_COAL", Decimal(10), Decimal(105), Decimal(30))
        assert found.derived == (Decimal(85), ())
        assert found.by_month == {
            date(2025, 3, 1): Decimal(100), date(2025, 12, 1): Decimal(5),
        }  # fmt: skip

    def test_leave_out_what_lies_outside(self, shipped_rules, unit):
        take(unit, day=date(2024, 12, 30))
        take(unit, day=date(2026, 1, 1))
        buy(unit, day=date(2024, 12, 31))
        buy(unit, paper="F-2", day=date(2026, 1, 1))

        assert queries.fuels_over(unit.id, FIRST, UNTIL) == []

    def test_name_what_lacks_where_stock_was_taken_in_between(self, shipped_rules, unit):
        take(unit, day=date(2025, 6, 30))

        (found,) = queries.fuels_over(unit.id, FIRST, UNTIL)

        assert (found.opening, found.bought, found.closing) == (None, None, None)
        assert found.derived.lacks == (Lack.OPENING, Lack.PURCHASES, Lack.CLOSING)

    def test_are_nobody_elses(self, shipped_rules, unit, other_unit):
        take(unit)
        buy(unit)

        assert queries.fuels_over(other_unit.id, FIRST, UNTIL) == []

    def test_take_two_queries(self, shipped_rules, unit, django_assert_num_queries):
        take(unit)
        buy(unit)
        with django_assert_num_queries(2):
            queries.fuels_over(unit.id, FIRST, UNTIL)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told_that_it_is_known(unit):
    energy.load_rules(by=None, at=AT)

    stocks = at_once.together(lambda: take(unit), lambda: take(unit, amount=Decimal(2)))
    bought = at_once.together(lambda: buy(unit), lambda: buy(unit, day=date(2025, 4, 1)))

    assert sorted(map(type, stocks), key=str) == [type(None), operations.DayKnown]
    assert sorted(map(type, bought), key=str) == [type(None), operations.PaperKnown]
    assert (StockTaking.objects.count(), Purchase.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_correct_one_version_at_once_one_is_refused(unit):
    energy.load_rules(by=None, at=AT)
    take(unit)
    buy(unit)
    taking, purchase = last(StockTaking), last(Purchase)

    stocks = at_once.together(lambda: retake(unit, taking), lambda: withdraw_stock(unit, taking))
    bought = at_once.together(
        lambda: rebuy(unit, purchase), lambda: rebuy(unit, purchase, amount=Decimal(80))
    )

    for raised in (stocks, bought):
        assert sorted(map(type, raised), key=str) == [type(None), operations.Superseded]
