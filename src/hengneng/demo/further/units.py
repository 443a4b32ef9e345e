"""The further units, made of the catalogue: the same ones on every machine."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from hengneng.demo import city
from hengneng.demo.further import chance
from hengneng.demo.further.catalogue import (
    Catalogue,
    Manner,
    Pattern,
    PointKind,
    Sector,
    catalogue,
    syllables,
)
from hengneng.protocol import codes
from hengneng.sim.loads import weeks

# Tiers by what a unit uses in a year; below KEY_TCE it is monitored by its district. [tce]
# ASSUMPTION: the demo's own bounds, in the spirit of the "hundred, thousand" programme.
KEY_TCE, THOUSAND_TCE, HUNDRED_TCE = 5_000, 10_000, 200_000
_YEAR_DAYS = 365
_WHOLE = 1000
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HOUSES = 999


class FurtherPoint(NamedTuple):
    """A point of a further unit; all send increments in the national flavour.

    Attributes:
        code: The unit's own short name of the place.
        name: Its name.
        energy_type: What it measures.
        level: ``LEVEL_1`` to ``LEVEL_3``.
        flow: Which way the energy goes.
        data_code: Its national code.
        places: Decimals that are sent.
        pattern: How it goes through the year.
        parent: Place of the point above it in the unit's list; None: none.
        mean_day: What it counts on a mean day, in its last decimal; 0 below a parent.
        share: Thousandths of the parent's amount; 0 without one. [‰]
    """

    code: str
    name: str
    energy_type: str
    level: str
    flow: str
    data_code: str
    places: int
    pattern: Pattern
    parent: int | None
    mean_day: int
    share: int

    @property
    def key(self) -> str:
        """The protocol key of what feeds it."""
        return f"N:{self.data_code}"


class FurtherUnit(NamedTuple):
    """A further unit.

    Attributes:
        code: Unified social credit code, of nobody.
        name: Its Chinese name.
        name_en: Its English name.
        sector: Its sector, in Chinese as the ledger keeps it.
        is_industrial: Whether the sector is.
        district: Code of the district it lies in.
        address: Its address.
        tce: What it uses in a year, about. [tce]
        building: The building whose rhythm it follows.
        flex: How far it does. [‰]
        manner: How its terminal behaves.
        points: Its points, parents first.
    """

    code: str
    name: str
    name_en: str
    sector: str
    is_industrial: bool
    district: str
    address: str
    tce: int
    building: str
    flex: int
    manner: Manner
    points: tuple[FurtherPoint, ...]

    @property
    def tier(self) -> str:
        """Its tier on the list."""
        if self.tce >= HUNDRED_TCE:
            return "HUNDRED"
        return "THOUSAND" if self.tce >= THOUSAND_TCE else "OTHER"

    @property
    def listing(self) -> str:
        """The list it stands on."""
        return "KEY" if self.tce >= KEY_TCE else "DISTRICT_MONITORED"


@lru_cache(maxsize=1)
def units() -> tuple[FurtherUnit, ...]:
    """Return the further units in the order of their codes."""
    known = catalogue()
    manners = _manners(known)
    names = _names(known.seed)
    sectors = [(sector, turn) for sector in known.sectors for turn in range(sector.units)]
    mixed = chance.shuffled(f"{known.seed} order", sectors)
    first = len(city.units()) + 1
    return tuple(
        _unit(known, sector, turn, number, next(names), manners[number - first])
        for number, (sector, turn) in enumerate(mixed, start=first)
    )


def _manners(known: Catalogue) -> list[Manner]:
    """Return each unit's manner, in the order of the units."""
    count = sum(sector.units for sector in known.sectors)
    odd = [found.manner for found in known.misbehaviours for _ in range(found.units)]
    return chance.shuffled(f"{known.seed} manners", odd + [Manner.PUNCTUAL] * (count - len(odd)))


def _names(seed: str) -> Iterator[tuple[str, str]]:
    """Yield names of two syllables with how they are read, none twice."""
    first, second = syllables()
    pairs = [
        (one + other, read + also) for one, read in first.items() for other, also in second.items()
    ]
    yield from chance.shuffled(f"{seed} names", pairs)


