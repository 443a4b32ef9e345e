"""Who an account or a token speaks for, and lists of accounts, roles and tokens."""

from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import Any, NamedTuple, cast

from axes.models import AccessLog
from django.db.models import F, FilteredRelation, Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.policy import queries as policy
from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.people.accounts.models import Account, Membership, Token
from hengneng.people.accounts.rules import passwords, roles

# How long a token goes on being believed after it ended; what its look-up costs is saved so long.
TOKEN_BELIEVED_SECONDS = 5
TOKENS_BELIEVED = 1024


class UnknownAccount(LookupError):
    """There is no account of that name."""


class RoleRow(NamedTuple):
    """A role that an account holds now, and where.

    Attributes:
        role: A code of ``Role``.
        place: Code of the body or unit at which it is held.
        since_at: Since when. Aware.
        name_zh: The body's or unit's name.
        name_en: The same in English; empty: none.
        is_unit: Whether it is held at a unit.
    """

    role: str
    place: str
    since_at: datetime
    name_zh: str
    name_en: str
    is_unit: bool


class AccountRow(NamedTuple):
    """An account as lists show it."""

    id: int
    name: str
    full_name: str
    is_active: bool
    created_at: datetime
    roles: tuple[RoleRow, ...]


class AccountPage(NamedTuple):
    """One page of a list of accounts, and how many the whole list holds."""

    rows: list[AccountRow]
    total: int


class PersonRow(NamedTuple):
    """A person with a role at a unit, and for how long; None: still."""

    name: str
    role: str
    since_at: datetime
    ended_at: datetime | None


class SignInRow(NamedTuple):
    """A sign-in that succeeded."""

    at: datetime
    address: str
    device: str  # what the browser says of itself


class TokenRow(NamedTuple):
    """A token as lists show it; its secret is not kept."""

    id: int
    account_name: str
    created_at: datetime
    ended_at: datetime | None


def viewer_of(account_id: int | None) -> Viewer:
    """Return how far the account's roles and grants reach; a visitor's reach where it is closed.

    Args:
        account_id: The account signed in; None for nobody.
    """
    if account_id is None:
        return VISITOR
    held = (
        Account.objects.filter(id=account_id, is_active=True)
        .annotate(
            held=FilteredRelation("memberships", condition=Q(memberships__ended_at__isnull=True))
        )
        .values_list("held__role", "held__unit_id", "held__body__kind", "held__body__district_id")
    )
    rows = list(held)
    if not rows:
        return VISITOR
    return roles.viewer(
        account_id,
        roles=[(roles.Role(role), roles.Place(*place)) for role, *place in rows if role],
        grants=policy.grants_of(account_id),
    )


def viewer_of_token(secret: str) -> Viewer | None:
    """Return the viewer a bearer token speaks for; None where it is unknown or has ended.

    An answer is kept for at most ``TOKEN_BELIEVED_SECONDS``.
    """
    span = int(clock.now().timestamp() // TOKEN_BELIEVED_SECONDS)
    return _viewer_of_digest(sha256(secret.encode()).digest(), span)


@lru_cache(maxsize=TOKENS_BELIEVED)
def _viewer_of_digest(digest: bytes, _span: int) -> Viewer | None:
    """Return the viewer of a token's digest; a new span of time asks anew."""
    account_id = (
        Token.objects.filter(secret_sha256=digest, ended_at__isnull=True, account__is_active=True)
        .values_list("account_id", flat=True)
        .first()
    )
    return None if account_id is None else viewer_of(account_id)


def account_by_name(name: str) -> Account:
    """Return one account.

    Raises:
        UnknownAccount: If there is none of that name.
    """
    account = Account.objects.filter(name=Account.normalize_username(name)).first()
    if account is None:
        raise UnknownAccount(f"no account {name}")
    return account


def accounts() -> list[AccountRow]:
    """Return all accounts with the roles they hold now, by name."""
    return _rows(Account.objects.order_by("name"))


def account(account_id: int) -> AccountRow:
    """Return one account with the roles it holds now.

    Raises:
        UnknownAccount: If there is none.
    """
    found = _rows(Account.objects.filter(id=account_id))
    if not found:
        raise UnknownAccount(f"no account {account_id}")
    return found[0]


def body_acting(account_id: int, permission: Permission) -> str | None:
    """Return the code of the body for which an account may do something; None: for none.

    Args:
        account_id: The account.
        permission: What it may do; of several bodies, the one it has acted for longest.
    """
    able = [role for role, reach in roles.REACH.items() if permission in reach]
    held = Membership.objects.filter(
        account_id=account_id, role__in=able, body__isnull=False, ended_at__isnull=True
    )
    return held.order_by("since_at", "id").values_list("body__code", flat=True).first()


def account_page(
    *, search: str = "", is_active: bool | None = None, page: int = 1, size: int = 50
) -> AccountPage:
    """Return one page of the accounts, by name; three queries, whatever the page holds.

    Args:
        search: Part of the account's name or the person's; empty: all.
        is_active: Only those open, or only those closed; None: both.
        page: Which page, from 1; pages beyond the last are empty.
        size: Accounts on a page. [count]
    """
    found = Account.objects.order_by("name")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(full_name__icontains=search))
    if is_active is not None:
        found = found.filter(is_active=is_active)
    start = (max(page, 1) - 1) * size
    return AccountPage(_rows(found[start : start + size]), found.count())


