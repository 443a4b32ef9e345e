"""How a content is written as canonical JSON, read again, and held against what is on record."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from hengneng.registry.declarations.rules.contents import (
    CONTENTS,
    Content,
    HeatValue,
    Kind,
    LegalPerson,
    NewPoint,
    Particulars,
    PointChange,
    SitePlace,
    Standing,
)

TEXT_MAX = 200
IN_BUSINESS = "IN_BUSINESS"
_DAYS = frozenset({"valid_from", "first", "until"})
# What names the thing or the days, and is no row of "before, after".
_FRAME = frozenset({"valid_from", "first", "until", "point", "facility"})
# Kinds of which only what differs from the record is kept.
_IN_PART = (PointChange, Particulars)


class Incomplete(ValueError):
    """What is declared lacks something that its kind needs, or cannot be."""


class NothingNew(ValueError):
    """What is declared is on record so already."""


class Row(NamedTuple):
    """One line of a preview.

    Attributes:
        field: What it is of, a field of the content.
        before: What was on record when it was declared; None: nothing.
        after: What is declared; None: it is not kept here (a sealed name).
        now: What is on record now, which is ``before`` unless it was edited meanwhile.
        until: Day from which on the record says otherwise again; None: it does not, as known now.
    """

    field: str
    before: Any
    after: Any
    now: Any
    until: date | None = None

    @property
    def is_overtaken(self) -> bool:
        """Whether the record says otherwise than when it was declared."""
        return bool(self.before != self.now)


def plain(content: Content) -> dict[str, Any]:
    """Return a content as JSON holds it: what is not said is left out.

    >>> plain(PointChange("E-01", date(2026, 3, 1), level="LEVEL_2"))
    {'point': 'E-01', 'valid_from': '2026-03-01', 'level': 'LEVEL_2'}
    """
    return {f: _plain(value) for f, value in content._asdict().items() if value is not None}


def _plain(value: Any) -> Any:
    """Return one value as JSON holds it exactly."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, Fraction) else value


def read(kind: str, said: Mapping[str, Any]) -> Content:
    """Return the content that ``plain`` wrote.

    >>> read("HEAT_VALUE", plain(HeatValue("RAW_COAL", Decimal("20934000"), date(2026, 3, 1), None,
    ...     "R-1", "a laboratory"))).heat_value_kj
    Decimal('20934000')
    """
    form = CONTENTS[Kind(kind)]
    values = {field: _read(field, said.get(field)) for field in form._fields if field in said}
    if form is HeatValue:
        values.setdefault("until", None)
    return form(**values)


def _read(field: str, value: Any) -> Any:
    """Return one value as the content has it."""
    if field in _DAYS:
        return None if value is None else date.fromisoformat(value)
    if field == "ratio":
        return Fraction(value)
    return Decimal(value) if field == "heat_value_kj" else value


def check(content: Content) -> None:
    """Refuse a content that lacks what its kind needs; the rest the rooms below judge.

    Raises:
        Incomplete: If a name is missing, a text is too long, or a span holds no day.
    """
    for field, value in content._asdict().items():
        if isinstance(value, str) and len(value) > TEXT_MAX:
            raise Incomplete(f"{field} is longer than {TEXT_MAX} characters")
    empty = [field for field in _needed(content) if not getattr(content, field).strip()]
    if empty:
        raise Incomplete(f"nothing is said of {', '.join(empty)}")
    begins, until = first_day(content), getattr(content, "until", None)
    if until is not None and until <= begins:
        raise Incomplete(f"{begins} to {until} holds no day")


def _needed(content: Content) -> tuple[str, ...]:
    """Return the fields that are not left empty."""
    if isinstance(content, NewPoint):
        return ("code", "name", "energy_type")
    if isinstance(content, SitePlace):
        return ("site", "name", "district")
    return ("name",) if isinstance(content, PointChange) and content.name is not None else ()


