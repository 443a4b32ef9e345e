"""What an address asks for: a day, a month, a year, a basis of coal."""

from datetime import date, timedelta

from django.http import HttpRequest
from django.utils import timezone

from hengneng.kernel import clock

BASES = ("CALORIFIC", "EQUIVALENT")
SPANS = ("day", "week", "month")
FIRST_DAY = date(2000, 1, 1)
WEEK_DAYS = 7


def today() -> date:
    """Return the city's day now."""
    return timezone.localdate(clock.now())


def day_of(request: HttpRequest, *, otherwise: date) -> date:
    """Return the day asked for, today at most; another where it cannot be read."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return otherwise
    return day if FIRST_DAY <= day <= today() else otherwise


def basis_of(request: HttpRequest) -> str:
    """Return how electricity and heat become coal."""
    basis = request.GET.get("basis", "")
    return basis if basis in BASES else BASES[0]


def span_of(request: HttpRequest) -> str:
    """Return whether a day, a week or a month is asked for."""
    span = request.GET.get("span", "")
    return span if span in SPANS else SPANS[0]


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month.

    >>> month_of(date(2026, 2, 10))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday and the Sunday of a day's week.

    >>> week_of(date(2026, 3, 1))
    (datetime.date(2026, 2, 23), datetime.date(2026, 3, 1))
    """
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=WEEK_DAYS - 1)


def days_between(first: date, last: date) -> list[date]:
    """Return the days from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
