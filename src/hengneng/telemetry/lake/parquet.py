"""Parquet files by DuckDB: written from PostgreSQL's text form, added up, asked.

The one module that knows DuckDB. The library is loaded by whoever first calls a function, so that a
process that merely knows of the jobs, as the web's does, stays small. One thread and a bound of
memory: a district of any size goes through.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengneng.telemetry.consumption.rules import balance
from hengneng.telemetry.consumption.rules.amounts import ZERO
from hengneng.telemetry.lake.rules.columns import COLUMNS, UNITS
from hengneng.telemetry.lake.rules.manifest import Sums
from hengneng.telemetry.lake.rules.questions import SLOTS

if TYPE_CHECKING:
    import duckdb

MEMORY = "160MB"
ROWS_A_GROUP = 16_384
# Measured on a month of real building loads, 24 readings a day: version 2 with zstd 9 takes 1.96
# bytes a reading, version 1 2.06, level 3 2.08, level 19 1.91 for three times the work.
_FORM = (
    "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 9,"
    f" ROW_GROUP_SIZE {ROWS_A_GROUP}"
)


class NotExact(Exception):
    """A figure is wider than Parquet can hold exactly; the file was not made."""


def write(lines: Path, into: Path) -> None:
    """Make a month's file from lines in PostgreSQL's text form, in their order.

    Args:
        lines: The lines.
        into: The file to make.

    Raises:
        NotExact: If a figure does not fit its column.
    """
    # A list arrives as a text in brackets. No text of ours holds a tab or a backslash.
    read = {n: "VARCHAR" if kind.endswith("[]") else kind for n, kind in COLUMNS.items()}
    shown = ", ".join(
        f'CAST("{n}" AS {kind}) AS "{n}"' if kind.endswith("[]") else f'"{n}"'
        for n, kind in COLUMNS.items()
    )
    form = "delim = '\t', quote = '', escape = '', nullstr = '\\N', max_line_size = 10000000"
    _convert(f"SELECT {shown} FROM {_lines(lines, read, form)}", into)  # noqa: S608 own names


def write_units(lines: Path, into: Path) -> None:
    """Make the file of units from lines of quoted cells between commas.

    Args:
        lines: The lines.
        into: The file to make.
    """
    form = "delim = ',', quote = '\"', escape = '\"', allow_quoted_nulls = false"
    _convert(f"SELECT * FROM {_lines(lines, UNITS, form)}", into)  # noqa: S608 own names


def _lines(path: Path, columns: Mapping[str, str], form: str) -> str:
    """Return a file of lines as a table of a query."""
    return (
        f"read_csv({_text(path)}, columns = {dict(columns)}, {form}, header = false,"
        " auto_detect = false)"
    )


def _convert(query: str, into: Path) -> None:
    """Make a file of what a query finds.

    Raises:
        NotExact: If a figure does not fit its column.
    """
    import duckdb  # noqa: PLC0415 only processes that write or ask load it

    with _engine() as engine:
        try:
            engine.execute(f"COPY ({query}) TO {_text(into)} ({_FORM})")
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            raise NotExact(str(error).partition("\n")[0]) from error


def sums_of(path: Path) -> tuple[int, dict[str, Sums]]:
    """Return how many rows a file holds and what they add up to, by energy type."""
    with _engine() as engine:
        engine.execute(
            'SELECT energy_type, scale, count(*), sum(list_count("values")), sum(amount),'
            ' sum(estimated), sum(list_sum("values")::HUGEINT) FROM read_parquet(?)'
            " GROUP BY energy_type, scale ORDER BY energy_type, scale",
            [str(path)],
        )
        found: dict[str, Sums] = {}
        rows = 0
        for kind, scale, days, readings, amount, estimated, slots in engine.fetchall():
            found[kind] = _added(found.get(kind), scale, days, readings, amount, estimated, slots)
            rows += days
    return rows, found


@contextmanager
def tables(root: Path, files: Sequence[str], units: str) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Lay the tables of the questions over files of closed months.

    Args:
        root: The lake's folder.
        files: Their paths in it; at least one.
        units: The path of the units' file.
    """
    listed = ", ".join(_text(root / path) for path in files)
    with _engine(threads=2) as engine:
        engine.execute(
            f"CREATE VIEW files AS SELECT * FROM read_parquet([{listed}], hive_partitioning = true,"  # noqa: S608 own paths
            " hive_types = {'month': VARCHAR, 'district': VARCHAR})"
        )
        engine.execute("CREATE VIEW lake AS SELECT * FROM files")
        engine.execute(f"CREATE VIEW slot AS {SLOTS['duckdb']}")
        engine.execute(f"CREATE VIEW units AS SELECT * FROM read_parquet({_text(root / units)})")  # noqa: S608 own path
        yield engine


@contextmanager
def _engine(threads: int = 1) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Return an empty engine within the bound of memory, to be closed; it fetches nothing."""
    import duckdb  # noqa: PLC0415 only processes that write or ask load it

    engine = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": MEMORY,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        yield engine
    finally:
        engine.close()


def _added(
    known: Sums | None,
    scale: int | None,
    days: int,
    readings: int | None,
    amount: Decimal | None,
    estimated: Decimal,
    slots: Any,
) -> Sums:
    """Return the sums with those of one more scale."""
    more = {str(scale): str(slots)} if readings else {}
    if known is None:
        return Sums(days, readings or 0, amount, estimated, more)
    return Sums(
        known.days + days,
        known.readings + (readings or 0),
        balance.known_sum([known.amount, amount]),
        balance.known_sum([known.estimated, estimated]) or ZERO,
        known.slots | more,
    )


def _text(value: Path) -> str:
    """Return a path as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"
