"""A unit whose messages and edits a test can play again in another order, and what became of it."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from tests import wire

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol import codes, national, registers
from hengneng.protocol.records import DAY_SECONDS, Content, Record
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points import operations as points
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.units import operations as units
from hengneng.telemetry.consumption import worker
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import stale
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

OPENING = 20_400 * DAY_SECONDS  # 2025-11-08, local seconds
REGISTER, SECOND_METER, CODE = "R:M1:total", "R:M2:total", "N:0000000002330011"
TABLES = {
    "consumption_digest": "day, series, edition, body",
    "consumption_profile": "day, point_id, slot_seconds, scale, values, wide_values, marks,"
    " first_at, first_value, last_at, last_value, methods",
    "consumption_consumptionday": "day, point_id, amount, late, estimated, manual, supplied,"
    " expected, received, known, basis",
    "consumption_consumptionmonth": "month, point_id, amount, late, estimated, manual, supplied,"
    " expected, received, known, basis",
}
_numbers = itertools.count(1)
# One record alone that cannot be used leaves nothing to keep: the whole message is refused.
_NOTHING_OF_USE = {"responseCode": "1", "responseMessage": "没有可用的数据记录"}
_ADDRESSES = {
    Channel.REGISTERS: "/devices/v1/registers",
    Channel.NATIONAL: "/nhjc/uploadEnergyData",
}


def electricity() -> str:
    """Return the code of an energy type, made where the rules are not loaded."""
    kind, _ = EnergyType.objects.get_or_create(
        code="ELECTRICITY",
        defaults={
            "name_zh": "电力", "name_en": "Electricity", "uom": "kWh", "class_code": "02",
            "variety_code": "3300", "citation": "test", "verified": False,
        },
    )  # fmt: skip
    return kind.code


def credit_code(number: int) -> str:
    """Return a valid social credit code, another for each number."""
    base = f"91310000MA{number:07d}"
    return base + codes.credit_check_character(base)


def _admitted(code: str, client: wire.Client) -> wire.Terminal:
    """Let a unit's terminal register, admit it, and return it with its id."""
    asked = {"enterpriseCode": code, "region": "310101"}
    assert client.post("/nhjc/register", asked).json == wire.WAITING
    terminals.admit(unit_code=code, by=None, at=clock.now())
    return wire.Terminal(client, code, client.post("/nhjc/register", asked).json["deviceId"])


