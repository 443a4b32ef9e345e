"""Lists of metering points."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from hengneng.kernel.facts.operations import EmptySpan, NothingKnown
from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Change, Column
from hengneng.protocol import codes
from hengneng.registry.energy import queries as energy
from hengneng.registry.points import operations, queries, rules
from hengneng.registry.points.models import Flow, MeteringLevel, PointKind
from hengneng.registry.units import queries as units

BEGINNING = cells.moment("2000-01-01")
DEFAULT_REGISTER = "total"
_LEVELS = {
    "1": MeteringLevel.LEVEL_1,
    "2": MeteringLevel.LEVEL_2,
    "3": MeteringLevel.LEVEL_3,
    "other": MeteringLevel.OTHER,
    "level_1": MeteringLevel.LEVEL_1,
    "level_2": MeteringLevel.LEVEL_2,
    "level_3": MeteringLevel.LEVEL_3,
    "一级": MeteringLevel.LEVEL_1,
    "二级": MeteringLevel.LEVEL_2,
    "三级": MeteringLevel.LEVEL_3,
    "其他": MeteringLevel.OTHER,
}
_FLOWS = {
    "bought": Flow.BOUGHT,
    "generated": Flow.GENERATED,
    "stored": Flow.STORED,
    "supplied_out": Flow.SUPPLIED_OUT,
    "conversion_output": Flow.CONVERSION_OUTPUT,
    "购进": Flow.BOUGHT,
    "自产": Flow.GENERATED,
    "库存": Flow.STORED,
    "外供": Flow.SUPPLIED_OUT,
    "加工转换产出": Flow.CONVERSION_OUTPUT,
}
_KINDS = {
    "register": PointKind.REGISTER,
    "increment": PointKind.INCREMENT,
    "示值": PointKind.REGISTER,
    "用量": PointKind.INCREMENT,
}
_SLOTS_SECONDS = {"5": "300", "15": "900", "30": "1800", "60": "3600"}


class TwoSources(ValueError):
    """A point is fed by a national code or by a meter's register, not by both."""


class NoMeter(ValueError):
    """A register is named without its meter."""


class UnknownSite(LookupError):
    """The unit has no site of that code."""


