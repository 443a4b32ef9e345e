"""A unit's points, and those that a terminal proposed."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from hengneng.kernel.policy.rules import Permission
from hengneng.protocol import codes
from hengneng.registry.energy import queries as energy
from hengneng.registry.points import queries as points
from hengneng.web.api import access, answers, spans, units
from hengneng.web.api.access import Asked
from hengneng.web.api.answers import Exact, Instant

router = Router(tags=["points"])

Level = Literal["LEVEL_1", "LEVEL_2", "LEVEL_3", "OTHER"]
Flow = Literal["BOUGHT", "GENERATED", "STORED", "SUPPLIED_OUT", "CONVERSION_OUTPUT"]
LEVEL = "一级, 二级, 三级; LEVEL_1 is the unit's boundary."
FLOW = "Which way the energy goes over the unit's boundary."
UOM = "Unit of measure of its energy."


class Source(Schema):
    """The wire's name whose data feed a point: a national code, or a meter's register."""

    data_code: str | None = Field(
        description="National data code, 16 digits; null where a register feeds the point.",
        examples=["0000000002330011"],
    )
    data_code_dashed: str | None = Field(
        description="The same as most provinces write it.", examples=["00-00-0000-023300-11"]
    )
    meter: str | None = Field(description="The meter, where a register feeds the point.")
    meter_register: str | None = Field(description="Its register.", examples=["total"])


class Point(Source):
    """A metering point (计量点) as it is now."""

    id: int = Field(description="The platform's number of it.", examples=[17])
    code: str = Field(description="The unit's own short name of it.", examples=["E-01"])
    name: str
    energy_type: str = Field(examples=["ELECTRICITY"])
    uom: str = Field(description=UOM, examples=["kWh"])
    level: Level = Field(description=LEVEL)
    flow: Flow = Field(description=FLOW)
    kind: Literal["REGISTER", "INCREMENT"] = Field(
        description="Readings of a register at instants, or consumption per period."
    )
    slot_seconds: int = Field(description="Length of its slots. [s]", examples=[900])
    ratio: str = Field(
        description="CT × PT as an exact fraction; what the register counts is multiplied by it.",
        pattern=r"^[0-9]+/[0-9]+$",
        examples=["40/1"],
    )
    capacity: Exact | None = Field(
        description="The reading that would follow the register's highest; null: not known."
    )
    site: str | None = Field(description="Code of the site it stands at; null: not recorded.")
    parent: int | None = Field(description="The point it lies behind; null: none recorded.")
    valid_from: Instant = Field(description="Since when it is described so.")
    valid_until: Instant | None = Field(description="Until when, exclusive; null: for good.")


class Proposal(Source):
    """A point that a terminal's configuration describes and nobody has decided on."""

    id: int
    name: str
    proposed_at: Instant


@access.read(
    router,
    "units/{code}/points",
    permission=Permission.VIEW_UNIT,
    response=answers.Paged[Point],
    summary="A unit's points",
)
def list_points(
    request: Asked, code: units.UnitCode, asked: Annotated[spans.Page, Query()]
) -> dict[str, Any]:
    """Return the points as they are described now, by level and code.

    Permission: VIEW_UNIT, reaching this unit.
    """
    unit = units.unit_of(request.auth, Permission.VIEW_UNIT, code)
    uoms = {one.code: one.uom for one in energy.energy_types()}
    shown = spans.page_of(points.points_of(unit.id), asked)
    return shown | {"items": [_point(row, uoms[row.energy_type_id]) for row in shown["items"]]}


@access.read(
    router,
    "units/{code}/proposals",
    permission=Permission.VIEW_UNIT,
    response=answers.Paged[Proposal],
    summary="A unit's proposed points",
)
def list_proposals(
    request: Asked, code: units.UnitCode, asked: Annotated[spans.Page, Query()]
) -> dict[str, Any]:
    """Return the points that await a decision, oldest first; they count once confirmed.

    Permission: VIEW_UNIT, reaching this unit.
    """
    unit = units.unit_of(request.auth, Permission.VIEW_UNIT, code)
    shown = spans.page_of(points.proposals_of(unit.id), asked)
    return shown | {
        "items": [
            {"id": row.id, "name": row.name, "proposed_at": row.proposed_at} | _source(row.key)
            for row in shown["items"]
        ]
    }


def _point(row: points.PointRow, uom: str) -> dict[str, Any]:
    """Return a point in the form of ``Point``."""
    return (
        row._asdict()
        | _source(row.key)
        | {
            "energy_type": row.energy_type_id,
            "uom": uom,
            "ratio": f"{row.ratio.numerator}/{row.ratio.denominator}",
            "site": row.site_code,
            "parent": row.parent_id,
        }
    )


def _source(key: str | None) -> dict[str, str | None]:
    """Return the parts of a source's key."""
    code = key.removeprefix("N:") if key and key.startswith("N:") else None
    _, meter, register = key.split(":", 2) if key and key.startswith("R:") else (None, None, None)
    return {
        "data_code": code,
        "data_code_dashed": codes.dashed(code) if code else None,
        "meter": meter,
        "meter_register": register,
    }
