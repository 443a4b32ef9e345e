"""Units: the list of those an account may see, and one of them."""

from collections.abc import Iterable
from typing import Annotated, Any

from ninja import Path, Query, Router, Schema
from pydantic import Field, WithJsonSchema

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries as units
from hengneng.web.api import access, answers, spans
from hengneng.web.api.access import Asked

router = Router(tags=["units"])

UnitCode = Annotated[
    str,
    # Told, not enforced: a code of another form is simply not known.
    WithJsonSchema({"type": "string", "pattern": "^[0-9A-Z]{18}$"}),
    Path(
        description="The unit's unified social credit code, 18 characters.",
        examples=["91310000MA1FL0XX0A"],
    ),
]


class UnknownUnit(answers.NotThere):
    """No such unit is within this account's reach."""

    code = "UNKNOWN_UNIT"


class District(Schema):
    """A district that one of the unit's sites lies in today."""

    code: str = Field(examples=["310115"])
    name: str = Field(examples=["浦东新区"])
    name_en: str = Field(examples=["Pudong New Area"])


class Listing(Schema):
    """A year's list that the unit stands on."""

    year: int = Field(examples=[2026])
    kind: str = Field(
        description="KEY (重点用能单位) or DISTRICT_MONITORED (用能监控单位).", examples=["KEY"]
    )
    tier: str = Field(
        description="Tier of the key-unit programme: HUNDRED, THOUSAND or OTHER.",
        examples=["THOUSAND"],
    )


class Unit(Schema):
    """An energy-using unit (用能单位)."""

    code: str = Field(description="Unified social credit code.", examples=["91310000MA1FL0XX0A"])
    name: str = Field(description="Its name in Chinese.", examples=["衡能示范商场有限公司"])
    name_en: str = Field(description="Its name in English; empty where it has none.")
    sector: str = Field(description="Its sector; empty where not recorded.")
    address: str = Field(description="Its address; empty where not recorded.")
    districts: list[District] = Field(description="Where its sites lie today, by code.")
    listings: list[Listing] = Field(description="The years' lists it stands on, latest first.")


class UnitsAsked(spans.Page):
    """Which units."""

    q: str | None = Field(
        None,
        max_length=60,
        pattern=r"^[^\x00]*$",
        description="Part of a code or a name, upper or lower case.",
        examples=["商场"],
    )
    district: str | None = Field(
        None,
        max_length=12,
        pattern=r"^[0-9A-Za-z_-]*$",
        description="Code of a district in which the unit has a site today.",
        examples=["310115"],
    )


@access.read(
    router,
    "units",
    permission=Permission.VIEW_UNIT,
    response=answers.Paged[Unit],
    summary="Units within reach",
)
def list_units(request: Asked, asked: Annotated[UnitsAsked, Query()]) -> dict[str, Any]:
    """Return the units that the account may see, by code.

    Permission: VIEW_UNIT.
    """
    found = units.unit_page(
        request.auth,
        Permission.VIEW_UNIT,
        search=asked.q or "",
        district=asked.district or "",
        page=asked.page,
        size=asked.page_size,
    )
    return spans.paged(_units(found.rows), count=found.total, page=asked)


@access.read(
    router,
    "units/{code}",
    permission=Permission.VIEW_UNIT,
    response=Unit,
    summary="One unit",
)
def one_unit(request: Asked, code: UnitCode) -> dict[str, Any]:
    """Return a unit.

    Permission: VIEW_UNIT, reaching this unit.
    """
    return _units([unit_of(request.auth, Permission.VIEW_UNIT, code)])[0]


def unit_of(viewer: Viewer, permission: Permission, code: str) -> units.UnitRow:
    """Return the unit of that code if the permission reaches it.

    Raises:
        UnknownUnit: If there is none, or none that the viewer may know of.
    """
    try:
        # A NUL, say, is no text to PostgreSQL.
        return units.unit_row(viewer, permission, code if code.isalnum() else "")
    except units.UnknownUnit as error:
        raise UnknownUnit("No such unit is within this account's reach.") from error


def _units(rows: Iterable[units.UnitRow]) -> list[dict[str, Any]]:
    """Return units with their districts' names and their lists."""
    shown = list(rows)
    names = {district.code: district for district in bodies.districts()}
    lists = units.listings_by_unit([row.id for row in shown])
    return [
        row._asdict()
        | {
            "districts": [
                {"code": code, "name": names[code].name_zh, "name_en": names[code].name_en}
                for code in row.districts
            ],
            "listings": [listing._asdict() for listing in lists.get(row.id, [])],
        }
        for row in shown
    ]
