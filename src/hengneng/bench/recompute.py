"""``bench recompute``: full days of a unit worked out, beside the same entry by entry.

The figure counts the processor time of the recompute and of its database together, as if they had
one core between them. The baseline decodes the same messages record by record, and digests and
stitches them entry by entry, as "as reported on" does; it writes nothing, which is in its favour.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from hengneng.bench import figures, ledger, machines, messages
from hengneng.bench.figures import Result
from hengneng.bench.messages import DAY_SLOTS, POINTS, Flavour
from hengneng.kernel import clock
from hengneng.protocol import national, registers
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.units import queries as units
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import evidence, parameters, stale, tracks
from hengneng.telemetry.consumption.rules import digest, stitch
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

DAYS = 7
_DAYS_BACK = 60
_DERIVED = (
    "consumption_digest",
    "consumption_profile",
    "consumption_consumptionday",
    "consumption_consumptionmonth",
)

Tell = Callable[[str], None]


def measure(*, rounds: int, tell: Tell) -> dict[str, Any]:
    """Enter a unit of each flavour, let its messages come, and time how its days are worked out.

    Args:
        rounds: Runs of each kind, taking turns. [count]
        tell: Takes a sentence of progress.
    """
    found: list[Result] = []
    for number, flavour in enumerate(Flavour):
        unit_id, days = _filled(flavour, number)
        tell(f"{len(days)} days of {POINTS} points are kept, {flavour}")
        taken, plain = [], []
        for _ in range(rounds):
            taken.append(_recomputed(unit_id, days))
            plain.append(_entry_by_entry(unit_id, days))
        ours, theirs = (len(days) / figures.median(one) for one in (taken, plain))
        tell(f"{flavour}: {ours:.1f} unit-days a second and core, entry by entry {theirs:.1f}")
        found.append(Result(f"recompute_{flavour}_s", ours, "unit-days/s", True, theirs))
    least = min(found, key=lambda one: one.value)
    whole = Result("recompute_unit_days_s", least.value, least.unit, True, least.baseline)
    return figures.as_json(machines.machine() | {"points": POINTS, "days": DAYS}, [whole, *found])


def _filled(flavour: Flavour, number: int) -> tuple[int, list[int]]:
    """Enter a unit and keep its messages, a slot of all its points each; return it and its days."""
    first = clock.local_second(clock.now()) // DAY_SECONDS - _DAYS_BACK
    sender = ledger.enter(flavour, number, since=first - 1)
    unit_id = units.ids_by_code()[sender.code]
    for slot in range(first * DAY_SLOTS, (first + DAYS) * DAY_SLOTS):
        _keep(unit_id, flavour, messages.message(sender, slot))
    _work_off(unit_id)
    return unit_id, list(range(first, first + DAYS))


def _keep(unit_id: int, flavour: Flavour, body: bytes) -> None:
    """Keep a message in the journal."""
    if flavour is Flavour.NATIONAL:
        channel, read = Channel.NATIONAL, national.read_energy(body)
    else:
        channel, read = Channel.REGISTERS, registers.read_registers(body, offset_s=clock.offset_s())
    journal.accept(
        unit_id=unit_id,
        terminal_id=None,
        channel=channel,
        body=body,
        content=read.content,
        at=clock.now(),
    )


def _recomputed(unit_id: int, days: Sequence[int]) -> float:
    """Work the days out from nothing; return the processor time of that. [s]"""
    with connection.cursor() as cursor:
        for table in _DERIVED:
            cursor.execute(f"DELETE FROM {table} WHERE unit_id = %s", [unit_id])  # noqa: S608 own names
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    journal.mark(unit_id=unit_id, days=list(map(clock.date_of, days)), at=clock.now())
    before = machines.cpu_seconds([server])
    began = time.process_time()
    _work_off(unit_id)
    return time.process_time() - began + machines.cpu_seconds([server]) - before


def _work_off(unit_id: int) -> None:
    while unit_id in stale.waiting_units(1_000):
        recompute.recompute(unit_id=unit_id, at=clock.now())


def _entry_by_entry(unit_id: int, days: Sequence[int]) -> float:
    """Work the days out entry by entry, writing nothing; return the processor time. [s]"""
    began = time.process_time()
    known = tracks.tracks_of(unit_id)
    made = evidence.digests_from_messages(unit_id, days)
    for entries in made.values():
        digest.encode(entries)
    window: dict[str, list[digest.Entry]] = {}
    for day in days:
        for series, rows in made[day].items():
            window.setdefault(series, []).extend(rows)
    for track in known:
        stitch.stitch(track, window, days=days, limits=parameters.on(days[0]).limits)
    return time.process_time() - began
