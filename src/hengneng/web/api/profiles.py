"""A point's local day, slot by slot."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Path, Query, Router, Schema
from pydantic import Field

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.energy import queries as energy
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import Span
from hengneng.telemetry.consumption.queries import figures, parameters
from hengneng.telemetry.consumption.queries.figures import ProfileRow
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.methods import NONE, Method
from hengneng.web.api import access, answers, spans
from hengneng.web.api.access import Asked
from hengneng.web.api.answers import Exact, Instant

router = Router(tags=["profiles"])
LONGEST = 92
ID_MAX = 2**63 - 1
MEANINGS = {
    marks.MEASURED: "MEASURED",
    marks.LATE: "LATE",
    marks.SUPPLIED: "SUPPLIED",
    marks.MANUAL: "MANUAL",
    marks.ESTIMATED: "ESTIMATED",
    marks.REJECTED: "REJECTED",
    marks.PARTIAL: "PARTIAL",
    marks.NOTHING: "NOTHING",
}
METHODS = {
    Method.LINEAR: "LINEAR",
    Method.SAME_WEEKDAY: "SAME_WEEKDAY",
    Method.SIBLING: "SIBLING",
    Method.NO_SHAPE: "LINEAR_WITHOUT_SHAPE",
}


class Slot(Schema):
    """One slot of a day."""

    start: Instant = Field(description="When the slot begins.")
    value: Exact | None = Field(
        description="Energy that passed in the slot, in the day's `uom`; null: nothing is known,"
        " which is not zero."
    )
    mark: str = Field(description="How the value is known, one letter.", examples=["M"])
    meaning: str = Field(
        description="The letter in a word: MEASURED; LATE (measured, sent late); SUPPLIED (by the"
        " energy supplier); MANUAL (entered by hand); ESTIMATED (a gap's share of a known sum);"
        " PARTIAL (known for a part of the slot only); REJECTED (received, cannot count);"
        " NOTHING (nothing known).",
        examples=["MEASURED"],
    )
    method: Literal["LINEAR", "SAME_WEEKDAY", "SIBLING", "LINEAR_WITHOUT_SHAPE"] | None = Field(
        description="By which method an estimated share of the value was placed: LINEAR (by"
        " seconds); SAME_WEEKDAY (in the shape of the latest measured day of the same weekday);"
        " SIBLING (in the shape of what the points beside it in the metering tree measured on the"
        " same day); LINEAR_WITHOUT_SHAPE (by seconds, for no such day was found); null: nothing of"
        " it is estimated."
    )


class Register(Schema):
    """A good register reading."""

    at: Instant
    value: Exact = Field(description="What the register showed, before any ratio.")


class DayProfile(Schema):
    """One local day of one point."""

    day: date
    slot_seconds: int = Field(description="Length of a slot. [s]", examples=[900])
    uom: str = Field(description="Unit of measure of the values.", examples=["kWh"])
    basis: str | None = Field(
        description="What the day's sum stands on: REGISTERS, DAY_RECORD or REALTIME; null where"
        " nothing is known."
    )
    gap_rule_verified: bool = Field(
        description="Whether the official text of the rule by which gaps are filled was seen; where"
        " false, the methods are the platform's own."
    )
    computed_at: Instant | None = Field(
        description="When the day was last worked out; null: never, or answered by `as_of`."
    )
    first_register: Register | None = Field(description="First good register of the day.")
    last_register: Register | None = Field(description="Last good register of the day.")
    slots: list[Slot]


class Profile(answers.Paged[DayProfile]):
    """A point's days, earliest first; those before and after its time are not among them."""

    point: int = Field(description="The point's id.", examples=[17])
    code: str = Field(description="The unit's own name of the point.", examples=["E-01"])
    as_of: Instant | None = Field(description="As asked; null: as known now.")


class UnknownPoint(answers.NotThere):
    """No such point is within this account's reach."""

    code = "UNKNOWN_POINT"


class ProfileAsked(spans.Span, spans.Page):
    """Which days."""


PointId = Annotated[int, Path(ge=1, le=ID_MAX, description="The point's id.", examples=[17])]


