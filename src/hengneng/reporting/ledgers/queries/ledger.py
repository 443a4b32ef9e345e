"""What a unit's forms are filled with, on one day and of one year."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from hengneng.kernel.documents.rules import Document
from hengneng.kernel.policy.rules import Viewer
from hengneng.registry.energy import queries as energy_types
from hengneng.registry.equipment import queries as consumers
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import PointRow
from hengneng.registry.units import queries as units
from hengneng.reporting.ledgers.queries import (
    energy,
    equipment,
    equipping,
    instruments,
    moved,
    people,
)
from hengneng.reporting.ledgers.queries.asked import Asked, asked
from hengneng.reporting.ledgers.queries.packages import PERMISSION
from hengneng.reporting.ledgers.rules import figures, filling, forms
from hengneng.reporting.ledgers.rules.figures import Placed
from hengneng.reporting.ledgers.rules.filling import Ledger
from hengneng.reporting.ledgers.rules.forms import Fills, Form

_INDICATOR = "INDICATOR"


def forms_offered(day: date) -> tuple[Form, ...]:
    """Return the forms of a day, for who chooses among them.

    Raises:
        NoForms: If no edition was valid.
    """
    return forms.forms_on(day)


def document_of(
    viewer: Viewer,
    code: str,
    *,
    numbers: Collection[str],
    on: date,
    year: int,
    now: datetime,
    as_of: datetime | None = None,
) -> Document:
    """Return some of a unit's forms, filled in for the one who asks.

    Persons are shown whole to those who may see them so, else masked. Nothing is kept.

    Args:
        viewer: Who asks.
        code: The unit's social credit code.
        numbers: The forms' numbers; all where none are named.
        on: The day on which the ledger stood so.
        year: Of the energy balance.
        now: Now. Aware.
        as_of: As believed when; None: now. Aware.

    Raises:
        UnknownUnit: If there is none, or its readings are not the viewer's to see.
        NoForms: If no edition of the forms was valid.
        UnknownForm: If there is no such form.
        NotYet: If the day or the year has not come.
        NotSettled: If ``as_of`` lies in what is not settled yet.
    """
    unit = units.unit_by_code(viewer, PERMISSION, code)
    may_see_whole = units.sees_persons(viewer, unit.id)
    wanted = [forms.form_on(on, number) for number in numbers] or list(forms.forms_on(on))
    about = asked(unit_id=unit.id, on=on, year=year, now=now, as_of=as_of)
    filled = ledger_of(
        about,
        names=(unit.name, unit.code),
        fills={form.fills for form in wanted},
        whole=may_see_whole,
    )
    return filling.document(filled, wanted, made_at=now)


def ledger_of(
    about: Asked,
    *,
    names: tuple[str, str],
    fills: Collection[Fills],
    whole: bool,
    step: Callable[[], None] = lambda: None,
) -> Ledger:
    """Return what forms are filled with; what no form asks for is not looked up.

    Args:
        about: Of which unit, day and year.
        names: The unit's name of now and its social credit code; the name of that day goes first.
        fills: What the forms are filled with.
        whole: Whether persons are shown whole; else masked.
        step: Called after each of ``len(STEPS)`` parts.
    """
    sources = _Sources(about, whole=whole)
    named = units.names_at([about.unit_id], about.at, as_of=about.as_of)
    filled = Ledger(
        unit_name=named.get(about.unit_id, names[0]),
        unit_code=names[1],
        on=about.on,
        year=about.year,
        staff=[],
        machines=[],
        instruments=[],
        equipped=[],
        classed=[],
        balance=[],
        energy=sources.energy_types,
        flows=[],
        network=[],
        notes={},
    )
    for wanted, add in STEPS:
        if not wanted.isdisjoint(fills):
            filled = add(filled, sources)
        step()
    return filled


class _Sources:
    """What the forms are filled from, each looked up once, when it is first wanted."""

    def __init__(self, about: Asked, *, whole: bool) -> None:
        self.about = about
        self.whole = whole

    @cached_property
    def energy_types(self) -> dict[str, tuple[str, str]]:
        """Code to Chinese name and unit of measure."""
        return {one.code: (one.name_zh, one.uom) for one in energy_types.energy_types()}

    @cached_property
    def indicators(self) -> set[str]:
        """Codes of what is measured and is no energy: output, value added."""
        return {one.code for one in energy_types.energy_types() if one.kind == _INDICATOR}

    @cached_property
    def points(self) -> list[PointRow]:
        """The unit's points on that day."""
        return points.points_of(self.about.unit_id, at=self.about.at, as_of=self.about.as_of)

    @cached_property
    def consumers(self) -> dict[int, str]:
        """The names of the unit's sub-units and equipment."""
        rows = consumers.consumers_of(self.about.unit_id, at=self.about.at, as_of=self.about.as_of)
        return {row.id: row.name for row in rows}

    @cached_property
    def instruments(self) -> instruments.Told:
        """The unit's instruments."""
        return instruments.told(self.about, self.points)

    @cached_property
    def energy(self) -> energy.Energy:
        """The year's energy."""
        return energy.gathered(self.about)


