"""Save and forget ways to read files."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.imports.models import Profile
from hengneng.kernel.imports.rules import Reading


class NoName(ValueError):
    """A profile has a name of at most 80 characters."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a profile is: an account's, a body's, or everybody's where neither is named.

    Attributes:
        account_id: The account.
        body_code: The body whose people share it; empty: none.
    """

    account_id: int | None = None
    body_code: str = ""


@transaction.atomic
def save_profile(
    *, kind: str, name: str, owner: Owner, reading: Reading, by: int | None, at: datetime
) -> Profile:
    """Save a way to read files under a name; one of that name is written anew.

    Args:
        kind: The kind of list.
        name: What it is called, like the system the files come from.
        owner: Whose it is.
        reading: Sheet, headings, columns, constants.
        by: Account acting; None for the script.
        at: When. Aware.

    Raises:
        NoName: If the name is empty or too long.
    """
    if not 1 <= len(name.strip()) <= 80:
        raise NoName("a profile has a name of at most 80 characters")
    header = reading.header
    profile, _ = Profile.objects.update_or_create(
        kind=kind,
        name=name.strip(),
        account_id=owner.account_id,
        body_code=owner.body_code,
        defaults={
            "sheet": reading.sheet,
            "header_first": header.first if header else None,
            "header_last": header.last if header else None,
            "mapping": None if reading.mapping is None else dict(reading.mapping),
            "constants": dict(reading.constants),
            "saved_at": at,
            "saved_by": by,
        },
    )
    subject = f"import-profile:{profile.pk}"
    details = {"kind": kind, "name": profile.name}
    audit.record("import.profile_saved", subject=subject, by=by, at=at, details=details)
    return profile


@transaction.atomic
def forget_profile(*, profile_id: int, owner: Owner, by: int | None, at: datetime) -> None:
    """Forget a saved way to read files.

    Args:
        profile_id: The profile.
        owner: Whose it is; another's is not found.
        by: Account acting.
        at: When. Aware.

    Raises:
        Profile.DoesNotExist: If the owner has none such.
    """
    profile = Profile.objects.get(
        id=profile_id, account_id=owner.account_id, body_code=owner.body_code
    )
    details = {"kind": profile.kind, "name": profile.name}
    subject = f"import-profile:{profile_id}"
    profile.delete()
    audit.record("import.profile_forgotten", subject=subject, by=by, at=at, details=details)
