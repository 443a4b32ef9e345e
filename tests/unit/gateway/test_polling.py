import asyncio
import itertools
from types import SimpleNamespace

import pytest
from tests.unit.gateway.conftest import a_config, a_meter, a_register

from hengneng.gateway import polling
from hengneng.gateway.clock import Clock
from hengneng.gateway.decoding import Number
from hengneng.gateway.drivers.kinds import DRIVERS
from hengneng.gateway.drivers.lines import Answer, Silent
from hengneng.gateway.polling import LinePoller, Poller
from hengneng.protocol import times

OFFSET = 28_800
EIGHT = times.local_seconds("2026-11-21 08:00:00")


class HandClock(Clock):
    """A clock that moves when told; who waits for an instant gets it at once."""

    def __init__(self, local: float):
        self.local, self.waited, self.jumps, self.steady = local, [], {}, 0.0

    def now(self):
        return self.local - OFFSET

    async def sleep_until(self, at):
        self.waited.append(at + OFFSET)
        for _ in range(50):
            await asyncio.sleep(0)  # what began before comes to its end
        if len(self.waited) > 3:
            await asyncio.Event().wait()
        passed = max(at + OFFSET - self.local, 0)
        self.steady += passed
        self.local += passed + self.jumps.get(len(self.waited), 0)


class ScriptedLine:
    """A line whose meters say what a test wrote down: numbers, answers, or silences in turn."""

    def __init__(self, clock: HandClock, **says):
        self.clock, self.says, self.asked = clock, says, []
        self.is_there = itertools.repeat(True)
        self.takes_s = 0

    async def open(self):
        if not next(self.is_there):
            raise Silent("UNREACHABLE", "nobody")

    async def read(self, meter):
        self.asked.append(meter.name)
        self.clock.local += self.takes_s
        say = self.says[meter.name]
        said = say.pop(0) if isinstance(say, list) else say
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, tuple) else (Answer("total", Number(said, 2)),)

    def close(self):
        self.asked.append("closed")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(polling, "PAUSE_S", 0)


@pytest.fixture
def clock():
    return HandClock(EIGHT)


def round_of(line, *meters, clock, rounds=1, **said):
    """Readings and failures of a line's rounds."""
    readings, failures = [], []
    poller = LinePoller(line, meters, a_config("", *meters, **said), clock)

    async def run():
        for _ in range(rounds):
            await poller.round(EIGHT, lambda read, failed: (readings.extend(read),
                                                            failures.extend(failed)))  # fmt: skip

    asyncio.run(run())
    return readings, failures


SILENT = Silent("NO_ANSWER", "silent")


class TestRound:
    def test_reads_every_meter_once(self, clock):
        line = ScriptedLine(clock, A=100, B=200)

        readings, failures = round_of(line, a_meter("A"), a_meter("B"), clock=clock)

        assert [(one.meter, one.at, one.number) for one in readings] == [
            ("A", EIGHT, Number(100, 2)),
            ("B", EIGHT, Number(200, 2)),
        ]
        assert failures == []
        assert line.asked == ["A", "B", "closed"]

    def test_asks_again_after_the_others(self, clock):
        line = ScriptedLine(clock, A=[SILENT, 100], B=200)

        readings, failures = round_of(line, a_meter("A"), a_meter("B"), clock=clock)

        assert [one.meter for one in readings] == ["B", "A"]
        assert failures == []

    def test_records_why_a_meter_was_not_read(self, clock):
        line = ScriptedLine(clock, A=[SILENT] * 3, B=200)

        readings, failures = round_of(line, a_meter("A"), a_meter("B"), clock=clock)

        assert [one.meter for one in readings] == ["B"]
        assert [(one.meter, one.at, one.reason) for one in failures] == [("A", EIGHT, "NO_ANSWER")]
        assert line.asked == ["A", "B", "A", "A", "closed"]

    def test_asks_who_was_silent_last(self, clock):
        line = ScriptedLine(clock, A=[SILENT] * 6, B=200)

        round_of(line, a_meter("A"), a_meter("B"), clock=clock, rounds=2, attempts=1)

        assert line.asked == ["A", "B", "closed", "B", "A", "closed"]

    def test_tries_a_line_that_is_down_once_for_all_behind_it(self, clock):
        line = ScriptedLine(clock, A=100, B=200)
        line.is_there = iter([False, True, True])

        readings, failures = round_of(line, a_meter("A"), a_meter("B"), clock=clock)

        assert [one.meter for one in readings] == ["A", "B"]
        assert failures == []

    def test_keeps_a_register_that_was_read_where_another_was_not(self, clock):
        half = (Answer("total", Number(1, 2)), Answer("t1", None, "BAD_BCD", "12a4"))
        whole = (Answer("total", Number(2, 2)), Answer("t1", Number(3, 2)))
        meter = a_meter("A", a_register(), a_register("t1", address=2))

        readings, failures = round_of(ScriptedLine(clock, A=[half, whole]), meter, clock=clock)

        assert [(one.register, one.number.digits) for one in readings] == [("total", 1), ("t1", 3)]
        assert failures == []

    @pytest.mark.parametrize(("late_s", "at"), [(10, EIGHT), (10.5, EIGHT + 10), (11, EIGHT + 11)])
    def test_says_the_scheduled_instant_only_within_tolerance(self, clock, late_s, at):
        line = ScriptedLine(clock, A=100)
        line.takes_s = late_s

        ((reading,), _) = round_of(line, a_meter("A"), clock=clock)

        assert (reading.at, reading.read_at) == (at, EIGHT + int(late_s))

    def test_says_the_real_instant_where_the_clock_went_back_meanwhile(self, clock):
        line = ScriptedLine(clock, A=100)
        line.takes_s = -5

        ((reading,), _) = round_of(line, a_meter("A"), clock=clock)

        assert reading.at == EIGHT - 5

    def test_stops_asking_before_the_next_round(self, clock):
        line = ScriptedLine(clock, A=[SILENT] * 3)
        line.takes_s = 721

        _, failures = round_of(line, a_meter("A"), clock=clock)

        assert line.asked == ["A", "closed"]
        assert [one.reason for one in failures] == ["NO_ANSWER"]

    @pytest.mark.parametrize(("digits", "mark"), [(99_999, "M"), (100_000, "R")])
    def test_marks_what_the_register_cannot_show(self, clock, digits, mark):
        meter = a_meter("A", a_register(capacity=Number(1000, 0)))

        ((reading,), _) = round_of(ScriptedLine(clock, A=digits), meter, clock=clock)

        assert reading.mark == mark


