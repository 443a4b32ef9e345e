"""The demo city as a PostgreSQL template database, built once for each state of the code.

A copy takes seconds, so that demo, journeys, screenshots and benchmarks begin with the same city.
The template's name carries the hash of the code and data that shape it, and the day of the
founding; what its terminals must know lies beside the data, readable by its owner alone.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hengneng.demo import memory, plan
from hengneng.demo.plan import Ledger, Plan
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim.loads import series

ADDRESS = "HENGNENG_DATABASE_URL"
DAYS = 60
# A template older than this is made anew: its terminals would have too much to catch up with.
AGE_MAX_DAYS = 14
_PREFIX = "hengneng_demo_"
_HASH_LENGTH, _PLACE_LENGTH = 12, 6
_PACKAGE = Path(__file__).parents[1]
# Fronts show the city and shape nothing of it; neither do the script and the tests.
_SHAPELESS = ("web", "script", "bench", "insight", "reporting", "oversight", "support")
_MAINTENANCE = "postgres"
# The ledger of a city that was built in the database itself.
_IN_PLACE = "in_place"
# Until a template is whole it can be built again: no commit needs to wait for the disk.
_HASTY = {"PGOPTIONS": "-c synchronous_commit=off"}
_WAITING = ("journal_stalemark", "facts_factchange", "consumption_unstitched")


class CannotBuild(Exception):
    """The demo city could not be built; why stands above."""


class NotAllowed(Exception):
    """The database's account may not make databases of its own."""


def ensure(at: datetime, *, folder: Path, days: int = DAYS) -> str:
    """Return the name of the template of the code as it stands, built where there is none.

    Templates of other code, and what an interrupted attempt has left, are dropped.

    Args:
        at: Now. Aware.
        folder: Where the demo keeps what only its owner may read.
        days: Days that the review units are read each quarter hour. [count]

    Raises:
        NotAllowed: If the account of ``HENGNENG_DATABASE_URL`` may not make databases.
        CannotBuild: If the building fails.
    """
    today = clock.local_second(at) // DAY_SECONDS
    prefix = _prefix(folder)
    stem = f"{prefix}{shape(days)}"
    with _maintenance() as connection:
        names = _databases(connection, prefix)
        found = _fitting(names, folder, stem, today)
        _drop_others(connection, [name for name in names if name != found], folder)
        name = found or f"{stem}_{clock.date_of(today):%Y%m%d}"
        if found is None:
            _make(connection, name)
    address = address_of(name)
    if found is None:
        wanted = plan.plan_of(at, days=days)
        _build(wanted, _ledger_path(folder, name), address, _HASTY)
    elif not _is_worked_out(address):
        _start([], address, _HASTY)
    return name


def copy(name: str, to: str) -> None:
    """Make a database that is the template's copy, in place of the one of that name.

    That one stands until the copy is whole: cut short, nothing is missing.

    Args:
        name: The template, from ``ensure``.
        to: The database to make.

    Raises:
        NotAllowed: If the account may not make databases.
    """
    making = f"{name}_copy"
    with _maintenance() as connection:
        _drop(connection, making)
        with _allowed():
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(making), sql.Identifier(name)
                )
            )
            _drop(connection, to)
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(making), sql.Identifier(to)
                )
            )


def ledger(name: str, *, folder: Path) -> Ledger:
    """Return what the terminals of a template's city must know."""
    return plan.recall(_ledger_path(folder, name))


def build_in_place(at: datetime, *, folder: Path, days: int = DAYS, goes_on: bool = False) -> str:
    """Build the city in the database of ``HENGNENG_DATABASE_URL`` itself; return its ledger's name.

    For servers that let us make no databases of our own.

    Args:
        at: Now. Aware.
        folder: Where the demo keeps what only its owner may read.
        days: Days that the review units are read each quarter hour. [count]
        goes_on: An attempt in this database was cut short: it is taken up where it ended.

    Raises:
        CannotBuild: If it fails.
    """
    path, address = _ledger_path(folder, _IN_PLACE), os.environ[ADDRESS]
    begun = path.with_suffix(".plan")
    wanted = plan.plan_of(at, days=days)
    if not goes_on:
        _forget(path)  # of another database
    elif begun.exists():
        wanted = msgspec.json.decode(begun.read_bytes(), type=Plan)
    if path.exists():
        _start([], address, {})
    else:
        _build(wanted, path, address, {})
    return _IN_PLACE


def is_begun_in_place(folder: Path) -> bool:
    """Answer whether building in place was begun and is not over."""
    return _ledger_path(folder, _IN_PLACE).with_suffix(".plan").exists()


def end_in_place(folder: Path) -> None:
    """Note that building in place is over: the terminals know what they must."""
    _ledger_path(folder, _IN_PLACE).with_suffix(".plan").unlink(missing_ok=True)


def _build(wanted: Plan, ledger_path: Path, address: str, settings: dict[str, str]) -> None:
    """Build the city in a database.

    Raises:
        CannotBuild: If it fails.
    """
    plan_path = ledger_path.with_suffix(".plan")
    memory.write_secret(plan_path, msgspec.json.encode(wanted))
    _start([str(plan_path), str(ledger_path)], address, settings)


