from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengneng.gateway import batches
from hengneng.gateway.batches import Channel, Sender, State
from hengneng.gateway.decoding import Number
from hengneng.gateway.outbox import Outbox, Reading
from hengneng.protocol import national, registers, times
from hengneng.protocol.records import DAY_SECONDS

DAY = times.local_seconds("2026-11-21")
UNIT, CODE = "91310000MA1K35X16E", "0000000002330011"
NATIVE = Sender("secret", UNIT, Channel.REGISTERS, 900, {})
NATIONAL = Sender("secret", UNIT, Channel.NATIONAL, 900, {("A-1", "total"): (CODE, None)})


def keep(outbox, *pairs, meter="A-1", mark="M"):
    """Readings of one register at instants."""
    outbox.keep([Reading(meter, "total", at, Number(n, 2), mark, at) for at, n in pairs], [])


def states(outbox) -> list[tuple]:
    with outbox.looking() as connection:
        return connection.execute("SELECT state, said FROM batch ORDER BY id").fetchall()


def sent(outbox, sender) -> list:
    """Every record that goes out, each batch acknowledged."""
    read = {
        Channel.REGISTERS: lambda body: registers.read_registers(body, offset_s=0),
        Channel.NATIONAL: national.read_energy,
    }[sender.channel]
    found = []
    while batches.form(outbox, sender, at=DAY, most=7):
        while (batch := batches.pending(outbox)) is not None:
            found += read(batch.body).content.records
            batches.settle(outbox, batch, State.ACKNOWLEDGED, "", at=DAY)
    return found


class TestRegisters:
    def test_go_out_as_read_oldest_first(self, outbox):
        keep(outbox, (DAY, 100), (DAY + 900, 150))
        keep(outbox, (DAY + 900, 7), meter="A-2", mark="R")

        found = sent(outbox, NATIVE)

        assert [(one.series, one.at, one.digits, one.scale, one.mark) for one in found] == [
            ("R:A-1:total", DAY, 100, 2, "M"),
            ("R:A-1:total", DAY + 900, 150, 2, "M"),
            ("R:A-2:total", DAY + 900, 7, 2, "R"),
        ]
        assert {one.sent_at for one in found} == {DAY}

    def test_are_frozen_once_formed(self, outbox):
        keep(outbox, (DAY, 100))
        batches.form(outbox, NATIVE, at=DAY + 5)
        first = batches.pending(outbox)
        keep(outbox, (DAY + 900, 150))

        batches.form(outbox, NATIVE, at=DAY + 905)

        assert batches.pending(outbox) == first
        assert first.readings == 1

    def test_nothing_is_formed_of_nothing(self, outbox):
        assert not batches.form(outbox, NATIVE, at=DAY)
        assert states(outbox) == []


