"""Lists of points that may name the instrument standing at each."""

from collections.abc import Sequence
from datetime import datetime

from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Change, Column, Decision, Row
from hengneng.registry.instruments.imports.subjects import Key, Stays, Unfit
from hengneng.registry.instruments.models import Instrument
from hengneng.registry.points import imports as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.units import queries as units


class PointImporter(points.PointImporter):
    """A list of points that may name the instrument standing at each."""

    columns: tuple[Column, ...] = (
        *points.PointImporter.columns,
        Column(
            "instrument_number",
            "计量器具编号",
            False,
            "number of the instrument standing there; import instruments first",
            cells.text(60),
            ("器具管理编号", "计量器具管理编号", "instrument"),
        ),
    )

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:
        """Tell what each row would do; two queries more than without instruments."""
        decisions = super().decide(rows, at=at)
        numbers = {row.values["instrument_number"] for row in rows} - {None}
        self._by_code = units.ids_by_code() if numbers else {}
        places = {place for row in rows if (place := self._place(row)) is not None}
        known = Instrument.objects.filter(
            unit_id__in={unit for unit, _ in places}, number__in=numbers
        ).values_list("id", "unit_id", "number")
        self._instruments: dict[Key, int] = {(unit, own): number for number, unit, own in known}
        self._stays = Stays(self._instruments, places)
        return [
            self._with_instrument(row, decision)
            for row, decision in zip(rows, decisions, strict=True)
        ]

    def carry_out(self, *, by: int | None, at: datetime) -> None:
        """Write what was decided: the points first, then what stands at them."""
        super().carry_out(by=by, at=at)
        there = point_queries.ids_by_code({unit for unit, _ in self._instruments})
        self._stays.carry_out(self._instruments, there, by=by, at=at)

    def _with_instrument(self, row: Row, decision: Decision) -> Decision:
        """Return what a row does with the instrument that it names."""
        number, place = row.values["instrument_number"], self._place(row)
        if number is None or place is None or decision.change is Change.REFUSED:
            return decision
        key: Key = (place[0], number)
        start = row.values["valid_from"] or points.BEGINNING
        if key not in self._instruments:
            reason = f"instrument_number: the unit has no instrument {number}"
            return Decision(row.number, Change.REFUSED, reason=reason)
        try:
            stay = self._stays.wanted(key, place, start)
        except Unfit as error:
            return Decision(row.number, Change.REFUSED, reason=f"instrument_number: {error}")
        if stay is None:
            return decision
        before = self._stays.put(stay)["point_code"]
        differences = {**decision.differences, "instrument_number": (before[0], number)}
        change = Change.CHANGED if decision.change is Change.UNCHANGED else decision.change
        return decision._replace(change=change, differences=differences)

    def _place(self, row: Row) -> Key | None:
        """Return a row's unit and point code; None where the unit is not entered."""
        unit_id = self._by_code.get((row.values["unit_code"] or "").upper())
        return None if unit_id is None else (unit_id, row.values["code"])
