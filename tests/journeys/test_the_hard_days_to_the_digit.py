"""The days on which totals go wrong elsewhere, through the journal and the worker, to the digit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from tests.worlds import CODE, REGISTER, SECOND_METER, World

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries as kept

NOVEMBER = (date(2025, 11, 1) - date(1970, 1, 1)).days * DAY_SECONDS
HOUR = 3600


@pytest.fixture
def world(transactional_db):
    """A unit with hourly slots, whose messages really commit."""
    yield World.made()
    journal.stop()


def register(second, value, *, key=REGISTER, sent=60, mark="M"):
    """Return a reading of a register that shows hundredths."""
    return Record(key, second, round(value * 100), 2, mark, second + sent)


def days(world, first, last, as_of=None):
    """Return the register point's consumption by date, both ends included."""
    rows = figures.days_of(
        unit_id=world.unit_id, from_day=day(first), to_day=day(last), as_of=as_of
    )
    return {row.day: row.amount for row in rows if row.point_id == world.points[0]}


def months(world, first, last):
    rows = figures.months_of(unit_id=world.unit_id, from_month=day(first), to_month=day(last))
    return {row.month: row.amount for row in rows if row.point_id == world.points[0]}


def day(second):
    return clock.date_of(second // DAY_SECONDS)


class TestTheMonthBoundary:
    def test_belongs_to_the_month_in_which_the_energy_flowed(self, world):
        december = NOVEMBER + 30 * DAY_SECONDS
        world.send([register(december - HOUR, 10), register(december, 11.5)])
        world.send([register(december + HOUR, 14.25)])
        world.settle()

        found = months(world, NOVEMBER, december)

        assert found[date(2025, 11, 1)].amount == Decimal("1.50")
        assert found[date(2025, 12, 1)].amount == Decimal("2.75")
        assert found[date(2025, 11, 1)].expected == 30 * 24
        assert found[date(2025, 11, 1)].received == 1

    def test_inside_one_interval_is_shared_by_the_seconds_on_each_side(self, world):
        december = NOVEMBER + 30 * DAY_SECONDS
        world.send([register(december - 900, 10), register(december + 2700, 11)])
        world.settle()

        found = months(world, NOVEMBER, december)

        assert found[date(2025, 11, 1)].amount == Decimal("0.25")
        assert found[date(2025, 12, 1)].amount == Decimal("0.75")

    def test_takes_a_valid_month_record_instead_of_the_days(self, world):
        series = CODE[1:]
        world.send([Record(f"N1{series}", NOVEMBER, 100, 1, "M", NOVEMBER + DAY_SECONDS)])
        world.send([Record(f"N2{series}", NOVEMBER, 3000, 1, "M", NOVEMBER + 31 * DAY_SECONDS)])
        world.settle()

        (row,) = figures.months_of(
            unit_id=world.unit_id, from_month=day(NOVEMBER), to_month=day(NOVEMBER)
        )

        assert (row.amount.amount, row.amount.basis) == (Decimal("300.0"), "MONTH_RECORD")


def test_a_message_recorded_in_a_month_without_a_partition_counts(world):
    """The default partition keeps it and raises the alarm; nothing else differs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'journal_message'::regclass"
        )
        for (name,) in cursor.fetchall():
            if name != "journal_message_default":
                cursor.execute(f"DROP TABLE {name}")

    world.send([register(NOVEMBER, 10), register(NOVEMBER + HOUR, 11.5)])
    world.settle()

    assert kept.messages_in_default() == 1
    assert days(world, NOVEMBER, NOVEMBER)[day(NOVEMBER)].amount == Decimal("1.50")


def test_ninety_days_in_one_message_are_all_worked_out(world):
    records = [
        register(NOVEMBER + n * HOUR, n / 4, sent=91 * DAY_SECONDS) for n in range(90 * 24 + 1)
    ]
    world.send(records)
    world.settle()

    found = days(world, NOVEMBER, NOVEMBER + 90 * DAY_SECONDS)

    assert [amount.amount for amount in found.values()] == [Decimal("6.00")] * 90
    assert {amount.late for amount in found.values()} == {Decimal("6.00")}


def test_a_register_that_closes_ten_days_gives_them_what_flowed(world):
    world.send([register(NOVEMBER, 10)])
    world.settle()
    assert days(world, NOVEMBER, NOVEMBER + 11 * DAY_SECONDS) == {}

    world.send([register(NOVEMBER + 10 * DAY_SECONDS, 251.07)])
    world.settle()

    found = days(world, NOVEMBER, NOVEMBER + 11 * DAY_SECONDS)
    assert sum(amount.amount for amount in found.values()) == Decimal("241.07")
    assert [amount.amount for amount in found.values()] == [
        *[Decimal("24.11")] * 7,
        *[Decimal("24.10")] * 3,
    ]
    assert all(amount.estimated == amount.amount for amount in found.values())
    assert all(amount.received == 0 for amount in found.values())


def test_a_reading_inside_the_gap_moves_only_what_it_says(world):
    world.send([register(NOVEMBER, 10), register(NOVEMBER + 10 * DAY_SECONDS, 250)])
    world.settle()

    world.send([register(NOVEMBER + 5 * DAY_SECONDS, 210)])
    world.settle()

    found = days(world, NOVEMBER, NOVEMBER + 10 * DAY_SECONDS)
    assert [amount.amount for amount in found.values()] == [
        *[Decimal("40.00")] * 5,
        *[Decimal("8.00")] * 5,
    ]


class TestACorrectedRegister:
    def test_sent_later_takes_the_place_of_the_first(self, world):
        world.send([register(NOVEMBER + n * HOUR, 10 + n) for n in range(25)])
        world.settle()
        before = facts.settle()

        world.send([register(NOVEMBER + 12 * HOUR, 22.5, sent=HOUR)])
        world.settle()

        profile = figures.profile_of(
            unit_id=world.unit_id, point_id=world.points[0], day=day(NOVEMBER)
        )
        assert profile is not None
        assert profile.values[11:13] == [Decimal("1.50"), Decimal("0.50")]
        assert days(world, NOVEMBER, NOVEMBER)[day(NOVEMBER)].amount == Decimal("24.00")
        then = figures.profile_of(
            unit_id=world.unit_id, point_id=world.points[0], day=day(NOVEMBER), as_of=before
        )
        assert then is not None
        assert then.values[11:13] == [Decimal("1.00"), Decimal("1.00")]

    def test_withdrawn_leaves_the_energy_and_says_estimated(self, world):
        world.send([register(NOVEMBER + n * HOUR, 10 + n) for n in range(25)])
        world.send([register(NOVEMBER + 12 * HOUR, 22.5, sent=HOUR, mark="R")])
        world.settle()

        profile = figures.profile_of(
            unit_id=world.unit_id, point_id=world.points[0], day=day(NOVEMBER)
        )
        assert profile is not None
        assert profile.marks == "M" * 11 + "EE" + "M" * 11
        assert sum(value or 0 for value in profile.values) == Decimal("24.00")


class TestAnExchangeRecordedThreeDaysLate:
    def test_turns_an_unexplained_fall_into_both_meters_energy(self, world):
        at = NOVEMBER + 36 * HOUR
        old = [register(NOVEMBER + n * HOUR, 500 + n) for n in range(36)]
        new = [register(NOVEMBER + n * HOUR, n - 36.5) for n in range(37, 121)]
        world.send([*old, *new])
        world.settle()
        unexplained = days(world, NOVEMBER, NOVEMBER + 5 * DAY_SECONDS)
        assert unexplained[day(at)].amount == Decimal("22.00")
        before = facts.settle()

        world.exchange(at, 5358, 2)  # the old one showed 535.8, the new one 0.2
        world.settle()

        found = days(world, NOVEMBER, NOVEMBER + 4 * DAY_SECONDS)
        # 11 whole hours, 0.8 to the exchange, 0.3 after it, 11 whole hours.
        assert found[day(at)].amount == Decimal("23.10")
        assert found[day(NOVEMBER)].amount == Decimal("24.00")
        assert days(world, at, at, as_of=before)[day(at)].amount == Decimal("22.00")

    def test_with_another_meter_on_the_wire_takes_it_over_from_the_instant_on(self, world):
        at = NOVEMBER + 36 * HOUR
        old = [register(NOVEMBER + n * HOUR, 500 + n) for n in range(37)]
        new = [register(NOVEMBER + n * HOUR, n - 36, key=SECOND_METER) for n in range(36, 121)]
        world.send([*old, *new])
        world.settle()
        assert days(world, at, at)[day(at)].amount == Decimal("12.00")

        world.exchange(at, 5360, 0, SECOND_METER)
        world.settle()

        found = days(world, NOVEMBER, NOVEMBER + 4 * DAY_SECONDS)
        assert [amount.amount for amount in found.values()] == [Decimal("24.00")] * 5
        assert sum(amount.received for amount in found.values()) == 5 * 24


def test_a_ratio_corrected_for_the_past_is_right_as_of_both_instants(world):
    world.send([register(NOVEMBER + n * HOUR, n) for n in range(49)])
    world.settle()
    before = facts.settle()

    world.change_ratio(NOVEMBER + DAY_SECONDS, 40)
    world.settle()

    known = {d: amount.amount for d, amount in days(world, NOVEMBER, NOVEMBER + HOUR * 47).items()}
    assert list(known.values()) == [Decimal("24.00"), Decimal("960.00")]
    then = days(world, NOVEMBER, NOVEMBER + HOUR * 47, as_of=before)
    assert [amount.amount for amount in then.values()] == [Decimal("24.00"), Decimal("24.00")]


def test_data_that_came_before_their_point_count_once_it_is_known(world):
    world.send([register(NOVEMBER + n * HOUR, n, key=SECOND_METER) for n in range(25)])
    world.settle()
    (unclaimed,) = figures.series_without_point(
        unit_id=world.unit_id, from_day=day(NOVEMBER), to_day=day(NOVEMBER + DAY_SECONDS)
    )
    assert (unclaimed.key, unclaimed.entries) == (SECOND_METER, 25)

    world.change_source(clock.local_second(datetime(2025, 1, 1, tzinfo=UTC)), SECOND_METER)
    world.settle()

    assert days(world, NOVEMBER, NOVEMBER)[day(NOVEMBER)].amount == Decimal("24.00")
