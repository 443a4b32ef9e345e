"""What stands on a unit's card beside its name: who is asked, what it does, what it used."""

import tomllib
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from hengneng.demo.further import chance
from hengneng.demo.further.chance import Dice
from hengneng.demo.ledgers.subjects import Subject
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units import operations as units

_WHOLE = 1000
_SCATTER_PERMILLE = 60
_REPORT = "单位能源利用状况报告"
# One of so many stated levels was compared with what it rests on.
_VERIFIED_OF = 3
_AIRPORT, _SHORE_POWER = "SH-AIRPORT", "E-18"


class Industry(NamedTuple):
    """What a unit does, as it states it.

    Attributes:
        code: Of GB/T 4754.
        name: The industry's name.
        department: Who supervises the unit.
        facilities: Kinds of facilities that it runs.
    """

    code: str
    name: str
    department: str
    facilities: tuple[str, ...]


def industry_of(unit: Subject) -> Industry:
    """Return what a unit does, and what it runs by where it lies and what it meters."""
    sector = _said()["sector"][unit.sector]
    facilities = tuple(dict.fromkeys((*sector["facilities"], *_by_place(unit))))
    return Industry(sector["code"], sector["industry"], sector["department"], facilities)


def legal_person_of(unit: Subject) -> str:
    """Return the name of a unit's legal person, who is nobody."""
    return _person(Dice(f"{unit.code} legal"))


def contacts_of(unit: Subject, unit_id: int, *, since: datetime) -> list[units.NewContact]:
    """Return whom a unit is asked by; not every unit has named somebody for every role.

    Args:
        unit: The unit.
        unit_id: Its id.
        since: Since when. Aware.
    """
    return [
        _contact(unit, unit_id, place, table, since)
        for place, table in enumerate(_said()["contact"])
        if chance.number(f"{unit.code} contact {place}", _WHOLE) < table["permille"]
    ]


def level_of(unit: Subject, unit_id: int, year: int) -> units.NewLevel:
    """Return what a unit says it used in a year."""
    dice = Dice(f"{unit.code} {year} level")
    permille = _WHOLE - _SCATTER_PERMILLE + dice.below(2 * _SCATTER_PERMILLE)
    return units.NewLevel(
        unit_id=unit_id,
        year=year,
        tce=Decimal(unit.tce * permille) / _WHOLE,
        source=_REPORT,
        is_verified=dice.below(_VERIFIED_OF) == 0,
    )


def _by_place(unit: Subject) -> list[str]:
    """Return what a unit runs by where it lies and what it meters."""
    found = ["AIRPORT"] if unit.district == _AIRPORT else []
    meters_ships = any(place.code == _SHORE_POWER for place in unit.places)
    return [*found, "SHORE_POWER"] if meters_ships else found


def _contact(
    unit: Subject, unit_id: int, place: int, table: dict[str, Any], since: datetime
) -> units.NewContact:
    """Return one of a unit's contacts."""
    dice = Dice(f"{unit.code} contact {place} who")
    return units.NewContact(
        unit_id=unit_id,
        role=table["role"],
        fields={
            Field.NAME: _person(dice),
            Field.PHONE: f"021-0{dice.below(10**7):07}",
            Field.EMAIL: f"{table['role'].lower()}@{unit.code.lower()}.example",
        },
        valid_from=since,
        post=table["post"],
        training=table["training"],
    )


def _person(dice: Dice) -> str:
    """Return the name of nobody."""
    surnames, given = _said()["surnames"], _said()["given"]
    return f"{surnames[dice.below(len(surnames))]}{given[dice.below(len(given))]}"


@lru_cache(maxsize=1)
def _said() -> dict[str, Any]:
    """Return what ``cards.toml`` says."""
    text = (resources.files("hengneng.demo.ledgers") / "cards.toml").read_text("utf-8")
    return tomllib.loads(text)
