"""Who an account or a token speaks for, and lists of accounts, roles and tokens."""

from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import NamedTuple

from django.db.models import F, FilteredRelation, Q

from hengneng.kernel import clock
from hengneng.kernel.policy import queries as policy
from hengneng.kernel.policy.rules import VISITOR, Viewer
from hengneng.people.accounts.models import Account, Membership, Token
from hengneng.people.accounts.rules import passwords, roles

# How long a token goes on being believed after it ended; what its look-up costs is saved so long.
TOKEN_BELIEVED_SECONDS = 5
TOKENS_BELIEVED = 1024


class UnknownAccount(LookupError):
    """There is no account of that name."""


class RoleRow(NamedTuple):
    """A role that an account holds now, and the code of the body or unit it holds it at."""

    role: str
    place: str
    since_at: datetime


class AccountRow(NamedTuple):
    """An account as lists show it."""

    id: int
    name: str
    full_name: str
    is_active: bool
    created_at: datetime
    roles: tuple[RoleRow, ...]


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
    held: dict[int, list[RoleRow]] = {}
    rows = Membership.objects.filter(ended_at__isnull=True).annotate(unit_code=F("unit__code"))
    for row in rows.order_by("role", "id"):
        place = row.unit_code or row.body_id or ""
        held.setdefault(row.account_id, []).append(RoleRow(row.role, place, row.since_at))
    return [
        AccountRow(a.id, a.name, a.full_name, a.is_active, a.created_at, tuple(held.get(a.id, ())))
        for a in Account.objects.order_by("name")
    ]


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
