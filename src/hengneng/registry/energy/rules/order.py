"""In which order energy types stand in lists and forms."""

from functools import lru_cache
from importlib import resources

from hengneng.registry.energy.rules import records

_FOLDER = "hengneng.registry.energy.rules"


@lru_cache(maxsize=1)
def shipped() -> dict[str, int]:
    """Return the place of each energy type in ``energy_types.toml``: electricity is the first."""
    text = resources.files(_FOLDER).joinpath("energy_types.toml").read_text("utf-8")
    return {row.code: place for place, row in enumerate(records.read_energy_types(text))}


def place(code: str) -> tuple[int, str]:
    """Return what sorts energy types: as the shipped record has them, those loaded later behind.

    Args:
        code: ``ELECTRICITY``.
    """
    known = shipped()
    return known.get(code, len(known)), code


def place_in_kind(code: str, kind: str) -> tuple[int, int, str]:
    """Return what sorts energy types of several kinds: energy, media, indicators.

    Args:
        code: ``ELECTRICITY``.
        kind: ``ENERGY``, ``MEDIUM`` or ``INDICATOR``.
    """
    return records.KINDS.index(kind), *place(code)
