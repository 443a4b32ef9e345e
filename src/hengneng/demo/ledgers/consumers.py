"""What uses a unit's energy: what its points meter, and what ``outfit.toml`` adds."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from hengneng.demo.further import chance
from hengneng.demo.ledgers.subjects import Place, Subject

SUB_UNIT, EQUIPMENT = "SUB_UNIT", "EQUIPMENT"
_KINDS = {"LEVEL_2": SUB_UNIT, "LEVEL_3": EQUIPMENT}
_CODES = {SUB_UNIT: "S", EQUIPMENT: "Q"}
# What a ton of coal equivalent a year comes to, and the hours a year of full load it is taken at.
_PER_TCE = {"ELECTRICITY": 8137, "NATURAL_GAS": 823}
_FULL_LOAD_HOURS = 4400
_MEASURES = {
    (SUB_UNIT, "ELECTRICITY"): "kW",
    (EQUIPMENT, "ELECTRICITY"): "kW",
    (SUB_UNIT, "NATURAL_GAS"): "m3/a",
    (EQUIPMENT, "NATURAL_GAS"): "m3/h",
}
# Units of which the demand of what no point meters is not stated: one of so many.
_UNSTATED_OF = 3


class ConsumerPlan(NamedTuple):
    """A sub-unit or a piece of equipment.

    Attributes:
        code: The unit's own short name of it.
        name: Its name.
        kind: ``SUB_UNIT`` or ``EQUIPMENT``.
        model: Its model.
        parent: Code of what it belongs to; None: the unit.
        metered_with: Code of what is metered for it too; None: nothing.
        point: Code of the point that meters it; None: none does.
        energy_type: What it needs; empty: not stated.
        measure: In which measure.
        amount: How much.
    """

    code: str
    name: str
    kind: str
    model: str
    parent: str | None
    metered_with: str | None
    point: str | None
    energy_type: str
    measure: str
    amount: Decimal


def of_unit(unit: Subject) -> list[ConsumerPlan]:
    """Return a unit's consumers, what others belong to first."""
    return [*_metered(unit), *_further(unit)]


def _metered(unit: Subject) -> Iterator[ConsumerPlan]:
    """Yield what the unit's points of level 2 and 3 meter."""
    codes: dict[str, str] = {}
    for place in unit.places:
        if place.level not in _KINDS:
            continue
        kind = _KINDS[place.level]
        codes[place.code] = f"{_CODES[kind]}-{place.code}"
        measure = _MEASURES[kind, place.energy_type]
        yield ConsumerPlan(
            code=codes[place.code],
            name=place.name,
            kind=kind,
            model="",
            parent=codes.get(place.parent or ""),
            metered_with=None,
            point=place.code,
            energy_type=place.energy_type,
            measure=measure,
            amount=_amount(unit, place.energy_type, measure, place.share),
        )


def _further(unit: Subject) -> Iterator[ConsumerPlan]:
    """Yield what the unit has beside."""
    wanted = {"ALWAYS", *_conditions(unit.places)}
    is_stated = chance.number(f"{unit.code} stated", _UNSTATED_OF) > 0
    for table in _templates()[unit.group]:
        when = table.get("when", "ALWAYS")
        if when not in wanted:
            continue
        energy_type, measure = table["energy_type"], table["measure"]
        yield ConsumerPlan(
            code=table["code"],
            name=table["name"],
            kind=table["kind"],
            model=table.get("model", ""),
            parent=table.get("parent"),
            metered_with=table.get("metered_with"),
            point=None,
            energy_type=energy_type if is_stated or when == "ALWAYS" else "",
            measure=measure,
            amount=_amount(unit, energy_type, measure, table["share"])
            if "share" in table
            else Decimal(table["amount"]),
        )


def _conditions(places: tuple[Place, ...]) -> Iterator[str]:
    """Yield which of the conditions in ``outfit.toml`` hold for a unit with these points."""
    metered = {(place.energy_type, place.level) for place in places}
    if ("ELECTRICITY", "LEVEL_2") not in metered:
        yield "BARE"
    comes_in = ("NATURAL_GAS", "LEVEL_1") in metered
    if comes_in and ("NATURAL_GAS", "LEVEL_2") not in metered:
        yield "GAS"


def _amount(unit: Subject, energy_type: str, measure: str, share: int) -> Decimal:
    """Return a demand: so many thousandths of what the unit uses, one at least."""
    a_year = unit.tce * _PER_TCE[energy_type] * share // 1000
    return Decimal(max(1, a_year if measure.endswith("/a") else a_year // _FULL_LOAD_HOURS))


@lru_cache(maxsize=1)
def _templates() -> dict[str, list[dict[str, Any]]]:
    """Return the consumers that ``outfit.toml`` knows, by group."""
    text = (resources.files("hengneng.demo.ledgers") / "outfit.toml").read_text("utf-8")
    found: dict[str, list[dict[str, Any]]] = tomllib.loads(text)["consumer"]
    return found
