"""What is known of the points that a list names, and what its rows say of them."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hengneng.kernel.imports.rules import Row
from hengneng.protocol import codes
from hengneng.registry.energy import queries as energy
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.points.imports.columns import DEFAULT_REGISTER
from hengneng.registry.points.models import Description, Flow, Point
from hengneng.registry.units import queries as units

_PLAIN = ("name", "level", "flow", "kind", "capacity")
# What each field of a description is called in the list.
COLUMN_OF = {
    **{field: field for field in _PLAIN},
    "energy_type_id": "energy_type",
    "slot_seconds": "slot_minutes",
    "site_id": "site_code",
    "parent_id": "parent_code",
    "feeds_id": "consumer_code",
    "ratio": "ratio",
}
BLANK: Mapping[str, Any] = {
    "name": "",
    "energy_type_id": "",
    "level": "",
    "flow": Flow.BOUGHT,
    "kind": "",
    "slot_seconds": 900,
    "site_id": None,
    "parent_id": None,
    "feeds_id": None,
    "capacity": None,
    "ratio": Fraction(1),
}
Place = tuple[int, str]  # a unit and the code of its point


class Unfit(ValueError):
    """A row names what is not there, or contradicts itself; the text is for who brought it."""


class Known:
    """What the ledger knows of the places that a list's rows name; six queries.

    Attributes:
        numbers: Each place named to its point's row, below zero where it has none.
        codes: The other way round, without the unit.
        kinds: Energy type to what kind of type it is.
        unit_ids: The units named.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._units = units.ids_by_code()
        places = [place for row in rows if (place := self.place_of(row)) is not None]
        self.unit_ids = {place[0] for place in places}
        self._sites = units.sites_by_code(self.unit_ids)
        self._consumers = equipment.consumers_by_code(self.unit_ids)
        types = energy.energy_types()
        self.kinds = {row.code: row.kind for row in types}
        self._types = {
            name.lower(): row.code for row in types for name in (row.code, row.name_zh, row.name_en)
        }
        self.numbers = self._rows_of(
            {place[1] for place in places} | {row.values["parent_code"] for row in rows} - {None}
        )
        self.with_row = list(self.numbers.values())
        for place in places:
            self.numbers.setdefault(place, -len(self.numbers) - 1)
        self.codes: dict[Hashable, str] = {
            number: code for (_, code), number in self.numbers.items()
        }
        self._names: Mapping[str, Mapping[Hashable, str]] = {
            "site_id": {number: code for (_, code), number in self._sites.items()},
            "parent_id": self.codes,
            "feeds_id": {number: code for (_, code), number in self._consumers.items()},
        }

    def _rows_of(self, named: Iterable[str]) -> dict[Place, int]:
        """Return the points there are of these codes in the units named."""
        found = Point.objects.filter(unit_id__in=self.unit_ids, code__in=named)
        rows = found.values_list("id", "unit_id", "code")
        return {(unit_id, code): number for number, unit_id, code in rows}

    def place_of(self, row: Row) -> Place | None:
        """Return a row's unit and point code; None where the unit is not entered."""
        unit_id = self._units.get(row.values["unit_code"].upper())
        return None if unit_id is None else (unit_id, row.values["code"])

    def said(self, place: Place, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a row says of its point, by field, without what it leaves blank.

        Args:
            place: The row's place.
            values: The row's cells.

        Raises:
            Unfit: If it names what the unit has not.
        """
        energy_type = self._types.get(values["energy_type"].lower())
        if energy_type is None:
            raise Unfit(f"no energy type {values['energy_type']}")
        said: dict[str, Any] = {"energy_type_id": energy_type}
        said |= {f: values[f] for f in (*_PLAIN, "ratio") if values[f] is not None}
        if values["slot_minutes"]:
            said["slot_seconds"] = int(values["slot_minutes"])
        for column, field, known in (
            ("site_code", "site_id", self._sites),
            ("parent_code", "parent_id", self.numbers),
            ("consumer_code", "feeds_id", self._consumers),
        ):
            code = values[column]
            if code and (place[0], code) not in known:
                raise Unfit(f"{column}: the unit has no {code}")
            if code:
                said[field] = known[place[0], code]
        return said

    def text(self, field: str, value: Any) -> str:
        """Return a field's value as a person reads it: places by their codes."""
        if value is None:
            return ""
        known = self._names.get(field)
        if known is not None:
            return known.get(value, str(value))
        if field == "slot_seconds":
            return str(value // 60)
        return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def fields_of(version: Description) -> dict[str, Any]:
    """Return what a version says, the ratio as one fraction."""
    said = {field: getattr(version, field) for field in BLANK if field != "ratio"}
    return said | {"ratio": Fraction(version.ratio_numerator, version.ratio_denominator)}


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said by the table's columns, the ratio as its two exact parts."""
    columns = {field: value for field, value in values.items() if field != "ratio"}
    ratio = values["ratio"]
    return columns | {"ratio_numerator": ratio.numerator, "ratio_denominator": ratio.denominator}


def key_of(values: Mapping[str, Any]) -> str | None:
    """Return the key that feeds the point; None where the row names none.

    Raises:
        BadCode: If the national code has not its form.
        Unfit: If code and meter are named, or a register without its meter.
    """
    if values["data_code"] and values["meter"]:
        raise Unfit("data_code and meter are both given")
    if values["register"] and not values["meter"]:
        raise Unfit("a register is given without its meter")
    if values["meter"]:
        return f"R:{values['meter']}:{values['register'] or DEFAULT_REGISTER}"
    return f"N:{codes.canonical(values['data_code'])}" if values["data_code"] else None
