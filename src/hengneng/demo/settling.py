"""Settle the demo city in the database of ``HENGNENG_DATABASE_URL``, where it is not there yet.

Runs before Django opens that database: it may be put in place of an empty one.
"""

import os
import shutil
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import psycopg

from hengneng.demo import calling, memory, template
from hengneng.demo.calling import Calls
from hengneng.demo.plan import Ledger

# Organisation codes of the demo's units begin so, at the ninth place of their credit codes.
_MARK, _MARK_AT = "DEM0", 9
_KEPT = ("terminals", "gateways")


class HoldsOthers(Exception):
    """The database holds units, accounts or tables that are none of the demo's."""


class MemoryLost(Exception):
    """The database holds a demo city, but its terminals' memory is not in the data folder."""


class Held(StrEnum):
    """What a database holds."""

    NOTHING = "NOTHING"
    DEMO = "DEMO"
    OTHERS = "OTHERS"  # units, accounts, or the tables of something else
    BOTH = "BOTH"  # the demo city, and units that are none of it


def settle(at: datetime, *, folder: Path, days: int, anew: bool = False) -> bool:
    """Make the database hold the demo city; answer whether it is a new one.

    Args:
        at: Now. Aware.
        folder: Where the demo keeps what only its owner may read.
        days: Days that the review units of a new city are read each quarter hour. [count]
        anew: Put a new city in place of the one that stands.

    Raises:
        HoldsOthers: If the database holds what a new city would destroy.
        MemoryLost: If the city stands and its terminals know nothing.
        CannotBuild: If the building fails.
    """
    held = what_is_held(os.environ[template.ADDRESS])
    is_cut_short = held is not Held.NOTHING and template.is_begun_in_place(folder)
    holds_others = held in {Held.OTHERS, Held.BOTH}
    if held in {Held.DEMO, Held.BOTH} and not anew and not is_cut_short:
        if not calling.path_in(folder).exists():
            raise MemoryLost(
                "The database holds a demo city, but what its terminals remember is not in the"
                " data folder: use that of the first run, or begin again with --anew."
            )
        return False
    if anew and holds_others:
        raise HoldsOthers(
            "This database holds more than the demo city: --anew would destroy it. Use another"
            " data folder (HENGNENG_DATA_DIR) or another database."
        )
    if holds_others or (is_cut_short and not anew):
        name = template.build_in_place(at, folder=folder, days=days, goes_on=is_cut_short)
    else:
        name = _replace(at, folder=folder, days=days, anew=anew)
    remember(template.ledger(name, folder=folder), folder=folder)
    template.end_in_place(folder)
    return True


def _replace(at: datetime, *, folder: Path, days: int, anew: bool) -> str:
    """Put a copy of the template in place of the database; return the name of its ledger.

    Raises:
        HoldsOthers: If that would be needed and is not allowed.
        CannotBuild: If the building fails.
    """
    try:
        name = template.ensure(at, folder=folder, days=days)
        # Should we be cut short here, the old terminals must not speak for the new city.
        calling.path_in(folder).unlink(missing_ok=True)
        template.copy(name, template.database_name())
    except template.NotAllowed as error:
        if anew:
            raise HoldsOthers(
                "The database's account may not make databases, so --anew cannot replace this one:"
                " give an empty database."
            ) from error
        name = template.build_in_place(at, folder=folder, days=days)
    return name


def what_is_held(address: str) -> Held:
    """Return what a database holds.

    Args:
        address: Its address.
    """
    with psycopg.connect(address) as connection:
        if connection.execute("SELECT to_regclass('units_unit')").fetchone() == (None,):
            return Held.OTHERS if _has_tables(connection) else Held.NOTHING
        place = f"substr(code, {_MARK_AT}, {len(_MARK)}) = '{_MARK}'"
        query = f"SELECT count(*), count(*) FILTER (WHERE {place}) FROM units_unit"  # noqa: S608 own
        ((units, ours),) = connection.execute(query.encode()).fetchall()
        ((people,),) = connection.execute("SELECT count(*) FROM accounts_account").fetchall()
    if ours:
        return Held.BOTH if units > ours else Held.DEMO
    return Held.OTHERS if units or people else Held.NOTHING


def _has_tables(connection: psycopg.Connection) -> bool:
    """Answer whether a database has any tables but the server's own."""
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema'))"
    ).fetchone()
    return found == (True,)


def remember(ledger: Ledger, *, folder: Path) -> None:
    """Give the terminals of a new city what they must know, in place of another city's.

    Args:
        ledger: What its founding left.
        folder: Where the demo keeps what its terminals remember.
    """
    for name in _KEPT:
        shutil.rmtree(folder / name, ignore_errors=True)
    for code, known in ledger.review.items():
        memory.keep_for(folder, code, known)
    memory.keep_history(folder, ledger.history)
    calling.keep(folder, Calls(ledger.devices, ledger.told_until))