class TestNational:
    def test_label_a_quarter_with_its_start(self, outbox):
        keep(outbox, (DAY + 900, 100), (DAY + 1800, 175))

        (found,) = sent(outbox, NATIONAL)

        assert (found.series, found.at, found.digits, found.scale) == (
            f"N0:{CODE}",
            DAY + 900,
            75,
            2,
        )

    def test_leave_a_gap_in_realtime_whole_in_the_day(self, outbox):
        keep(outbox, (DAY, 100), (DAY + 900, 110), (DAY + DAY_SECONDS, 5000))

        found = sent(outbox, NATIONAL)

        assert [(one.series[:2], one.at, one.digits) for one in found] == [
            ("N0", DAY, 10),
            ("N1", DAY, 4900),
        ]

    def test_leave_a_gap_over_midnight_whole_in_the_month(self, outbox):
        november, december = times.local_seconds("2026-11-01"), times.local_seconds("2026-12-01")
        keep(outbox, (november, 100), (december, 900_000))

        found = sent(outbox, NATIONAL)

        assert [(one.series[:2], one.at, one.digits) for one in found] == [
            ("N2", november, 899_900)
        ]

    @pytest.mark.parametrize(
        "between",
        [
            [(10, 990_000), (11, 5)],  # the register turned round
            [(10, 500_000), (11, 0)],  # another meter
        ],
        ids=["turned", "exchanged"],
    )
    def test_tell_no_month_that_its_readings_do_not_add_up_to(self, outbox, between):
        november, december = times.local_seconds("2026-11-01"), times.local_seconds("2026-12-01")
        codes = {("A-1", "total"): (CODE, Number(10_000, 0))}
        middle = [(november + day * DAY_SECONDS + 4000, shown) for day, shown in between]
        keep(outbox, (november, 100), *middle, (december, 900_000))

        assert sent(outbox, NATIONAL._replace(codes=codes)) == []

    def test_stand_on_good_readings_alone(self, outbox):
        keep(outbox, (DAY, 100), (DAY + 1800, 200))
        keep(outbox, (DAY + 900, 9), mark="R")

        assert sent(outbox, NATIONAL) == []
        assert {state for state, _ in states(outbox)} == {"EMPTY"}

    def test_say_which_readings_cannot_go_out(self, outbox):
        keep(outbox, (DAY, 100), meter="without a code")

        assert batches.form(outbox, NATIONAL, at=DAY)

        ((state, said),) = states(outbox)
        assert state == "UNSENDABLE"
        assert said.startswith("no data code")


class TestTakeApart:
    def test_frees_readings_for_another_sender(self, outbox):
        keep(outbox, (DAY, 100))
        batches.form(outbox, NATIVE, at=DAY)

        assert batches.take_apart(outbox, State.PENDING) == 1

        assert batches.pending(outbox) is None
        batches.form(outbox, NATIVE._replace(device_id="other"), at=DAY)
        assert b'"other"' in batches.pending(outbox).body

    def test_leaves_what_was_acknowledged(self, outbox):
        keep(outbox, (DAY, 100))
        sent(outbox, NATIVE)

        assert batches.take_apart(outbox, State.PENDING, State.REFUSED) == 0
        assert not batches.form(outbox, NATIVE, at=DAY)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("outbox")


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(0, 5000), min_size=192, max_size=192),
    missing=st.sets(st.integers(1, 191)),
    scales=st.lists(st.sampled_from([1, 10]), min_size=193, max_size=193),
)
def test_increments_and_days_say_exactly_what_the_register_counted(
    folders, counts, missing, scales
):
    """Two days; the midnights but the middle one are read, which only sometimes is.

    A reading may show fewer digits than the one before where it ends in a zero, as floats do.
    """
    shown = [1_000_000]
    for count in counts:
        shown.append(shown[-1] + count)
    readings = [
        Reading("A-1", "total", DAY + 900 * n, _shown(value, scales[n]), "M", DAY + 900 * n)
        for n, value in enumerate(shown)
        if n not in missing
    ]
    outbox = Outbox(folders())
    outbox.keep(readings, [])

    found = defaultdict(dict)
    for one in sent(outbox, NATIONAL):
        found[one.series[:2]][(one.at - DAY) // 900] = one.digits * 10 ** (2 - one.scale)
    outbox.close()

    # A quarter is told exactly where both its ends were read, else not at all.
    ends = set(range(193)) - missing
    assert found["N0"] == {n: counts[n] for n in range(192) if {n, n + 1} <= ends}
    # A day is told exactly where both its midnights were read: whatever is missing inside.
    assert found["N1"] == {n: shown[n + 96] - shown[n] for n in (0, 96) if {n, n + 96} <= ends}
    # And so what no quarter tells is exactly what the gaps' own ends say.
    if 96 in ends:
        gaps = [n for n in range(192) if not {n, n + 1} <= ends]
        told = sum(found["N0"].values()) + sum(counts[n] for n in gaps)
        assert sum(found["N1"].values()) == told == shown[192] - shown[0]


def _shown(value: int, divisor: int) -> Number:
    """A value of hundredths, with one decimal where it may lose the last."""
    return Number(value // 10, 1) if divisor == 10 and value % 10 == 0 else Number(value, 2)
