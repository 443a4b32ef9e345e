"""What an official decides on a declaration: confirm it, or send it back with a reason."""

from datetime import datetime

from django.db import transaction

from hengneng.kernel.facts import operations as facts
from hengneng.registry.declarations import rules
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.operations import confirming, declaring, steps
from hengneng.registry.declarations.states import ANOTHER_CONFIRMED, OPEN, DeclarationEvent


class NoReason(ValueError):
    """A declaration goes back to its unit for a reason, which is not given."""


@transaction.atomic
def confirm(*, declaration_id: int, seen_at: datetime, by: int | None, at: datetime) -> Declaration:
    """Confirm what a unit declared: from now on the registry's facts say it, as of its first day.

    Exactly the days that it touches are worked out again; what was reported before stays. With a
    legal person the unit's other declarations of one are withdrawn, and their names needed no more.

    Args:
        declaration_id: The declaration.
        seen_at: When what the official read of it was declared. Aware.
        by: Account acting, an official's.
        at: When. Aware.

    Raises:
        EventOutOfTurn: If it does not wait for confirmation.
        DeclaredAnew: If the unit has declared it anew since.
        Overtaken: If the record was edited since it was declared.
        PointExists, BadDescription, UnknownEnergyType, ForeignPlace, BadKey, CodeDoesNotFit,
            KeyTaken, NothingKnown, UnknownPoint, NotAFuel, NotAHeatValue, NotWholeMonths, NoReport,
            NotYet, NoPersonName, UnknownFacility, UnknownDistrict, UnknownState, NoProof,
            EmptySpan: If the registry cannot say so; nothing is changed then, and it waits on.

    Source:
        Notice 321 (2020), I(2), III(1).
    """
    # The edit's lock first, as every operation of this room: two of them never wait for each other.
    with facts.edit():
        there = steps.decide(
            declaration_id, DeclarationEvent.CONFIRM, "", by=by, at=at, seen_at=seen_at
        )
        confirming.carry_out(
            unit_id=there.unit_id,
            content=rules.read(there.kind, there.content),
            seen=there.seen,
            proof_id=there.proof_id,
            person_id=there.person_id,
            by=by,
            at=at,
        )
        if there.kind == rules.Kind.LEGAL_PERSON:
            _withdraw_rivals(there, by=by, at=at)
    return there


def _withdraw_rivals(there: Declaration, *, by: int | None, at: datetime) -> None:
    """Withdraw what else the unit declares of its legal person, so that no name is kept for it."""
    open_ones = Declaration.objects.filter(unit_id=there.unit_id, kind=there.kind, state__in=OPEN)
    for number in open_ones.order_by("id").values_list("id", flat=True):
        declaring.withdraw(declaration_id=number, reason=ANOTHER_CONFIRMED, by=by, at=at)


@transaction.atomic
def send_back(
    *, declaration_id: int, seen_at: datetime, reason: str, by: int | None, at: datetime
) -> Declaration:
    """Let a unit declare it again, for a reason.

    Args:
        declaration_id: The declaration.
        seen_at: When what the official read of it was declared. Aware.
        reason: What is wrong with it, for the unit.
        by: Account acting, an official's.
        at: When. Aware.

    Raises:
        NoReason: If none is given.
        EventOutOfTurn: If it does not wait for confirmation.
        DeclaredAnew: If the unit has declared it anew since.
    """
    if not reason.strip():
        raise NoReason("say what the unit has to mend")
    event = DeclarationEvent.SEND_BACK
    return steps.decide(declaration_id, event, reason.strip(), by=by, at=at, seen_at=seen_at)