@access.read(
    router,
    "points/{point_id}/profile",
    permission=Permission.VIEW_READINGS,
    response=Profile,
    summary="A point's days, slot by slot",
)
def profile(
    request: Asked, point_id: PointId, asked: Annotated[ProfileAsked, Query()]
) -> dict[str, Any]:
    """Return the slots of a point's days with their values and marks.

    `from` and `to` are local days, both included; without them today; at most 92. A day of the
    point's time of which nothing is known is listed with its slots empty.

    Permission: VIEW_READINGS, reaching the point's unit.
    """
    point = _point(request, point_id)
    first, last = spans.days_of(asked, default=1, longest=LONGEST)
    as_of = spans.known_at(asked.as_of)
    described = _described(points.spans_of_point(point_id, as_of=as_of), first, last)
    page = spans.page_of(list(described), asked)
    return page | {
        "point": point_id,
        "code": point.code,
        "as_of": as_of,
        "items": _days(point, {day: described[day] for day in page["items"]}, as_of),
    }


def _point(request: Asked, point_id: int) -> points.PointRow:
    """Return the point if the account may see its readings."""
    try:
        return points.point_by_id(request.auth, Permission.VIEW_READINGS, point_id)
    except points.UnknownPoint as error:
        raise UnknownPoint("No such point is within this account's reach.") from error


def _described(of_point: list[Span], first: date, last: date) -> dict[date, Span]:
    """Return the days on which the point was described, with what it was last on each."""
    found = {}
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        start, end = (_instant(day, second) for second in (0, DAY_SECONDS))
        for span in of_point:
            if span.valid_from < end and (span.valid_until is None or span.valid_until > start):
                found[day] = span
    return found


def _days(
    point: points.PointRow, described: dict[date, Span], as_of: datetime | None
) -> list[dict[str, Any]]:
    """Return the days in the form of ``DayProfile``."""
    if not described:
        return []
    first, last = min(described), max(described)
    known = figures.profiles_of(
        unit_id=point.unit_id, point_id=point.id, from_day=first, to_day=last, as_of=as_of
    )
    rows = {row.day: row for row in known}
    computed = {}
    if as_of is None:
        computed = figures.computed_at(unit_id=point.unit_id, from_day=first, to_day=last)
    uoms = {one.code: one.uom for one in energy.energy_types()}
    return [
        {
            "day": day,
            "uom": uoms[span.energy_type_id],
            "gap_rule_verified": parameters.is_spreading_checked(day),
            "computed_at": computed.get(day),
        }
        | _day(day, span.slot_seconds, rows.get(day))
        for day, span in described.items()
    ]


def _day(day: date, slot_seconds: int, row: ProfileRow | None) -> dict[str, Any]:
    """Return a day's figures; without a row nothing is known of it."""
    if row is None:
        count = DAY_SECONDS // slot_seconds
        slots = _slots(day, slot_seconds, [None] * count, marks.NOTHING * count, "")
        nothing = dict.fromkeys(("basis", "first_register", "last_register"))
        return {"slot_seconds": slot_seconds, "slots": slots} | nothing
    return {
        "slot_seconds": row.slot_seconds,
        "basis": row.basis,
        "first_register": _register(day, row.first_at, row.first_value),
        "last_register": _register(day, row.last_at, row.last_value),
        "slots": _slots(day, row.slot_seconds, row.values, row.marks, row.methods),
    }


def _slots(
    day: date, slot_seconds: int, values: Sequence[Decimal | None], letters: str, placed: str
) -> list[dict[str, Any]]:
    """Return a day's slots in the form of ``Slot``."""
    return [
        {
            "start": _instant(day, number * slot_seconds),
            "value": value,
            "mark": mark,
            "meaning": MEANINGS[mark],
            "method": None if value is None or method == NONE else METHODS[Method(method)],
        }
        for number, (value, mark, method) in enumerate(
            zip(values, letters, placed or NONE * len(letters), strict=True)
        )
    ]


def _register(day: date, at: int | None, value: Decimal | None) -> dict[str, Any] | None:
    """Return a reading in the form of ``Register``."""
    return None if at is None else {"at": _instant(day, at), "value": value}


def _instant(day: date, second: int) -> datetime:
    """Return the instant of a second of a local day."""
    return clock.instant(clock.day_number(day) * DAY_SECONDS + second)
