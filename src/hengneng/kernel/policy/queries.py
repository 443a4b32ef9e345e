"""What was granted to whom."""

from hengneng.kernel.policy.models import Grant
from hengneng.kernel.policy.rules import Permission


def grants_of(account_id: int) -> dict[Permission, frozenset[int]]:
    """Return the units that an account's grants reach now, by permission."""
    units: dict[Permission, set[int]] = {}
    rows = Grant.objects.filter(account_id=account_id, ended_at__isnull=True)
    for permission, unit_id in rows.values_list("permission", "unit_id"):
        units.setdefault(Permission(permission), set()).add(unit_id)
    return {permission: frozenset(ids) for permission, ids in units.items()}
