"""Instruments at points by date, and their exchanges, however late they are told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from hengneng.kernel import clock
from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import FactChange, Tail
from hengneng.registry.instruments import operations, queries
from hengneng.registry.instruments.models import Exchange, Installation, Instrument
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
EXCHANGED = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)  # three days before it is told
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def point(unit, energy_types):
    return points.create_point(
        unit_id=unit.id,
        code="E-01",
        name="总进线",
        energy_type_id="ELECTRICITY",
        level="LEVEL_1",
        kind="REGISTER",
        key="R:OLD:total",
        valid_from=NEW_YEAR,
        by=7,
        at=AT,
    )


@pytest.fixture
def make_instrument(unit):
    def make(number, of_unit=unit):
        return operations.create_instrument(
            unit_id=of_unit.id, number=number, name="电能表", by=7, at=AT
        )

    return make


@pytest.fixture
def metered_point(point, make_instrument):
    operations.install(
        instrument_id=make_instrument("M-OLD").id,
        point_id=point.id,
        valid_from=NEW_YEAR,
        by=7,
        at=AT,
    )
    FactChange.objects.all().delete()
    return point


@pytest.fixture
def exchange(metered_point, make_instrument):
    return operations.exchange_instrument(
        point_id=metered_point.id,
        happened_at=EXCHANGED,
        before_value=Decimal("999871.25"),
        after_value=Decimal("0.5"),
        new_instrument_id=make_instrument("M-NEW").id,
        new_key="R:NEW:total",
        by=7,
        at=AT,
    )


def stood(point):
    believed = Installation.objects.filter(superseded_at=None, point=point).order_by("valid_from")
    return list(believed.values_list("instrument__number", "valid_from", "valid_until"))


def fed(point):
    return [(s.key, s.valid_from, s.valid_until) for s in point_queries.spans_of_point(point.id)]


class TestCreateInstrument:
    def test_a_number_is_entered_once(self, make_instrument):
        make_instrument("M-1")

        with pytest.raises(operations.InstrumentExists):
            make_instrument("M-1")

        assert Instrument.objects.count() == 1

    def test_two_units_may_use_the_same_number(self, make_instrument, other_unit):
        make_instrument("M-1")
        make_instrument("M-1", other_unit)

        assert Instrument.objects.count() == 2

    def test_an_instrument_without_a_number_is_refused(self, make_instrument):
        with pytest.raises(operations.IncompleteInstrument):
            make_instrument("")


class TestCorrectInstrument:
    def test_changes_what_is_named(self, make_instrument):
        meter = make_instrument("M-1")
        operations.correct_instrument(instrument_id=meter.id, accuracy_class="0.5S", by=7, at=AT)

        meter.refresh_from_db()
        assert (meter.accuracy_class, meter.name) == ("0.5S", "电能表")

    def test_the_number_stays(self, make_instrument):
        with pytest.raises(operations.IncompleteInstrument):
            operations.correct_instrument(
                instrument_id=make_instrument("M-1").id, number="M-2", by=7, at=AT
            )


class TestInstall:
    def test_the_former_instrument_leaves_the_point(self, metered_point, make_instrument):
        operations.install(
            instrument_id=make_instrument("M-NEW").id,
            point_id=metered_point.id,
            valid_from=EXCHANGED,
            by=7,
            at=AT,
        )

        assert stood(metered_point) == [
            ("M-OLD", NEW_YEAR, EXCHANGED),
            ("M-NEW", EXCHANGED, None),
        ]
        assert list(
            FactChange.objects.values_list("point_id", "changed_from", "changed_until")
        ) == [(metered_point.id, EXCHANGED, None)]

    def test_one_instrument_stands_at_one_point(self, metered_point, unit):
        other = points.create_point(
            unit_id=unit.id, code="E-02", name="二", energy_type_id="ELECTRICITY",
            level="LEVEL_2", kind="REGISTER", valid_from=NEW_YEAR, by=7, at=AT,
        )  # fmt: skip

        with pytest.raises(operations.InstalledElsewhere):
            operations.install(
                instrument_id=Instrument.objects.get().id,
                point_id=other.id,
                valid_from=EXCHANGED,
                by=7,
                at=AT,
            )

        assert stood(other) == []

    def test_another_units_instrument_is_refused(self, point, make_instrument, other_unit):
        with pytest.raises(operations.ForeignInstrument):
            operations.install(
                instrument_id=make_instrument("M-1", other_unit).id,
                point_id=point.id,
                valid_from=NEW_YEAR,
                by=7,
                at=AT,
            )


class TestExchangeInstrument:
    def test_moves_instrument_and_source_at_the_instant(self, metered_point, exchange, unit):
        assert stood(metered_point) == [
            ("M-OLD", NEW_YEAR, EXCHANGED),
            ("M-NEW", EXCHANGED, None),
        ]
        assert fed(metered_point) == [
            ("R:OLD:total", NEW_YEAR, EXCHANGED),
            ("R:NEW:total", EXCHANGED, None),
        ]
        assert queries.exchanges_of(unit.id) == [
            (metered_point.id, EXCHANGED, Decimal("999871.25"), Decimal("0.5"))
        ]

    def test_told_after_a_later_one_leaves_that_one_as_it_is(
        self, metered_point, exchange, make_instrument
    ):
        operations.exchange_instrument(
            point_id=metered_point.id, happened_at=EXCHANGED - DAY, before_value=Decimal(9),
            after_value=Decimal(0), new_instrument_id=make_instrument("M-MIDDLE").id,
            new_key="R:MIDDLE:total", by=7, at=AT,
        )  # fmt: skip

        assert stood(metered_point) == [
            ("M-OLD", NEW_YEAR, EXCHANGED - DAY),
            ("M-MIDDLE", EXCHANGED - DAY, EXCHANGED),
            ("M-NEW", EXCHANGED, None),
        ]
        assert fed(metered_point) == [
            ("R:OLD:total", NEW_YEAR, EXCHANGED - DAY),
            ("R:MIDDLE:total", EXCHANGED - DAY, EXCHANGED),
            ("R:NEW:total", EXCHANGED, None),
        ]

    def test_is_one_recording_and_one_entry(self, metered_point, make_instrument):
        new = make_instrument("M-NEW")
        before = Tail.objects.get(name="fact").sequence, Entry.objects.count()

        operations.exchange_instrument(
            point_id=metered_point.id, happened_at=EXCHANGED, before_value=Decimal(9),
            after_value=Decimal(0), new_instrument_id=new.id, new_key="R:NEW:total", by=7, at=AT,
        )  # fmt: skip

        assert (Tail.objects.get(name="fact").sequence, Entry.objects.count()) == (
            before[0] + 1,
            before[1] + 1,
        )
        assert Entry.objects.latest("sequence").action == "instrument.exchanged"

    def test_was_not_known_before_it_was_told(self, metered_point, make_instrument, unit):
        make_instrument("M-NEW")
        before = Tail.objects.get(name="fact").recorded_at
        operations.exchange_instrument(
            point_id=metered_point.id, happened_at=EXCHANGED, before_value=Decimal(9),
            after_value=Decimal(0), by=7, at=AT,
        )  # fmt: skip

        assert queries.exchanges_of(unit.id, as_of=before) == []
        assert len(queries.exchanges_of(unit.id)) == 1

    def test_touches_the_second_in_which_it_happened(self, metered_point):
        operations.exchange_instrument(
            point_id=metered_point.id, happened_at=EXCHANGED, before_value=Decimal(9),
            after_value=Decimal(0), by=7, at=AT,
        )  # fmt: skip

        assert list(FactChange.objects.values_list("changed_from", "changed_until")) == [
            (EXCHANGED, EXCHANGED + timedelta(seconds=1))
        ]

    def test_a_second_one_at_the_instant_is_refused(self, metered_point, exchange):
        with pytest.raises(operations.ExchangeExists):
            operations.exchange_instrument(
                point_id=metered_point.id, happened_at=EXCHANGED, before_value=Decimal(1),
                after_value=Decimal(0), by=7, at=AT,
            )  # fmt: skip

    @pytest.mark.parametrize(
        "value", [Decimal(-1), Decimal("NaN"), Decimal("0.0000000001"), Decimal(10) ** 15]
    )
    def test_an_impossible_reading_changes_nothing(self, metered_point, value):
        with pytest.raises(operations.BadRegister):
            operations.exchange_instrument(
                point_id=metered_point.id, happened_at=EXCHANGED, before_value=value,
                after_value=Decimal(0), new_key="R:NEW:total", by=7, at=AT,
            )  # fmt: skip

        assert fed(metered_point) == [("R:OLD:total", NEW_YEAR, None)]


class TestCorrectExchange:
    def test_another_reading_takes_the_place_of_the_former(self, exchange, unit):
        operations.correct_exchange(
            exchange_id=exchange.id, before_value=Decimal("999872"), by=7, at=AT
        )

        assert [row[1:] for row in queries.exchanges_of(unit.id)] == [
            (EXCHANGED, Decimal("999872"), Decimal("0.5"))
        ]
        assert Exchange.objects.count() == 2

    @pytest.mark.parametrize("moved_to", [EXCHANGED - DAY, EXCHANGED + DAY])
    def test_another_instant_moves_instrument_and_source(self, metered_point, exchange, moved_to):
        operations.correct_exchange(exchange_id=exchange.id, happened_at=moved_to, by=7, at=AT)

        assert fed(metered_point) == [
            ("R:OLD:total", NEW_YEAR, moved_to),
            ("R:NEW:total", moved_to, None),
        ]
        assert [
            queries.instrument_at(metered_point.id, instant).number
            for instant in (NEW_YEAR, moved_to - timedelta(seconds=1), moved_to, AT)
        ] == ["M-OLD", "M-OLD", "M-NEW", "M-NEW"]

    def test_what_was_corrected_cannot_be_corrected_again(self, exchange):
        operations.correct_exchange(exchange_id=exchange.id, before_value=Decimal(1), by=7, at=AT)

        with pytest.raises(operations.NotBelieved):
            operations.correct_exchange(
                exchange_id=exchange.id, before_value=Decimal(2), by=7, at=AT
            )

    def test_a_withdrawn_one_never_was(self, exchange, unit):
        told = exchange.recorded_at
        operations.withdraw_exchange(exchange_id=exchange.id, by=7, at=AT)

        assert queries.exchanges_of(unit.id) == []
        assert len(queries.exchanges_of(unit.id, as_of=told)) == 1


def test_instruments_are_shown_where_they_stand(metered_point, exchange, unit):
    before = EXCHANGED - timedelta(seconds=1)

    now = [(row.number, row.point_code) for row in queries.instruments_of(unit.id)]
    then = [(row.number, row.point_code) for row in queries.instruments_of(unit.id, at=before)]
    assert now == [("M-NEW", "E-01"), ("M-OLD", None)]
    assert then == [("M-NEW", None), ("M-OLD", "E-01")]
