"""How old a unit's last message may be: dated limits, and what they make of an age."""

import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from hengneng.kernel.editions import edition_on


class NoFreshnessRule(LookupError):
    """No edition of the freshness limits was valid on that day."""


class Standing(StrEnum):
    """How a unit's connection stands."""

    LIVE = "LIVE"
    LATE = "LATE"
    SILENT = "SILENT"
    NEVER = "NEVER"  # nothing ever came


class FreshnessRule(NamedTuple):
    """One edition of the limits.

    Attributes:
        edition: Its name.
        valid_from: First day it was valid.
        live_within: Age of the last message up to which a connection is live.
        late_within: Age up to which it is late; beyond it is silent.
        data_days: How many days back the newest data of a live connection may lie. [count]
        completeness_days: Over how many days that are over completeness is looked at. [count]
        complete_from: Completeness from which on data are complete. [1]
        citation: Where the limits were taken from.
        verified: Whether the text was held in hand.
    """

    edition: str
    valid_from: date
    live_within: timedelta
    late_within: timedelta
    data_days: int
    completeness_days: int
    complete_from: Decimal
    citation: str
    verified: bool


def rule_on(day: date) -> FreshnessRule:
    """Return the edition valid on a day.

    Raises:
        NoFreshnessRule: If none was.
    """
    return edition_on(_rules(), day, missing=NoFreshnessRule(f"no freshness rule on {day}"))


def standing(
    received_at: datetime | None, *, at: datetime, rule: FreshnessRule, is_behind: bool = False
) -> Standing:
    """Return how a connection stands at an instant.

    Args:
        received_at: When the last message came; None: never. Aware.
        at: The instant. Aware.
        rule: The limits.
        is_behind: Whether messages come, but none of the rule's last days.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> str(standing(at - timedelta(hours=3), at=at, rule=rule_on(at.date())))
    'LATE'
    """
    if received_at is None:
        return Standing.NEVER
    if at - received_at <= rule.live_within:
        return Standing.LATE if is_behind else Standing.LIVE
    return Standing.LATE if at - received_at <= rule.late_within else Standing.SILENT


@lru_cache(maxsize=1)
def _rules() -> tuple[FreshnessRule, ...]:
    """Return every edition that is shipped."""
    records = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        FreshnessRule(
            record["edition"],
            record["valid_from"],
            timedelta(minutes=record["live_within_minutes"]),
            timedelta(minutes=record["late_within_minutes"]),
            record["data_days"],
            record["completeness_days"],
            Decimal(record["complete_from"]),
            record["citation"],
            record["verified"],
        )
        for record in records["edition"]
    )
