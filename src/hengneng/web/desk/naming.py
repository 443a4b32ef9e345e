"""Units' names in the reader's language, in the rows of whichever room names them."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.utils.translation import get_language

from hengneng.registry.units import queries as units

Row = TypeVar("Row", bound=Any)


def named(rows: Sequence[Row]) -> list[Row]:
    """Return rows whose ``unit_name`` an English reader reads in English, where there is such.

    Args:
        rows: Named tuples with ``unit_code`` and ``unit_name``. Shape (n,).
    """
    if get_language() != "en":
        return list(rows)
    english = units.english_names({row.unit_code for row in rows if row.unit_code})
    return [
        row._replace(unit_name=english[row.unit_code]) if row.unit_code in english else row
        for row in rows
    ]


def name_of(code: str, name: str) -> str:
    """Return a unit's name in the reader's language.

    Args:
        code: The unit's social credit code.
        name: Its name.
    """
    return units.english_names([code]).get(code, name) if get_language() == "en" else name


def named_one(row: Row) -> Row:
    """Return one such row."""
    return named([row])[0]
