"""Lists of instruments, and lists of points that name the instrument standing there."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from hengneng.kernel.facts.operations import EmptySpan
from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Change, Column
from hengneng.registry.instruments import operations, queries
from hengneng.registry.points import imports as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.units import queries as units

_CORRECTABLE = ("name", "model", "maker", "serial_number", "accuracy_class")


class UnknownInstrument(LookupError):
    """The unit has no instrument of that number; import the instruments first."""


class InstrumentImporter:
    """A list of instruments, form B.3 of JJF 1356-2012, and the points they stand at."""

    kind = "instruments"
    columns = (
        Column("unit_code", "统一社会信用代码", True, "the unit's 18 characters", cells.text(18)),
        Column(
            "number", "管理编号", True, "the unit's own number, else the maker's", cells.text(60)
        ),
        Column("name", "计量器具名称", True, "its name, like 电能表", cells.text(120)),
        Column("model", "型号规格", False, "its model", cells.text(80)),
        Column("maker", "生产厂家", False, "its maker", cells.text(120)),
        Column("serial_number", "出厂编号", False, "the maker's number", cells.text(60)),
        Column(
            "accuracy_class", "准确度等级", False, "as its valid certificate says", cells.text(20)
        ),
        Column("point_code", "计量点编号", False, "the point it stands at", cells.text(40)),
        Column(
            "valid_from",
            "起始时间",
            False,
            "local date or time since when it stands there; default 2000-01-01",
            cells.moment,
        ),
    )
    anticipated = (
        EmptySpan,
        operations.IncompleteInstrument,
        operations.InstalledElsewhere,
        point_queries.UnknownPoint,
        units.UnknownUnit,
    )

    @cached_property
    def _units(self) -> dict[str, int]:
        """Return the units' ids by code."""
        return units.ids_by_code()

    def apply(self, values: Mapping[str, Any], *, by: int | None, at: datetime) -> Change:
        """Enter or correct an instrument and install it; blank cells leave what is known."""
        unit_id = self._units.get(values["unit_code"].upper())
        if unit_id is None:
            raise units.UnknownUnit(f"no unit {values['unit_code']}")
        said = {field: values[field] for field in _CORRECTABLE if values[field] is not None}
        known = queries.instrument_by_number(unit_id, values["number"])
        if known is None:
            known = operations.create_instrument(
                unit_id=unit_id, number=values["number"], by=by, at=at, **said
            )
            change = Change.NEW
        else:
            differing = {f: value for f, value in said.items() if getattr(known, f) != value}
            change = Change.CHANGED if differing else Change.UNCHANGED
            if differing:
                operations.correct_instrument(instrument_id=known.id, by=by, at=at, **differing)
        if values["point_code"] is None:
            return change
        point_id = point_queries.point_by_code(unit_id, values["point_code"])
        if point_id is None:
            raise point_queries.UnknownPoint(f"the unit has no point {values['point_code']}")
        start = values["valid_from"] or points.BEGINNING
        is_moved = install_from(known.id, point_id, start, by=by, at=at)
        return Change.CHANGED if is_moved and change is Change.UNCHANGED else change


class PointImporter(points.PointImporter):
    """A list of points that may name the instrument standing at each."""

    columns = (
        *points.PointImporter.columns,
        Column(
            "instrument_number",
            "计量器具编号",
            False,
            "number of the instrument standing there; import instruments first",
            cells.text(60),
        ),
    )
    anticipated = (
        *points.PointImporter.anticipated,
        UnknownInstrument,
        operations.InstalledElsewhere,
    )

    def apply(self, values: Mapping[str, Any], *, by: int | None, at: datetime) -> Change:
        """Make or describe a point, feed it, and install its instrument."""
        change = super().apply(values, by=by, at=at)
        if values["instrument_number"] is None:
            return change
        unit_id = self.unit_of(values)
        instrument = queries.instrument_by_number(unit_id, values["instrument_number"])
        point_id = point_queries.point_by_code(unit_id, values["code"])
        if instrument is None or point_id is None:
            raise UnknownInstrument(f"the unit has no instrument {values['instrument_number']}")
        start = values["valid_from"] or points.BEGINNING
        is_moved = install_from(instrument.id, point_id, start, by=by, at=at)
        return Change.CHANGED if is_moved and change is Change.UNCHANGED else change


def install_from(
    instrument_id: int, point_id: int, start: datetime, *, by: int | None, at: datetime
) -> bool:
    """Install an instrument till the next change known of it or its point; False: it stands there.

    Args:
        instrument_id: The instrument.
        point_id: The point.
        start: Since when. Aware.
        by: Account acting.
        at: When. Aware.
    """
    stands_at, leaves = queries.standing_from(instrument_id, start)
    if stands_at == point_id:
        return False
    ends = [end for end in (leaves, queries.place_changes_after(point_id, start)) if end]
    operations.install(
        instrument_id=instrument_id,
        point_id=point_id,
        valid_from=start,
        valid_until=min(ends, default=None),
        by=by,
        at=at,
    )
    return True
