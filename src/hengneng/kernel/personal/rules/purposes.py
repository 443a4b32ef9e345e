"""Why a person is held and how long: dated records."""

import tomllib
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from hengneng.kernel.personal.rules.masks import Field


class UnknownPurpose(LookupError):
    """No person is held for such a purpose on that day."""


class Purpose(NamedTuple):
    """One edition of a purpose.

    Attributes:
        code: Its name in the rows.
        edition: Of the record.
        clause: What it rests on.
        valid_from: First day in force; until the code's next record.
        name_zh: What a person is held for, in Chinese.
        name_en: The same in English.
        fields: What may be held for it.
        keep_days: How long after the purpose has ended. [d]
        citation: Where the record was taken from.
        verified: Whether the text was held in hand.
    """

    code: str
    edition: str
    clause: str
    valid_from: date
    name_zh: str
    name_en: str
    fields: frozenset[Field]
    keep_days: int
    citation: str
    verified: bool


def purpose_on(code: str, day: date) -> Purpose:
    """Return a purpose as it is in force on a day.

    Raises:
        UnknownPurpose: If it is not.
    """
    for purpose in purposes_on(day):
        if purpose.code == code:
            return purpose
    raise UnknownPurpose(f"no purpose {code} on {day}")


def purposes_on(day: date) -> list[Purpose]:
    """Return every purpose in force on a day, by code, each in its latest edition."""
    latest: dict[str, Purpose] = {}
    for purpose in sorted(_purposes(), key=lambda record: record.valid_from):
        if purpose.valid_from <= day:
            latest[purpose.code] = purpose
    return [latest[code] for code in sorted(latest)]


def erased_on(ended_on: date, purpose: Purpose) -> date:
    """Return the first day on which a person may no longer be held.

    Args:
        ended_on: The last day on which the purpose needed them.
        purpose: Why they were held.

    >>> erased_on(date(2026, 11, 23), purpose_on("CONTACT", date(2026, 11, 23)))
    datetime.date(2028, 11, 23)
    """
    return ended_on + timedelta(days=purpose.keep_days + 1)


@lru_cache(maxsize=1)
def _purposes() -> tuple[Purpose, ...]:
    """Return every record that is shipped."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(
        Purpose(**(record | {"fields": frozenset(Field(name) for name in record["fields"])}))
        for record in tomllib.loads(text)["purpose"]
    )
