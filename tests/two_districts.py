"""A city of two districts with one unit in each, and an account in every role at the first.

What lies in the first district is *own*, what lies in the second *foreign*; an account of the city
reaches both.
"""

import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from hengneng.kernel.policy.models import Grant
from hengneng.kernel.policy.rules import GRANTABLE
from hengneng.people.accounts.models import Account, Membership, Token
from hengneng.people.accounts.rules.roles import BODY_KINDS, REACH, Role
from hengneng.programme.notices.models import Notice
from hengneng.registry.bodies.models import Body, District
from hengneng.registry.energy.models import BalanceWeight, EnergyType, Factor
from hengneng.registry.points.models import Description, Point, Proposal, Source
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.units.models import Listing, Placement, Site, Unit

SINCE = datetime(2025, 12, 31, 16, tzinfo=UTC)  # the city's New Year


class Place(NamedTuple):
    """A district's unit with one of everything."""

    district: District
    unit: Unit
    point: Point
    proposal: Proposal
    terminal: Terminal
    notice: Notice
    holder: Account


class City(NamedTuple):
    """Both places."""

    own: Place
    foreign: Place


def build() -> City:
    """Make the city's rows."""
    _rules()
    own = _place("310101", "黄浦区", "91310000MA1FL00016", "甲饭店", "0000000002330011")
    foreign = _place("310104", "徐汇区", "91310000MA1FL00024", "乙商场", "0000000002330011")
    return City(own, foreign)


def account(role: Role, own: Place) -> Account:
    """Return a new account that holds the role at the own unit, district, or for the city."""
    made = stranger(f"a {role.lower()}")
    Membership.objects.create(account=made, role=role, since_at=SINCE, **_seat(role, own))
    return made


def grantee(own: Place) -> Account:
    """Return a new account without a role, to which everything grantable is granted there."""
    made = stranger("a grantee")
    Grant.objects.bulk_create(
        Grant(account_id=made.id, unit_id=own.unit.id, permission=permission, granted_at=SINCE)
        for permission in GRANTABLE
    )
    return made


def stranger(name: str) -> Account:
    """Return a new account without any role; nobody can sign in to it but by a test's force."""
    made = Account(name=name, created_at=SINCE)
    made.set_unusable_password()
    made.save()
    return made


def token(holder: Account) -> str:
    """Return the secret of a new token of the account, like no other before it."""
    secret = secrets.token_urlsafe()
    Token.objects.create(
        account=holder, secret_sha256=sha256(secret.encode()).digest(), created_at=SINCE
    )
    return secret


def _seat(role: Role, own: Place) -> dict[str, Any]:
    if not BODY_KINDS[role]:
        return {"unit": own.unit}
    is_district = "DISTRICT" in REACH[role].values()
    kind = BODY_KINDS[role][0]
    body, _ = Body.objects.get_or_create(
        code=kind,
        kind=kind,
        name_zh=kind,
        name_en=kind,
        district=own.district if is_district else None,
    )
    return {"body": body}


def _rules() -> None:
    EnergyType.objects.create(
        code="ELECTRICITY", name_zh="电力", name_en="Electricity", uom="kWh", class_code="02",
        variety_code="3300", citation="a test", verified=False, differs_by_basis=True,
    )  # fmt: skip
    dated = {
        "edition": "GB/T 2589-2020",
        "clause": "annex A",
        "valid_from": SINCE.date(),
        "citation": "a test",
        "verified": False,
        "recorded_at": SINCE,
    }
    Factor.objects.create(
        energy_type_id="ELECTRICITY", basis="CALORIFIC", kgce_per_uom="0.1229", **dated
    )
    BalanceWeight.objects.create(flow="BOUGHT", weight=1, **dated)
    BalanceWeight.objects.create(flow="SUPPLIED_OUT", weight=-1, **dated)


def _place(district_code: str, district_name: str, code: str, name: str, data_code: str) -> Place:
    district = District.objects.create(
        code=district_code, name_zh=district_name, name_en=district_code, citation="a test",
        verified=False,
    )  # fmt: skip
    unit = Unit.objects.create(code=code, name=name, name_en=f"Unit {code}", created_at=SINCE)
    Listing.objects.create(unit=unit, year=2026, kind="KEY", tier="THOUSAND")
    site = Site.objects.create(unit=unit, code="S1", name="门店")
    since = {"valid_from": SINCE, "recorded_at": SINCE}
    Placement.objects.create(site=site, district=district, **since)
    terminal = Terminal.objects.create(
        unit=unit, state="PENDING", source_address="192.0.2.7", requested_at=SINCE, asked_at=SINCE
    )
    proposal = Proposal.objects.create(
        unit=unit, key="N:0000000002330012", name="二号表", configuration={}, state="PROPOSED",
        proposed_at=SINCE,
    )  # fmt: skip
    own_point = point(unit, "E-01", f"N:{data_code}")
    holder = stranger(f"somebody of {district_code}")
    return Place(district, unit, own_point, proposal, terminal, _notice(district), holder)


def _notice(district: District) -> Notice:
    """Return a draft of the district's regulator."""
    body = Body.objects.create(
        code=f"REGULATOR-{district.code}", kind="DISTRICT_REGULATOR",
        name_zh=f"{district.name_zh}市场监督管理局", name_en="", district=district,
    )  # fmt: skip
    return Notice.objects.create(
        title_zh=f"{district.name_zh}采集工作通知", text="正文。", issuer=body, state="DRAFT",
        drafted_at=SINCE,
    )  # fmt: skip


def point(unit: Unit, code: str, key: str | None, **description: Any) -> Point:
    """Return a new point of the unit, described since the city's New Year."""
    made = Point.objects.create(unit=unit, code=code)
    since = {"valid_from": SINCE, "recorded_at": SINCE}
    words = {"name": f"总表 {code}", "level": "LEVEL_1", "kind": "INCREMENT"} | description
    Description.objects.create(point=made, energy_type_id="ELECTRICITY", **since, **words)
    if key:
        Source.objects.create(unit=unit, point=made, key=key, **since)
    return made
