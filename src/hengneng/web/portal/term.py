"""By when a change of a meter is told: the clock that runs in working days."""

from datetime import date, timedelta
from typing import NamedTuple

from hengneng.kernel import workdays
from hengneng.registry.instruments.rules import deadlines
from hengneng.registry.instruments.rules.deadlines import Deadline


class Term(NamedTuple):
    """How a deadline stands on a day.

    Attributes:
        due_on: The last day on which it is told in time.
        left: Working days left after today. [working days]
        is_over: Whether the last day is over.
        is_arranged: Whether the year's holidays are known; else Monday to Friday were counted.
    """

    due_on: date
    left: int
    is_over: bool
    is_arranged: bool


def term_until(due_on: date, *, today: date) -> Term:
    """Return how a deadline stands.

    Args:
        due_on: The last day on which it is told in time.
        today: The city's day now.

    >>> term_until(date(2026, 3, 13), today=date(2026, 3, 10))[:3]
    (datetime.date(2026, 3, 13), 3, False)
    """
    ahead = range(1, (due_on - today).days + 1)
    left = sum(workdays.is_working_day(today + timedelta(days=n)) for n in ahead)
    return Term(due_on, left, due_on < today, workdays.is_arranged(due_on.year))


def term_from(happened_on: date, *, today: date) -> tuple[Term, Deadline]:
    """Return by when a change of that day is told, and the rule that says so.

    Raises:
        NoDeadline: If no rule was valid on that day.
    """
    rule = deadlines.deadline_on(happened_on)
    due_on = workdays.working_days_after(happened_on, rule.within_working_days)
    return term_until(due_on, today=today), rule
