"""Make accounts, give and end roles and tokens, set passwords."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.people.accounts import queries
from hengneng.people.accounts.models import Account, Membership, Token
from hengneng.people.accounts.rules import passwords, roles
from hengneng.people.accounts.rules.passwords import PasswordFault
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries as units

TOKEN_BYTES = 32
NAME_FORM = re.compile(r"[\w.@+-]{2,60}")
# An operation looks a place up for whoever calls it; who may call is the front's to ask.
_EVERY_UNIT = Viewer(city=frozenset({Permission.VIEW_UNIT}))


class BadAccountName(ValueError):
    """An account's name has 2 to 60 letters, digits or ``. _ @ + -`` and no spaces."""


class AccountExists(Exception):
    """An account of that name exists already."""


class AccountClosed(Exception):
    """The account is closed."""


class AlreadyInRole(Exception):
    """The account holds that role there already."""


class NotInRole(LookupError):
    """The account does not hold that role there."""


class UnknownToken(LookupError):
    """There is no such token, or it has ended."""


class WeakPassword(ValueError):
    """The password does not meet the rule.

    Attributes:
        faults: What is wrong with it.
        rule: The rule it was held against.
    """

    def __init__(self, faults: Sequence[PasswordFault], rule: passwords.PasswordRule) -> None:
        said = {
            PasswordFault.TOO_SHORT: f"it has fewer than {rule.length_min} characters",
            PasswordFault.TOO_FEW_CLASSES: f"it draws on fewer than {rule.classes_min} of small"
            " letters, capital letters, digits and other characters",
            PasswordFault.HOLDS_NAME: "it holds the account's name",
            PasswordFault.TOO_COMMON: "many people use it",
            PasswordFault.UNCHANGED: "it is the one before",
        }
        super().__init__(f"not a password: {'; '.join(said[fault] for fault in faults)}")
        self.faults, self.rule = tuple(faults), rule


@transaction.atomic
def create_account(
    *,
    name: str,
    password: str,
    role: roles.Role,
    body_code: str | None = None,
    unit_code: str | None = None,
    full_name: str = "",
    by: int | None,
    at: datetime,
) -> Account:
    """Make an account with its first role, at a body or at a unit.

    Args:
        name: With which the person signs in.
        password: By the rule of that day.
        role: The role.
        body_code: Code of the body where it is held; None at a unit.
        unit_code: Social credit code of the unit where it is held; None at a body.
        full_name: The person's name.
        by: Account acting.
        at: When. Aware.

    Raises:
        BadAccountName: If the name does not have the form.
        AccountExists: If the name is taken.
        WeakPassword: If the password does not meet the rule.
        RoleDoesNotFit: If the role cannot be held there.
        UnknownBody: If there is no such body.
        UnknownUnit: If there is no such unit.
    """
    name = Account.normalize_username(name)
    if not NAME_FORM.fullmatch(name):
        raise BadAccountName(f"{name!r}: {BadAccountName.__doc__}")
    account = Account(name=name, full_name=full_name, created_at=at)
    _set_password(account, password, at)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise AccountExists(f"there is an account {name} already") from error
    add_role(account_name=name, role=role, body_code=body_code, unit_code=unit_code, by=by, at=at)
    details = {"role": role, "place": unit_code or body_code}
    audit.record("account.created", subject=f"account:{name}", by=by, at=at, details=details)
    return account


@transaction.atomic
def add_role(
    *,
    account_name: str,
    role: roles.Role,
    body_code: str | None = None,
    unit_code: str | None = None,
    by: int | None,
    at: datetime,
) -> None:
    """Give an account a role at a body or at a unit.

    Args:
        account_name: The account.
        role: The role.
        body_code: Code of the body; None at a unit.
        unit_code: Social credit code of the unit; None at a body.
        by: Account acting.
        at: From when on. Aware.

    Raises:
        UnknownAccount: If there is no such account.
        AccountClosed: If it is closed.
        AlreadyInRole: If it holds the role there.
        RoleDoesNotFit: If the role cannot be held there.
        UnknownBody: If there is no such body.
        UnknownUnit: If there is no such unit.
    """
    account = _open_account(account_name)
    place = _place(body_code, unit_code)
    roles.check_place(role, place)
    try:
        with transaction.atomic():
            Membership.objects.create(
                account=account, role=role, body_id=body_code, unit_id=place.unit_id, since_at=at
            )
    except IntegrityError as error:
        raise AlreadyInRole(f"account {account.name} is {role} there already") from error
    _record_role("account.role_added", account, role, unit_code or body_code, by, at)


@transaction.atomic
def end_role(
    *,
    account_name: str,
    role: roles.Role,
    body_code: str | None = None,
    unit_code: str | None = None,
    by: int | None,
    at: datetime,
) -> None:
    """End an account's role at a body or at a unit.

    Args:
        account_name: The account.
        role: The role.
        body_code: Code of the body; None at a unit.
        unit_code: Social credit code of the unit; None at a body.
        by: Account acting.
        at: When it ends. Aware.

    Raises:
        UnknownAccount: If there is no such account.
        NotInRole: If it does not hold the role there.
    """
    account = queries.account_by_name(account_name)
    ended = Membership.objects.filter(
        account=account,
        role=role,
        body_id=body_code,
        unit__code=unit_code,
        ended_at__isnull=True,
    ).update(ended_at=at)
    if not ended:
        raise NotInRole(f"account {account.name} is not {role} at {unit_code or body_code}")
    _record_role("account.role_ended", account, role, unit_code or body_code, by, at)


