"""What is written into the forms: plain rows to tables, and what is said where something lacks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from hengneng.kernel.documents.rules import Cell, Document, Drawing, Table
from hengneng.reporting.ledgers.rules import words
from hengneng.reporting.ledgers.rules.balance import Year
from hengneng.reporting.ledgers.rules.figures import Figure
from hengneng.reporting.ledgers.rules.forms import Fills, Form
from hengneng.telemetry.consumption.rules.balance import known_sum

_LEVELS = (("LEVEL_1", "1"), ("LEVEL_2", "2"), ("LEVEL_3", "3"))


class Staff(NamedTuple):
    """One who works on energy metering, as the one who asks may see them."""

    name: str
    post: str
    contact: str
    training: str
    certificate: str


class Machine(NamedTuple):
    """Equipment and what it needs.

    Attributes:
        name: Its name.
        model: Its model.
        code: The unit's own short name of it.
        energy: The energy types it uses.
        demand: Its rated needs.
        place: Where it stands.
        main: Whether it is main equipment, or why that is not known.
    """

    name: str
    model: str
    code: str
    energy: str
    demand: str
    place: str
    main: str


class Held(NamedTuple):
    """An instrument as the ledger holds it.

    Attributes:
        name: Its name.
        model: Its model.
        accuracy_class: The class that its valid certificate gives; empty: none does.
        range: Its measuring range.
        maker: Its maker.
        serial_number: The maker's number.
        own_number: The unit's own number.
        place: Where it stands, and what for.
        cycle: Its verification cycle or calibration interval.
        status: Whether it may be used.
        level: The level of the point it stands at; empty: it stands at none.
    """

    name: str
    model: str
    accuracy_class: str
    range: str
    maker: str
    serial_number: str
    own_number: str
    place: str
    cycle: str
    status: str
    level: str


class Equipped(NamedTuple):
    """How one level of one energy type is equipped.

    Attributes:
        energy: The energy type's name.
        level: ``LEVEL_1`` …
        required: The share required, 0 to 1; None where no rule gives one.
        need: Instruments needed; None where that cannot be told. [count]
        have: Of them those in place; None where that cannot be told. [count]
    """

    energy: str
    level: str
    required: Decimal | None
    need: int | None
    have: int | None


class Classed(NamedTuple):
    """Instruments of one kind and use held against the accuracy asked of them.

    Attributes:
        energy: The energy type's name.
        kind: What the standard calls them.
        level: ``LEVEL_1`` …
        required: The worst class allowed; empty where no rule gives one.
        held: Their class; empty where none is known.
        instruments: How many they are. [count]
        verdict: Whether they comply.
        reason: Why, or why that is not known.
    """

    energy: str
    kind: str
    level: str
    required: str
    held: str
    instruments: int
    verdict: str
    reason: str


class Ledger(NamedTuple):
    """What a unit's forms are filled with.

    Attributes:
        unit_name: The unit.
        unit_code: Its social credit code.
        on: The day on which all but the balance stood so.
        year: The balance's year.
        staff: Form B.1.
        machines: Form B.2.
        instruments: Forms B.3 to B.7.
        equipped: Form B.8.
        classed: Form B.9.
        balance: Form B.10.
        energy: Code to name and unit of measure of the energy types in the balance.
        flows: The sheets of figure B.1.
        network: The sheets of figure B.2.
        notes: Form's number to what must be said below it.
    """

    unit_name: str
    unit_code: str
    on: date
    year: int
    staff: Sequence[Staff]
    machines: Sequence[Machine]
    instruments: Sequence[Held]
    equipped: Sequence[Equipped]
    classed: Sequence[Classed]
    balance: Sequence[Year]
    energy: Mapping[str, tuple[str, str]]
    flows: Sequence[Figure]
    network: Sequence[Figure]
    notes: Mapping[str, tuple[str, ...]]


def document(ledger: Ledger, forms: Iterable[Form], *, made_at: datetime) -> Document:
    """Return forms filled in, one after the other.

    Args:
        ledger: What they are filled with.
        forms: Which of them.
        made_at: When. Aware.
    """
    return Document(
        title=f"{ledger.unit_name} 能源计量台账 {ledger.on.isoformat()}",
        footer=f"{ledger.unit_name}（{ledger.unit_code}）",
        made_at=made_at,
        parts=tuple(part for form in forms for part in parts(ledger, form)),
    )


def parts(ledger: Ledger, form: Form) -> list[Table] | list[Drawing]:
    """Return one form filled in: a table, or the sheets of a figure."""
    unit, code = f"用能单位：{ledger.unit_name}", f"统一社会信用代码：{ledger.unit_code}"
    head = (unit, code, _when(ledger, form))
    notes = (*_standing(form), *ledger.notes.get(form.number, ()))
    if form.is_figure:
        return _sheets(ledger, form, head, notes)
    rows = [
        form.row({"line": line, **values})
        for line, values in enumerate(_ROWS[form.fills](ledger, form), start=1)
    ]
    columns = tuple(one.column for one in form.columns)
    signed = form.signatures
    return [
        Table(form.number, form.label, form.title, head, columns, rows, form.empty, notes, signed)
    ]


def _sheets(
    ledger: Ledger, form: Form, head: tuple[str, ...], notes: tuple[str, ...]
) -> list[Drawing]:
    """Return a figure's sheets, one that says so where there is nothing to draw."""
    figures = ledger.flows if form.fills is Fills.FLOWS else ledger.network
    several = len(figures) > 1
    return [
        Drawing(
            f"{form.number}-{place}" if several else form.number,
            f"{form.label}（第{place}张，共{len(figures)}张）" if several else form.label,
            form.title,
            head,
            *figure,
            form.empty,
            notes if place == len(figures) or not figures else (),
        )
        for place, figure in enumerate(figures or [Figure("", "")], start=1)
    ]


