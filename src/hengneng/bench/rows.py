"""The baseline: the same front, but a row for each reading instead of journal and recompute.

As the open systems of the field store: COPY into a temporary table, then INSERT … ON CONFLICT, with
the same short way, group commit and fsync. It reads every record once, for it needs each. Only the
bench's own front process is ever told to.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction

from hengneng.kernel import clock
from hengneng.protocol import national, registers
from hengneng.protocol.records import Content, Extent
from hengneng.telemetry.consumption.rules import digest
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.operations import accepting
from hengneng.telemetry.journal.operations.writing import Accepted, Entry
from hengneng.telemetry.journal.rules import Channel
from hengneng.web.terminals import short

TABLE = "bench_reading"
_COLUMNS = "unit_id, series, at, digits, scale, mark, sent_at"
CREATE = f"""CREATE TABLE {TABLE} (
    unit_id bigint NOT NULL,
    series bigint NOT NULL,
    at bigint NOT NULL,
    digits bigint NOT NULL,
    scale smallint NOT NULL,
    mark "char" NOT NULL,
    sent_at bigint NOT NULL,
    PRIMARY KEY (unit_id, series, at)
)"""
_TWIN = f"CREATE TEMPORARY TABLE new_reading (LIKE {TABLE}) ON COMMIT DELETE ROWS"
COPY_TWIN = f"COPY new_reading ({_COLUMNS}) FROM STDIN"
COPY_BARE = f"COPY {TABLE} ({_COLUMNS}) FROM STDIN"
UPSERT = f"""INSERT INTO {TABLE} AS known ({_COLUMNS})
SELECT {_COLUMNS} FROM new_reading ON CONFLICT (unit_id, series, at) DO UPDATE
SET digits = excluded.digits, scale = excluded.scale, mark = excluded.mark,
    sent_at = excluded.sent_at WHERE known.sent_at <= excluded.sent_at"""  # noqa: S608 own names

# Readings of an increment kind; digits of one series are all of one scale here.
ADD_UP = f"""CREATE TABLE bench_day_total AS
SELECT unit_id, at / 86400 AS day, series, sum(digits) AS digits, count(*) AS readings
FROM {TABLE} GROUP BY unit_id, at / 86400, series"""  # noqa: S608 own name


def take_the_journals_place() -> None:
    """Have this process keep readings as rows from now on; the bench's own front alone calls it."""
    short.WAYS["/nhjc/uploadEnergyData"] = short.Way(national.read_energy, Channel.NATIONAL)
    short.WAYS["/devices/v1/registers"] = short.Way(_read_registers, Channel.REGISTERS)
    journal.accept = accept
    accepting.write = write  # type: ignore[attr-defined]


def _read_registers(body: bytes) -> national.Envelope:
    return registers.read_registers(body, offset_s=clock.offset_s())


def accept(
    *,
    unit_id: int,
    terminal_id: int | None,
    channel: Channel,
    body: bytes,  # noqa: ARG001 - as the journal's own
    content: Content | Extent,
    at: datetime,
) -> Accepted:
    """Keep a message's readings as rows: when this returns they are committed.

    Raises:
        TypeError: If the records themselves were not read.
    """
    if isinstance(content, Extent):
        raise TypeError("a row for each reading needs every record")
    lines = copy_lines(unit_id, content)
    return accepting.keep(
        entry=Entry(
            unit_id=unit_id,
            sha256=b"",
            terminal_id=terminal_id,
            channel=int(channel),
            dictionary=0,
            body=lines,
            days=(),
            flaws={},
            at=at,
        )
    )


def copy_lines(unit_id: int, content: Content) -> bytes:
    """Return a message's readings as COPY reads them."""
    series = _series_id
    return "".join(
        [
            f"{unit_id}\t{series(name)}\t{at}\t{digits}\t{scale}\t{mark}\t{sent_at}\n"
            for name, at, digits, scale, mark, sent_at in content.records
        ]
    ).encode()


def write(*, group: Sequence[Entry]) -> list[Accepted]:
    """Write a group's rows in one transaction."""
    if connection.connection is None or not getattr(connection.connection, "has_twin", False):
        make_twin()
        connection.connection.has_twin = True
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(COPY_TWIN) as copy:
            copy.write(b"".join([entry.body for entry in group]))
        cursor.execute(UPSERT)
    return [Accepted(0, clock.now(), is_new=True)] * len(group)


def make_twin() -> None:
    """Make this connection's temporary table."""
    with connection.cursor() as cursor:
        cursor.execute(_TWIN)


@lru_cache(maxsize=1 << 16)
def _series_id(series: str) -> int:
    """Return a series' number; remembered, as any system would."""
    return digest.series_id(series)
