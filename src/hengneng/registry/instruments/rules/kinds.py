"""The kinds of instruments, and which kind a name means."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

_FOLDER = "hengneng.registry.instruments.rules"


class Kind(NamedTuple):
    """A kind of instrument.

    Attributes:
        code: ``ELECTRICITY_METER`` …
        name_zh: Its Chinese name.
        name_en: Its English name.
        words: Names under which ledgers have it.
        edition: The list's edition.
        valid_from: First day of the edition.
        citation: Where it was read.
        verified: Whether in an official text.
    """

    code: str
    name_zh: str
    name_en: str
    words: tuple[str, ...]
    edition: str
    valid_from: date
    citation: str
    verified: bool


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its code."""
    text = resources.files(_FOLDER).joinpath("kinds.toml").read_text("utf-8")
    return {
        record["code"]: Kind(
            record["code"],
            record["name_zh"],
            record["name_en"],
            tuple(record["words"]),
            edition["edition"],
            edition["valid_from"],
            edition["citation"],
            edition["verified"],
        )
        for edition in tomllib.loads(text)["edition"]
        for record in edition["kind"]
    }


def kind_named(text: str) -> str:
    """Return the kind that a word means: its code, a name, or a word of it; empty where none.

    >>> kind_named("WATER_METER"), kind_named("电磁流量计"), kind_named("wheel")
    ('WATER_METER', 'FLOW_METER_ELECTROMAGNETIC', '')
    """
    return _by_word().get(text.strip().upper(), "")


def kind_guessed(name: str) -> str:
    """Return the kind that an instrument's name speaks of: the longest word found in it.

    >>> kind_guessed("三相四线智能电能表"), kind_guessed("气体腰轮流量计(罗茨)")
    ('ELECTRICITY_METER', 'GAS_METER_DISPLACEMENT')
    >>> kind_guessed("打印机")
    ''
    """
    bare = name.strip().upper()
    found = [word for word in _by_word() if word in bare]
    return _by_word()[max(found, key=len)] if found else ""


@lru_cache(maxsize=1)
def _by_word() -> Mapping[str, str]:
    """Return every kind's code by its code, names and words, in capitals."""
    return {
        word.upper(): kind.code
        for kind in kinds().values()
        for word in (kind.code, kind.name_zh, kind.name_en, *kind.words)
    }
