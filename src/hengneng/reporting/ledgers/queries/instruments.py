"""The instruments of forms B.3 to B.7."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.queries import InstrumentRow
from hengneng.registry.instruments.rules import certificates
from hengneng.registry.instruments.rules.certificates import Cycle, EndsIn, Measured
from hengneng.registry.points.queries import PointRow
from hengneng.reporting.ledgers.queries.asked import Asked
from hengneng.reporting.ledgers.rules import words
from hengneng.reporting.ledgers.rules.filling import Held


class Told(NamedTuple):
    """The unit's instruments for the forms.

    Attributes:
        held: As the forms list them.
        at_point: Point to what stands there, in few words.
        notes: What must be said below each form, by its number.
    """

    held: list[Held]
    at_point: dict[int, str]
    notes: dict[str, tuple[str, ...]]


def told(asked: Asked, points: Iterable[PointRow]) -> Told:
    """Return the unit's instruments; five queries.

    Args:
        asked: Of which unit and day.
        points: The unit's points on that day.
    """
    by_id = {point.id: point for point in points}
    cycles = instruments.cycles(as_of=asked.as_of)
    rows = instruments.instruments_of(asked.unit_id, at=asked.at, as_of=asked.as_of)
    rows.sort(key=lambda row: words.in_order(row.number))
    found = {row.id: _cycle(row, cycles, asked) for row in rows}
    held = [_held(row, by_id, found[row.id]) for row in rows]
    at_point = {row.point_id: _named(row) for row in rows if row.point_id is not None}
    return Told(held, at_point, _notes(rows, held, found))


def _held(row: InstrumentRow, points: Mapping[int, PointRow], cycle: Cycle | None) -> Held:
    """Return an instrument as the forms list it."""
    point = points.get(row.point_id) if row.point_id is not None else None
    months = row.cycle_months if row.cycle_months is not None else cycle and cycle.months
    return Held(
        name=row.name,
        model=row.model,
        accuracy_class=words.class_held(row.accuracy_class, certificate=row.class_certificate),
        range=row.measuring_range,
        maker=row.maker,
        serial_number=row.serial_number,
        own_number=row.number,
        place=row.place or (point.name if point else ""),
        cycle=words.cycle(
            months,
            is_own=row.cycle_months is not None,
            is_replaced=cycle is not None and cycle.ends_in == EndsIn.REPLACE,
        ),
        status=words.CONDITIONS.get(row.condition, ""),
        level=point.level if point else "",
    )


def _named(row: InstrumentRow) -> str:
    """Return an instrument in few words."""
    return " ".join(
        text
        for text in (
            row.name,
            words.class_held(row.accuracy_class, certificate=row.class_certificate),
            row.number,
        )
        if text
    )


def _cycle(row: InstrumentRow, cycles: Iterable[Cycle], asked: Asked) -> Cycle | None:
    """Return the regulation's cycle for an instrument."""
    measured = Measured(row.kind, row.accuracy_class, row.nominal_diameter_mm, row.cycle_months)
    return certificates.cycle_for(measured, cycles, day=asked.on)


def _notes(
    rows: Iterable[InstrumentRow], held: Iterable[Held], cycles: Mapping[int, Cycle | None]
) -> dict[str, tuple[str, ...]]:
    """Return what must be said below the forms; the last only where all instruments are listed."""
    known = list(held)
    said = []
    if any(one.accuracy_class.endswith(words.STATED) for one in known):
        said.append(f"标注“{words.STATED}”的准确度等级为台账登记值，没有有效的检定/校准证书支持。")
    by_rule = [cycle for row in rows if row.cycle_months is None and (cycle := cycles[row.id])]
    unread = sorted({cycle.edition for cycle in by_rule if not cycle.verified})
    if unread:
        said.append(f"检定周期依据的{'、'.join(unread)}尚未与规程原文核对。")
    absent = sum(not one.level for one in known)
    loose = (f"{absent}台（件）未安装在计量点上，不列入表B.4至表B.7。",) if absent else ()
    return {"B.3": (*said, *loose), **{f"B.{n}": tuple(said) for n in range(4, 8)}}