class PointImporter:
    """A list of metering points; a row speaks of its time until the next change known."""

    kind = "points"
    columns: tuple[Column, ...] = (
        Column("unit_code", "统一社会信用代码", True, "the unit's 18 characters", cells.text(18)),
        Column("code", "计量点编号", True, "the unit's short name of the place", cells.text(40)),
        Column("name", "计量点名称", True, "name of the place", cells.text(120)),
        Column("energy_type", "能源品种", True, "code or Chinese name, like 电力", cells.text(60)),
        Column("level", "计量级别", True, "1, 2, 3 or other", cells.choice(_LEVELS)),
        Column(
            "flow", "能源流向", False, f"{', '.join(Flow)}; default BOUGHT", cells.choice(_FLOWS)
        ),
        Column("kind", "数据类型", True, "register or increment", cells.choice(_KINDS)),
        Column(
            "slot_minutes",
            "时段分钟数",
            False,
            "5, 15, 30 or 60; default 15",
            cells.choice(_SLOTS_SECONDS),
        ),
        Column(
            "data_code",
            "采集数据编码",
            False,
            "16 digits, dashed or not; of increments",
            cells.text(20),
        ),
        Column(
            "meter", "表具地址", False, "the meter's name on the wire; of registers", cells.text(40)
        ),
        Column(
            "register",
            "寄存器",
            False,
            f"the meter's register; default {DEFAULT_REGISTER}",
            cells.text(40),
        ),
        Column("capacity", "满码值", False, "the register's modulus, like 1000000", cells.number),
        Column("ratio", "倍率", False, "CT × PT, like 2000/5*10000/100; default 1", cells.ratio),
        Column("site_code", "场所编号", False, "one of the unit's sites", cells.text(20)),
        Column(
            "valid_from",
            "起始时间",
            False,
            "local date or time since when it is so; default 2000-01-01, so that history counts",
            cells.moment,
        ),
    )
    anticipated: tuple[type[Exception], ...] = (
        EmptySpan,
        NoMeter,
        NothingKnown,
        TwoSources,
        UnknownSite,
        codes.BadCode,
        operations.ForeignPlace,
        operations.KeyTaken,
        operations.UnknownEnergyType,
        rules.BadDescription,
        rules.BadKey,
        rules.CodeDoesNotFit,
        units.UnknownUnit,
    )

    @cached_property
    def _units(self) -> dict[str, int]:
        """Return the units' ids by code."""
        return units.ids_by_code()

    @cached_property
    def _energy_types(self) -> dict[str, str]:
        """Return the energy types' codes by code and name."""
        rows = energy.energy_types()
        return {
            name.lower(): row.code for row in rows for name in (row.code, row.name_zh, row.name_en)
        }

    def apply(self, values: Mapping[str, Any], *, by: int | None, at: datetime) -> Change:
        """Make or describe a point and feed it; blank cells leave what is known."""
        unit_id = self.unit_of(values)
        start = values["valid_from"] or BEGINNING
        said = self._said(unit_id, values)
        key = _key(values)
        point_id = queries.point_by_code(unit_id, values["code"])
        if point_id is None:
            operations.create_point(
                unit_id=unit_id,
                code=values["code"],
                key=key,
                valid_from=start,
                by=by,
                at=at,
                **said,
            )
            return Change.NEW
        is_described = _describe(point_id, said, start, by=by, at=at)
        is_fed = _feed(point_id, key, start, by=by, at=at)
        return Change.CHANGED if is_described or is_fed else Change.UNCHANGED

    def unit_of(self, values: Mapping[str, Any]) -> int:
        """Return the row's unit.

        Raises:
            UnknownUnit: If it is not entered.
        """
        unit_id = self._units.get(values["unit_code"].upper())
        if unit_id is None:
            raise units.UnknownUnit(f"no unit {values['unit_code']}")
        return unit_id

    def _said(self, unit_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the row says of the point, by the operations' names."""
        energy_type = self._energy_types.get(values["energy_type"].lower())
        if energy_type is None:
            raise operations.UnknownEnergyType(f"no energy type {values['energy_type']}")
        said: dict[str, Any] = {"energy_type_id": energy_type}
        plain = ("name", "level", "flow", "kind", "capacity", "ratio")
        said |= {field: values[field] for field in plain if values[field] is not None}
        if values["slot_minutes"]:
            said["slot_seconds"] = int(values["slot_minutes"])
        if values["site_code"]:
            site = units.site_by_code(unit_id, values["site_code"])
            if site is None:
                raise UnknownSite(f"the unit has no site {values['site_code']}")
            said["site_id"] = site.id
        return said


def _key(values: Mapping[str, Any]) -> str | None:
    """Return the key that feeds the point; None where the row names none.

    Raises:
        BadCode: If the national code has not its form.
        NoMeter: If a register is named without its meter.
        TwoSources: If code and meter are named.
    """
    if values["data_code"] and values["meter"]:
        raise TwoSources("data_code and meter are both given")
    if values["register"] and not values["meter"]:
        raise NoMeter("a register is given without its meter")
    if values["meter"]:
        return f"R:{values['meter']}:{values['register'] or DEFAULT_REGISTER}"
    return f"N:{codes.canonical(values['data_code'])}" if values["data_code"] else None


def _describe(
    point_id: int, said: Mapping[str, Any], start: datetime, *, by: int | None, at: datetime
) -> bool:
    """Describe the point as the row says until the next change known; answer whether it differs."""
    wanted: dict[str, Any] = dict(said)
    ratio = wanted.pop("ratio", None)
    if ratio is not None:
        exact = Fraction(ratio)
        wanted |= {"ratio_numerator": exact.numerator, "ratio_denominator": exact.denominator}
    known, until = queries.described_from(point_id, start)
    if known is not None and all(known[field] == value for field, value in wanted.items()):
        return False
    operations.describe_point(
        point_id=point_id, valid_from=start, valid_until=until, by=by, at=at, **said
    )
    return True


def _feed(point_id: int, key: str | None, start: datetime, *, by: int | None, at: datetime) -> bool:
    """Feed the point as the row says until the next change known; answer whether it differs."""
    fed_by, until = queries.fed_from(point_id, start)
    if key is None or key == fed_by:
        return False
    operations.feed_point(
        point_id=point_id, key=key, valid_from=start, valid_until=until, by=by, at=at
    )
    return True
