"""Load the city: its districts and bodies."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any, NamedTuple

from django.db import models, transaction

from hengneng.kernel.audit import operations as audit
from hengneng.registry.bodies.models import Body, District

DISTRICT_FIELDS = ("code", "name_zh", "name_en", "citation", "verified")
BODY_FIELDS = ("code", "kind", "name_zh", "name_en", "district_id")


class UnreadableCity(ValueError):
    """A district or body of the city's file lacks a field, or the file is not TOML."""


class CityChanged(ValueError):
    """A district or body of the same code is loaded already and says something else."""


class Loaded(NamedTuple):
    """How many were new. [count]"""

    districts: int
    bodies: int


@transaction.atomic
def load_city(*, by: int | None, at: datetime, text: str | None = None) -> Loaded:
    """Load districts and bodies; what is loaded already stays.

    Args:
        by: Account acting; None for the installation itself.
        at: When. Aware.
        text: Another city's TOML; None for the one that ships.

    Raises:
        CityChanged: If a record differs from the loaded one of the same code.
        UnreadableCity: If the text does not have the form.
    """
    if text is None:
        folder = resources.files("hengneng.registry.bodies.rules")
        text = (folder / "city.toml").read_text("utf-8")
    try:
        city = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableCity(f"not TOML: {error}") from error
    districts = [_record(table, DISTRICT_FIELDS) for table in city.get("district", [])]
    bodies = [
        _record({"district_id": None} | _with_district_id(table), BODY_FIELDS)
        for table in city.get("body", [])
    ]
    loaded = Loaded(_load(District, districts), _load(Body, bodies))
    if any(loaded):
        audit.record("city.loaded", subject="city", by=by, at=at, details=loaded._asdict())
    return loaded


def _with_district_id(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body's table with its district under the column's name."""
    return {"district_id" if name == "district" else name: value for name, value in table.items()}


def _record(table: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Return the table if it has exactly these fields.

    Raises:
        UnreadableCity: If it has not.
    """
    if set(table) != set(fields):
        raise UnreadableCity(f"expected {', '.join(fields)} in {dict(table)}")
    return dict(table)


def _load(model: type[models.Model], records: Sequence[dict[str, Any]]) -> int:
    """Insert the records whose code is not there yet and return how many.

    Raises:
        CityChanged: If a record differs from the loaded one of the same code.
    """
    there = {row.pk: row for row in model._default_manager.all()}
    for record in records:
        row = there.get(record["code"])
        differing = [f for f, value in record.items() if row and getattr(row, f) != value]
        if differing:
            raise CityChanged(f"{record['code']} differs in {', '.join(differing)}")
    new = [model(**record) for record in records if record["code"] not in there]
    return len(model._default_manager.bulk_create(new))
