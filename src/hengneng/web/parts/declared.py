"""What units declare, in the reader's words: labels, values before and after, refusals."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hengneng.kernel.facts import operations as facts
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.keys import MasterKeyMissing
from hengneng.kernel.personal.queries import PersonRow, Shown
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.declarations import operations as declarations
from hengneng.registry.declarations import queries, rules
from hengneng.registry.declarations.queries import DeclarationRow, Preview
from hengneng.registry.energy import operations as documents
from hengneng.registry.energy import queries as energy
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.points import rules as point_rules
from hengneng.registry.units import operations as units
from hengneng.web.parts import marks, tags

FIELDS = {
    "code": gettext_lazy("Point code"),
    "name": gettext_lazy("Name"),
    "energy_type": gettext_lazy("Energy type"),
    "level": gettext_lazy("Level"),
    "flow": gettext_lazy("Flow"),
    "kind": gettext_lazy("What it sends"),
    "slot_seconds": gettext_lazy("Slot"),
    "ratio": gettext_lazy("Ratio"),
    "site": gettext_lazy("Site"),
    "parent": gettext_lazy("Hangs below"),
    "feeds": gettext_lazy("Meters the consumption of"),
    "key": gettext_lazy("Fed by"),
    "heat_value_kj": gettext_lazy("Lower heating value"),
    "report": gettext_lazy("Number of the test report"),
    "laboratory": gettext_lazy("Laboratory"),
    "sector": gettext_lazy("Sector"),
    "address": gettext_lazy("Address"),
    "industry_code": gettext_lazy("Industry code (GB/T 4754)"),
    "industry_name": gettext_lazy("Industry"),
    "department": gettext_lazy("Supervising department"),
    "legal_person": gettext_lazy("Legal person"),
    "is_run": gettext_lazy("The unit runs one"),
    "district": gettext_lazy("District"),
    "state": pgettext_lazy("of a unit", "Standing"),
    "reason": gettext_lazy("Reason"),
}
# What the registry refuses, whoever asks for it; the unit reads it when it declares, the official
# when something was edited since.
REFUSED: Mapping[type[Exception], Any] = {
    declarations.Incomplete: gettext_lazy(
        "Something that is needed is missing or too long, or the last day is before the first."
    ),
    declarations.NothingNew: gettext_lazy("The record says so already; nothing would change."),
    declarations.NoProof: gettext_lazy("This is shown by a document; bring it along."),
    declarations.NamedOnPaper: gettext_lazy(
        "No document is kept with a legal person: it would show the name that is kept sealed."
    ),
    declarations.AnotherKind: gettext_lazy("This is another declaration; make a new one."),
    declarations.DeclaredAnew: gettext_lazy(
        "The unit has declared it anew since you opened it, so nothing was decided. Read what it"
        " declares now."
    ),
    declarations.Overtaken: gettext_lazy(
        "The record was edited since this was declared, so nothing was changed. See what is on"
        " record now and send it back, so that the unit declares it anew."
    ),
    documents.DocumentRefused: gettext_lazy(
        "A document is a pdf, ofd, png or jpg of at most 20 MB, and not empty."
    ),
    points.PointExists: gettext_lazy("The unit has a point of that short name."),
    points.UnknownEnergyType: gettext_lazy("There is no such energy type."),
    points.ForeignPlace: gettext_lazy(
        "Site, point above or consumer are not the unit's, or the points would hang on one another"
        " in a circle."
    ),
    points.KeyTaken: gettext_lazy("What is to feed the point feeds another one in that time."),
    point_queries.UnknownPoint: gettext_lazy("The unit has no such point."),
    point_rules.BadKey: gettext_lazy(
        "What feeds a point is a data code of 16 digits, or R:meter:register."
    ),
    point_rules.CodeDoesNotFit: gettext_lazy(
        "What feeds it does not fit such a point: level, kind and data code contradict one another."
    ),
    point_rules.BadDescription: gettext_lazy("A point cannot be described so."),
    fuels.NotAFuel: gettext_lazy("This has no heat value to measure."),
    fuels.NotAHeatValue: gettext_lazy("A heat value is above zero and has six places at most."),
    fuels.NotWholeMonths: gettext_lazy("A heat value holds for whole months."),
    fuels.NoReport: gettext_lazy("Name the test report and the laboratory."),
    facts.EmptySpan: gettext_lazy("The last day is before the first."),
    facts.NothingKnown: gettext_lazy("The record does not reach back to that day."),
    units.NotYet: gettext_lazy("This day is yet to come; declare it once it is so."),
    units.UnknownFacility: gettext_lazy("There is no such kind of facility."),
    units.UnknownDistrict: gettext_lazy("There is no such district."),
    units.UnknownState: gettext_lazy("A unit is in business, suspended or closed."),
    units.NoProof: gettext_lazy("A closed or suspended unit needs a document that shows it."),
    personal.NoPersonName: gettext_lazy("Name the person."),
    personal.Erased: gettext_lazy("This person was erased; name them anew."),
    MasterKeyMissing: gettext_lazy(
        "The key that seals persons is not on this machine; tell the platform's operator."
    ),
    EventOutOfTurn: gettext_lazy("Somebody has decided on this declaration in the meantime."),
}
# Beside which field of a form a refusal stands, where the form has it.
BESIDE: Mapping[type[Exception], str] = {
    declarations.NoProof: "proof",
    documents.DocumentRefused: "proof",
    points.PointExists: "code",
    points.UnknownEnergyType: "energy_type",
    points.ForeignPlace: "parent",
    points.KeyTaken: "key",
    point_rules.BadKey: "key",
    point_rules.CodeDoesNotFit: "key",
    fuels.NotAHeatValue: "heat_value_kj",
    fuels.NotAFuel: "energy_type",
    facts.EmptySpan: "last",
    facts.NothingKnown: "valid_from",
    units.NotYet: "valid_from",
    personal.NoPersonName: "person",
}
Value = tuple[str, ...]  # lines of text; none: nothing


class Line(NamedTuple):
    """One line of a preview in the reader's words.

    Attributes:
        label: Of what.
        before: What was on record when it was declared.
        after: What is declared.
        now: What is on record now, where that is another thing; None: it is the same.
        last: Last day of it, where the record says otherwise from the next on; None: none known.
    """

    label: Any
    before: Value
    after: Value
    now: Value | None
    last: date | None = None


class Names(NamedTuple):
    """Names by code that values are said with."""

    types: dict[str, energy.EnergyTypeRow]
    districts: dict[str, Any]


def names() -> Names:
    """Return the names there are; two queries."""
    return Names(
        {row.code: row for row in energy.energy_types()},
        {row.code: row for row in bodies.districts()},
    )


def lines(row: DeclarationRow, preview: Preview, known: Names) -> list[Line]:
    """Return before and after, line by line; what neither was nor is said is left out."""
    found = []
    for one in preview.rows:
        last = one.until - timedelta(days=1) if one.until else None
        if one.field == "legal_person":
            now: Value | None = None if not one.is_overtaken else (_("another person"),)
            found.append(
                Line(FIELDS[one.field], person(preview.before), person(preview.after), now, last)
            )
            continue
        before, after, now = (
            shown(one.field, value, row, known) for value in (one.before, one.after, one.now)
        )
        if before or after or now:
            now = now if now != before else None
            found.append(Line(FIELDS[one.field], before, after, now, last))
    return found


def said(row: DeclarationRow, known: Names) -> str:
    """Return what is declared as one text, for lists and files; a person's name stays sealed."""
    sealed: Value = (_("kept sealed"),)
    told = (
        (FIELDS[field], shown(field, value, row, known) if row.person_id is None else sealed)
        for field, value in rules.said_of(row.content).items()
    )
    parts = [f"{label}: {_(', ').join(value)}" for label, value in told if value]
    return _("; ").join(parts)


