"""Which of a unit's figures changed between two instants, and why."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from hengneng.kernel.facts import operations as facts
from hengneng.kernel.policy.rules import Permission
from hengneng.telemetry.consumption.queries import differences
from hengneng.telemetry.consumption.queries.differences import Cause, Changed
from hengneng.web.api import access, spans, units
from hengneng.web.api.access import Asked
from hengneng.web.api.answers import Exact, Instant

router = Router(tags=["consumption"])
DEFAULT_DAYS, LONGEST = 31, 62
_BEFORE = timedelta(days=1)


class ChangedDay(Schema):
    """A point's day that was shown differently at the two instants."""

    day: date
    point: int = Field(description="The point's id.", examples=[17])
    code: str = Field(description="The unit's own short name of the point.", examples=["E-01"])
    before: Exact | None = Field(description="As known at `earlier`; null: nothing was known.")
    after: Exact | None = Field(description="As known at `later`; null: nothing is known.")
    more: Exact | None = Field(description="`after` minus `before`; null where either is.")
    estimated_before: Exact | None = Field(description="Part of `before` that was estimated.")
    estimated_after: Exact | None = Field(description="Part of `after` that is estimated.")
    causes: list[int] = Field(description="Places in `causes`, from 0.")


class Why(Schema):
    """Something recorded between the two instants."""

    kind: Literal["MESSAGE", "FACT"] = Field(description="A message, or an edit of a fact.")
    recorded_at: Instant
    first: date = Field(description="First local day that it speaks of.")
    last: date | None = Field(description="Last one, inclusive; null: for good.")
    sequence: int | None = Field(description="The message's number in the record.")
    channel: str | None = Field(
        description="By which way the message came.", examples=["REGISTERS"]
    )
    late: bool = Field(description="Whether the message came more than a day late.")
    fact: str = Field(
        description="DESCRIPTION, SOURCE or EXCHANGE; empty: a message.", examples=["EXCHANGE"]
    )
    point_code: str = Field(description="Whose fact; empty: a message.")
    action: str = Field(
        description="The operation that edited it; empty: a message, or not on record.",
        examples=["point.described"],
    )
    by: int | None = Field(
        description="Number of the account that did; null: the script, or not on record."
    )


class Differences(Schema):
    """What changed between two instants."""

    unit: str = Field(description="The unit's code.", examples=["91310000MA1FL0XX0A"])
    earlier: Instant
    later: Instant
    days: list[ChangedDay] = Field(description="By day and point; empty: nothing changed.")
    causes: list[Why] = Field(description="In the record's order.")


class DifferencesAsked(spans.Days):
    """Which days, as known at which two instants."""

    earlier: spans.AsOf | None = Field(
        None, description="The one instant. Default: a day before `later`."
    )
    later: spans.AsOf | None = Field(None, description="The other instant. Default: now.")


@access.read(
    router,
    "units/{code}/differences",
    permission=Permission.VIEW_READINGS,
    response=Differences,
    summary="What changed in a unit's figures",
)
def differences_between(
    request: Asked, code: units.UnitCode, asked: Annotated[DifferencesAsked, Query()]
) -> dict[str, Any]:
    """Return which days of which points changed between two instants, by how much, and why.

    `from` and `to` are local days, both included; without them the last 31 days; at most 62.

    Permission: VIEW_READINGS, reaching this unit.
    """
    unit = units.unit_of(request.auth, Permission.VIEW_READINGS, code)
    first, last = spans.days_of(asked, default=DEFAULT_DAYS, longest=LONGEST)
    earlier, later = _instants(asked)
    note = differences.note_of(
        unit_id=unit.id, from_day=first, to_day=last, earlier=earlier, later=later
    )
    return {
        "unit": unit.code,
        "earlier": earlier,
        "later": later,
        "days": [_day(one) for one in note.changed],
        "causes": [_cause(one) for one in note.causes],
    }


def _instants(asked: DifferencesAsked) -> tuple[datetime, datetime]:
    """Return the two instants.

    Raises:
        BadInstant: If the record is not settled up to them, or the later one comes first.
    """
    later = spans.known_at(asked.later) or facts.settle()
    earlier = spans.known_at(asked.earlier) or later - _BEFORE
    if later < earlier:
        raise spans.BadInstant("later lies before earlier.")
    return earlier, later


def _day(one: Changed) -> dict[str, Any]:
    """Return a change in the form of ``ChangedDay``."""
    before, after = one.before, one.after
    return {
        "day": one.day,
        "point": one.point_id,
        "code": one.code,
        "before": before and before.amount,
        "after": after and after.amount,
        "more": one.more,
        "estimated_before": before and before.estimated,
        "estimated_after": after and after.estimated,
        "causes": one.causes,
    }


def _cause(one: Cause) -> dict[str, Any]:
    """Return a cause in the form of ``Why``."""
    return one._asdict() | {
        "channel": one.channel and one.channel.name,
        "late": one.is_late,
    }
