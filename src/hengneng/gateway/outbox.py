"""Where readings are kept until the platform has them, and half a year longer: one SQLite file.

Every reading is on disk before anything else is done with it (WAL, ``synchronous=FULL``).

SQLite 3.7.0 to 3.51.2 (but 3.44.6 and 3.50.7) can lose committed pages of a WAL file where two
connections write or checkpoint at the same instant (its "WAL-reset bug"). Here that cannot happen:
one process holds the outbox by a lock on a file beside it, and writes through one connection under
one lock; whoever looks from outside opens it read-only, which never checkpoints.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from hengneng.gateway.decoding import Number

FILE, LOCK = "outbox.sqlite3", "outbox.lock"
EDITION = 1
# Nothing is forgotten before so many later days were acknowledged: a clock that jumps a century
# ahead must not make everything old. [d]
_LATER_DAYS = 30
# A writer holds the file for moments only; who looks from outside waits that long. [s]
_PATIENCE_S = 10.0

_SCHEMA = """
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE series (
    id INTEGER PRIMARY KEY, meter TEXT NOT NULL, register TEXT NOT NULL, UNIQUE (meter, register)
) STRICT;
CREATE TABLE batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,      -- PENDING, ACKNOWLEDGED, REFUSED, EMPTY, UNSENDABLE
    channel TEXT NOT NULL,    -- REGISTERS, NATIONAL
    formed_at INTEGER NOT NULL,
    body BLOB,                -- the exact bytes, until acknowledged
    sha256 TEXT,
    settled_at INTEGER,
    said TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX batch_state ON batch (state);