def people_of_unit(unit_id: int) -> list[PersonRow]:
    """Return the accounts that hold, or held, a role at a unit, those who hold one now first."""
    held = Membership.objects.filter(unit_id=unit_id).select_related("account")
    rows = held.order_by(F("ended_at").desc(nulls_first=True), "since_at", "id")
    return [
        PersonRow(m.account.full_name or m.account.name, m.role, m.since_at, m.ended_at)
        for m in rows
    ]


def sign_ins(account_name: str, *, limit: int = 10) -> list[SignInRow]:
    """Return the latest sign-ins of an account that succeeded, latest first."""
    rows = AccessLog.objects.filter(username=account_name).order_by("-attempt_time", "-id")
    told = rows.values_list("attempt_time", "ip_address", "user_agent")
    return [SignInRow(at, address or "", device) for at, address, device in told[:limit]]


def _rows(found: QuerySet[Account]) -> list[AccountRow]:
    """Return the rows of some accounts; two queries."""
    shown = list(found)
    held: dict[int, list[RoleRow]] = {}
    rows = Membership.objects.filter(
        account_id__in=[one.id for one in shown], ended_at__isnull=True
    ).select_related("body", "unit")
    for row in rows.order_by("role", "id"):
        held.setdefault(row.account_id, []).append(_role(row))
    return [
        AccountRow(a.id, a.name, a.full_name, a.is_active, a.created_at, tuple(held.get(a.id, ())))
        for a in shown
    ]


def _role(row: Membership) -> RoleRow:
    """Return a role with the names of the place it is held at."""
    if row.unit is not None:
        unit = row.unit
        return RoleRow(row.role, unit.code, row.since_at, unit.name, unit.name_en, True)
    body = cast("Any", row.body)  # at a unit or at a body (models, membership_at_body_or_unit)
    return RoleRow(row.role, body.code, row.since_at, body.name_zh, body.name_en, False)


def tokens(*, account_name: str | None = None) -> list[TokenRow]:
    """Return the tokens of one account, or all, oldest first."""
    rows = Token.objects.order_by("id")
    if account_name is not None:
        rows = rows.filter(account=account_by_name(account_name))
    return [
        TokenRow(*row) for row in rows.values_list("id", "account__name", "created_at", "ended_at")
    ]


def password_rule_on(day: date) -> passwords.PasswordRule:
    """Return the password rule in force on a day.

    Raises:
        NoRule: If none is.
    """
    return passwords.rule_on(_password_rules(), day)


@lru_cache(maxsize=1)
def _password_rules() -> list[passwords.PasswordRule]:
    """Return the records that ship with this room, read once."""
    folder = resources.files("hengneng.people.accounts.rules")
    return passwords.read_rules((folder / "passwords.toml").read_text("utf-8"))
