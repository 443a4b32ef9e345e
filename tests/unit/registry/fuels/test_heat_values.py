"""Measured heat values: what they make of a fuel, when, and as was known when."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import operations as energy
from hengneng.registry.fuels import operations, queries
from hengneng.registry.fuels.models import HeatValue

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def shipped_rules(db):
    energy.load_rules(by=None, at=AT)


def record(unit, **changed):
    asked = {
        "unit_id": unit.id, "energy_type_id": "NATURAL_GAS", "heat_value_kj": Decimal(35544),
        "first": MAY, "until": JULY, "report": "G-2026-05", "laboratory": "燃气检测站",
        "by": None, "at": AT,
    }  # fmt: skip
    operations.record_heat_value(**asked | changed)


@pytest.fixture
def gas_measured_in_may_and_june(shipped_rules, unit):
    record(unit)


def factors(unit, day, as_of=None):
    until = date.fromordinal(day.toordinal() + 1)
    found = queries.measured_over([unit.id], day, until, as_of=as_of)
    return {kind: queries.factor_on(rows, day) for (_, kind), rows in found.items()}


class TestRecordHeatValue:
    @pytest.mark.parametrize(
        ("day", "is_measured"),
        [
            (date(2026, 4, 30), False),
            (date(2026, 5, 1), True),
            (date(2026, 6, 30), True),
            (date(2026, 7, 1), False),
        ],
    )
    def test_makes_the_factor_of_its_months(
        self, gas_measured_in_may_and_june, unit, day, is_measured
    ):
        found = factors(unit, day)

        # 35 544 kJ/m3 ÷ 29 307 kJ/kgce = 1.21281605077…, by hand.
        assert {kind: row.kgce_per_uom for kind, row in found.items()} == (
            {"NATURAL_GAS": Decimal("1.2128160508")} if is_measured else {}
        )

    def test_says_how_it_was_measured_and_by_which_heat_of_coal(
        self, gas_measured_in_may_and_june, unit
    ):
        row = factors(unit, MAY)["NATURAL_GAS"]

        assert (row.scope, row.edition, row.clause) == ("MEASURED", "G-2026-05", "燃气检测站")
        assert row.citation == ("35544 kJ ÷ 29307 kJ (GB/T 2589-2020, definition of standard coal)")
        assert row.verified is False  # the 29 307 kJ are not checked

    def test_supersedes_what_was_believed_of_these_months(self, gas_measured_in_may_and_june, unit):
        before = facts.settle()

        record(unit, first=JUNE, until=None, heat_value_kj=Decimal(29307), report="G-2026-06")

        assert factors(unit, MAY)["NATURAL_GAS"].edition == "G-2026-05"
        assert factors(unit, JUNE)["NATURAL_GAS"].kgce_per_uom == 1
        assert factors(unit, date(2030, 1, 1))["NATURAL_GAS"].edition == "G-2026-06"
        assert factors(unit, JUNE, as_of=before)["NATURAL_GAS"].edition == "G-2026-05"
        assert factors(unit, JULY, as_of=before) == {}

    def test_is_nobody_elses(self, gas_measured_in_may_and_june, other_unit):
        assert factors(other_unit, MAY) == {}

    def test_leaves_one_entry_about_the_unit(self, gas_measured_in_may_and_june, unit):
        entry = Entry.objects.get(action="fuel.heat_value_recorded")

        assert entry.subject == f"unit:{unit.code}"

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"energy_type_id": "ELECTRICITY"}, operations.NotAFuel),
            ({"energy_type_id": "WATER"}, operations.NotAFuel),
            ({"energy_type_id": "PRODUCT_OUTPUT"}, operations.NotAFuel),
            ({"energy_type_id": "HEAT"}, operations.NotAFuel),
            ({"energy_type_id": "STEAM"}, operations.NotAFuel),
            ({"energy_type_id": "PEAT"}, operations.NotAFuel),
            ({"heat_value_kj": Decimal(0)}, operations.NotAHeatValue),
            ({"heat_value_kj": Decimal(-1)}, operations.NotAHeatValue),
            ({"heat_value_kj": Decimal("NaN")}, operations.NotAHeatValue),
            ({"heat_value_kj": Decimal("1.0000001")}, operations.NotAHeatValue),
            ({"first": date(2026, 5, 2)}, operations.NotWholeMonths),
            ({"until": date(2026, 6, 30)}, operations.NotWholeMonths),
            ({"until": MAY}, facts.EmptySpan),
            ({"report": " "}, operations.NoReport),
            ({"laboratory": ""}, operations.NoReport),
        ],
    )
    def test_refuses_what_is_no_measured_value(self, shipped_rules, unit, changed, error):
        with pytest.raises(error):
            record(unit, **changed)

        assert not HeatValue.objects.exists()

    def test_a_value_of_six_places_is_kept_as_it_is(self, shipped_rules, unit):
        record(unit, heat_value_kj=Decimal("35544.000001"))

        assert queries.heat_values_of(unit.id)[0].heat_value_kj == Decimal("35544.000001")


class TestWithdrawHeatValue:
    def test_lets_the_table_serve_again(self, gas_measured_in_may_and_june, unit):
        before = facts.settle()

        operations.withdraw_heat_value(
            unit_id=unit.id, energy_type_id="NATURAL_GAS", first=JUNE, until=JULY,
            reason="another unit's sample", by=None, at=AT,
        )  # fmt: skip

        assert factors(unit, JUNE) == {}
        assert factors(unit, date(2026, 5, 31))["NATURAL_GAS"].edition == "G-2026-05"
        assert factors(unit, JUNE, as_of=before)["NATURAL_GAS"].edition == "G-2026-05"

    def test_asks_for_a_reason(self, gas_measured_in_may_and_june, unit):
        with pytest.raises(operations.NoReport):
            operations.withdraw_heat_value(
                unit_id=unit.id, energy_type_id="NATURAL_GAS", first=JUNE, until=JULY,
                reason=" ", by=None, at=AT,
            )  # fmt: skip

        assert set(factors(unit, JUNE)) == {"NATURAL_GAS"}


def test_a_change_of_the_heat_of_coal_cuts_the_factor(shipped_rules, unit):
    energy.load(
        coal="""
