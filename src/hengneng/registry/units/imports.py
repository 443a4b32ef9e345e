"""Lists of units, and lists of the units that stand on a year's list."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from hengneng.kernel.facts.operations import EmptySpan
from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Change, Column
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import Listing, ListingKind, ProgrammeTier, Unit

FIRST_SITE = "1"
# Since when a fact counts that says nothing of it: before any history that is uploaded.
BEGINNING = cells.moment("2000-01-01")
_KINDS = {
    "key": ListingKind.KEY,
    "重点用能单位": ListingKind.KEY,
    "district_monitored": ListingKind.DISTRICT_MONITORED,
    "用能监控单位": ListingKind.DISTRICT_MONITORED,
}
_TIERS = {
    "hundred": ProgrammeTier.HUNDRED,
    "百家": ProgrammeTier.HUNDRED,
    "thousand": ProgrammeTier.THOUSAND,
    "千家": ProgrammeTier.THOUSAND,
    "other": ProgrammeTier.OTHER,
    "其他": ProgrammeTier.OTHER,
}


class NoDistrict(ValueError):
    """A site is named without the district it lies in."""


class UnitImporter:
    """A list of units; a district given places the unit's site in it."""

    kind = "units"
    columns = (
        Column("code", "统一社会信用代码", True, "18 characters", cells.text(18)),
        Column("name", "单位名称", True, "the unit's name", cells.text(120)),
        Column("name_en", "英文名称", False, "the unit's English name", cells.text(160)),
        Column("sector", "领域", False, "the unit's sector", cells.text(40)),
        Column("address", "地址", False, "the unit's address", cells.text(200)),
        Column(
            "district",
            "所属区",
            False,
            "code or Chinese name, like 310101 or 黄浦区",
            cells.text(40),
        ),
        Column("site_code", "场所编号", False, "short name of the site; default 1", cells.text(20)),
        Column(
            "site_name", "场所名称", False, "name of the site; default the unit's", cells.text(120)
        ),
        Column(
            "valid_from",
            "起始时间",
            False,
            "since when the site lies there, till the next change known; default 2000-01-01",
            cells.moment,
        ),
    )
    anticipated = (
        NoDistrict,
        EmptySpan,
        operations.BadCreditCode,
        operations.NoName,
        operations.UnknownDistrict,
    )

    @cached_property
    def _districts(self) -> dict[str, str]:
        """Return the codes of districts by code and by Chinese name, with and without 区."""
        rows = bodies.districts()
        names = {name: r.code for r in rows for name in (r.name_zh, r.name_zh.removesuffix("区"))}
        return names | {r.code: r.code for r in rows}

    @cached_property
    def _ids(self) -> dict[str, int]:
        """Return the units' ids by code."""
        return queries.ids_by_code()

    def apply(self, values: Mapping[str, Any], *, by: int | None, at: datetime) -> Change:
        """Enter or correct a unit and place its site; blank cells leave what is known."""
        said = {f: values[f] for f in operations.CORRECTABLE if values[f] is not None}
        code = values["code"].upper()
        if code in self._ids:
            change = _correct(self._ids[code], said, by=by, at=at)
        else:
            self._ids[code] = operations.create_unit(code=code, by=by, at=at, **said).id
            change = Change.NEW
        is_placed = self._place(self._ids[code], values, by=by, at=at)
        return Change.CHANGED if is_placed and change is Change.UNCHANGED else change

    def _place(
        self, unit_id: int, values: Mapping[str, Any], *, by: int | None, at: datetime
    ) -> bool:
        """Place the row's site if it says so; answer whether anything changed."""
        if values["district"] is None:
            if values["site_code"] or values["site_name"]:
                raise NoDistrict("a site is named without its district")
            return False
        district = self._districts.get(values["district"])
        if district is None:
            raise operations.UnknownDistrict(f"no district {values['district']}")
        code = values["site_code"] or FIRST_SITE
        start = values["valid_from"] or BEGINNING
        lies_in, until = queries.placement_from(unit_id, code, start)
        site = queries.site_by_code(unit_id, code)
        if site and lies_in == district and values["site_name"] in (None, site.name):
            return False
        operations.place_site(
            unit_id=unit_id,
            site_code=code,
            district_code=district,
            valid_from=start,
            valid_until=until,
            name=values["site_name"] or "",
            by=by,
            at=at,
        )
        return True


class ListingImporter:
    """The units of a year's list: Notice 321 (2020), annex 3."""

    kind = "listings"
    columns = (
        Column("unit_code", "统一社会信用代码", True, "18 characters", cells.text(18)),
        Column("year", "年度", True, "the list's year", cells.whole(1990, 2200)),
        Column("kind", "名单类别", True, "KEY or DISTRICT_MONITORED", cells.choice(_KINDS)),
        Column("tier", "级别", False, "HUNDRED, THOUSAND or OTHER", cells.choice(_TIERS)),
    )
    anticipated = (queries.UnknownUnit,)

    @cached_property
    def _ids(self) -> dict[str, int]:
        """Return the units' ids by code."""
        return queries.ids_by_code()

    def apply(self, values: Mapping[str, Any], *, by: int | None, at: datetime) -> Change:
        """List a unit or correct its tier."""
        unit_id = self._ids.get(values["unit_code"].upper())
        if unit_id is None:
            raise queries.UnknownUnit(f"no unit {values['unit_code']}")
        identity = {"unit_id": unit_id, "year": values["year"], "kind": values["kind"]}
        known = Listing.objects.filter(**identity).first()
        tier = values["tier"] or (known.tier if known else ProgrammeTier.OTHER)
        if known and known.tier == tier:
            return Change.UNCHANGED
        operations.list_unit(**identity, tier=tier, by=by, at=at)
        return Change.CHANGED if known else Change.NEW


def _correct(unit_id: int, said: Mapping[str, str], *, by: int | None, at: datetime) -> Change:
    """Correct what differs in the ledger."""
    unit = Unit.objects.get(id=unit_id)
    differing = {field: value for field, value in said.items() if getattr(unit, field) != value}
    if not differing:
        return Change.UNCHANGED
    operations.correct_unit(unit_id=unit_id, by=by, at=at, **differing)
    return Change.CHANGED
