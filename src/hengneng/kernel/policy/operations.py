"""Give and end access to a unit."""

from datetime import datetime

from django.db import IntegrityError, transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.policy.models import Grant
from hengneng.kernel.policy.rules import GRANTABLE, Permission


class NotGrantable(ValueError):
    """This permission is not given unit by unit."""


class AlreadyGranted(Exception):
    """The account has this permission on the unit already."""


class NotGranted(LookupError):
    """There is no such grant, or it has ended."""


@transaction.atomic
def grant(
    *, account_id: int, unit_id: int, permission: Permission, by: int | None, at: datetime
) -> int:
    """Give an account a permission on one unit and return the grant's id.

    Args:
        account_id: Who receives it.
        unit_id: The unit it reaches.
        permission: One of ``GRANTABLE``.
        by: Account acting.
        at: From when on. Aware.

    Raises:
        NotGrantable: If the permission is not given unit by unit.
        AlreadyGranted: If the account has it there.
    """
    if permission not in GRANTABLE:
        raise NotGrantable(f"{permission} cannot be granted on a unit")
    try:
        with transaction.atomic():
            row = Grant.objects.create(
                account_id=account_id, unit_id=unit_id, permission=permission, granted_at=at
            )
    except IntegrityError as error:
        raise AlreadyGranted(f"account {account_id}, unit {unit_id}, {permission}") from error
    _record("grant.given", row, by, at)
    return row.id


@transaction.atomic
def end_grant(*, grant_id: int, by: int | None, at: datetime) -> None:
    """End a grant; what it gave access to is refused from now on.

    Args:
        grant_id: The grant.
        by: Account acting.
        at: When it ends. Aware.

    Raises:
        NotGranted: If there is none of that id, or it has ended.
    """
    row = Grant.objects.select_for_update().filter(id=grant_id, ended_at__isnull=True).first()
    if row is None:
        raise NotGranted(f"grant {grant_id}")
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _record("grant.ended", row, by, at)


def _record(action: str, row: Grant, by: int | None, at: datetime) -> None:
    """Record what became of the grant."""
    details = {"account": row.account_id, "unit": row.unit_id, "permission": row.permission}
    audit.record(action, subject=f"grant:{row.id}", by=by, at=at, details=details)
