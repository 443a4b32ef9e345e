"""The city's units as their ledgers see them, the reviewed and the further ones alike."""

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from hengneng.demo import city
from hengneng.demo.city import PointPlan, UnitPlan
from hengneng.demo.further import units as further
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.further.units import FurtherPoint, FurtherUnit

# What a review unit uses in a year, by its tier. [tce]
# ASSUMPTION: the review units' loads play buildings; their sizes on paper follow their tiers.
_TCE = {"HUNDRED": 210_000, "THOUSAND": 14_000, "OTHER": 6_000}
_BELOW_PERMILLE = 300
_PUBLIC = "12"  # how credit codes of public institutions begin


class Place(NamedTuple):
    """A point as the ledger sees it.

    Attributes:
        code: The unit's own short name of it.
        name: Its name.
        energy_type: What it meters.
        level: ``LEVEL_1`` to ``LEVEL_3``.
        parent: Code of the point above it; None: none.
        share: Thousandths of what the unit uses, about. [‰]
        meter: Number of the meter whose registers are read; empty: increments are sent.
    """

    code: str
    name: str
    energy_type: str
    level: str
    parent: str | None
    share: int
    meter: str


class Subject(NamedTuple):
    """A unit as its ledger sees it.

    Attributes:
        code: Unified social credit code.
        name: Its name.
        sector: Its sector, in Chinese.
        group: ``industrial`` or ``other``.
        is_public: Whether it is a public institution.
        district: Where it lies.
        tce: What it uses in a year, about. [tce]
        manner: How its terminal behaves; review units speak punctually.
        places: Its points, parents first.
    """

    code: str
    name: str
    sector: str
    group: str
    is_public: bool
    district: str
    tce: int
    manner: Manner
    places: tuple[Place, ...]


@lru_cache(maxsize=1)
def subjects() -> tuple[Subject, ...]:
    """Return every unit of the city, the reviewed ones first."""
    return (*map(_reviewed, city.units()), *map(_further, further.units()))


def _reviewed(unit: UnitPlan) -> Subject:
    """Return a review unit."""
    return Subject(
        code=unit.code,
        name=unit.name,
        sector=unit.sector,
        group="other",
        is_public=unit.code.startswith(_PUBLIC),
        district=unit.district,
        tce=_TCE[unit.tier],
        manner=Manner.PUNCTUAL,
        places=tuple(map(_place_of, unit.points)),
    )


def _place_of(point: PointPlan) -> Place:
    """Return a review unit's point."""
    share = _BELOW_PERMILLE if point.parent else 1000
    return Place(
        point.code,
        point.name,
        point.energy_type,
        point.level,
        point.parent,
        share,
        point.meter,
    )


def _further(unit: FurtherUnit) -> Subject:
    """Return a further unit."""
    places: list[Place] = []
    for point in unit.points:
        places.append(_further_place(point, places))
    return Subject(
        code=unit.code,
        name=unit.name,
        sector=unit.sector,
        group="industrial" if unit.is_industrial else "other",
        is_public=unit.code.startswith(_PUBLIC),
        district=unit.district,
        tce=unit.tce,
        manner=unit.manner,
        places=tuple(places),
    )


def _further_place(point: FurtherPoint, before: list[Place]) -> Place:
    """Return a further unit's point, with its share of the whole unit."""
    above = None if point.parent is None else before[point.parent]
    share = 1000 if above is None else int(Fraction(above.share * point.share, 1000))
    return Place(
        point.code,
        point.name,
        point.energy_type,
        point.level,
        None if above is None else above.code,
        share,
        "",
    )
