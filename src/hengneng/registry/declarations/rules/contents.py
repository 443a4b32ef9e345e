"""The kinds of declarations, and what each of them says."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Kind(StrEnum):
    """What is declared."""

    NEW_POINT = "NEW_POINT"
    POINT = "POINT"  # an existing point is otherwise from a day on
    HEAT_VALUE = "HEAT_VALUE"
    PARTICULARS = "PARTICULARS"
    LEGAL_PERSON = "LEGAL_PERSON"
    FACILITY = "FACILITY"
    SITE = "SITE"
    STANDING = "STANDING"  # in business, suspended, closed


class NewPoint(NamedTuple):
    """A metering point that the ledger does not hold yet.

    Attributes:
        code: The unit's own short name of it.
        name: Its name.
        energy_type: What it meters.
        level: ``LEVEL_1`` … ``OTHER``.
        kind: ``REGISTER`` or ``INCREMENT``.
        valid_from: First day on which it is there.
        flow: ``BOUGHT`` …
        slot_seconds: Length of its slots. [s]
        ratio: CT × PT. [1]
        site: Code of the unit's site; empty: not said.
        parent: Code of the point above it; empty: none.
        feeds: Code of the sub-unit or equipment whose consumption it meters; empty: not said.
        key: What feeds it, ``N:…`` or ``R:…``; empty: nothing yet.
    """

    code: str
    name: str
    energy_type: str
    level: str
    kind: str
    valid_from: date
    flow: str = "BOUGHT"
    slot_seconds: int = 900
    ratio: Fraction = Fraction(1)
    site: str = ""
    parent: str = ""
    feeds: str = ""
    key: str = ""


class PointChange(NamedTuple):
    """What is otherwise of a point from a day on; None: it stays, empty: none any more.

    Attributes:
        point: The point's code.
        valid_from: First day on which it is so.
        name: Its name.
        level: ``LEVEL_1`` … ``OTHER``.
        flow: ``BOUGHT`` …
        site: Code of the unit's site.
        parent: Code of the point above it.
        feeds: Code of the sub-unit or equipment.
    """

    point: str
    valid_from: date
    name: str | None = None
    level: str | None = None
    flow: str | None = None
    site: str | None = None
    parent: str | None = None
    feeds: str | None = None


class HeatValue(NamedTuple):
    """What a fuel was measured to give over whole months.

    Attributes:
        energy_type: The fuel.
        heat_value_kj: Lower heating value. [kJ per unit of measure of the type]
        first: First day, a month's first.
        until: Day after the last, a month's first; None: until another is recorded.
        report: Number of the test report.
        laboratory: Who measured.
    """

    energy_type: str
    heat_value_kj: Decimal
    first: date
    until: date | None
    report: str
    laboratory: str


class Particulars(NamedTuple):
    """What is otherwise of the unit from a day on; None: it stays.

    Attributes:
        valid_from: First day on which it is so.
        sector: Its field of work.
        address: Its address.
        industry_code: GB/T 4754.
        industry_name: That industry's name.
        department: The supervising department.
    """

    valid_from: date
    sector: str | None = None
    address: str | None = None
    industry_code: str | None = None
    industry_name: str | None = None
    department: str | None = None


class LegalPerson(NamedTuple):
    """Who is the unit's legal person from a day on; the name is held sealed, not here."""

    valid_from: date


class FacilityRun(NamedTuple):
    """Whether the unit runs a facility of a kind from a day on.

    Attributes:
        facility: A code of ``FacilityKind``.
        valid_from: First day on which it is so.
        is_run: Whether it runs one.
    """

    facility: str
    valid_from: date
    is_run: bool = True


class SitePlace(NamedTuple):
    """Where a site of the unit lies from a day on; a new one is made.

    Attributes:
        site: The unit's own short name of it.
        name: Its name.
        address: Its address; empty: it stays, a new site has the unit's.
        district: Code of the district.
        valid_from: First day on which it lies there.
    """

    site: str
    name: str
    address: str
    district: str
    valid_from: date


class Standing(NamedTuple):
    """Whether the unit works in a span of days.

    Attributes:
        state: ``IN_BUSINESS``, ``SUSPENDED`` or ``CLOSED``.
        valid_from: First day.
        until: Day after the last; None: for good.
        reason: Why.
    """

    state: str
    valid_from: date
    until: date | None = None
    reason: str = ""


Content = (
    NewPoint
    | PointChange
    | HeatValue
    | Particulars
    | LegalPerson
    | FacilityRun
    | SitePlace
    | Standing
)
CONTENTS: dict[Kind, type[Content]] = {
    Kind.NEW_POINT: NewPoint,
    Kind.POINT: PointChange,
    Kind.HEAT_VALUE: HeatValue,
    Kind.PARTICULARS: Particulars,
    Kind.LEGAL_PERSON: LegalPerson,
    Kind.FACILITY: FacilityRun,
    Kind.SITE: SitePlace,
    Kind.STANDING: Standing,
}


def kind_of(content: Content) -> Kind:
    """Return which kind of declaration says this.

    >>> kind_of(LegalPerson(date(2026, 3, 1)))
    <Kind.LEGAL_PERSON: 'LEGAL_PERSON'>
    """
    return next(kind for kind, form in CONTENTS.items() if type(content) is form)