class TestPoller:
    def rounds(self, monkeypatch, clock, line, **said) -> tuple[list, list]:
        """Readings and failures until the hand clock has been waited for four times."""
        monkeypatch.setitem(DRIVERS, "modbus-tcp", lambda *_: line)
        monkeypatch.setattr(polling, "time", SimpleNamespace(monotonic=lambda: clock.steady))
        readings, failures = [], []

        def keep(read, failed):
            readings.extend(read)
            failures.extend(failed)

        async def run():
            poller = Poller(a_config("", a_meter("A"), **said), clock, keep)
            task = asyncio.ensure_future(poller.run())
            while len(clock.waited) <= 3:
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(run())
        return readings, failures

    def test_begins_with_the_next_quarter(self, monkeypatch, clock):
        clock.local = EIGHT + 100

        readings, _ = self.rounds(monkeypatch, clock, ScriptedLine(clock, A=1))

        assert [one.at for one in readings] == [EIGHT + 900, EIGHT + 1800, EIGHT + 2700]

    def test_begins_with_one_just_missed(self, monkeypatch, clock):
        clock.local = EIGHT + 7

        readings, _ = self.rounds(monkeypatch, clock, ScriptedLine(clock, A=1))

        assert [one.at for one in readings][:2] == [EIGHT, EIGHT + 900]

    def test_notes_a_jump_and_leaves_out_what_lay_in_it(self, monkeypatch, clock):
        clock.jumps = {2: 3000}

        readings, failures = self.rounds(monkeypatch, clock, ScriptedLine(clock, A=1))

        assert [one.at for one in readings] == [EIGHT, EIGHT + 3900, EIGHT + 4500]
        assert [(one.meter, one.reason) for one in failures] == [("", "CLOCK_JUMPED")]
        assert "+3000 s" in failures[0].detail

    def test_goes_on_by_a_clock_that_was_put_back(self, monkeypatch, clock):
        clock.jumps = {2: -3000}

        readings, failures = self.rounds(monkeypatch, clock, ScriptedLine(clock, A=1))

        assert [one.at for one in readings] == [EIGHT, EIGHT - 2100, EIGHT - 1800]
        assert [one.reason for one in failures] == ["CLOCK_JUMPED"]

    def test_a_clock_put_back_a_little_brings_no_instant_twice(self, monkeypatch, clock):
        clock.jumps = {2: -0.5}

        _, failures = self.rounds(monkeypatch, clock, ScriptedLine(clock, A=1))

        assert clock.waited == [EIGHT, EIGHT + 900, EIGHT + 1800, EIGHT + 2700]
        assert failures == []

    def test_reads_nothing_by_a_clock_that_is_not_set(self, monkeypatch, clock):
        clock.local = times.local_seconds("2000-01-01") - 1800
        line = ScriptedLine(clock, A=1)

        readings, failures = self.rounds(monkeypatch, clock, line)

        assert [one.reason for one in failures] == ["CLOCK_NOT_SET"] * 2
        assert [one.at for one in readings] == [times.local_seconds("2000-01-01")]

    def test_a_line_that_is_still_busy_is_not_asked_twice_at_once(self, monkeypatch, clock):
        line = ScriptedLine(clock, A=1)

        async def never(_meter):
            await asyncio.Event().wait()

        line.read = never

        _, failures = self.rounds(monkeypatch, clock, line)

        assert [one.at for one in failures if one.reason == "LINE_BUSY"] == [
            EIGHT + 900,
            EIGHT + 1800,
        ]


def test_meters_behind_one_address_share_a_line():
    meters = [a_meter("A"), a_meter("B", port=503), a_meter("C", modbus_id=2)]

    lines = polling.lines_of(a_config("", *meters), Clock())

    assert [[meter.name for meter in line.meters] for line in lines] == [["A", "C"], ["B"]]
