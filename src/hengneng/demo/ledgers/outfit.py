"""Which instruments a unit has: at its points, beside them, and of its own."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from hengneng.demo.further.chance import Dice
from hengneng.demo.ledgers.subjects import Place, Subject

# The first instrument of a point whose registers are read; the exchanged one is the second.
_FIRST = 1
_SUB_METERS, _TCE_A_SUB_METER, _SUB_METERS_MAX = 6, 4_000, 20
_WATER_METERS_MAX = 4
# Of a thousand sub-meters: old ones that turn, and those that check others. [‰]
_OLD_PERMILLE, _LAB_PERMILLE, _WHOLE = 120, 40, 1000
_SERIAL_BELOW = 10**8


class Gear(NamedTuple):
    """A kind of instrument as the demo's units have it.

    Attributes:
        kind: As ``registry/instruments`` knows it.
        name: Its name.
        model: Its model, of nobody.
        accuracy_class: As its maker states it.
        measuring_range: What it measures within.
        months: How long a certificate of it holds. [months]
        is_stated: Whether the certificate itself says so.
        is_mandatory: Whether it is under mandatory verification.
        diameters: Its nominal diameters; empty: it has none. [mm]
    """

    kind: str
    name: str
    model: str
    accuracy_class: str
    measuring_range: str
    months: int
    is_stated: bool
    is_mandatory: bool
    diameters: tuple[int, ...]


class InstrumentPlan(NamedTuple):
    """An instrument of a unit.

    Attributes:
        number: The unit's own number of it.
        gear: What it is.
        maker: Who made it.
        serial_number: The maker's number.
        diameter_mm: Its nominal diameter; None: it has none. [mm]
        place: Where it stands and what for.
        point: Code of the point it stands at; None: none.
    """

    number: str
    gear: Gear
    maker: str
    serial_number: str
    diameter_mm: int | None
    place: str
    point: str | None


def of_unit(unit: Subject) -> list[InstrumentPlan]:
    """Return a unit's instruments; those at points first."""
    at_points = [_at(unit, place) for place in unit.places]
    beside = [one for place in unit.places for one in _beside(unit, place)]
    return [*at_points, *beside, *_of_its_own(unit)]


def at_point(unit: Subject, place: Place, generation: int) -> InstrumentPlan:
    """Return the meter that stands at a point whose registers are read.

    Args:
        unit: The unit.
        place: The point.
        generation: The how manieth there, from 1.
    """
    number = f"{place.meter}-{generation}"
    made = _made(unit, number, _main(place), f"{place.name}，计量用", place.code)
    return made._replace(serial_number=f"{place.meter}-{generation:04}")


@lru_cache(maxsize=1)
def gear() -> dict[str, Gear]:
    """Return the kinds of instruments by their keys in ``outfit.toml``."""
    return {
        key: Gear(
            kind=table["kind"],
            name=table["name"],
            model=table["model"],
            accuracy_class=table["class"],
            measuring_range=table["range"],
            months=table["months"],
            is_stated=table.get("is_stated", False),
            is_mandatory=table["is_mandatory"],
            diameters=tuple(table.get("diameters", ())),
        )
        for key, table in said()["gear"].items()
    }


@lru_cache(maxsize=1)
def said() -> dict[str, Any]:
    """Return what ``outfit.toml`` says."""
    text = (resources.files("hengneng.demo.ledgers") / "outfit.toml").read_text("utf-8")
    return tomllib.loads(text)


def _at(unit: Subject, place: Place) -> InstrumentPlan:
    """Return the instrument that stands at a point."""
    if place.meter:
        return at_point(unit, place, _FIRST)
    number = f"{place.code}-01"
    return _made(unit, number, _main(place), f"{place.name}，计量用", place.code)


def _beside(unit: Subject, place: Place) -> Iterator[InstrumentPlan]:
    """Yield what belongs to the instrument at a point."""
    for turn, key in enumerate(_fitting(place)["beside"], start=2):
        use = f"{place.name}，配套用"
        yield _made(unit, f"{place.code}-{turn:02}", gear()[key], use, None)


def _of_its_own(unit: Subject) -> Iterator[InstrumentPlan]:
    """Yield the unit's own sub-meters of electricity and water, which send nothing."""
    words = said()["places"][unit.group]
    dice = Dice(f"{unit.code} own")
    start = dice.below(len(words))
    meters = _SUB_METERS + min(unit.tce // _TCE_A_SUB_METER, _SUB_METERS_MAX - _SUB_METERS)
    for turn in range(meters):
        drawn, key = dice.below(_WHOLE), "meter"
        if drawn < _OLD_PERMILLE:
            key = "meter_old"
        elif drawn < _OLD_PERMILLE + _LAB_PERMILLE:
            key = "meter_lab"
        place = f"{words[(start + turn) % len(words)]}配电箱，内部分项计量"
        yield _made(unit, f"FD-{turn + 1:02}", gear()[key], place, None)
    has_total = any(place.energy_type == "WATER" for place in unit.places)
    for turn in range(1 + dice.below(_WATER_METERS_MAX)):
        key = "water_sub" if turn or has_total else "water"
        word = words[(start + turn) % len(words)] if key == "water_sub" else "给水总管"
        yield _made(unit, f"FW-{turn + 1:02}", gear()[key], f"{word}，用水计量", None)


def _main(place: Place) -> Gear:
    """Return what stands at a point."""
    return gear()[_fitting(place)["main"]]


def _fitting(place: Place) -> dict[str, Any]:
    """Return what ``outfit.toml`` says of points like this one."""
    by_point: dict[str, dict[str, Any]] = said()["point"]
    return by_point.get(f"{place.energy_type}_{place.level}", by_point[place.energy_type])


def _made(
    unit: Subject, number: str, made_as: Gear, place: str, point: str | None
) -> InstrumentPlan:
    """Return an instrument with what is drawn of it."""
    dice, makers = Dice(f"{unit.code} {number}"), said()["makers"]
    sizes = made_as.diameters
    return InstrumentPlan(
        number=number,
        gear=made_as,
        maker=makers[dice.below(len(makers))],
        serial_number=f"{dice.below(_SERIAL_BELOW):08}",
        diameter_mm=sizes[dice.below(len(sizes))] if sizes else None,
        place=place,
        point=point,
    )
