"""What a unit holds and bought of its fuels by its own papers, and what follows was used."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import Version, known_at
from hengneng.registry.fuels import rules
from hengneng.registry.fuels.models import Purchase, StockTaking
from hengneng.registry.fuels.rules import FuelSpan


class TakingRow(NamedTuple):
    """A stock taking.

    Attributes:
        energy_type_id: The fuel.
        day: At the end of which day.
        amount: In the type's unit of measure.
        determined_by: How: ``WEIGHED`` …
        document_id: The kept file of its record; None: none.
        recorded_at: Since when we know it. Aware.
        id: Of this version; a correction is another.
    """

    energy_type_id: str
    day: date
    amount: Decimal
    determined_by: str
    document_id: int | None
    recorded_at: datetime
    id: int


class PurchaseRow(NamedTuple):
    """Fuel bought by one paper.

    Attributes:
        energy_type_id: The fuel.
        day: When it came in.
        amount: In the type's unit of measure.
        paper: Number of the invoice or delivery note.
        supplier: Who sold it.
        document_id: The kept file of the paper; None: none.
        recorded_at: Since when we know it. Aware.
        id: Of this version; a correction is another.
    """

    energy_type_id: str
    day: date
    amount: Decimal
    paper: str
    supplier: str
    document_id: int | None
    recorded_at: datetime
    id: int


def takings_of(
    unit_id: int, *, as_of: datetime | None = None, first: int = 0, limit: int | None = None
) -> list[TakingRow]:
    """Return a unit's stock takings, the latest day first; one query.

    Args:
        unit_id: The unit.
        as_of: As believed then; None: now. Aware.
        first: How many to leave out. [count]
        limit: How many at most; None: all. [count]
    """
    ordered = _takings(unit_id, as_of).order_by("-valid_from", "energy_type_id")
    return _taking_rows(ordered[first : _end(first, limit)])


def count_takings(unit_id: int, *, as_of: datetime | None = None) -> int:
    """Return how many stock takings of a unit are believed, or were at ``as_of``. [count]"""
    return _takings(unit_id, as_of).count()


def taking(unit_id: int, taking_id: int) -> TakingRow | None:
    """Return one stock taking of a unit that is believed now; None where there is none."""
    return next(iter(_taking_rows(_takings(unit_id, None).filter(id=taking_id))), None)


def purchases_of(
    unit_id: int, *, as_of: datetime | None = None, first: int = 0, limit: int | None = None
) -> list[PurchaseRow]:
    """Return what a unit bought by papers, the latest day first; one query.

    Args:
        unit_id: The unit.
        as_of: As believed then; None: now. Aware.
        first: How many to leave out. [count]
        limit: How many at most; None: all. [count]
    """
    ordered = _purchases(unit_id, as_of).order_by(
        "-valid_from", "energy_type_id", "paper", "supplier"
    )
    return _purchase_rows(ordered[first : _end(first, limit)])


def count_purchases(unit_id: int, *, as_of: datetime | None = None) -> int:
    """Return how many purchases of a unit are believed, or were at ``as_of``. [count]"""
    return _purchases(unit_id, as_of).count()


def purchase(unit_id: int, purchase_id: int) -> PurchaseRow | None:
    """Return one purchase of a unit that is believed now; None where there is none."""
    return next(iter(_purchase_rows(_purchases(unit_id, None).filter(id=purchase_id))), None)


def fuels_over(
    unit_id: int, first: date, until: date, *, as_of: datetime | None = None
) -> list[FuelSpan]:
    """Return every fuel of which papers of a unit speak in a span of days, by code; two queries.

    A stock taken in mid-span names the fuel, so that what lacks at the span's ends is told.

    Args:
        unit_id: The unit.
        first: First day.
        until: Day after the last.
        as_of: As believed then; None: now. Aware.
    """
    before, last = first - timedelta(days=1), until - timedelta(days=1)
    known = StockTaking.objects.filter(
        known_at(as_of),
        unit_id=unit_id,
        valid_from__gte=clock.midnight(before),
        valid_from__lt=clock.midnight(until),
    )
    stocks = {
        (kind, clock.day_of(since)): amount
        for kind, since, amount in known.values_list("energy_type_id", "valid_from", "amount")
    }
    bought = _bought(unit_id, first, until, as_of)
    kinds = sorted({kind for kind, _ in stocks} | bought.keys())
    return [
        _span(kind, stocks.get((kind, before)), bought.get(kind, {}), stocks.get((kind, last)))
        for kind in kinds
    ]


def papers_of(unit_id: int) -> set[int]:
    """Return the kept files on which a unit's stocks and purchases stand, or ever stood."""
    found = [
        *StockTaking.objects.filter(unit_id=unit_id).values_list("document_id", flat=True),
        *Purchase.objects.filter(unit_id=unit_id).values_list("document_id", flat=True),
    ]
    return {number for number in found if number is not None}


