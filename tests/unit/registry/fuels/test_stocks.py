"""Stocks and purchases: what is believed, when, and what follows was used."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

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

        take(unit, amount=Decimal(2), measure="t", determined_by="BOOKED")

        assert [row.amount for row in queries.takings_of(unit.id)] == [Decimal(2)]
        assert [row.amount for row in queries.takings_of(unit.id, as_of=before)] == [Decimal("1.5")]
        assert [one.said["amount"] for one in queries.taking_versions(unit.id)] == [
            Decimal("1.5"),
            Decimal(2),
        ]

    def test_corrected_keeps_its_document(self, shipped_rules, unit):
        take(unit, document=Document("taking.pdf", b"%PDF"))
        take(unit, amount=Decimal(2))

        old, new = StockTaking.objects.order_by("id")
        assert old.document_id == new.document_id is not None

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


class TestWithdrawStock:
    def test_leaves_nothing_believed(self, shipped_rules, unit):
        take(unit)
        before = facts.settle()

        operations.withdraw_stock(
            unit_id=unit.id, energy_type_id="RAW_COAL", day=YEAR_ENDS, reason="a slip", by=7, at=AT
        )

        assert queries.takings_of(unit.id) == []
        assert len(queries.takings_of(unit.id, as_of=before)) == 1

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"reason": " "}, operations.NoReason),
            ({"day": date(2025, 12, 30)}, facts.NothingKnown),
            ({"energy_type_id": "COKE"}, facts.NothingKnown),
        ],
    )
    def test_refuses_without_a_reason_or_a_stock(self, shipped_rules, unit, changed, error):
        take(unit)
        asked = {
            "unit_id": unit.id, "energy_type_id": "RAW_COAL", "day": YEAR_ENDS, "reason": "a slip",
            "by": 7, "at": AT,
        }  # fmt: skip
        with pytest.raises(error):
            operations.withdraw_stock(**asked | changed)

        assert len(queries.takings_of(unit.id)) == 1


class TestPurchases:
    def test_are_kept_by_their_paper(self, shipped_rules, unit):
        buy(unit)
        buy(unit, paper="F-2", amount=Decimal(20_000), measure="kg")

        told = [(row.paper, row.amount) for row in queries.purchases_of(unit.id)]
        assert told == [("F-1", Decimal(100)), ("F-2", Decimal(20))]

    def test_of_one_paper_are_one_wherever_its_day_moves(self, shipped_rules, unit):
        buy(unit)
        before = facts.settle()

        buy(unit, day=date(2024, 12, 31), amount=Decimal(90))

        (row,) = queries.purchases_of(unit.id)
        assert (row.day, row.amount) == (date(2024, 12, 31), Decimal(90))
        (row,) = queries.purchases_of(unit.id, as_of=before)
        assert (row.day, row.amount) == (date(2025, 3, 1), Decimal(100))

    def test_are_withdrawn(self, shipped_rules, unit):
        buy(unit)
        asked = {"unit_id": unit.id, "energy_type_id": "RAW_COAL", "by": 7, "at": AT}
        with pytest.raises(facts.NothingKnown):
            operations.withdraw_purchase(**asked, paper="F-2", reason="a slip")
        with pytest.raises(operations.NoReason):
            operations.withdraw_purchase(**asked, paper="F-1", reason="")
        assert len(queries.purchases_of(unit.id)) == 1

        operations.withdraw_purchase(**asked, paper="F-1", reason="a slip")

        assert queries.purchases_of(unit.id) == []
        assert Entry.objects.filter(action="fuel.purchase_withdrawn").count() == 1

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


class TestFuelsOver:
    def test_tell_what_was_used(self, shipped_rules, unit):
        take(unit, day=date(2024, 12, 31), amount=Decimal(10), measure="t")
        take(unit, amount=Decimal(30), measure="t")
        buy(unit)
        buy(unit, paper="F-2", day=YEAR_ENDS, amount=Decimal(5))

        (found,) = queries.fuels_over(unit.id, FIRST, UNTIL)

        assert found[:4] == ("RAW_COAL", Decimal(10), Decimal(105), Decimal(30))
        assert found.derived == (Decimal(85), ())

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


def at_once(*writes):
    ready = threading.Barrier(len(writes))
    raised = []

    def run(write):
        try:
            ready.wait()
            write()
        except Exception as error:  # noqa: BLE001 told by the test
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(write,)) for write in writes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_believed(unit):
    energy.load_rules(by=None, at=AT)

    at_once(lambda: take(unit), lambda: take(unit, amount=Decimal(2)))
    at_once(lambda: buy(unit), lambda: buy(unit, day=date(2025, 4, 1)))

    for model in (StockTaking, Purchase):
        assert model.objects.filter(superseded_at=None).count() == 1
        assert model.objects.count() == 2