def pending(unit_id: int, point: str) -> list[tuple[DeclarationRow, str]]:
    """Return what is declared of a point and not decided for good, each with what it says.

    Args:
        unit_id: The unit.
        point: The point's code.
    """
    rows = queries.pending_of_points(unit_id).get(point, [])
    known = names() if rows else None
    return [(row, said(row, known)) for row in rows if known is not None]


def subject(row: DeclarationRow, known: Names) -> str:
    """Return what a declaration is about, in words; empty: the unit itself."""
    code = row.subject
    if row.kind == "HEAT_VALUE":
        return _type(code, known)
    if row.kind == "FACILITY":
        return str(marks.FACILITIES.get(code, code))
    return str(marks.BUSINESS[code].word) if row.kind == "STANDING" else code


def person(held: PersonRow | None) -> Value:
    """Return a person's name as the reader may see it."""
    if held is None:
        return ()
    if held.shown in (Shown.WHOLE, Shown.MASKED):
        return (held.name,)
    return (_("erased") if held.shown is Shown.ERASED else _("locked"),)


def shown(field: str, value: Any, row: DeclarationRow, known: Names) -> Value:
    """Return a value in the reader's words, one line for each span it has."""
    if value is None or value in ("", []):
        return ()
    if isinstance(value, list):
        return tuple(_span(field, one, row, known) for one in value)
    return (_word(field, value, row, known),)


def _span(field: str, one: list[Any], row: DeclarationRow, known: Names) -> str:
    """Return a value on record with its days, and its report or reason where it has one."""
    first, until, value, *more = one
    last = _("further notice")
    if until is not None:
        last = (date.fromisoformat(until) - timedelta(days=1)).isoformat()
    days = _("%(first)s to %(last)s") % {"first": first, "last": last}
    return " · ".join([_word(field, value, row, known), *filter(None, more), days])


def _word(field: str, value: Any, row: DeclarationRow, known: Names) -> str:
    """Return one value in words."""
    words: Mapping[str, Mapping[str, Any]] = {
        "level": marks.LEVELS,
        "flow": marks.FLOWS,
        "kind": marks.KINDS,
    }
    if field in words:
        return str(words[field].get(value, value))
    if field == "energy_type":
        return _type(value, known)
    if field == "heat_value_kj":
        return f"{value} kJ/{tags.measure(known.types[row.subject].uom)}"
    if field == "slot_seconds":
        return f"{value // 60} min"
    if field == "is_run":
        return _("yes") if value else _("no")
    return _named(field, str(value), known)


def _named(field: str, value: str, known: Names) -> str:
    """Return what a code names, where it names something."""
    if field == "state":
        return str(marks.BUSINESS[value].word)
    if field == "district":
        return tags.name(known.districts[value]) if value in known.districts else value
    return tags.source(value) if field == "key" else value


def _type(code: str, known: Names) -> str:
    return tags.name(known.types[code]) if code in known.types else code