CREATE TABLE reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series INTEGER NOT NULL REFERENCES series (id),
    at INTEGER NOT NULL,      -- the instant it stands for, local seconds
    digits INTEGER NOT NULL,
    scale INTEGER NOT NULL,
    mark TEXT NOT NULL,
    read_at INTEGER NOT NULL, -- when the meter answered, local seconds
    batch INTEGER REFERENCES batch (id),
    UNIQUE (series, at)
) STRICT;
CREATE INDEX reading_batch ON reading (batch);
CREATE TABLE failure (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    meter TEXT NOT NULL,      -- empty: the gateway itself
    register TEXT NOT NULL,   -- empty: the meter as a whole
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX failure_meter ON failure (meter, at);
"""


class OutboxInUse(Exception):
    """Another process runs this gateway: stop it first, or let it be."""


class NoOutbox(Exception):
    """There is no outbox yet: the gateway has not run with this configuration."""


class OtherEdition(Exception):
    """The outbox was made by another edition of the gateway; it is left as it is."""


class Reading(NamedTuple):
    """One reading of one register.

    Attributes:
        meter: The meter's name.
        register: The register's name.
        at: The instant it stands for: the scheduled one where it was read in time. [local s]
        number: What the register showed.
        mark: ``M`` measured, ``R`` not to be trusted, sent as bad.
        read_at: When the meter answered. [local s]
    """

    meter: str
    register: str
    at: int
    number: Number
    mark: str
    read_at: int


class Failure(NamedTuple):
    """Why something was not read.

    Attributes:
        meter: The meter; empty: the gateway itself.
        register: The register; empty: the meter as a whole.
        at: The scheduled instant. [local s]
        reason: A code: ``UNREACHABLE``, ``NO_ANSWER``, ``BAD_BCD``, ``CLOCK_JUMPED`` …
        detail: The same for a person.
    """

    meter: str
    register: str
    at: int
    reason: str
    detail: str


class Outbox:
    """The one writer of an outbox."""

    def __init__(self, folder: Path) -> None:
        """Open it, making it where there is none; readable by this account alone.

        Raises:
            OutboxInUse: If another process has it.
            OtherEdition: If its tables are of another edition.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._connection = _open(folder / FILE)
        except BlockingIOError as error:
            os.close(self._held)
            raise OutboxInUse(f"another process uses the outbox in {folder}") from error
        except BaseException:
            os.close(self._held)
            raise
        self._lock = threading.RLock()
        self._series: dict[tuple[str, str], int] = {}

    def close(self) -> None:
        """Let it go."""
        with self._lock:
            self._connection.close()
        os.close(self._held)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all of it or nothing; on disk when it returns."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # Where the disk is full SQLite may have rolled back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                self._series.clear()
                raise

    @contextmanager
    def looking(self) -> Iterator[sqlite3.Connection]:
        """Read, without others writing meanwhile."""
        with self._lock:
            yield self._connection

    def keep(self, readings: Iterable[Reading], failures: Iterable[Failure]) -> int:
        """Keep what a round brought.

        The first reading of a register at an instant counts: where the clock went back and comes to
        an instant again, the second is a failure, so that nobody is told two values for one.

        Returns:
            How many readings were new. [count]
        """
        kept = list(readings)
        with self.transaction() as connection:
            repeated = [one for one in kept if not self._insert(connection, one)]
            again = [
                Failure(one.meter, one.register, one.at, "READ_ALREADY", _shown_again(one))
                for one in repeated
            ]
            connection.executemany(
                "INSERT INTO failure (meter, register, at, reason, detail) VALUES (?, ?, ?, ?, ?)",
                [*failures, *again],
            )
        return len(kept) - len(repeated)

    def prune(self, *, before: int) -> int:
        """Forget readings that were acknowledged, and failures that happened, before an instant.

        Returns:
            How many readings. [count]
        """
        with self.looking() as connection:
            (later,) = connection.execute(
                "SELECT count(DISTINCT settled_at / 86400) FROM batch WHERE settled_at >= ?",
                [before],
            ).fetchone()
        if later < _LATER_DAYS:
            return 0
        done = (
            "SELECT id FROM batch WHERE state IN ('ACKNOWLEDGED', 'EMPTY') AND settled_at < ?"
            " ORDER BY id LIMIT 50"
        )
        pruned = 0
        while True:
            with self.transaction() as connection:
                old = connection.execute(done, [before]).fetchall()
                if not old:
                    connection.execute("DELETE FROM failure WHERE at < ?", [before])
                    return pruned
                gone = connection.executemany("DELETE FROM reading WHERE batch = ?", old)
                pruned += gone.rowcount
                connection.executemany("DELETE FROM batch WHERE id = ?", old)

    def recall(self, name: str) -> str:
        """Return what was remembered under a name; empty where nothing was."""
        with self.looking() as connection:
            row = connection.execute("SELECT value FROM state WHERE name = ?", [name]).fetchone()
        return "" if row is None else str(row[0])

    def remember(self, **values: str) -> None:
        """Keep texts under their names, all or none."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT INTO state VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                list(values.items()),
            )

    def _insert(self, connection: sqlite3.Connection, one: Reading) -> bool:
        """Keep a reading; answer whether its instant was free."""
        series = self._series_of(connection, one.meter, one.register)
        row = (series, one.at, one.number.digits, one.number.scale, one.mark, one.read_at)
        done = connection.execute(
            "INSERT INTO reading (series, at, digits, scale, mark, read_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (series, at) DO NOTHING",
            row,
        )
        return done.rowcount == 1

    def _series_of(self, connection: sqlite3.Connection, meter: str, register: str) -> int:
        """Return the number of a meter's register, giving it one where it has none."""
        key = (meter, register)
        if key not in self._series:
            connection.execute("INSERT OR IGNORE INTO series (meter, register) VALUES (?, ?)", key)
            found = "SELECT id FROM series WHERE meter = ? AND register = ?"
            (self._series[key],) = connection.execute(found, key).fetchone()
        return self._series[key]


@contextmanager
def looking_at(folder: Path) -> Iterator[sqlite3.Connection]:
    """Read an outbox from outside, whether or not its gateway runs.

    Raises:
        NoOutbox: If there is none.
        OtherEdition: If its tables are of another edition.
    """
    path = folder / FILE
    if not path.exists():
        raise NoOutbox(f"there is no outbox in {folder}: has the gateway run?")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        connection.execute(f"PRAGMA busy_timeout = {int(_PATIENCE_S * 1000)}")
        _check_edition(connection, path)
        yield connection
    finally:
        connection.close()


def _open(path: Path) -> sqlite3.Connection:
    """Return the writer's connection, tables made.

    Raises:
        OtherEdition: If they are of another edition.
    """
    # SQLite gives the files beside it the rights of this one: it holds the terminal's secret.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE_S
    )
    try:
        _make_tables(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection, path: Path) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if not tables:
            # executescript would commit what stands open: tables and edition must come together.
            for statement in filter(str.strip, _SCHEMA.split(";\n")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {EDITION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    _check_edition(connection, path)


def _check_edition(connection: sqlite3.Connection, path: Path) -> None:
    (edition,) = connection.execute("PRAGMA user_version").fetchone()
    if edition != EDITION:
        raise OtherEdition(f"{path} is of edition {edition}, this gateway knows {EDITION}")


def _shown_again(one: Reading) -> str:
    return f"the clock came to this instant again; it showed {one.number} then, which is left out"


def first_good(
    connection: sqlite3.Connection, series: int, *, since: int, until: int
) -> Sequence[int] | None:
    """Return instant, digits and scale of a series' first good reading in ``[since, until]``."""
    row: Sequence[int] | None = connection.execute(
        "SELECT at, digits, scale FROM reading"
        " WHERE series = ? AND at BETWEEN ? AND ? AND mark = 'M' ORDER BY at LIMIT 1",
        [series, since, until],
    ).fetchone()
    return row


def good_between(
    connection: sqlite3.Connection, series: int, *, first: int, last: int
) -> Iterator[Number]:
    """Yield what a series' good readings in ``[first, last]`` showed, in order of time."""
    rows = connection.execute(
        "SELECT digits, scale FROM reading"
        " WHERE series = ? AND at BETWEEN ? AND ? AND mark = 'M' ORDER BY at",
        [series, first, last],
    )
    yield from (Number(*row) for row in rows)
