"""What a unit does with a declaration: declare it, mend it and declare it again, withdraw it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from hengneng.kernel.facts import operations as facts
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.declarations import rules
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.operations import confirming, steps
from hengneng.registry.declarations.queries import records
from hengneng.registry.declarations.rules import Content, LegalPerson
from hengneng.registry.declarations.states import DeclarationEvent, DeclarationState
from hengneng.registry.energy import operations as documents
from hengneng.registry.energy.operations import Document

# Kinds that speak of a thing which the record knows; declared again, it is the same one.
_OF_A_THING = frozenset(
    {rules.Kind.POINT, rules.Kind.HEAT_VALUE, rules.Kind.FACILITY, rules.Kind.SITE}
)


class NoProof(ValueError):
    """This is shown by a document, which was not brought."""


class NamedOnPaper(ValueError):
    """A document would name the legal person whose name is sealed, so none is kept with it."""


class AnotherKind(ValueError):
    """What is declared again is of the kind that it was, and about the same thing."""


@transaction.atomic
def declare(
    *,
    unit_id: int,
    content: Content,
    by: int | None,
    at: datetime,
    proof: Document | None = None,
    person_name: str = "",
) -> Declaration:
    """Keep what a unit proposes of its ledger until an official has confirmed it.

    It is tried out against the rooms below and undone, so that what the registry would refuse is
    refused at once and its reason said to the unit.

    Args:
        unit_id: The unit.
        content: What is declared.
        by: Account acting, the unit's.
        at: When. Aware.
        proof: The document that shows it, which is kept; None: none was brought.
        person_name: Who is to be the legal person, where one is declared; it is kept sealed.

    Raises:
        Incomplete: If the kind needs more, or it cannot be.
        NothingNew: If the record says so already; a sealed name is not compared.
        NoProof: If it is shown by a document, and none is brought.
        NamedOnPaper: If a document is brought that would name the legal person.
        DocumentRefused: If the document is none that is kept.
        NoPersonName: If a legal person is declared without a name.
        PointExists and the others of ``confirm``: If the registry could not say so.

    Source:
        Notice 321 (2020), I(2), III(1): units give complete information, all their points.
    """
    with facts.edit():
        there = Declaration(unit_id=unit_id, kind=rules.kind_of(content))
        there.state = DeclarationState.DECLARED
        if isinstance(content, LegalPerson):
            named = personal.NewPerson("LEGAL_PERSON", {Field.NAME: person_name})
            (there.person_id,) = personal.hold(people=[named], by=by, at=at)
        _fill(there, content, proof, by=by, at=at)
    _record("declaration.declared", there, by=by, at=at)
    return there


@transaction.atomic
def declare_again(
    *,
    declaration_id: int,
    content: Content,
    by: int | None,
    at: datetime,
    proof: Document | None = None,
    person_name: str = "",
) -> Declaration:
    """Declare once more what was sent back, mended.

    Args:
        declaration_id: The declaration.
        content: What is declared now; of the same kind and about the same thing.
        by: Account acting, the unit's.
        at: When. Aware.
        proof: Another document; None: the one that was brought before.
        person_name: Who is to be the legal person; empty: as before.

    Raises:
        EventOutOfTurn: If it was not sent back.
        AnotherKind: If it is of another kind, or about another point, fuel, facility or site.
        Incomplete, NothingNew, NoProof, NamedOnPaper, DocumentRefused and the others: As when it
            is declared.
    """
    with facts.edit():
        there = steps.stepped(declaration_id, DeclarationEvent.DECLARE_AGAIN)
        _check_same(there, content)
        if there.person_id is not None and person_name.strip():
            fields = {Field.NAME: person_name}
            personal.correct(person_id=there.person_id, fields=fields, by=by, at=at)
        there.decided_at = there.decided_by = None
        _fill(there, content, proof, by=by, at=at)
    _record("declaration.declared_again", there, by=by, at=at)
    return there


@transaction.atomic
def withdraw(*, declaration_id: int, by: int | None, at: datetime, reason: str = "") -> Declaration:
    """Take back what was declared; it never counted.

    Args:
        declaration_id: The declaration.
        by: Account acting, the unit's.
        at: When. Aware.
        reason: Why, where it is not the unit's own wish.

    Raises:
        EventOutOfTurn: If it is confirmed, or was withdrawn already.
    """
    there = steps.decide(declaration_id, DeclarationEvent.WITHDRAW, reason, by=by, at=at)
    if there.person_id is not None:
        personal.end(person_ids=[there.person_id], by=by, at=at)
    return there


def _fill(
    there: Declaration, content: Content, proof: Document | None, *, by: int | None, at: datetime
) -> None:
    """Say what is declared, try it out, and save it."""
    rules.check(content)
    content = rules.without_known(content, records.on_record(there.unit_id, content))
    if proof is not None and isinstance(content, LegalPerson):
        raise NamedOnPaper(f"a document brought for unit {there.unit_id} would name a person")
    if proof is not None:
        there.proof_id = documents.keep_document(document=proof, by=by, at=at)
    if rules.needs_proof(content) and there.proof_id is None:
        raise NoProof(f"no document shows what is declared of {rules.subject_of(content)}")
    there.content = rules.plain(content)
    there.seen = records.on_record(there.unit_id, content)
    there.declared_at, there.declared_by = at, by
    _try_out(there, content, by=by, at=at)
    there.save()


def _try_out(there: Declaration, content: Content, *, by: int | None, at: datetime) -> None:
    """Refuse what the registry would refuse; nothing of the trial stays."""
    with transaction.atomic():
        confirming.carry_out(
            unit_id=there.unit_id,
            content=content,
            seen=there.seen,
            proof_id=there.proof_id,
            person_id=there.person_id,
            by=by,
            at=at,
        )
        transaction.set_rollback(True)


def _check_same(there: Declaration, content: Content) -> None:
    """Refuse to make another declaration of one that was sent back.

    A new point's code and a standing are what is said, and may be mended.
    """
    kind = rules.kind_of(content)
    before = rules.read(there.kind, there.content)
    is_other = kind in _OF_A_THING and rules.subject_of(content) != rules.subject_of(before)
    if kind != there.kind or is_other:
        raise AnotherKind(f"declaration {there.pk} is another one")


def _record(action: str, there: Declaration, *, by: int | None, at: datetime) -> None:
    """Record that it was declared, with what it says; a legal person's name is sealed elsewhere."""
    said: dict[str, Any] = {"said": there.content, "proof": there.proof_id}
    steps.record(action, there, by=by, at=at, **said)