def _noted(filled: Ledger, notes: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return {**filled.notes, **notes}


def _staff(filled: Ledger, sources: _Sources) -> Ledger:
    rows, notes = people.staff(sources.about, whole=sources.whole)
    return filled._replace(staff=rows, notes=_noted(filled, {"B.1": notes}))


def _machines(filled: Ledger, sources: _Sources) -> Ledger:
    rows, notes = equipment.machines(sources.about, sources.energy_types)
    return filled._replace(machines=rows, notes=_noted(filled, {"B.2": notes}))


def _instruments(filled: Ledger, sources: _Sources) -> Ledger:
    told = sources.instruments
    return filled._replace(instruments=told.held, notes=_noted(filled, told.notes))


def _equipped(filled: Ledger, sources: _Sources) -> Ledger:
    told = equipping.told(sources.about, sources.energy_types, sources.indicators)
    notes = _noted(filled, told.notes)
    return filled._replace(equipped=told.equipped, classed=told.classed, notes=notes)


def _balance(filled: Ledger, sources: _Sources) -> Ledger:
    told = sources.energy
    return filled._replace(balance=told.years, notes=_noted(filled, {"B.10": told.notes}))


def _flows(filled: Ledger, sources: _Sources) -> Ledger:
    shares = moved.shares(sources.about)
    placed = [
        one._replace(shares=shares.get(one.id, ()))
        for one in _placed(sources, sources.energy.by_point)
    ]
    lost = "、".join(figures.unplaced(placed))
    notes = [f"{lost}：外供计量点未登记上级计量点，未绘入。"] if lost else []
    if shares:
        notes.append("年内上级计量点有变更的计量点，其能源量逐日按当日的上级计量点绘入。")
    noted = _noted(filled, {"fig-B.1": (*notes, "数据不完整的月份仅计入已知部分，见表B.10。")})
    return filled._replace(flows=figures.flow(placed), notes=noted)


def _network(filled: Ledger, sources: _Sources) -> Ledger:
    return filled._replace(network=figures.network(_placed(sources, {})))


def _placed(sources: _Sources, tonnes: Mapping[int, Decimal | None]) -> list[Placed]:
    """Return the points as the figures have them."""
    at_point = sources.instruments.at_point
    return [
        Placed(
            id=point.id,
            code=point.code,
            name=point.name,
            level=point.level,
            energy=sources.energy_types[point.energy_type_id][0],
            flow=point.flow,
            parent_id=point.parent_id,
            instrument=at_point.get(point.id, ""),
            feeds="" if point.feeds_id is None else sources.consumers.get(point.feeds_id, ""),
            tonnes=tonnes.get(point.id),
        )
        for point in sources.points
        if point.energy_type_id not in sources.indicators
    ]


_Step = Callable[[Ledger, _Sources], Ledger]
# What a progress is told after, one by one.
STEPS: tuple[tuple[frozenset[Fills], _Step], ...] = (
    (frozenset({Fills.STAFF}), _staff),
    (frozenset({Fills.EQUIPMENT}), _machines),
    (frozenset({Fills.INSTRUMENTS}), _instruments),
    (frozenset({Fills.RATES, Fills.CLASSES}), _equipped),
    (frozenset({Fills.BALANCE}), _balance),
    (frozenset({Fills.FLOWS}), _flows),
    (frozenset({Fills.NETWORK}), _network),
)