def _unit(
    known: Catalogue,
    sector: Sector,
    turn: int,
    number: int,
    named: tuple[str, str],
    manner: Manner,
) -> FurtherUnit:
    """Return one unit."""
    seed = f"{known.seed} unit {number}"
    stem, read = named
    district = _district(known, sector, seed)
    word = sector.words[chance.number(f"{seed} word", len(sector.words))]
    ending = "" if sector.is_public else "有限公司"
    tce = _tce(sector, seed)
    road, house = chance.number(f"{seed} road", 10**6), chance.number(f"{seed} house", _HOUSES)
    return FurtherUnit(
        code=_credit_code(number, district, is_public=sector.is_public),
        name=f"{stem}{word}{ending}",
        name_en=f"{read} {sector.name_en}",
        sector=sector.name,
        is_industrial=sector.is_industrial,
        district=district,
        address=f"{_road(road)}{house + 1}号",
        tce=tce,
        building=weeks.buildings()[chance.number(f"{seed} building", len(weeks.buildings()))],
        flex=sector.flex,
        manner=manner,
        points=_points(known, sector.variants[turn % len(sector.variants)], tce),
    )


def _district(known: Catalogue, sector: Sector, seed: str) -> str:
    """Return where the unit lies."""
    if sector.at:
        return sector.at[chance.number(f"{seed} district", len(sector.at))]
    weights = [pair[0 if sector.is_industrial else 1] for pair in known.districts.values()]
    return list(known.districts)[chance.weighted(f"{seed} district", weights)]


def _tce(sector: Sector, seed: str) -> int:
    """Return what the unit uses in a year: mostly little, seldom much."""
    least, most = sector.tce
    drawn = chance.number(f"{seed} tce", _WHOLE)
    return least + (most - least) * drawn**3 // _WHOLE**3


def _road(drawn: int) -> str:
    """Return the name of a road that is nowhere."""
    first, second = list(syllables().first), list(syllables().second)
    return f"{first[drawn % len(first)]}{second[drawn // len(first) % len(second)]}路"


def _credit_code(number: int, district: str, *, is_public: bool) -> str:
    """Return a unified social credit code of nobody: its organisation begins with DEM0.

    Source:
        GB 32100-2015 and GB 11714: check characters (from recollection, not from the texts).
    """
    organisation = f"DEM{number:05}"
    total = sum(
        _ALPHABET.index(sign) * weight
        for sign, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = "0123456789X0"[11 - total % 11]
    place = district if district.isdigit() else "310115"
    base = f"{'12' if is_public else '91'}{place}{organisation}{check}"
    return base + codes.credit_check_character(base)


def _points(
    known: Catalogue, variant: tuple[tuple[str, int], ...], tce: int
) -> tuple[FurtherPoint, ...]:
    """Return a unit's points."""
    keys = [key for key, _ in variant]
    return tuple(
        _point(known, known.points[key], keys, place, share, tce)
        for place, (key, share) in enumerate(variant)
    )


def _point(
    known: Catalogue, kind: PointKind, keys: list[str], place: int, share: int, tce: int
) -> FurtherPoint:
    """Return one point, its amount from the unit's size or its share of the point above."""
    energy = known.energy[kind.energy_type]
    mean_day = int(tce * share * energy.per_tce * 10**energy.places / (_WHOLE * _YEAR_DAYS))
    return FurtherPoint(
        code=kind.code,
        name=kind.name,
        energy_type=kind.energy_type,
        level=kind.level,
        flow=kind.flow,
        data_code=f"{_scope(kind.level, place)}{energy.code}{kind.usage}",
        places=energy.places,
        pattern=kind.pattern,
        parent=keys.index(kind.parent) if kind.parent else None,
        mean_day=0 if kind.parent else mean_day,
        share=share if kind.parent else 0,
    )


def _scope(level: str, place: int) -> str:
    """Return places 1 to 8 of a national code: the whole unit, a process, a piece of equipment."""
    if level == "LEVEL_1":
        return "00000000"
    return f"{place:02}000000" if level == "LEVEL_2" else f"{place:02}000101"