def needs_proof(content: Content) -> bool:
    """Answer whether a document has to show it.

    Source:
        Notice 321 (2020), II(3): closed or suspended units bring proof. A measured heat value goes
        before every table's, so its test report is shown.

    >>> needs_proof(Standing("CLOSED", date(2026, 3, 1)))
    True
    """
    if isinstance(content, Standing):
        return content.state != IN_BUSINESS
    return isinstance(content, HeatValue)


def first_day(content: Content) -> date:
    """Return the first day on which it is so."""
    return content.first if isinstance(content, HeatValue) else content.valid_from


def said_of(content: Content) -> dict[str, Any]:
    """Return what is said field by field, as JSON holds it, without what names thing and days."""
    if isinstance(content, SitePlace):
        fields = ("name", "address", "district")  # an address that is left empty stays as it is
        return {field: getattr(content, field) for field in fields if getattr(content, field)}
    if isinstance(content, LegalPerson):
        return {"legal_person": None}
    return {field: value for field, value in plain(content).items() if field not in _FRAME}


def subject_of(content: Content) -> str:
    """Return what it is about: a code of a point, site, fuel, facility or state; empty: the unit.

    >>> from hengneng.registry.declarations.rules.contents import FacilityRun
    >>> subject_of(FacilityRun("PORT", date(2026, 3, 1)))
    'PORT'
    """
    for field in ("point", "code", "site", "energy_type", "facility", "state"):
        if field in content._fields:
            return str(getattr(content, field))
    return ""


def without_known(content: Content, known: Mapping[str, Any]) -> Content:
    """Return the content without what is on record so already.

    A legal person's name is sealed, so it is not held against the record.

    Args:
        content: What is declared.
        known: What is on record, by field.

    Raises:
        NothingNew: If nothing is left.
    """
    if isinstance(content, LegalPerson):
        return content
    if isinstance(content, (HeatValue, Standing)):
        if _is_covered(content, known):
            raise NothingNew("the record says so of all these days")
        return content
    said = said_of(content)
    same = {field for field, value in said.items() if field in known and known[field] == value}
    if same == set(said):
        raise NothingNew("the record says so already")
    if not isinstance(content, _IN_PART) or not same:
        return content
    return cast("Content", content._replace(**dict.fromkeys(same)))  # type: ignore[arg-type]


def _is_covered(content: HeatValue | Standing, known: Mapping[str, Any]) -> bool:
    """Answer whether one span on record says the same of all the days of a content."""
    if isinstance(content, Standing):
        field, says = "state", [content.state, content.reason]
    else:
        value = f"{content.heat_value_kj.normalize():f}"
        field, says = "heat_value_kj", [value, content.report, content.laboratory]
    first, until = first_day(content).isoformat(), _plain(content.until)
    return any(
        row[0] <= first and (row[1] is None or (until is not None and until <= row[1]))
        for row in known.get(field, [])
        if row[2:] == says
    )


def overtaken(seen: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of which the record says otherwise than when it was declared.

    >>> overtaken({"name": "a", "level": "OTHER"}, {"name": "b", "level": "OTHER"})
    ('name',)
    """
    return tuple(field for field in sorted({*seen, *now}) if seen.get(field) != now.get(field))


def rows_of(
    content: Content,
    *,
    seen: Mapping[str, Any],
    now: Mapping[str, Any],
    ends: Mapping[str, date | None] = MappingProxyType({}),
) -> list[Row]:
    """Return the lines of a preview, in the order of the content's fields.

    Args:
        content: What is declared.
        seen: What was on record then, by field.
        now: What is on record now, by field.
        ends: From which day on the record says otherwise again, by field.
    """
    said = said_of(content)
    fields = [*said, *(field for field in sorted({*seen, *now}) if field not in said)]
    return [
        Row(field, seen.get(field), said.get(field), now.get(field), ends.get(field))
        for field in fields
    ]
