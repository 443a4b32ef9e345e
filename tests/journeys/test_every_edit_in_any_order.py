"""Messages and every kind of edit, at random: step by step gives what a rebuild gives.

Two register points that share meters, an increment point that shares codes: sources move from one
to the other and back, exchanges are told late, moved and withdrawn, slots and kinds change.
"""

import os
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.worlds import OPENING, World, electricity

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments.models import Exchange
from hengneng.registry.points import operations as points
from hengneng.registry.points import rules
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.journal import operations as journal

SEEDS = 300 if os.environ.get("HENGNENG_TEST_LONG") else 8
DAYS = 16
METERS = ("R:M1:total", "R:M2:total", "R:M3:total")
CODES = ("N:0000000002330011", "N:0000000002330021")
EVER = datetime(2020, 1, 1, tzinfo=UTC)
FIRST, LAST = (clock.date_of(OPENING // DAY_SECONDS + n) for n in (-10, DAYS + 10))
# What an official would be told is not possible; here it is simply another try.
REFUSED = (
    points.KeyTaken,
    rules.CodeDoesNotFit,
    instruments.ExchangeExists,
    facts.NothingKnown,
    facts.EmptySpan,
)


class Chance(random.Random):
    """What may happen to the unit, drawn by a seed."""

    def second(self):
        """Return any second, an hour, a midnight, or the last second of a day."""
        day = self.randrange(DAYS) * DAY_SECONDS
        odd, hour = self.randrange(DAYS * DAY_SECONDS), self.randrange(DAYS * 24) * 3600
        return OPENING + self.choice([odd, hour, day, day + DAY_SECONDS - 1])

    def reading(self, at, sent):
        value = (at - OPENING) // 3600 + self.choice([0, 0, 0, 1, -400, 5000])
        scale = self.choice([0, 0, 1, 9])
        digits = max(0, value) * 10**scale
        return Record(self.choice(METERS), at, digits, scale, self.choice("MMMMR"), sent)

    def increment(self, at, sent):
        kind = self.choice(["N0", "N0", "N0", "N1", "N2"])
        month = clock.day_number(clock.date_of(at // DAY_SECONDS).replace(day=1)) * DAY_SECONDS
        label = {"N0": at // 900 * 900, "N1": at // DAY_SECONDS * DAY_SECONDS, "N2": month}[kind]
        series = kind + self.choice(CODES)[1:]
        return Record(series, label, self.randrange(-5, 900), 1, self.choice("MMMHRW"), sent)

    def message(self):
        records = []
        for _ in range(self.choice([1, 1, 2, 6])):
            at = self.second()
            sent = self.choice([0, at, at + 60, at + 2 * DAY_SECONDS])
            make = self.choice([self.reading, self.reading, self.increment])
            records.append(make(at, sent))
        return records

    def edit(self, world):
        """Make one edit of a fact of the unit, or none where it is not possible."""
        start = clock.instant(self.second())
        until = self.choice([None, None, start + timedelta(hours=self.choice([1, 72]))])
        span = {"valid_from": start, "valid_until": until}
        stamp = {"by": None, "at": clock.now()}
        act = self.choice([self.feed, self.feed, self.exchange, self.exchange, self.mend, self.say])
        try:
            act(world, self.choice(world.points), span, stamp)
        except REFUSED:
            return

    def feed(self, world, point, span, stamp):
        key = self.choice([*METERS, *CODES, None])
        points.feed_point(point_id=point, key=key, **span, **stamp)

    def exchange(self, world, point, span, stamp):
        instruments.exchange_instrument(
            point_id=point, happened_at=span["valid_from"], new_key=self.choice([None, *METERS]),
            before_value=Decimal(self.randrange(400)), after_value=Decimal(self.randrange(50)),
            **stamp,
        )  # fmt: skip

    def mend(self, world, point, span, stamp):
        known = Exchange.objects.filter(point_id__in=world.points, superseded_at=None)
        if not known:
            return
        exchange = self.choice(known.order_by("id")).id
        if self.random() < 0.5:
            instruments.withdraw_exchange(exchange_id=exchange, **stamp)
        else:
            instruments.correct_exchange(
                exchange_id=exchange, happened_at=self.choice([None, span["valid_from"]]),
                before_value=Decimal(self.randrange(400)), **stamp,
            )  # fmt: skip

    def say(self, world, point, span, stamp):
        changes = self.choice([
            {"ratio": Fraction(self.choice([1, 2, 40]), self.choice([1, 3]))},
            {"slot_seconds": self.choice([900, 3600])},
            {"capacity": self.choice([None, Decimal(500)])},
        ])  # fmt: skip
        points.describe_point(point_id=point, **span, **stamp, **changes)


@pytest.fixture
def world(transactional_db):
    """A unit of three points, whose messages really commit."""
    world = World.made()
    third = points.create_point(
        unit_id=world.unit_id, code="E3", name="E3", energy_type_id=electricity(), level="LEVEL_1",
        kind="REGISTER", key=METERS[1], valid_from=EVER, by=None, at=clock.now(),
        capacity=Decimal(1000),
    )  # fmt: skip
    world.points.append(third.id)
    yield world
    journal.stop()


def shown(world, as_of=None):
    span = {"unit_id": world.unit_id, "as_of": as_of}
    return (
        figures.days_of(from_day=FIRST, to_day=LAST, **span),
        figures.months_of(from_month=FIRST, to_month=LAST, **span),
    )


@pytest.mark.deeper
@pytest.mark.parametrize("seed", range(SEEDS))
def test_step_by_step_is_what_a_rebuild_gives_and_was_known_then(world, seed):
    chance, known = Chance(seed), []
    for _ in range(chance.randrange(10, 40)):
        if chance.random() < 0.6:
            world.send(chance.message())
        else:
            chance.edit(world)
        if chance.random() < 0.3:
            world.work()
        if chance.random() < 0.1:
            world.settle()
            known.append((facts.settle(), shown(world)))
    world.settle()
    worked = world.tables()

    world.rebuild()

    assert world.tables() == worked
    for instant, then in known[-3:]:
        assert shown(world, as_of=instant) == then
