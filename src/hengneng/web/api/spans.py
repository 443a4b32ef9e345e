"""What ``from``, ``to``, ``as_of`` and the page mean, checked once for every operation."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import DAY_SECONDS
from hengneng.web.api import answers

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")


class BadSpan(answers.Refused):
    """The days asked for do not make a span that can be answered."""

    code = "BAD_SPAN"


class BadInstant(answers.Refused):
    """``as_of`` is not an instant at which the record can be read."""

    code = "BAD_INSTANT"


def _iso_day(value: Any) -> Any:
    """Refuse what pydantic would take for a day besides ISO 8601: seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("a day is written 2026-03-01")
    return value


def _iso_instant(value: Any) -> Any:
    """Refuse an instant without its offset, and say what became of a bare plus sign."""
    if isinstance(value, str) and not _INSTANT.fullmatch(value):
        raise ValueError(
            "an instant is written 2026-03-01T08:15:00Z or, its plus sign encoded as %2B,"
            " 2026-03-01T08:15:00+08:00"
        )
    return value


def _in_utc(value: datetime) -> datetime:
    """Return the same instant in UTC: the database takes the offsets of real zones alone."""
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant lies in the calendar's years") from error


Day = Annotated[
    date, BeforeValidator(_iso_day), WithJsonSchema({"type": "string", "format": "date"})
]
AsOf = Annotated[
    datetime,
    BeforeValidator(_iso_instant),
    AfterValidator(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Page(Schema):
    """Which part of a list."""

    page: int = Field(1, ge=1, le=1_000_000, description="The page, from 1.")
    page_size: int = Field(100, ge=1, le=500, description="Items on a page.")


class Days(Schema):
    """Which days."""

    first: Day | None = Field(
        None,
        alias="from",
        description="First local day, inclusive.",
        examples=["2026-03-01"],
    )
    last: Day | None = Field(
        None, alias="to", description="Last local day, inclusive. Default: today."
    )


class Span(Days):
    """Which days, and as known when."""

    as_of: AsOf | None = Field(
        None,
        description="Answer with what was known at this instant: readings received and facts "
        "recorded by then. Default: now.",
        examples=["2026-03-02T00:00:00Z"],
    )


def days_of(span: Days, *, default: int, longest: int) -> tuple[date, date]:
    """Return the first and last day of a span, both inclusive.

    Args:
        span: As asked.
        default: Days that end with the last where no first is given. [days]
        longest: Days that one answer may hold. [days]

    Raises:
        BadSpan: If it ends before it begins, is too long, or lies outside the calendar kept.
    """
    last = _kept(span.last or clock.date_of(clock.local_second(clock.now()) // DAY_SECONDS))
    first = _kept(span.first or last - timedelta(days=default - 1))
    if last < first:
        raise BadSpan(f"The span ends on {last}, before it begins on {first}.")
    if (last - first).days >= longest:
        raise BadSpan(f"A span holds at most {longest} days; {first} to {last} is longer.")
    return first, last


def _kept(day: date) -> date:
    """Return the day if it lies in the calendar kept."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BadSpan(f"Days lie between {FIRST_DAY} and {LAST_DAY}; {day} does not.")
    return day


def known_at(as_of: datetime | None) -> datetime | None:
    """Return the instant as of which to answer, once the record is settled up to it.

    Raises:
        BadInstant: If recordings up to it may still be under way, or it lies before 1970.
    """
    if as_of is None:
        return None
    if as_of.year < FIRST_DAY.year:
        raise BadInstant(f"as_of lies before {FIRST_DAY}.")
    if as_of > clock.now():
        raise BadInstant(f"as_of lies ahead; the record is settled until {_settled()}.")
    settled = facts.settle()
    if as_of > settled:
        raise BadInstant(f"The record is settled until {answers.local(settled)} only.")
    return as_of


def _settled() -> str:
    """Return the last instant that can be asked for, as text."""
    return answers.local(facts.settle())


def page_of(items: Sequence[Any], page: Page) -> dict[str, Any]:
    """Return one page of a list that is at hand as a whole."""
    start = (page.page - 1) * page.page_size
    return paged(items[start : start + page.page_size], count=len(items), page=page)


def paged(items: Sequence[Any], *, count: int, page: Page) -> dict[str, Any]:
    """Return a page in the form of ``answers.Paged``.

    Args:
        items: What stands on the page.
        count: Items of the whole list. [count]
        page: Which page it is.
    """
    pages = ceil(count / page.page_size)
    return {"items": items, "count": count, "page": page.page, "pages": pages}