[[edition]]
edition = "a test"
clause = "1"
valid_from = 2026-06-01
[[edition.coal]]
kj_per_kgce = "35544"
citation = "a test"
verified = true
""",
        by=1,
        at=AT,
    )
    record(unit)

    rows = queries.measured_over([unit.id], MAY, JULY)[unit.id, "NATURAL_GAS"]

    assert [(row.valid_from, row.valid_until, row.kgce_per_uom) for row in rows] == [
        (MAY, JUNE, Decimal("1.2128160508")),
        (JUNE, JULY, Decimal(1)),
    ]
    assert [row.verified for row in rows] == [False, True]


def test_without_a_heat_of_coal_nothing_is_measured(shipped_rules, unit):
    record(unit, first=date(2008, 1, 1), until=None)

    assert factors(unit, date(2008, 5, 31)) == {}
    assert set(factors(unit, date(2008, 6, 1))) == {"NATURAL_GAS"}


def test_the_history_keeps_every_version(gas_measured_in_may_and_june, unit):
    record(unit, heat_value_kj=Decimal(36000))

    versions = queries.heat_value_versions(unit.id)

    assert [(one.said["heat_value_kj"], one.superseded_at is None) for one in versions] == [
        (Decimal(35544), False),
        (Decimal(36000), True),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_value_believed(unit):
    energy.load_rules(by=None, at=AT)
    ready = threading.Barrier(2)

    def write(kilojoules):
        try:
            ready.wait()
            record(unit, heat_value_kj=Decimal(kilojoules))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in (35000, 36000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert HeatValue.objects.filter(superseded_at=None).count() == 1
    assert HeatValue.objects.count() == 2


def test_the_database_refuses_two_believed_at_once(gas_measured_in_may_and_june, unit):
    one = HeatValue.objects.get()
    one.pk = None

    with pytest.raises(IntegrityError, match="heat_value_one_at_a_time"), transaction.atomic():
        one.save(force_insert=True)
