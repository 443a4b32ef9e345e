"""Which classes a unit falls into by its overall consumption of a year."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class UnitClass(NamedTuple):
    """A class of one edition.

    Attributes:
        code: Its name in the house.
        edition: Which text defines it.
        edition_en: That text's name in English.
        clause: Where in it.
        scope: Where it holds: the nation or a city.
        name_zh: Its name in Chinese.
        name_en: Its name in English.
        from_tce: Overall consumption from which on a unit belongs to it. [tce a year]
        below_tce: Overall consumption from which on it no longer does; None: never. [tce a year]
        is_automatic: Whether consumption alone decides; else an authority designates the unit.
        valid_from: First day in force.
        valid_until: Day after the last; None: still.
        citation: Where the record was taken from.
        verified: Whether the official text was held in hand.
    """

    code: str
    edition: str
    edition_en: str
    clause: str
    scope: str
    name_zh: str
    name_en: str
    from_tce: Decimal
    below_tce: Decimal | None
    is_automatic: bool
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


def classes_of(tce: Decimal, day: date) -> list[UnitClass]:
    """Return the classes that a consumption falls into by the rules of a day, smallest first.

    Args:
        tce: Overall consumption of the year. [tce]
        day: By whose rules; for a year's consumption its last day.

    Source:
        ``classes.toml``: clause and citation stand at each record.

    >>> [found.code for found in classes_of(Decimal("9999.9999"), date(2025, 12, 31))]
    ['CITY_KEY_UNIT', 'DESIGNATED_KEY_UNIT', 'TEN_THOUSAND']
    """
    return [
        record
        for record in classes_on(day)
        if record.from_tce <= tce and (record.below_tce is None or tce < record.below_tce)
    ]


def classes_on(day: date) -> list[UnitClass]:
    """Return every class in force on a day, by its lower bound, then by code."""
    valid = [
        record
        for record in _records()
        if record.valid_from <= day and (record.valid_until is None or day < record.valid_until)
    ]
    return sorted(valid, key=lambda record: (record.from_tce, record.code))


@lru_cache(maxsize=1)
def _records() -> tuple[UnitClass, ...]:
    """Return every record that is shipped; numbers are texts there, so that they are exact."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(
        UnitClass(
            **record
            | {
                "from_tce": Decimal(record["from_tce"]),
                "below_tce": Decimal(record["below_tce"]) if "below_tce" in record else None,
                "valid_until": record.get("valid_until"),
            }
        )
        for record in tomllib.loads(text)["class"]
    )