@dataclass
class World:
    """A unit with a register point and an increment point.

    Attributes:
        unit_id: The unit.
        code: Its social credit code.
        points: The two points' ids; figures name points by their place here.
        terminal: Its admitted terminal; None: messages are put into the journal directly.
    """

    unit_id: int = 0
    code: str = ""
    points: list[int] = field(default_factory=list)
    terminal: wire.Terminal | None = None

    @classmethod
    def made(cls, *, slot_seconds: int = 3600, speaks_to: str | None = None) -> "World":
        """Make the unit and its points.

        Args:
            slot_seconds: The points' slots. [s]
            speaks_to: Where the platform is served; None: messages go past the network.
        """
        code = credit_code(next(_numbers))
        now = clock.now()
        unit = units.create_unit(code=code, name="衡能试验单位", by=None, at=now)
        world = cls(unit.id, code)
        if speaks_to is not None:
            world.terminal = _admitted(code, wire.Client(speaks_to))
        for name, kind, key in (("E1", "REGISTER", REGISTER), ("E2", "INCREMENT", CODE)):
            made = points.create_point(
                unit_id=unit.id, code=name, name=name, energy_type_id=electricity(),
                level="LEVEL_1", kind=kind, slot_seconds=slot_seconds, key=key,
                valid_from=datetime(2020, 1, 1, tzinfo=UTC), by=None, at=now,
                capacity=Decimal(1000) if kind == "REGISTER" else None,
            )  # fmt: skip
            world.points.append(made.id)
        return world

    def add_point(self, name: str, key: str) -> None:
        """Make one more register point at the boundary."""
        made = points.create_point(
            unit_id=self.unit_id, code=name, name=name, energy_type_id=electricity(),
            level="LEVEL_1", kind="REGISTER", slot_seconds=3600, key=key, capacity=Decimal(1000),
            valid_from=datetime(2020, 1, 1, tzinfo=UTC), by=None, at=clock.now(),
        )  # fmt: skip
        self.points.append(made.id)

    def send(self, records: list[Record]) -> None:
        """Upload records, each kind by its own channel."""
        for letter, channel, write in (
            ("R", Channel.REGISTERS, registers.write_registers),
            ("N", Channel.NATIONAL, national.write_energy),
        ):
            some = [record for record in records if record.series[0] == letter]
            if some and self.terminal is not None:
                self._upload(channel, write(self.terminal.device_id, self.code, some))
            elif some:
                journal.accept(
                    unit_id=self.unit_id, terminal_id=None, channel=channel,
                    body=write("0" * 32, self.code, some), content=Content(some, []),
                    at=clock.now(),
                )  # fmt: skip

    def _upload(self, channel: Channel, body: bytes) -> None:
        """Post a message until it is answered: received, or without one record of use."""
        answer = self.terminal.client.post(_ADDRESSES[channel], body)
        assert answer.status == 200, answer
        assert answer.json in (wire.RECEIVED, _NOTHING_OF_USE), answer

    def change_ratio(self, second: int, ratio: int) -> None:
        """Say that the register point's ratio is another from a local second on."""
        points.describe_point(
            point_id=self.points[0], valid_from=clock.instant(second), ratio=Fraction(ratio),
            by=None, at=clock.now(),
        )  # fmt: skip

    def change_flow(self, second: int, place: int, flow: str) -> None:
        """Say that at the point at a place energy goes another way from a local second on."""
        points.describe_point(
            point_id=self.points[place], valid_from=clock.instant(second), flow=flow,
            by=None, at=clock.now(),
        )  # fmt: skip

    def hang(self, second: int, place: int, above: int | None, level: str) -> None:
        """Say that the point at a place hangs below another, unless that hangs below it already.

        Args:
            second: Since when. Local seconds.
            place: The point's place.
            above: The place of the point above it; None: none.
            level: Its metering level.
        """
        try:
            points.describe_point(
                point_id=self.points[place], valid_from=clock.instant(second), level=level,
                parent_id=None if above is None else self.points[above],
                by=None, at=clock.now(),
            )  # fmt: skip
        except points.ForeignPlace:
            return

    def change_source(self, second: int, key: str | None) -> None:
        """Say that another meter, or none, feeds the register point from a local second on."""
        points.feed_point(
            point_id=self.points[0], key=key, valid_from=clock.instant(second),
            by=None, at=clock.now(),
        )  # fmt: skip

    def exchange(self, second: int, before: int, after: int, key: str | None = None) -> None:
        """Put an exchange on record, unless one is on record there."""
        try:
            instruments.exchange_instrument(
                point_id=self.points[0], happened_at=clock.instant(second),
                before_value=Decimal(before).scaleb(-1), after_value=Decimal(after).scaleb(-1),
                new_key=key, by=None, at=clock.now(),
            )  # fmt: skip
        except instruments.ExchangeExists:
            return

    def work(self) -> None:
        """Let the worker go round once."""
        worker.Worker().round()

    def settle(self) -> None:
        """Let the worker go round until nothing of this unit waits."""
        while self.unit_id in stale.waiting_units(10**6):
            assert recompute.recompute(unit_id=self.unit_id, at=clock.now()) is not None

    def rebuild(self) -> None:
        """Throw away all that follows from the evidence and work it out from scratch."""
        days = self.rows("SELECT DISTINCT day FROM journal_messageday WHERE unit_id = %s")
        for table in TABLES:
            self.rows(f"DELETE FROM {table} WHERE unit_id = %s RETURNING 1")
        journal.mark(unit_id=self.unit_id, days=[day for (day,) in days], at=clock.now())
        ever = datetime(2000, 1, 1, tzinfo=UTC)
        facts.note_change(
            unit_id=self.unit_id, point_id=None, changed_from=ever, changed_until=None
        )
        self.settle()

    def tables(self) -> dict[str, list[Any]]:
        """Return every derived row, the points named by their place."""
        return {
            table: sorted(map(self._anonymous, self.rows(
                f"SELECT {columns} FROM {table} WHERE unit_id = %s"
            )), key=repr)
            for table, columns in TABLES.items()
        }  # fmt: skip

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query about the unit finds."""
        with connection.cursor() as cursor:
            cursor.execute(query, [self.unit_id])
            return cursor.fetchall()

    def _anonymous(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        place = self.points.index(row[1]) if row[1] in self.points else row[1]
        plain = (bytes(cell) if isinstance(cell, memoryview) else cell for cell in row[2:])
        return (row[0], place, *plain)
