"""Instruments that terminals describe: keep them, confirm or refuse them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from hengneng.kernel import states as workflow
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.protocol.national.metering import MeteringItem, read_item
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import Instrument, InstrumentProposal
from hengneng.registry.instruments.operations import certificates, ledger, placing
from hengneng.registry.instruments.queries.certificates import day_of, start_of
from hengneng.registry.instruments.rules.certificates import CertificateKind, Result
from hengneng.registry.instruments.rules.kinds import kind_guessed
from hengneng.registry.instruments.rules.standing import Condition
from hengneng.registry.instruments.rules.told import NewCertificate
from hengneng.registry.instruments.states import (
    PROPOSAL_TRANSITIONS,
    ProposalEvent,
    ProposalState,
)
from hengneng.registry.points import queries as point_queries


class ForeignMatch(ValueError):
    """The instrument chosen for a proposal is another unit's."""


class NothingUploaded(ValueError):
    """What was uploaded has neither name nor number."""


@transaction.atomic
def propose_instruments(
    *, unit_id: int, items: Sequence[MeteringItem], by: int | None, at: datetime
) -> int:
    """Keep instruments that a terminal describes until a person decides about each.

    What the ledger says already, and what was told before in the same words, changes nothing.

    Args:
        unit_id: The unit.
        items: The instruments; of those with the same number the last one counts.
        by: Nobody: terminals have no account.
        at: When it was received. Aware.

    Returns:
        How many wait for a decision that did not before. [count]

    Source:
        facts/protocol.md 2.3 c.
    """
    told = {_key(item): item for item in items}
    known = {
        one.key: one
        for one in InstrumentProposal.objects.select_for_update().filter(
            unit_id=unit_id, key__in=told
        )
    }
    on_record = {row.number: row for row in queries.instruments_of(unit_id, at=at)}
    fresh, again = [], []
    for key, item in told.items():
        there = known.get(key)
        if there is None and not _says(on_record.get(item.manage_code), item):
            fresh.append(_proposal(unit_id, key, item, at))
        elif there is not None and there.uploaded != item.fields:
            again.append(_renewed(there, item, at))
    InstrumentProposal.objects.bulk_create(fresh)
    renewed = ["name", "uploaded", "state", "proposed_at", "decided_at", "decided_by"]
    InstrumentProposal.objects.bulk_update(again, renewed)
    if fresh or again:
        details = {"keys": [one.key for one in (*fresh, *again)]}
        subject = f"unit:{unit_id}"
        audit.record("instruments.proposed", subject=subject, by=by, at=at, details=details)
    return len(fresh) + len(again)


@transaction.atomic
def confirm_instrument(
    *,
    proposal_id: int,
    by: int | None,
    at: datetime,
    instrument_id: int | None = None,
    number: str = "",
    kind: str = "",
) -> Instrument:
    """Enter what a terminal describes: a new instrument, or news of one that the ledger holds.

    Its certificate is entered where the day of it is told, its condition where it is stopped; it is
    installed at the point that its data code feeds, where nothing stands there and it stands
    nowhere.

    Args:
        proposal_id: The proposal.
        by: Account acting, an official's.
        at: When. Aware.
        instrument_id: The unit's instrument that it is; None: the one of its number, else a new
            one.
        number: Its number in the ledger, where the terminal told none.
        kind: Its kind; empty: as its name says.

    Raises:
        EventOutOfTurn: If it is confirmed already.
        ForeignMatch: If the instrument is another unit's.
        IncompleteInstrument, UnknownKind, BadCertificate: If it cannot be so.
    """
    with facts.edit():
        proposal = _decided(proposal_id, ProposalEvent.CONFIRM, by, at)
        item = read_item(proposal.uploaded)
        if item is None:
            raise NothingUploaded(f"proposal {proposal_id} has neither name nor number")
        chosen = item.manage_code or number
        instrument = _matched(proposal, instrument_id, chosen)
        said = {field: value for field, value in _said(item, kind).items() if value != ""}
        if instrument is None:
            instrument = ledger.create_instrument(
                unit_id=proposal.unit_id, number=chosen, by=by, at=at, **said
            )
        else:
            ledger.correct_instrument(instrument_id=instrument.pk, by=by, at=at, **said)
        proposal.instrument = instrument
        proposal.save(update_fields=["instrument"])
        _certify(instrument, item, by=by, at=at)
        _stop(instrument, item, by=by, at=at)
        _install(instrument, item, by=by, at=at)
    audit.record("instrument.confirmed", subject=f"proposed:{proposal_id}", by=by, at=at)
    return instrument


@transaction.atomic
def refuse_instrument(*, proposal_id: int, by: int | None, at: datetime) -> InstrumentProposal:
    """Decide that what a terminal describes is not entered; the upload stays in the journal.

    Args:
        proposal_id: The proposal.
        by: Account acting, an official's.
        at: When. Aware.

    Raises:
        EventOutOfTurn: If it is decided already.
    """
    proposal = _decided(proposal_id, ProposalEvent.REFUSE, by, at)
    audit.record("instrument.refused", subject=f"proposed:{proposal_id}", by=by, at=at)
    return proposal


def _key(item: MeteringItem) -> str:
    """Return what tells an instrument from the unit's others."""
    if item.manage_code:
        return item.manage_code
    return f"{item.name[:80]}@{item.data_code or item.place[:30]}"


