"""The five questions, answered by PostgreSQL and by DuckDB over the files."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from django.db import connection, transaction

from hengneng.registry.units import queries as units
from hengneng.telemetry.lake import parquet, store
from hengneng.telemetry.lake.queries.ground import Ground
from hengneng.telemetry.lake.rules import closing
from hengneng.telemetry.lake.rules.columns import NOWHERE
from hengneng.telemetry.lake.rules.manifest import Edition
from hengneng.telemetry.lake.rules.questions import QUESTIONS

MONTHS = 12
Row = tuple[Any, ...]


class NothingCopied(LookupError):
    """No closed month is copied in that span; ./hengneng lake write copies them."""


class Answered(NamedTuple):
    """What both stores said to one question.

    Attributes:
        question: Its name.
        rows: What the files say, by DuckDB.
        postgres_rows: What PostgreSQL says now.
        seconds: DuckDB took. [s]
        postgres_seconds: PostgreSQL took, its points laid out already. [s]
    """

    question: str
    rows: list[Row]
    postgres_rows: list[Row]
    seconds: float
    postgres_seconds: float

    @property
    def agrees(self) -> bool:
        """Answer whether both say the same, to the last digit."""
        return _by_text(self.rows) == _by_text(self.postgres_rows)


class Span(NamedTuple):
    """Months of an edition.

    Attributes:
        edition: The edition.
        first: First day of the first month.
        until: Day after the last month.
        files: The months' files, by their paths.
    """

    edition: Edition
    first: date
    until: date
    files: list[str]


_STANDING = """
CREATE TEMPORARY TABLE lake_standing (
    unit_id bigint, point_id bigint, energy_type text, level text, flow text, district text,
    first date, until date
) ON COMMIT DROP
"""
_SECTORS = """
CREATE TEMPORARY TABLE lake_units (unit_id bigint, code text, name text, sector text)
ON COMMIT DROP
"""
# The tables of the questions, laid over PostgreSQL's own; only those that are asked are read.
_TABLES = """
WITH lake AS (
    SELECT to_char(fact.day, 'YYYY-MM') AS month, coalesce(stood.district, %(nowhere)s) AS district,
        fact.unit_id, stood.energy_type, stood.level, stood.flow, fact.amount, fact.estimated
    FROM lake_standing AS stood JOIN consumption_consumptionday AS fact
    ON fact.unit_id = stood.unit_id AND fact.point_id = stood.point_id
    AND fact.day >= stood.first AND fact.day < stood.until
    WHERE fact.day >= %(from)s AND fact.day < %(until)s
), slot AS (
    SELECT stood.level, stood.energy_type, stood.flow, fact.day,
        (one.place - 1) * fact.slot_seconds / 900 AS quarter,
        one.value::numeric * power(10::numeric, 9 - fact.scale) AS nano
    FROM lake_standing AS stood JOIN consumption_profile AS fact
    ON fact.unit_id = stood.unit_id AND fact.point_id = stood.point_id
    AND fact.day >= stood.first AND fact.day < stood.until,
    unnest(coalesce(fact."values"::bigint[], fact.wide_values)) WITH ORDINALITY
        AS one (value, place)
    WHERE fact.day >= %(from)s AND fact.day < %(until)s AND fact.slot_seconds <= 900
    AND one.value IS NOT NULL
), units AS (SELECT unit_id, sector FROM lake_units)
"""


def ask(*, months: int = MONTHS) -> list[Answered]:
    """Return what both stores answer to each question over the last months that are copied.

    Args:
        months: How many months at most. [count]

    Raises:
        NothingCopied: If no edition has any file in them.
        BrokenEdition: If the current edition is not whole.
    """
    span = span_of(months=months)
    with asked_of_files(span) as files, asked_of_postgres(span) as postgres:
        return [
            Answered(name, found, other, taken, other_taken)
            for name, text in QUESTIONS.items()
            for found, taken in [timed(files, text)]
            for other, other_taken in [timed(postgres, text)]
        ]


def span_of(*, months: int = MONTHS) -> Span:
    """Return the last months of the current edition.

    Raises:
        NothingCopied: If it has no file in them, or there is no edition.
        BrokenEdition: If the current edition is not whole.
    """
    edition = store.published()
    taken = edition.months[-months:] if edition else ()
    files = [file.path for month in taken for file in month.files]
    if edition is None or not files:
        raise NothingCopied("no closed month is copied yet: ./hengneng lake write")
    return Span(edition, taken[0].month, closing.next_month(taken[-1].month), files)


Ask = Callable[[str], list[Row]]


def timed(ask_: Ask, text: str) -> tuple[list[Row], float]:
    """Return an answer and how long it took. [s]"""
    began = time.perf_counter()
    rows = ask_(text)
    return rows, time.perf_counter() - began


@contextmanager
def asked_of_files(span: Span) -> Iterator[Ask]:
    """Return what asks DuckDB over the files of a span."""
    with parquet.tables(store.root(), span.files, span.edition.units.path) as engine:
        yield lambda text: engine.execute(text).fetchall()


@contextmanager
def asked_of_postgres(span: Span) -> Iterator[Ask]:
    """Return what asks PostgreSQL, with the points of the span laid out for it."""
    ground = Ground(span.first, span.until)
    given: dict[str, date | str] = {"from": span.first, "until": span.until, "nowhere": NOWHERE}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STANDING)
        for part in ground.everywhere():
            _fill("lake_standing", part)
        cursor.execute(_SECTORS)
        _fill("lake_units", units.sectors())
        cursor.execute("ANALYZE lake_standing, lake_units")

        def told(text: str) -> list[Row]:
            cursor.execute(_TABLES + text, given)
            found: list[Row] = cursor.fetchall()
            return found

        yield told


def _fill(table: str, rows: Iterable[Row]) -> None:
    """Put rows that are at hand into a temporary table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _by_text(rows: list[Row]) -> list[Row]:
    """Return rows in one order: a server may sort texts by the rules of some language."""
    return sorted(rows, key=lambda row: tuple(map(str, row)))