def _start(words: Sequence[str], address: str, settings: Mapping[str, str]) -> None:
    """Let the builder work on a database, and wait for it.

    Args:
        words: Plan and ledger; none: only work out what is left.
        address: The database's address.
        settings: Further environment.

    Raises:
        CannotBuild: If it fails.
    """
    ours = {ADDRESS: address, "DJANGO_SETTINGS_MODULE": "hengneng.settings"}
    # A group of its own: the terminal's Ctrl-C is ours to pass on.
    with subprocess.Popen(
        [sys.executable, "-m", "hengneng.demo", *words],
        env={**os.environ, **settings, **ours},
        stdin=subprocess.DEVNULL,
        process_group=0,
    ) as builder:
        try:
            code = builder.wait()
        except BaseException:
            builder.terminate()
            builder.wait()
            raise
    if code != 0:
        raise CannotBuild(f"the demo city could not be built (code {code}); why stands above.")


def address_of(database: str) -> str:
    """Return the address of another database of the server in ``HENGNENG_DATABASE_URL``."""
    return make_conninfo("", **_parts() | {"dbname": database})


def database_name() -> str:
    """Return the name of the database in ``HENGNENG_DATABASE_URL``."""
    return str(_parts()["dbname"])


@lru_cache(maxsize=8)
def shape(days: int) -> str:
    """Return the hash of everything that shapes the city: code, data, loads, zone.

    Args:
        days: Days that the review units are read each quarter hour. [count]
    """
    found = hashlib.sha256(f"{days} {os.environ.get('HENGNENG_TIME_ZONE', '')}".encode())
    files = [
        path
        for path in sorted(_PACKAGE.rglob("*"))
        if path.suffix in {".py", ".toml", ".csv", ".zdict"}
        and path.relative_to(_PACKAGE).parts[0] not in _SHAPELESS
    ]
    for path in files:
        found.update(f"{path.relative_to(_PACKAGE)}\n".encode() + path.read_bytes())
    place = series.folder()
    if place is not None:
        for name in series.FILES.values():
            found.update(f"{name} {(place / name).stat().st_size}".encode())
    return found.hexdigest()[:_HASH_LENGTH]


def _parts() -> dict[str, str | int | None]:
    return dict(conninfo_to_dict(os.environ[ADDRESS]))


@contextmanager
def _maintenance() -> Iterator[psycopg.Connection]:
    """Give a connection from which databases can be made and dropped.

    Raises:
        NotAllowed: If there is none.
    """
    try:
        connection = psycopg.connect(address_of(_MAINTENANCE), autocommit=True)
    except psycopg.OperationalError as error:
        raise NotAllowed(str(error)) from error
    with connection:
        yield connection


@contextmanager
def _allowed() -> Iterator[None]:
    """Tell a missing right apart from other errors.

    Raises:
        NotAllowed: If the account lacks it.
    """
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed(str(error)) from error


def _prefix(folder: Path) -> str:
    """Return how the names of a folder's templates begin; others may share the server."""
    place = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()
    return f"{_PREFIX}{place[:_PLACE_LENGTH]}_"


def _fitting(names: Iterable[str], folder: Path, stem: str, today: int) -> str | None:
    """Return the newest template of this shape that is whole and not too old."""
    days = {f"{stem}_{clock.date_of(d):%Y%m%d}" for d in range(today - AGE_MAX_DAYS, today + 1)}
    whole = [name for name in names if name in days and _ledger_path(folder, name).exists()]
    return max(whole, default=None)


def _is_worked_out(address: str) -> bool:
    """Answer whether no day of a database's city waits to be worked out."""
    waits = " OR ".join(f"EXISTS (SELECT 1 FROM {name})" for name in _WAITING)  # noqa: S608 own
    with psycopg.connect(address) as connection:
        row = connection.execute(f"SELECT {waits}".encode()).fetchone()
    return row == (False,)


def _databases(connection: psycopg.Connection, prefix: str) -> list[str]:
    """Return the folder's templates, whole or not."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
    )
    return [name for (name,) in rows.fetchall()]


def _drop_others(connection: psycopg.Connection, names: Iterable[str], folder: Path) -> None:
    """Drop templates that serve no more, with their ledgers."""
    for name in names:
        _forget(_ledger_path(folder, name))
        _drop(connection, name)


def _forget(ledger_path: Path) -> None:
    """Remove what the building of a city has left beside its database."""
    for suffix in (".json", ".plan", ".devices"):
        ledger_path.with_suffix(suffix).unlink(missing_ok=True)


def _make(connection: psycopg.Connection, name: str) -> None:
    """Make an empty database."""
    with _allowed():
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )


def _drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database, whoever is connected with it."""
    with _allowed():
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _ledger_path(folder: Path, name: str) -> Path:
    """Return where the ledger of a template's city is kept."""
    return folder / "templates" / f"{name}.json"