def _says(known: queries.InstrumentRow | None, item: MeteringItem) -> bool:
    """Answer whether the ledger says already all that a terminal tells."""
    if known is None:
        return False
    certificate = known.certificate
    if item.verified_on is not None and (
        certificate is None or certificate.verified_on < item.verified_on
    ):
        return False
    if item.state == "STOPPED" and known.condition != Condition.STOPPED:
        return False
    row = known._asdict() | {"accuracy_class": known.stated_class}
    return all(row[field] == value for field, value in _plain(item).items() if value != "")


def _plain(item: MeteringItem) -> dict[str, str]:
    """Return what an element says of the ledger's own fields."""
    return {
        "name": item.name,
        "model": item.model,
        "maker": item.maker,
        "accuracy_class": item.accuracy_class,
        "measuring_range": item.measuring_range,
        "place": item.place,
    }


def _said(item: MeteringItem, kind: str) -> dict[str, Any]:
    """Return what is entered of an element."""
    return _plain(item) | {"kind": kind or kind_guessed(item.name)}


def _proposal(unit_id: int, key: str, item: MeteringItem, at: datetime) -> InstrumentProposal:
    """Return a new proposal, not yet saved."""
    return InstrumentProposal(
        unit_id=unit_id,
        key=key,
        name=item.name,
        uploaded=item.fields,
        state=ProposalState.PROPOSED,
        proposed_at=at,
    )


def _renewed(there: InstrumentProposal, item: MeteringItem, at: datetime) -> InstrumentProposal:
    """Return a proposal as it is told now, undecided, not yet saved."""
    there.state = workflow.after(
        PROPOSAL_TRANSITIONS, ProposalState(there.state), ProposalEvent.UPLOAD_AGAIN
    )
    there.name, there.uploaded, there.proposed_at = item.name, item.fields, at
    there.decided_at = there.decided_by = None
    return there


def _matched(
    proposal: InstrumentProposal, instrument_id: int | None, number: str
) -> Instrument | None:
    """Return the unit's instrument that a proposal is about; None: a new one."""
    if instrument_id is None:
        return queries.instrument_by_number(proposal.unit_id, number)
    chosen = Instrument.objects.filter(id=instrument_id, unit_id=proposal.unit_id).first()
    if chosen is None:
        raise ForeignMatch(f"instrument {instrument_id} is not the unit's")
    return chosen


def _certify(instrument: Instrument, item: MeteringItem, *, by: int | None, at: datetime) -> None:
    """Enter the certificate of the day that is told, unless one of that day is known."""
    if item.verified_on is None or item.verified_on > day_of(at):
        return
    known = queries.certificates_of([instrument.pk])
    if any(one.verified_on == item.verified_on for one in known):
        return
    due = item.due_on if item.due_on and item.due_on > item.verified_on else None
    certificates.enter_certificate(
        certificate=NewCertificate(
            instrument_id=instrument.pk,
            number="",
            verified_on=item.verified_on,
            kind=CertificateKind.VERIFICATION,
            result=Result.FAILED if item.is_qualified is False else Result.QUALIFIED,
            body=item.body,
            accuracy_class=item.accuracy_class,
            due_on=due,
        ),
        by=by,
        at=at,
    )


def _stop(instrument: Instrument, item: MeteringItem, *, by: int | None, at: datetime) -> None:
    """Put an instrument out of use that its terminal tells to be stopped."""
    if item.state == "STOPPED":
        since = start_of(item.state_since or day_of(at))
        _, until = queries.status_from(instrument.pk, since)
        ledger.set_status(
            instrument_id=instrument.pk,
            condition=Condition.STOPPED,
            valid_from=since,
            valid_until=until,
            by=by,
            at=at,
        )


def _install(instrument: Instrument, item: MeteringItem, *, by: int | None, at: datetime) -> None:
    """Install an instrument at the point that its data code feeds, where both are free."""
    since = start_of(item.installed_on or day_of(at))
    point_id = _point_fed(instrument.unit_id, item.data_code)
    if point_id is None or item.state == "STOPPED":
        return
    stands_at, moves = queries.standing_from(instrument.pk, since)
    there = queries.instrument_at(point_id, since)
    taken = queries.place_changes_after(point_id, since)
    if stands_at is None and moves is None and there is None and taken is None:
        placing.install(
            instrument_id=instrument.pk, point_id=point_id, valid_from=since, by=by, at=at
        )


def _point_fed(unit_id: int, data_code: str) -> int | None:
    """Return the unit's point that a data code feeds now; None: none."""
    key = f"N:{data_code}"
    fed = [point.id for point in point_queries.points_of(unit_id) if point.key == key]
    return fed[0] if data_code and fed else None


def _decided(
    proposal_id: int, event: ProposalEvent, by: int | None, at: datetime
) -> InstrumentProposal:
    """Move the locked proposal to its next state."""
    proposal = InstrumentProposal.objects.select_for_update().get(id=proposal_id)
    proposal.state = workflow.after(PROPOSAL_TRANSITIONS, ProposalState(proposal.state), event)
    proposal.decided_at, proposal.decided_by = at, by
    proposal.save(update_fields=["state", "decided_at", "decided_by"])
    return proposal
