"""The columns of both kinds of list, and the headings seen for them."""

import re
import unicodedata

from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Column
from hengneng.registry.units.models import FacilityKind, ListingKind, ProgrammeTier

_BETWEEN = re.compile(r"[、,，;；/|\s]+")
FACILITIES = {
    "数据中心": FacilityKind.DATA_CENTRE,
    "互联网数据中心": FacilityKind.DATA_CENTRE,
    "IDC": FacilityKind.DATA_CENTRE,
    "岸电": FacilityKind.SHORE_POWER,
    "码头岸电": FacilityKind.SHORE_POWER,
    "轨道交通": FacilityKind.RAIL,
    "铁路": FacilityKind.RAIL,
    "铁路站点": FacilityKind.RAIL,
    "机场": FacilityKind.AIRPORT,
    "港口": FacilityKind.PORT,
    "商场": FacilityKind.MALL,
    "宾馆": FacilityKind.HOTEL,
    "酒店": FacilityKind.HOTEL,
    "商务办公": FacilityKind.OFFICE,
    "办公楼": FacilityKind.OFFICE,
    "公共机构": FacilityKind.PUBLIC_BODY,
    "高校": FacilityKind.UNIVERSITY,
    **{kind.value: kind for kind in FacilityKind},
}
_KINDS = {
    "key": ListingKind.KEY,
    "重点用能单位": ListingKind.KEY,
    "重点用能(排放)单位": ListingKind.KEY,
    "重点": ListingKind.KEY,
    "district_monitored": ListingKind.DISTRICT_MONITORED,
    "用能监控单位": ListingKind.DISTRICT_MONITORED,
    "能耗监控单位": ListingKind.DISTRICT_MONITORED,
    "监控": ListingKind.DISTRICT_MONITORED,
}
_TIERS = {
    "hundred": ProgrammeTier.HUNDRED,
    "百家": ProgrammeTier.HUNDRED,
    "thousand": ProgrammeTier.THOUSAND,
    "千家": ProgrammeTier.THOUSAND,
    "other": ProgrammeTier.OTHER,
    "其他": ProgrammeTier.OTHER,
}


def credit_code(cell: str) -> str:
    """Return a cell's social credit code in the standard's characters, right or wrong.

    >>> credit_code(" ９１350100m000100y43 ")
    '91350100M000100Y43'
    """
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", cell)).upper()


def facilities(cell: str) -> tuple[str, ...]:
    """Return the kinds of facility that a cell names, once each.

    Raises:
        ValueError: If it names another.
    """
    words = [word for word in _BETWEEN.split(cell) if word]
    strange = [word for word in words if word.upper() not in FACILITIES]
    if strange:
        raise ValueError(f"{', '.join(strange)} is none of {', '.join(FACILITIES)}")
    return tuple(dict.fromkeys(FACILITIES[word.upper()].value for word in words))


_CODE_ALIASES = ("社会信用代码", "信用代码", "统一信用代码", "机构代码", "credit_code", "uscc")

UNIT_COLUMNS = (
    Column("code", "统一社会信用代码", True, "18 characters", credit_code, _CODE_ALIASES),
    Column(
        "name",
        "单位名称",
        True,
        "the unit's name",
        cells.text(120),
        ("用能单位名称", "重点用能单位名称", "企业名称", "用能单位", "名称", "unit", "unit_name"),
    ),
    Column("name_en", "英文名称", False, "the unit's English name", cells.text(160)),
    Column(
        "named_since",
        "更名日期",
        False,
        "since when it bears the name, where it bore another; blank: the name is corrected",
        cells.moment,
        ("名称变更日期", "更名时间"),
    ),
    Column("sector", "领域", False, "the unit's sector", cells.text(40), ("所属领域", "行业领域")),
    Column(
        "industry_code",
        "行业代码",
        False,
        "code of GB/T 4754, as the unit states it",
        cells.text(8),
        ("国民经济行业代码", "行业分类代码"),
    ),
    Column(
        "industry_name",
        "行业名称",
        False,
        "name of the industry",
        cells.text(80),
        ("所属行业", "行业", "国民经济行业", "行业类别", "industry"),
    ),
    Column(
        "department",
        "主管部门",
        False,
        "supervising department",
        cells.text(80),
        ("行业主管部门", "上级主管部门", "主管单位", "领域/主管部门"),
    ),
    Column(
        "address",
        "地址",
        False,
        "the unit's address",
        cells.text(200),
        ("单位地址", "注册地址", "详细地址", "经营地址", "生产经营地址", "通讯地址"),
    ),
    Column(
        "facilities",
        "设施类别",
        False,
        "kinds of facility it runs, like 数据中心、码头岸电; adds to what is known",
        facilities,
        ("设施类型", "特殊设施"),
    ),
    Column(
        "district",
        "所属区",
        False,
        "code or Chinese name, like 310101 or 黄浦区",
        cells.text(40),
        ("区", "所在区", "辖区", "所属辖区", "行政区", "区县", "所属区县", "所在区县"),
    ),
    Column(
        "site_code",
        "场所编号",
        False,
        "short name of the site; default 1",
        cells.text(20),
        ("场所代码", "厂区编号"),
    ),
    Column(
        "site_name",
        "场所名称",
        False,
        "name of the site; default the unit's",
        cells.text(120),
        ("厂区名称", "经营场所"),
    ),
    Column(
        "valid_from",
        "起始时间",
        False,
        "since when the site lies there, till the next change known; default 2000-01-01",
        cells.moment,
        ("生效日期", "开始时间", "起始日期"),
    ),
)

LISTING_COLUMNS = (
    Column("unit_code", "统一社会信用代码", True, "18 characters", credit_code, _CODE_ALIASES),
    Column(
        "year",
        "年度",
        True,
        "the list's year",
        cells.whole(1990, 2200),
        ("年份", "名单年度", "考核年度"),
    ),
    Column(
        "kind",
        "名单类别",
        True,
        "KEY or DISTRICT_MONITORED",
        cells.choice(_KINDS),
        ("单位类别", "名单", "名单类型"),
    ),
    Column(
        "tier",
        "级别",
        False,
        "HUNDRED, THOUSAND or OTHER",
        cells.choice(_TIERS),
        ("百千级别", "层级", "类型"),
    ),
)
