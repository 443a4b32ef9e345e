"""What units hold in store and buy by invoice, as ``stocking.toml`` has it."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from hengneng.demo import city
from hengneng.demo.further import chance
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.ledgers.subjects import Subject, subjects
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.registry.fuels import operations as fuels

_TENTHS = 10
_MEASURE = "t"


def take_stock(unit_ids: Mapping[str, int], *, plan: Plan, at: datetime) -> None:
    """Record the stocks of metered fuels, and stocks and purchases of those no meter counts.

    Args:
        unit_ids: The units' ids by code.
        plan: The days of the history.
        at: When it is entered. Aware.
    """
    days = _days(clock.date_of(plan.today))
    for table in _said()["stock"]:
        chosen = [unit for unit in _punctual() if table["energy_type"] in _metered(unit)]
        _record_stocks(chosen[: table["units"]], unit_ids, table, days, at=at)
    for table in _said()["unmetered"]:
        chosen = [unit for unit in _punctual() if table["energy_type"] not in _metered(unit)]
        _record_stocks(chosen[: table["units"]], unit_ids, table, days, at=at)
        for unit in chosen[: table["units"]]:
            _buy(unit, unit_ids[unit.code], table, days[0], at=at)


def _record_stocks(
    chosen: Iterable[Subject],
    unit_ids: Mapping[str, int],
    table: Mapping[str, Any],
    days: tuple[date, ...],
    *,
    at: datetime,
) -> None:
    """Record what each unit held at the ends; the last so many begin a year late."""
    some = list(chosen)
    for turn, unit in enumerate(some):
        is_late = turn >= len(some) - table["late"]
        for day in days[1:] if is_late else days:
            fuels.record_stock(
                unit_id=unit_ids[unit.code],
                energy_type_id=table["energy_type"],
                day=day,
                amount=_drawn(f"{unit.code} {table['energy_type']} {day}", table),
                measure=_MEASURE,
                determined_by=table["determined_by"],
                by=None,
                at=at,
            )


def _buy(
    unit: Subject, unit_id: int, table: Mapping[str, Any], before: date, *, at: datetime
) -> None:
    """Record what one unit bought by invoices in the year that began after a day."""
    for turn in range(1, table["deliveries"] + 1):
        # Each fills the tank up to more than it can have held at the year's end.
        amount = _drawn(f"{unit.code} delivery {turn}", table) + table["least"] + table["scatter"]
        fuels.record_purchase(
            unit_id=unit_id,
            energy_type_id=table["energy_type"],
            paper=f"YP{before.year + 1}-{unit.code[-4:]}-{turn:02}",
            supplier=table["supplier"],
            day=before + timedelta(days=turn * 90),
            amount=amount,
            measure=_MEASURE,
            by=None,
            at=at,
        )


def _drawn(name: str, table: Mapping[str, Any]) -> Decimal:
    """Return an amount in tenths of a tonne, always the same for a name. [t]"""
    over = Decimal(chance.number(name, table["scatter"] * _TENTHS)) / _TENTHS
    return Decimal(table["least"]) + over


def _days(today: date) -> tuple[date, ...]:
    """Return the last two year ends before a day, and the end of the month before it.

    >>> [str(day) for day in _days(date(2026, 11, 23))]
    ['2024-12-31', '2025-12-31', '2026-10-31']
    """
    ends = (date(today.year - 1, 1, 1), date(today.year, 1, 1), today.replace(day=1))
    return tuple(dict.fromkeys(day - timedelta(days=1) for day in ends))


def _metered(unit: Subject) -> set[str]:
    """Return the energy types that come in past a meter."""
    return {place.energy_type for place in unit.places if place.level == "LEVEL_1"}


def _punctual() -> list[Subject]:
    """Return the further units that send as they ought."""
    review = {one.code for one in city.units()}
    return [
        unit for unit in subjects() if unit.code not in review and unit.manner is Manner.PUNCTUAL
    ]


@lru_cache(maxsize=1)
def _said() -> dict[str, Any]:
    """Return what ``stocking.toml`` says."""
    text = resources.files("hengneng.demo.ledgers").joinpath("stocking.toml")
    return tomllib.loads(text.read_text("utf-8"))
