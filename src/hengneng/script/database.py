"""The database a verb works on: the one given, else the embedded one, made ready."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hengneng.kernel import clock
from hengneng.kernel.postgres import operations as postgres
from hengneng.kernel.postgres import queries as servers

ROOT = Path(__file__).resolve().parents[3]
ADDRESS = "HENGNENG_DATABASE_URL"
_MIGRATING = 7_431_870  # the advisory lock of those who bring the schema up to date


def settle_environment() -> Path:
    """Fix the settings that every process of this run shares; return the data folder.

    Relative folders mean the caller's.

    Raises:
        NoAddress: If ``HENGNENG_DATABASE_URL`` is set and not a database's address.
    """
    try:
        conninfo_to_dict(os.environ.get(ADDRESS, ""))
    except psycopg.ProgrammingError as error:
        raise NoAddress(
            f"{ADDRESS} is not a database's address ({str(error).strip()}): give it the form"
            " postgresql://user:password@host/name."
        ) from error
    root = Path(os.environ.setdefault("HENGNENG_ROOT", str(ROOT)))
    data_dir = Path(os.environ.get("HENGNENG_DATA_DIR") or root / "var").absolute()
    os.environ["HENGNENG_DATA_DIR"] = str(data_dir)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hengneng.settings"
    clock.begin()
    _refuse_shifting_zone()
    return data_dir


class CannotKeepTime(servers.CannotServe):
    """The city's time zone is not one that telemetry can follow."""


def _refuse_shifting_zone() -> None:
    """Refuse a zone that no reading can be placed in, before one is taken in.

    Raises:
        CannotKeepTime: With what to do.
    """
    # Asked of the environment: settings name the database, which may not be up yet.
    zone = os.environ.get("HENGNENG_TIME_ZONE")
    try:
        if zone:
            clock.offset_of(zone)
    except (clock.UnknownZone, clock.ZoneShifts) as error:
        raise CannotKeepTime(f"HENGNENG_TIME_ZONE: {error}.") from error


class NoAddress(servers.CannotServe):
    """The address given for the database cannot be read."""


class NothingHere(servers.CannotServe):
    """The data folder holds no database yet."""


def refuse_empty(data_dir: Path) -> None:
    """Refuse a data folder without a database, where a new one would look like a good answer.

    Raises:
        NothingHere: With where it looked.
    """
    if not os.environ.get(ADDRESS) and not servers.cluster_at(data_dir).data.exists():
        raise NothingHere(
            f"there is no database in {data_dir}: set HENGNENG_DATA_DIR to the folder of yours,"
            " or begin one with ./hengneng up."
        )


@contextmanager
def server(data_dir: Path) -> Iterator[None]:
    """Start or join the embedded server, or check the one given, and name it to Django.

    Must be entered before Django's settings load.

    Raises:
        CannotServe: If there is no server, or an unsafe one.
        psycopg.OperationalError: If the server given does not answer.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    make_secret_key(data_dir)
    with nullcontext() if os.environ.get(ADDRESS) else embedded(data_dir):
        postgres.refuse_unsafe(url=os.environ[ADDRESS])
        yield


@contextmanager
def embedded(data_dir: Path) -> Iterator[None]:
    """Start or join the embedded server; say so where its data had to be placed elsewhere."""
    cluster = servers.cluster_at(data_dir)
    if cluster.place is not None and not cluster.place.exists() and cluster.keeper is not None:
        print(
            f"The account {cluster.keeper.name}, which runs PostgreSQL, may not enter {data_dir}:"
            f" the database is kept in {cluster.data.parent}.",
            file=sys.stderr,
        )
    with postgres.serving(data_dir=data_dir) as address:
        os.environ[ADDRESS] = address
        try:
            yield
        finally:
            del os.environ[ADDRESS]


def make_secret_key(data_dir: Path) -> None:
    """Make the installation's secret key, once, readable by its owner alone."""
    path = Path(os.environ.get("HENGNENG_SECRET_KEY_FILE", data_dir / "secret.key"))
    if path.exists():
        return
    making = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(making, path)  # fails where another made it meanwhile: the first one counts
    except FileExistsError:
        pass
    finally:
        making.unlink()


def make_ready(*, always: bool = False) -> None:
    """Bring the schema up to date, and with it the rules, the city and the partitions.

    Args:
        always: Load rules, city and partitions even where the schema was up to date.
    """
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
    try:
        behind = _is_behind()
        if behind:
            call_command("migrate", verbosity=0, interactive=False)
        if behind or always:
            _load_what_ships()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def _is_behind() -> bool:
    """Answer whether migrations wait to be applied."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _load_what_ships() -> None:
    """Load the rule records and the city, and make the partitions of the months to come."""
    from hengneng.kernel import clock
    from hengneng.registry.bodies import operations as bodies
    from hengneng.registry.energy import operations as energy
    from hengneng.registry.equipment import operations as equipment
    from hengneng.registry.instruments import operations as instruments
    from hengneng.telemetry.journal import operations as journal

    at = clock.now()
    energy.load_rules(by=None, at=at)
    equipment.load_shipped(by=None, at=at)
    instruments.load_rules(by=None, at=at)
    bodies.load_city(by=None, at=at)
    journal.ensure_partitions(at=at)
