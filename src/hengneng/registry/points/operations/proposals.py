"""Points that a terminal's configuration describes: keep them; confirm, merge or refuse them."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hengneng.kernel import states as workflow
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.protocol import codes
from hengneng.registry.energy import queries as energy
from hengneng.registry.points import rules
from hengneng.registry.points.models import Point, PointKind, Proposal, Source
from hengneng.registry.points.operations.points import ForeignPlace, create_point, feed_point
from hengneng.registry.points.states import TRANSITIONS, ProposalEvent, ProposalState


class PointFed(ValueError):
    """Something feeds this point already."""


class NotConvertible(ValueError):
    """The proposal's code names no energy type; choose one."""


@transaction.atomic
def propose(
    *, unit_id: int, key: str, name: str, configuration: Mapping[str, Any], at: datetime
) -> Proposal | None:
    """Keep a point that a terminal's configuration describes until a person decides about it.

    The same again changes nothing; another text for the same key takes the place of the former
    while nobody has decided.

    Args:
        unit_id: The unit.
        key: ``N:<16 digits>``.
        name: What the terminal calls it.
        configuration: The element as uploaded.
        at: When it was received. Aware.

    Returns:
        The proposal; None where the key feeds a point already.

    Raises:
        BadKey: If the key is no national code's.
    """
    if not key.startswith("N:") or not rules.is_code(key[2:]):
        raise rules.BadKey(f"{key} is not N:<16 digits>")
    if Source.objects.filter(unit_id=unit_id, key=key, superseded_at__isnull=True).exists():
        return None
    said = {"name": name[:200], "configuration": dict(configuration)}
    proposal, created = Proposal.objects.select_for_update().get_or_create(
        unit_id=unit_id,
        key=key,
        defaults=said | {"state": ProposalState.PROPOSED, "proposed_at": at},
    )
    same = proposal.name == said["name"] and proposal.configuration == said["configuration"]
    if created or (proposal.state == ProposalState.PROPOSED and not same):
        proposal.name, proposal.configuration = name[:200], dict(configuration)
        proposal.save(update_fields=["name", "configuration"])
        audit.record(
            "point.proposed",
            subject=f"proposal:{proposal.id}",
            by=None,
            at=at,
            details={"key": key},
        )
    return proposal


@transaction.atomic
def confirm_proposal(
    *,
    proposal_id: int,
    by: int | None,
    at: datetime,
    code: str | None = None,
    energy_type_id: str | None = None,
    flow: str | None = None,
    slot_seconds: int = 900,
    ratio: Fraction = Fraction(1),
    valid_from: datetime | None = None,
) -> Point:
    """Make the proposed point: energy type and level as its national code says.

    Args:
        proposal_id: The proposal.
        by: Account acting.
        at: When. Aware.
        code: The point's short name; None: the dashed national code.
        energy_type_id: Its energy type; None: the one the code names.
        flow: Its flow; None: conversion output for usage 30, else bought.
        slot_seconds: 300, 900, 1800 or 3600. [s]
        ratio: Units of the energy type's measure in one unit as uploaded. [1]
        valid_from: Since when the point counts; None: since the start of the local day on which
            its configuration first came. Aware.

    Raises:
        EventOutOfTurn: If it is confirmed already.
        NotConvertible: If the code names no energy type and none was chosen.
        KeyTaken: If the key feeds a point by now.
        PointExists: If the unit has a point of that code.
    """
    with facts.edit():
        proposal = Proposal.objects.select_for_update().get(id=proposal_id)
        _check_turn(proposal, ProposalEvent.CONFIRM)
        digits = proposal.key.removeprefix("N:")
        parts = codes.parts_of(digits)
        proposal.point = create_point(
            unit_id=proposal.unit_id,
            code=code or codes.dashed(digits),
            name=(proposal.name or codes.dashed(digits))[:120],
            energy_type_id=energy_type_id or _energy_type(parts),
            level=rules.level_of_key(proposal.key),
            kind=PointKind.INCREMENT,
            flow=flow or rules.flow_of_key(proposal.key),
            slot_seconds=slot_seconds,
            ratio=ratio,
            key=proposal.key,
            valid_from=valid_from or _start_of_local_day(proposal.proposed_at),
            by=by,
            at=at,
        )
        _decide(proposal, ProposalEvent.CONFIRM, by, at)
    audit.record("proposal.confirmed", subject=f"proposal:{proposal_id}", by=by, at=at)
    return proposal.point