def _when(ledger: Ledger, form: Form) -> str:
    if form.fills in {Fills.BALANCE, Fills.FLOWS}:
        return f"统计年度：{ledger.year}年"
    return f"截至：{ledger.on.isoformat()}"


def _standing(form: Form) -> tuple[str, ...]:
    """Return what must be said of a layout that was not compared with the standard."""
    return () if form.verified else (f"式样依据 {form.edition}，尚未与标准原文核对。",)


Values = Iterable[Mapping[str, Cell]]


def _staff(ledger: Ledger, _: Form) -> Values:
    return map(_said, ledger.staff)


def _machines(ledger: Ledger, _: Form) -> Values:
    return map(_said, ledger.machines)


def _instruments(ledger: Ledger, form: Form) -> Values:
    return (_said(one) for one in ledger.instruments if form.level in ("", one.level))


def _said(one: Staff | Machine | Held) -> Mapping[str, Cell]:
    """Return what is known of one by name; what is not is said to be missing."""
    return {name: text or words.NOT_RECORDED for name, text in one._asdict().items()}


def _rates(ledger: Ledger, _: Form) -> Values:
    by_energy: dict[str, dict[str, Equipped]] = {}
    for one in ledger.equipped:
        by_energy.setdefault(one.energy, {})[one.level] = one
    for energy, levels in by_energy.items():
        values: dict[str, Cell] = {"energy": energy}
        for level, place in _LEVELS:
            values |= {f"{key}_{place}": cell for key, cell in _rate(levels.get(level)).items()}
        yield values


def _rate(one: Equipped | None) -> dict[str, Cell]:
    """Return the four cells of one level; nothing is asked where there is no requirement."""
    if one is None:
        return dict.fromkeys(("required", "need", "have", "rate"), words.NOT_ASKED)
    rate: str = words.NOT_KNOWN
    if one.need == 0:
        rate = words.NOT_ASKED
    elif one.need is not None and one.have is not None:
        rate = words.percent(min(Decimal(one.have) / one.need, Decimal(1)))
    return {
        "required": words.NOT_KNOWN if one.required is None else words.percent(one.required),
        "need": words.NOT_KNOWN if one.need is None else one.need,
        "have": words.NOT_KNOWN if one.have is None else one.have,
        "rate": rate,
    }


def _classes(ledger: Ledger, _: Form) -> Values:
    for one in ledger.classed:
        yield one._asdict() | {
            "level": words.LEVELS[one.level],
            "required": one.required or words.NOT_KNOWN,
            "held": one.held or words.NOT_KNOWN,
        }


def _balance(ledger: Ledger, _: Form) -> Values:
    for year in ledger.balance:
        name, uom = ledger.energy[year.energy_type]
        yield {
            "energy": name,
            "uom": uom,
            "opening": _stock(year.stock and year.stock.opening),
            "bought": _amount(year.bought, is_stated=_is_stated(year)),
            "used": _amount(year.used, is_stated=_is_stated(year)),
            "closing": _stock(year.stock and year.stock.closing),
            # A line each: in one run a number would be broken wherever the column ends.
            "factor": "；\n".join(map(words.short, year.factors)) or words.NOT_KNOWN,
            "tonnes": _amount(year.tonnes, is_stated=_is_stated(year)),
        }
    if ledger.balance:
        total = _amount(known_sum(year.tonnes for year in ledger.balance))
        blank = dict.fromkeys(
            ("uom", "opening", "bought", "used", "closing", "factor"), words.NOT_ASKED
        )
        yield {"energy": "合计", **blank, "tonnes": total}


def _amount(amount: Decimal | None, *, is_stated: bool = False) -> str:
    """Return an amount; one that stands on papers alone never reads as if it were measured."""
    if amount is None:
        return words.NOT_KNOWN
    return words.rounded(amount) + (words.BY_PAPERS if is_stated else "")


def _stock(amount: Decimal | None) -> str:
    """Return a stock; one that nobody took is not zero."""
    return words.NOT_RECORDED if amount is None else words.rounded(amount)


def _is_stated(year: Year) -> bool:
    return year.stock is not None and year.stock.is_alone


_ROWS: Mapping[Fills, Callable[[Ledger, Form], Values]] = {
    Fills.STAFF: _staff,
    Fills.EQUIPMENT: _machines,
    Fills.INSTRUMENTS: _instruments,
    Fills.RATES: _rates,
    Fills.CLASSES: _classes,
    Fills.BALANCE: _balance,
}
