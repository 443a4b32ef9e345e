"""The text of cycle records as plain values."""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from hengneng.registry.instruments.rules.certificates import Cycle, EndsIn, plain_class
from hengneng.registry.instruments.rules.kinds import kinds

_MONTHS_MAX = 600


class UnreadableCycle(ValueError):
    """A cycle record lacks a field or holds a value of the wrong form."""


def read_cycles(text: str) -> list[Cycle]:
    """Return the cycles of a TOML text: each ``edition`` table with its ``cycle`` tables.

    Edition and valid range stand once at the edition; a cycle may state its own.

    Raises:
        UnreadableCycle: If a record does not have the form.
    """
    try:
        editions = tomllib.loads(text).get("edition", [])
    except tomllib.TOMLDecodeError as error:
        raise UnreadableCycle(f"not TOML: {error}") from error
    return [
        _cycle({key: value for key, value in edition.items() if key != "cycle"} | record)
        for edition in editions
        for record in edition.get("cycle", [])
    ]


def _cycle(record: Mapping[str, Any]) -> Cycle:
    """Return one record as a cycle."""
    cycle = Cycle(
        kind=_of(record, "kind", str),
        edition=_of(record, "edition", str),
        clause=_of(record, "clause", str),
        classes=tuple(plain_class(str(one)) for one in record.get("classes", ())),
        diameter_over_mm=_number(record, "diameter_over_mm"),
        diameter_up_to_mm=_number(record, "diameter_up_to_mm"),
        months=_number(record, "months"),
        ends_in=_of(record, "ends_in", str),
        valid_from=_of(record, "valid_from", date),
        valid_until=_of(record, "valid_until", date) if "valid_until" in record else None,
        citation=_of(record, "citation", str),
        verified=_of(record, "verified", bool),
    )
    if cycle.kind not in kinds() or cycle.ends_in not in list(EndsIn):
        raise UnreadableCycle(f"no such kind or end: {cycle.kind}, {cycle.ends_in}")
    return cycle


def _of(record: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = record.get(name)
    if type(value) is not kind or value == "":
        raise UnreadableCycle(f"{name} is not a {kind.__name__} in {dict(record)}")
    return value


def _number(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 < value <= _MONTHS_MAX:
        raise UnreadableCycle(f"{name} is not a number up to {_MONTHS_MAX} in {dict(record)}")
    return value