def taking_versions(unit_id: int) -> list[Version]:
    """Return everything that was ever believed of a unit's stocks; one query."""
    rows = StockTaking.objects.filter(unit_id=unit_id)
    said = ("amount", "determined_by")
    return facts.versions("STOCK_TAKING", rows, subject="energy_type_id", said=said)


def purchase_versions(unit_id: int) -> list[Version]:
    """Return everything that was ever believed of a unit's purchases; one query."""
    rows = Purchase.objects.filter(unit_id=unit_id)
    said = ("paper", "supplier", "amount")
    return facts.versions("PURCHASE", rows, subject="energy_type_id", said=said)


def _takings(unit_id: int, as_of: datetime | None) -> QuerySet[StockTaking]:
    return StockTaking.objects.filter(known_at(as_of), unit_id=unit_id)


def _purchases(unit_id: int, as_of: datetime | None) -> QuerySet[Purchase]:
    return Purchase.objects.filter(known_at(as_of), unit_id=unit_id)


def _taking_rows(rows: QuerySet[StockTaking]) -> list[TakingRow]:
    fields = ("energy_type_id", "valid_from", "amount", "determined_by", "document_id")
    return [
        TakingRow(kind, clock.day_of(since), *rest)
        for kind, since, *rest in rows.values_list(*fields, "recorded_at", "id")
    ]


def _purchase_rows(rows: QuerySet[Purchase]) -> list[PurchaseRow]:
    fields = ("energy_type_id", "valid_from", "amount", "paper", "supplier", "document_id")
    return [
        PurchaseRow(kind, clock.day_of(since), *rest)
        for kind, since, *rest in rows.values_list(*fields, "recorded_at", "id")
    ]


def _end(first: int, limit: int | None) -> int | None:
    """Return the place behind the last row wanted; None: there is no last."""
    return None if limit is None else first + limit


def _bought(
    unit_id: int, first: date, until: date, as_of: datetime | None
) -> dict[str, dict[date, Decimal]]:
    """Return what came in by papers: by fuel, then by the first day of the month."""
    papers = _purchases(unit_id, as_of).filter(
        valid_from__gte=clock.midnight(first), valid_from__lt=clock.midnight(until)
    )
    by_day = papers.values_list("energy_type_id", "valid_from").annotate(Sum("amount"))
    bought: dict[str, dict[date, Decimal]] = {}
    for kind, since, amount in by_day.order_by("valid_from"):
        months, month = bought.setdefault(kind, {}), clock.day_of(since).replace(day=1)
        months[month] = months.get(month, Decimal(0)) + amount
    return bought


def _span(
    kind: str,
    opening: Decimal | None,
    by_month: Mapping[date, Decimal],
    closing: Decimal | None,
) -> FuelSpan:
    bought = sum(by_month.values(), Decimal(0)) if by_month else None
    told = rules.derived(opening, bought, closing)
    return FuelSpan(kind, opening, bought, closing, told, by_month)
