"""When an admitted terminal must fetch its id, how many may wait, when each unit uploads."""

import tomllib
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from hengneng.kernel.editions import edition_on

# Successive numbers times this, modulo one, spread evenly over [0, 1) however many there are.
_GOLDEN = 0x9E3779B97F4A7C15
_WORD = 1 << 64


class NoAdmissionRule(LookupError):
    """No edition of the admission rules was valid on that day."""


class AdmissionRule(NamedTuple):
    """One edition of the rules.

    Attributes:
        edition: Its name.
        valid_from: First day it was valid.
        fetch_within: How long an admitted terminal may take to fetch its id.
        refused_for: How long a refusal answers the same registrant's further requests.
        pending_max: Requests of one unit that may wait. [count]
        upload_from: Start of the part of the day in which data are best sent.
        upload_window: Its length.
    """

    edition: str
    valid_from: date
    fetch_within: timedelta
    refused_for: timedelta
    pending_max: int
    upload_from: time
    upload_window: timedelta


def rule_on(day: date) -> AdmissionRule:
    """Return the edition valid on a day.

    Raises:
        NoAdmissionRule: If none was.
    """
    return edition_on(_rules(), day, missing=NoAdmissionRule(f"no admission rule on {day}"))


def upload_time(unit_id: int, rule: AdmissionRule) -> str:
    """Return the time of day at which a unit's terminals best send, ``HH:mm:ss``.

    >>> upload_time(1, rule_on(date(2026, 1, 1)))
    '03:28:19'
    """
    share = unit_id * _GOLDEN % _WORD
    seconds = int(rule.upload_window.total_seconds()) * share // _WORD
    # Any day serves: only the time of day is kept.
    start = datetime.combine(rule.valid_from, rule.upload_from)
    return (start + timedelta(seconds=seconds)).strftime("%H:%M:%S")


@lru_cache(maxsize=1)
def _rules() -> tuple[AdmissionRule, ...]:
    """Return every edition that is shipped."""
    records = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        AdmissionRule(
            record["edition"],
            record["valid_from"],
            timedelta(hours=record["fetch_within_hours"]),
            timedelta(hours=record["refused_for_hours"]),
            record["pending_max"],
            record["upload_from"],
            timedelta(minutes=record["upload_window_minutes"]),
        )
        for record in records["edition"]
    )
