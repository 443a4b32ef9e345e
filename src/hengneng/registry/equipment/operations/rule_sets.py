"""Load editions of GB 17167: those that ship with the platform, and the official text's."""

from datetime import datetime

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.equipment.models import RuleSet
from hengneng.registry.equipment.rules import editions


@transaction.atomic
def load_rule_set(*, text: str, by: int | None, at: datetime) -> editions.RuleSet:
    """Load an edition of GB 17167, so that the official text's values need no developer.

    It goes before what is shipped or was loaded of the same edition; what was reported before is
    still answered by the former (``queries.rule_set_on``).

    Args:
        text: TOML in the form of ``rules/gb17167-2006.toml``.
        by: Account acting; None for the installation itself.
        at: When. Aware.

    Raises:
        UnreadableRuleSet: If the text does not have the form.
    """
    loaded = editions.read(text)
    with facts.edit() as recorded_at:
        RuleSet.objects.create(
            edition=loaded.edition, text=text, is_shipped=False, recorded_at=recorded_at
        )
    details = {"edition": loaded.edition, "verified": loaded.verified}
    subject = f"rule_set:{loaded.edition}"
    audit.record("rule_set.loaded", subject=subject, by=by, at=at, details=details)
    return loaded


@transaction.atomic
def load_shipped(*, by: int | None, at: datetime) -> int:
    """Record the shipped editions that are not recorded yet, so that a later release changes none.

    Args:
        by: Account acting; None for the installation itself.
        at: When. Aware.

    Returns:
        How many were new. [count]
    """
    texts = editions.shipped_texts()
    with facts.edit() as recorded_at:
        known = set(RuleSet.objects.filter(is_shipped=True).values_list("edition", "text"))
        new = [
            RuleSet(edition=edition, text=text, is_shipped=True, recorded_at=recorded_at)
            for edition, text in texts.items()
            if (edition, text) not in known
        ]
        RuleSet.objects.bulk_create(new)
    if new:
        details = {"editions": [one.edition for one in new]}
        audit.record("rule_sets.shipped", subject="rule_sets", by=by, at=at, details=details)
    return len(new)
