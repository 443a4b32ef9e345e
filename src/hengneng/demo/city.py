"""The demo city as ``city.toml`` says it: 26 units and their points."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from hengneng.sim import meters
from hengneng.sim.loads.weeks import Energy

_SLOTS = {Energy.ELECTRICITY: 900, Energy.GAS: 3600}
_ENERGY_TYPES = {Energy.ELECTRICITY: "ELECTRICITY", Energy.GAS: "NATURAL_GAS"}


class PointPlan(NamedTuple):
    """A point of the demo city.

    Attributes:
        code: The unit's own short name of the place.
        name: Its name.
        energy: What it meters.
        level: ``LEVEL_1`` or ``LEVEL_2``.
        parent: Code of the point above it; None: none.
        meter: The meter's number; empty where increments are sent.
        data_code: The national code; empty where registers are sent.
        ratio: CT × PT. [1]
        places: Decimals that the meter shows. [0 to 4]
        load_permille: Thousandths of the unit's building that it meters. [‰]
        start: What the register shows at the beginning; None: any. [as shown]
    """

    code: str
    name: str
    energy: Energy
    level: str
    parent: str | None
    meter: str
    data_code: str
    ratio: Fraction
    places: int
    load_permille: int
    start: Decimal | None

    @property
    def is_register(self) -> bool:
        """Whether its meter is read as a register; else it sends increments."""
        return bool(self.meter)

    @property
    def kind(self) -> str:
        """The registry's word for that."""
        return "REGISTER" if self.is_register else "INCREMENT"

    @property
    def key(self) -> str:
        """The protocol key of what feeds it."""
        return f"R:{self.meter}:total" if self.is_register else f"N:{self.data_code}"

    @property
    def energy_type(self) -> str:
        """The registry's energy type."""
        return _ENERGY_TYPES[self.energy]

    @property
    def slot_seconds(self) -> int:
        """How often it is read. [s]"""
        return _SLOTS[self.energy]

    def meter_of(self, building: str, begins: int) -> meters.MeterPlan:
        """Return the meter that stands at it.

        Args:
            building: The building it meters.
            begins: First day of the history, days since 1970-01-01.
        """
        shown = self.start
        return meters.MeterPlan(
            number=self.meter,
            energy=self.energy,
            building=building,
            load_permille=self.load_permille,
            places=self.places,
            ratio=self.ratio,
            start=meters.any_start(self.meter, self.places)
            if shown is None
            else int(shown.scaleb(self.places)),
            begins=begins,
        )


class UnitPlan(NamedTuple):
    """A unit of the demo city.

    Attributes:
        code: Unified social credit code, of nobody.
        name: Its Chinese name.
        name_en: Its English name.
        sector: Its sector, in Chinese as the ledger keeps it.
        district: Code of the district it lies in.
        address: Its address.
        tier: Its tier on the list of key units.
        building: The building whose loads it plays.
        points: Its points, parents first.
    """

    code: str
    name: str
    name_en: str
    sector: str
    district: str
    address: str
    tier: str
    building: str
    points: tuple[PointPlan, ...]


@lru_cache(maxsize=1)
def units() -> tuple[UnitPlan, ...]:
    """Return the units of the demo city in the order of its file."""
    text = (resources.files("hengneng.demo") / "city.toml").read_text("utf-8")
    return tuple(_unit(table) for table in tomllib.loads(text)["unit"])


def unit_of(code: str) -> UnitPlan:
    """Return one unit.

    Raises:
        KeyError: If the city has none of that code.
    """
    return {unit.code: unit for unit in units()}[code]


def _unit(table: dict[str, Any]) -> UnitPlan:
    """Return the unit that a table describes."""
    points = tuple(_point(row) for row in table["point"])
    return UnitPlan(**{key: said for key, said in table.items() if key != "point"}, points=points)


def _point(table: dict[str, Any]) -> PointPlan:
    """Return the point that a table describes."""
    start = table.get("start")
    return PointPlan(
        code=table["code"],
        name=table["name"],
        energy=Energy(table["energy"]),
        level=table.get("level", "LEVEL_1"),
        parent=table.get("parent"),
        meter=table.get("meter", ""),
        data_code=table.get("data_code", ""),
        ratio=Fraction(table.get("ct", "1")) * Fraction(table.get("pt", "1")),
        places=table["places"],
        load_permille=table["load_permille"],
        start=None if start is None else Decimal(start),
    )