@transaction.atomic
def change_password(*, account_name: str, password: str, by: int | None, at: datetime) -> None:
    """Set a new password; every session signed in with the former one ends.

    Args:
        account_name: The account.
        password: By the rule of that day, and not the one before.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownAccount: If there is no such account.
        AccountClosed: If it is closed.
        WeakPassword: If the password does not meet the rule.
    """
    account = _open_account(account_name)
    _set_password(account, password, at)
    # Django keeps a digest of the password's hash in the session and drops one that differs.
    account.save(update_fields=["password"])
    audit.record("account.password_changed", subject=f"account:{account.name}", by=by, at=at)


@transaction.atomic
def close_account(*, account_name: str, by: int | None, at: datetime) -> None:
    """Close an account: its roles and tokens end, its sessions too, its name stays taken.

    Args:
        account_name: The account.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownAccount: If there is no such account.
        AccountClosed: If it is closed already.
    """
    account = _open_account(account_name)
    account.is_active = False
    account.save(update_fields=["is_active"])
    account.memberships.filter(ended_at__isnull=True).update(ended_at=at)
    account.tokens.filter(ended_at__isnull=True).update(ended_at=at)
    audit.record("account.closed", subject=f"account:{account.name}", by=by, at=at)


@transaction.atomic
def issue_token(*, account_name: str, by: int | None, at: datetime) -> str:
    """Return a new bearer token of an account; it is shown this once and not kept.

    Args:
        account_name: The account it speaks for.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownAccount: If there is no such account.
        AccountClosed: If it is closed.
    """
    account = _open_account(account_name)
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    token = Token.objects.create(
        account=account, secret_sha256=sha256(secret.encode()).digest(), created_at=at
    )
    _record_token("token.issued", token, by, at)
    return secret


@transaction.atomic
def end_token(*, token_id: int, by: int | None, at: datetime) -> None:
    """End a token; within ``queries.TOKEN_BELIEVED_SECONDS`` nothing believes it any more.

    Args:
        token_id: The token.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownToken: If there is none of that id, or it has ended.
    """
    open_tokens = Token.objects.select_for_update(of=("self",)).select_related("account")
    token = open_tokens.filter(id=token_id, ended_at__isnull=True).first()
    if token is None:
        raise UnknownToken(f"no token {token_id} that has not ended")
    token.ended_at = at
    token.save(update_fields=["ended_at"])
    _record_token("token.ended", token, by, at)


def _open_account(name: str) -> Account:
    """Return an account that is not closed, its row locked.

    Raises:
        UnknownAccount: If there is none of that name.
        AccountClosed: If it is closed.
    """
    account = Account.objects.select_for_update().get(id=queries.account_by_name(name).id)
    if not account.is_active:
        raise AccountClosed(f"account {name} is closed")
    return account


def _place(body_code: str | None, unit_code: str | None) -> roles.Place:
    """Return the place of a role.

    Raises:
        RoleDoesNotFit: If not exactly one of body and unit is given.
        UnknownBody: If there is no such body.
        UnknownUnit: If there is no such unit.
    """
    if body_code is not None and unit_code is None:
        body = bodies.body_by_code(body_code)
        return roles.Place(body_kind=body.kind, district=body.district_id)
    if unit_code is not None and body_code is None:
        unit = units.unit_by_code(_EVERY_UNIT, Permission.VIEW_UNIT, unit_code)
        return roles.Place(unit_id=unit.id)
    raise roles.RoleDoesNotFit("a role is held at one body or at one unit")


def _set_password(account: Account, password: str, at: datetime) -> None:
    """Give the account the password, hashed, without saving it.

    Raises:
        WeakPassword: If the password does not meet the rule of the day.
    """
    rule = queries.password_rule_on(timezone.localdate(at))
    faults = passwords.faults_of(password, name=account.name, rule=rule)
    if _is_common(password):
        faults.append(PasswordFault.TOO_COMMON)
    if account.password and account.check_password(password):
        faults.append(PasswordFault.UNCHANGED)
    if faults:
        raise WeakPassword(faults, rule)
    account.set_password(password)


def _is_common(password: str) -> bool:
    """Answer whether the password is on Django's list of those that many people use."""
    try:
        _common_passwords().validate(password)
    except ValidationError:
        return True
    return False


@lru_cache(maxsize=1)
def _common_passwords() -> CommonPasswordValidator:
    """Return Django's list, read once."""
    return CommonPasswordValidator()


def _record_role(
    action: str, account: Account, role: roles.Role, place: str | None, by: int | None, at: datetime
) -> None:
    """Record what became of a role."""
    details = {"role": role, "place": place}
    audit.record(action, subject=f"account:{account.name}", by=by, at=at, details=details)


def _record_token(action: str, token: Token, by: int | None, at: datetime) -> None:
    """Record what became of a token."""
    subject = f"account:{token.account.name}"
    audit.record(action, subject=subject, by=by, at=at, details={"token": token.id})
