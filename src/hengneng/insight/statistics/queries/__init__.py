"""Sums of what the viewer reaches: a day, many days, months, today so far, unit by unit."""

from hengneng.insight.statistics.queries.days import (
    CityDay,
    Shares,
    UnitDay,
    city_day,
    unit_amounts,
)
from hengneng.insight.statistics.queries.live import Comparison, Live, live
from hengneng.insight.statistics.queries.months import (
    Membership,
    MemberSums,
    always,
    city_months,
    members_of,
    months_by_member,
    sector_members,
)
from hengneng.insight.statistics.queries.outlook import Outlook, outlook
from hengneng.insight.statistics.queries.reported import Then, as_reported
from hengneng.insight.statistics.queries.roll import PeriodSum
from hengneng.insight.statistics.rules import Share, Sum, TypeSum

__all__ = [
    "CityDay",
    "Comparison",
    "Live",
    "MemberSums",
    "Membership",
    "Outlook",
    "PeriodSum",
    "Share",
    "Shares",
    "Sum",
    "Then",
    "TypeSum",
    "UnitDay",
    "always",
    "as_reported",
    "city_day",
    "city_months",
    "live",
    "members_of",
    "months_by_member",
    "outlook",
    "sector_members",
    "unit_amounts",
]
