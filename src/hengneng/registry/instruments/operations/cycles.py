"""Load the regulations' cycles, and count due days anew by them."""

from datetime import datetime
from importlib import resources

from django.db import transaction
from procrastinate.contrib.django import app

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.instruments.models import Certificate, CycleRule
from hengneng.registry.instruments.operations.certificates import drafted, enter_certificates
from hengneng.registry.instruments.queries.certificates import as_told
from hengneng.registry.instruments.rules import records
from hengneng.registry.instruments.rules.certificates import BY_CERTIFICATE, Cycle

_AT_ONCE = 5000
JOB = "hengneng.registry.instruments.jobs.count_due_days_anew"


class CycleChanged(ValueError):
    """A cycle with the same key is loaded already and says something else."""


@transaction.atomic
def load_rules(*, by: int | None, at: datetime) -> int:
    """Load the shipped cycles; what is loaded already stays. Return how many were new.

    Args:
        by: Account acting; None for the installation itself.
        at: When. Aware.

    Raises:
        CycleChanged: If a shipped record differs from the loaded one of the same key.
    """
    folder = resources.files("hengneng.registry.instruments.rules")
    return load_cycles(cycles=folder.joinpath("cycles.toml").read_text("utf-8"), by=by, at=at)


@transaction.atomic
def load_cycles(*, cycles: str, by: int | None, at: datetime) -> int:
    """Load cycles from a TOML text, so that an official text's values need no developer.

    Args:
        cycles: ``edition`` tables with ``cycle`` tables.
        by: Account acting; None for the installation itself.
        at: When. Aware.

    Returns:
        How many were new. [count]

    Raises:
        CycleChanged: If a record differs from the loaded one of the same key.
        UnreadableCycle: If the text does not have the form.
    """
    with facts.edit() as recorded_at:
        known = {_key(row): row for row in CycleRule.objects.all()}
        fresh = []
        for cycle in records.read_cycles(cycles):
            row = _row(cycle, recorded_at)
            there = known.setdefault(_key(row), row)
            if there is row:
                fresh.append(row)
            elif any(getattr(there, f) != getattr(row, f) for f in Cycle._fields):
                raise CycleChanged(f"{cycle.kind}, {cycle.edition}: {cycle.clause}")
        CycleRule.objects.bulk_create(fresh)
    if fresh:
        details = {"cycles": len(fresh)}
        audit.record("instruments.cycles_loaded", subject="cycles", by=by, at=at, details=details)
    return len(fresh)


@transaction.atomic
def load_official_cycles(*, cycles: str, by: int | None, at: datetime) -> int:
    """Load cycles of an official text and let every due day that hangs on them be counted anew.

    Counting goes through all certificates, so a worker does it.

    Args:
        cycles: ``edition`` tables with ``cycle`` tables.
        by: Account acting.
        at: When. Aware.

    Returns:
        How many were new; of none nothing is counted anew. [count]

    Raises:
        CycleChanged: If a record differs from the loaded one of the same key.
        UnreadableCycle: If the text does not have the form.
    """
    fresh = load_cycles(cycles=cycles, by=by, at=at)
    if fresh:
        # In this transaction: what is rolled back leaves no job behind.
        app.configure_task(JOB, queue="upkeep").defer(by=by)
    return fresh


@transaction.atomic
def count_due_days_anew(*, by: int | None, at: datetime) -> int:
    """Let the due days that the certificates do not state follow from the cycles loaded by now.

    Each that differs is another version from now on; what was reported before stays answerable.

    Args:
        by: Account acting.
        at: When. Aware.

    Returns:
        How many certificates are due on another day. [count]
    """
    changed = 0
    with facts.edit():
        derived = Certificate.objects.filter(superseded_at__isnull=True).exclude(
            due_by=BY_CERTIFICATE
        )
        ids = list(derived.order_by("id").values_list("id", flat=True))
        for start in range(0, len(ids), _AT_ONCE):
            part = list(derived.filter(id__in=ids[start : start + _AT_ONCE]))
            told = [as_told(one) for one in part]
            differing = [
                said
                for said, known, due in zip(told, part, drafted(told), strict=True)
                if (known.due_on, known.due_by) != (due.due_on, due.due_by)
            ]
            if differing:
                changed += len(enter_certificates(certificates=differing, by=by, at=at))
    details = {"changed": changed}
    audit.record("certificates.due_anew", subject="instruments", by=by, at=at, details=details)
    return changed


def _key(row: CycleRule) -> tuple[object, ...]:
    """Return what tells a cycle from others."""
    return row.kind, row.edition, row.clause, row.valid_from


def _row(cycle: Cycle, recorded_at: datetime) -> CycleRule:
    """Return a cycle's row."""
    said = cycle._asdict() | {"classes": ",".join(cycle.classes)}
    return CycleRule(**said, recorded_at=recorded_at)
