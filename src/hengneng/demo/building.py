"""Found the demo city in an empty database: ledgers, a year's history, and what follows from it."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.core.management import call_command
from django.db import connection, transaction

from hengneng.demo import city, founding, loading, notices, plan, processes
from hengneng.demo.bar import Bar
from hengneng.demo.ledgers import following
from hengneng.demo.loading import Handed, Share
from hengneng.demo.memory import History, Memory, PendingExchange, write_secret
from hengneng.demo.plan import Ledger, Plan
from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.energy import operations as energy
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.instruments import operations as instruments
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.journal import operations as journal

# When so much time has passed the city is opened; what is not worked out yet follows.
OPEN_AFTER_SECONDS = 130.0
OPEN_AFTER = "HENGNENG_DEMO_OPEN_AFTER"
_EXCHANGE_TOLD_SECONDS = 3 * DAY_SECONDS
_ASKED_BEFORE_SECONDS = 2 * DAY_SECONDS
_PARTITIONS_EVERY_DAYS = 28


class Happened(NamedTuple):
    """An exchange at a unit that the ledger is to hear of."""

    unit: str
    exchange: PendingExchange


def build(plan_path: Path, ledger_path: Path) -> None:
    """Found the city that a plan describes; leave what its terminals must know.

    Args:
        plan_path: The plan.
        ledger_path: Where the ledger goes; it is there once the history is handed over.
    """
    until = _opening()
    wanted = msgspec.json.decode(plan_path.read_bytes(), type=Plan)
    _prepare(wanted)
    with processes.shares() as pools:
        ledger = _load(wanted, pools, ledger_path.with_suffix(".devices"))
        plan.keep(ledger_path, ledger)
        _count(pools, until=until)
    _seal()


def work_out() -> None:
    """Work out what a city that was opened early has left, until it is to be opened again."""
    until = _opening()
    with processes.shares() as pools:
        _count(pools, until=until)


def _opening() -> float:
    """Return when the city is to be opened, by the monotonic clock. [s]"""
    return time.monotonic() + float(os.environ.get(OPEN_AFTER, OPEN_AFTER_SECONDS))


def _prepare(wanted: Plan) -> None:
    """Make the tables, load what ships, make room for the year's messages."""
    call_command("migrate", verbosity=0, interactive=False)
    with loading.clock_at(wanted.begins * DAY_SECONDS, latest=wanted.founded_at) as at:
        energy.load_rules(by=None, at=at)
        equipment.load_shipped(by=None, at=at)
        instruments.load_rules(by=None, at=at)
        bodies.load_city(by=None, at=at)
    for day in range(wanted.begins, wanted.today + 1, _PARTITIONS_EVERY_DAYS):
        journal.ensure_partitions(at=clock.instant(day * DAY_SECONDS))


class _Mine:
    """What a share's own process keeps between tasks."""

    share: Share


def _take_share(wanted: Plan, devices: dict[str, str], number: int) -> None:
    """Take the units of a share."""
    _Mine.share = Share(wanted, devices, number, processes.PROCESSES)


def _hand_over(at: int) -> Handed:
    """Hand over what arrives at an instant for the share's units."""
    return _Mine.share.hand_over(at)


def _memories() -> dict[str, Memory]:
    """Return what the share's terminals remember in the end."""
    return _Mine.share.memories


def _count_unit(unit_id: int) -> None:
    """Work out everything of a unit."""
    while (done := recompute.recompute(unit_id=unit_id, at=clock.now())) is not None:
        if not done.is_more:
            return


def _load(wanted: Plan, pools: Sequence[ProcessPoolExecutor], devices_path: Path) -> Ledger:
    """Enter the ledgers and hand the history over; return what the terminals must know."""
    devices = _found(wanted, devices_path)
    for number, pool in enumerate(pools):
        pool.submit(_take_share, wanted, devices, number).result()
    instants, waiting = loading.instants(wanted), list[Happened]()
    bar, history = Bar("history", len(instants)), History(0, 0)
    for second in instants:
        waiting = _tell_exchanges(wanted, waiting, by=second)
        for handed in processes.everywhere(pools, _hand_over, second):
            waiting += [Happened(*told) for told in handed.exchanges]
            history = History(
                history.messages + handed.messages, history.readings + handed.readings
            )
        bar.advance()
    _tell_exchanges(wanted, waiting, by=None)
    _tell_wishes(wanted, devices)
    bar.end()
    memories: dict[str, Memory] = {}
    for share in processes.everywhere(pools, _memories):
        memories |= share
    return Ledger(wanted, devices, memories, loading.told_until(wanted), history)


def _found(wanted: Plan, devices_path: Path) -> dict[str, str]:
    """Enter the ledgers, unless an attempt that was cut short did; return the terminals' ids."""
    if devices_path.exists() and founding.is_founded():
        return msgspec.json.decode(devices_path.read_bytes(), type=dict[str, str])
    # All of it or nothing, and the ids on disk first: without them no terminal could ever speak.
    with transaction.atomic():
        with loading.clock_at(wanted.begins * DAY_SECONDS, latest=wanted.founded_at) as at:
            devices = founding.found(wanted, at=at)
        notices.publish(wanted)
        write_secret(devices_path, msgspec.json.encode(devices))
    return devices


def _tell_exchanges(wanted: Plan, waiting: Sequence[Happened], *, by: int | None) -> list[Happened]:
    """Tell the ledger of exchanges three days after they happened; return those to come.

    Args:
        wanted: The days of the history.
        waiting: Exchanges that the ledger has not heard of.
        by: The instant reached; None: the founding, when all are told. [local s]
    """
    left = []
    for one in waiting:
        told_at = one.exchange.at + _EXCHANGE_TOLD_SECONDS
        if by is not None and told_at > by:
            left.append(one)
            continue
        with loading.clock_at(told_at, latest=wanted.founded_at) as at:
            founding.record_exchange(city.unit_of(one.unit), one.exchange, at=at)
    return left


def _tell_wishes(wanted: Plan, devices: dict[str, str]) -> None:
    """Let terminals ask for admission and propose points, and the ledgers be brought up."""
    asked = clock.local_second(wanted.founded_at) - _ASKED_BEFORE_SECONDS
    with loading.clock_at(asked, latest=wanted.founded_at) as at:
        founding.ask_for_admission(at=at)
        loading.propose(devices, at=at)
        following.bring_up(wanted, at=at)


def _count(pools: Sequence[ProcessPoolExecutor], *, until: float) -> None:
    """Work the days out; what is left when the time is up stays marked."""
    # The planner must know of the history before it is asked for it.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # Review units last: they have the most to work out, and the others are many.
    ids = founding.unit_ids()[::-1]
    bar = Bar("working out", len(ids))
    _count_units(ids, pools, until=until, bar=bar)
    bar.end()


def _count_units(
    ids: Sequence[int],
    pools: Sequence[ProcessPoolExecutor],
    *,
    until: float,
    bar: Bar,
) -> None:
    """Work units out, in their order, until all are done or the time is up."""
    waiting: list[Future[None]] = [
        pools[place % len(pools)].submit(_count_unit, unit_id) for place, unit_id in enumerate(ids)
    ]
    for done in as_completed(waiting):
        if not done.cancelled():
            done.result()
            bar.advance()
        if time.monotonic() > until:
            for one in waiting:
                one.cancel()


def _seal() -> None:
    """Chain what was recorded, and let the database take stock of its tables."""
    at: datetime = clock.now()
    audit.seal(at=at)
    journal.seal(at=at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connection.close()
