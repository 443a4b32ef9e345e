"""What ``catalogue.toml`` and ``names.toml`` say."""

import tomllib
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple


class Pattern(StrEnum):
    """How a point's amount goes through the year and the day."""

    LOAD = "LOAD"  # as the building, as far as the sector follows it
    SUN = "SUN"  # by day
    HEAT = "HEAT"  # wanted in winter
    COLD = "COLD"  # wanted in summer
    FLAT = "FLAT"  # every hour the same


class Manner(StrEnum):
    """How a unit's terminal behaves."""

    PUNCTUAL = "PUNCTUAL"
    SILENT = "SILENT"
    LATE = "LATE"
    INCOMPLETE = "INCOMPLETE"
    NEVER = "NEVER"
    WAITING = "WAITING"
    REJECTED = "REJECTED"
    WITHOUT_POINT = "WITHOUT_POINT"
    PROPOSED = "PROPOSED"


class EnergyKind(NamedTuple):
    """An energy type as it is sent.

    Attributes:
        per_tce: How much of it makes a ton of coal equivalent, about.
        code: Class and variety, places 9 to 14 of the national code.
        places: Decimals that are sent.
    """

    per_tce: Fraction
    code: str
    places: int


class PointKind(NamedTuple):
    """A point that sectors may have.

    Attributes:
        key: Its name in the catalogue.
        code: The units' short name of the place.
        name: Its name.
        energy_type: What is measured.
        level: ``LEVEL_1`` to ``LEVEL_3``.
        flow: Which way the energy goes.
        usage: Places 15 and 16 of its national code.
        pattern: How it goes through the year.
        parent: Key of the point above it; empty: none.
    """

    key: str
    code: str
    name: str
    energy_type: str
    level: str = "LEVEL_1"
    flow: str = "BOUGHT"
    usage: str = "11"
    pattern: Pattern = Pattern.LOAD
    parent: str = ""


class Sector(NamedTuple):
    """A sector and its units.

    Attributes:
        name: In Chinese, as the ledger keeps it.
        name_en: In English.
        is_industrial: Whether it is (工业领域).
        is_public: Whether its units are public institutions, not companies.
        at: Districts where alone it is found; empty: anywhere.
        units: How many there are. [count]
        tce: Least and most that a unit uses in a year. [tce]
        flex: How much of the load follows the building. [‰]
        words: What its units' names end in.
        variants: Points with their shares. [‰]
    """

    name: str
    name_en: str
    is_industrial: bool
    is_public: bool
    at: tuple[str, ...]
    units: int
    tce: tuple[int, int]
    flex: int
    words: tuple[str, ...]
    variants: tuple[tuple[tuple[str, int], ...], ...]


class Misbehaviour(NamedTuple):
    """A manner that is a fault: how many units have it, and what a person sees."""

    manner: Manner
    units: int
    shows: str


class Catalogue(NamedTuple):
    """The whole catalogue.

    Attributes:
        seed: What all chance is drawn for.
        energy: By energy type.
        districts: Weight of industrial units and of others, by district. [‰]
        points: By key.
        sectors: In order.
        misbehaviours: In order.
    """

    seed: str
    energy: dict[str, EnergyKind]
    districts: dict[str, tuple[int, int]]
    points: dict[str, PointKind]
    sectors: tuple[Sector, ...]
    misbehaviours: tuple[Misbehaviour, ...]


class Syllables(NamedTuple):
    """Syllables of invented names, with how they are read."""

    first: dict[str, str]
    second: dict[str, str]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return what the catalogue says."""
    said = _read("catalogue.toml")
    return Catalogue(
        seed=said["seed"],
        energy={name: _energy(table) for name, table in said["energy"].items()},
        districts={code: (one, other) for code, (one, other) in said["districts"].items()},
        points={key: _point(key, table) for key, table in said["point"].items()},
        sectors=tuple(map(_sector, said["sector"])),
        misbehaviours=tuple(
            Misbehaviour(Manner(table["name"]), table["count"], table["shows"])
            for table in said["manner"]
        ),
    )


@lru_cache(maxsize=1)
def syllables() -> Syllables:
    """Return the syllables of names."""
    return Syllables(**_read("names.toml"))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("hengneng.demo.further") / name).read_text("utf-8"))


def _energy(table: dict[str, Any]) -> EnergyKind:
    return EnergyKind(Fraction(table["per_tce"]), table["code"], table["places"])


def _point(key: str, table: dict[str, Any]) -> PointKind:
    return PointKind(key=key, **table | {"pattern": Pattern(table.get("pattern", "LOAD"))})


def _sector(table: dict[str, Any]) -> Sector:
    least, most = table["tce"]
    return Sector(
        name=table["name"],
        name_en=table["name_en"],
        is_industrial=table["is_industrial"],
        is_public=table.get("is_public", False),
        at=tuple(table.get("at", ())),
        units=table["count"],
        tce=(least, most),
        flex=table["flex"],
        words=tuple(table["words"]),
        variants=tuple(tuple(map(_share, variant)) for variant in table["variants"]),
    )


def _share(text: str) -> tuple[str, int]:
    key, permille = text.split()
    return key, int(permille)