@transaction.atomic
def merge_proposal(
    *,
    proposal_id: int,
    point_id: int,
    by: int | None,
    at: datetime,
    valid_from: datetime | None = None,
) -> Point:
    """Decide that a proposed point is one that the unit has: its key feeds that point.

    Args:
        proposal_id: The proposal.
        point_id: The unit's point, of increments, that nothing feeds from then on.
        by: Account acting.
        at: When. Aware.
        valid_from: Since when the key feeds it; None: since the start of the local day on which
            the configuration first came. Aware.

    Raises:
        EventOutOfTurn: If the proposal has a point already.
        ForeignPlace: If the point is not the unit's.
        PointFed: If something feeds the point then.
        CodeDoesNotFit: If the key measures another level or kind than the point.
        KeyTaken: If the key feeds a point by now.
    """
    with facts.edit():
        proposal = Proposal.objects.select_for_update().get(id=proposal_id)
        _check_turn(proposal, ProposalEvent.MERGE)
        point = Point.objects.filter(id=point_id, unit_id=proposal.unit_id).first()
        if point is None:
            raise ForeignPlace(f"point {point_id} is not the unit's")
        start = valid_from or _start_of_local_day(proposal.proposed_at)
        _check_free(point, start)
        feed_point(point_id=point_id, key=proposal.key, valid_from=start, by=by, at=at)
        proposal.point = point
        _decide(proposal, ProposalEvent.MERGE, by, at)
    audit.record(
        "proposal.merged",
        subject=f"proposal:{proposal_id}",
        by=by,
        at=at,
        details={"point": point_id, "valid_from": start.isoformat()},
    )
    return point


@transaction.atomic
def refuse_proposal(*, proposal_id: int, by: int | None, at: datetime) -> Proposal:
    """Decide that a proposed point is none; its data stay in the journal.

    Args:
        proposal_id: The proposal.
        by: Account acting.
        at: When. Aware.

    Raises:
        EventOutOfTurn: If it is decided already.
    """
    proposal = Proposal.objects.select_for_update().get(id=proposal_id)
    _decide(proposal, ProposalEvent.REFUSE, by, at)
    audit.record("proposal.refused", subject=f"proposal:{proposal_id}", by=by, at=at)
    return proposal


def _check_turn(proposal: Proposal, event: ProposalEvent) -> ProposalState:
    """Return the state that follows, or refuse the event."""
    return workflow.after(TRANSITIONS, ProposalState(proposal.state), event)


def _decide(proposal: Proposal, event: ProposalEvent, by: int | None, at: datetime) -> None:
    """Move the locked proposal to its next state."""
    proposal.state = _check_turn(proposal, event)
    proposal.decided_at, proposal.decided_by = at, by
    proposal.save(update_fields=["state", "decided_at", "decided_by", "point"])


def _check_free(point: Point, start: datetime) -> None:
    """Refuse a point that something feeds from an instant on."""
    feeding = Source.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=start),
        superseded_at__isnull=True,
        point=point,
    )
    key = feeding.order_by("valid_from").values_list("key", flat=True).first()
    if key is not None:
        raise PointFed(f"{key} feeds the point {point.code} then; end that first")


def _energy_type(parts: codes.Parts) -> str:
    """Return the energy type that a code names.

    Raises:
        NotConvertible: If it names none.
    """
    found = energy.energy_type_of_code(parts.energy_class, parts.energy_type)
    if found is None:
        raise NotConvertible(f"class {parts.energy_class}, variety {parts.energy_type} is none")
    return found


def _start_of_local_day(instant: datetime) -> datetime:
    """Return midnight, in the city's time, of the day that holds the instant."""
    return timezone.localtime(instant).replace(hour=0, minute=0, second=0, microsecond=0)
