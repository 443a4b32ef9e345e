"""The bodies and districts of the city."""

from typing import NamedTuple

from django.db.models import QuerySet

from hengneng.registry.bodies.models import Body, District


class UnknownBody(LookupError):
    """The city has no body of that code."""


class DistrictRow(NamedTuple):
    """A district with the standing of its code."""

    code: str
    name_zh: str
    name_en: str
    citation: str
    verified: bool


class BodyRow(NamedTuple):
    """A body that acts in the programme."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    district_id: str | None


def districts() -> list[DistrictRow]:
    """Return the districts and the branches that are districts by jurisdiction, by code."""
    rows = District.objects.order_by("code").values_list(*DistrictRow._fields)
    return [DistrictRow(*row) for row in rows]


def is_district(code: str) -> bool:
    """Answer whether the city has a district of that code."""
    return District.objects.filter(code=code).exists()


def bodies() -> list[BodyRow]:
    """Return the bodies, by kind and code."""
    return _rows(Body.objects.order_by("kind", "code"))


def body_by_code(code: str) -> BodyRow:
    """Return one body.

    Raises:
        UnknownBody: If the city has none of that code.
    """
    found = _rows(Body.objects.filter(code=code))
    if not found:
        raise UnknownBody(f"no body {code}")
    return found[0]


def _rows(rows: QuerySet[Body]) -> list[BodyRow]:
    return [BodyRow(*row) for row in rows.values_list(*BodyRow._fields)]
