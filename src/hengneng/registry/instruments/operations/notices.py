"""What units tell of changes of their meters: report, send back, tell again, withdraw, confirm."""

from datetime import datetime
from typing import Any

from django.db import transaction

from hengneng.kernel import states as workflow
from hengneng.kernel import workdays
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import ChangeNotice, Instrument
from hengneng.registry.instruments.operations import confirming
from hengneng.registry.instruments.operations.exchanges import check_register
from hengneng.registry.instruments.operations.placing import ForeignInstrument
from hengneng.registry.instruments.queries.certificates import day_of
from hengneng.registry.instruments.rules import changes, deadlines
from hengneng.registry.instruments.rules.changes import Said
from hengneng.registry.instruments.states import NOTICE_TRANSITIONS, NoticeEvent, NoticeState
from hengneng.registry.points import queries as point_queries


class NotYet(ValueError):
    """What is told happened later than now."""


class NoReason(ValueError):
    """A notice goes back to its unit for a reason, which is not given."""


@transaction.atomic
def report_change(
    *,
    unit_id: int,
    kind: str,
    happened_at: datetime,
    said: Said,
    by: int | None,
    at: datetime,
    point_id: int | None = None,
    instrument_id: int | None = None,
) -> ChangeNotice:
    """Keep what a unit tells of a change of its meter until an official has confirmed it.

    Args:
        unit_id: The unit.
        kind: ``EXCHANGE``, ``RATIO``, ``MOVE`` or ``STOP``.
        happened_at: When it changed. Aware.
        said: What is told of it.
        by: Account acting.
        at: When it is told. Aware.
        point_id: The point; exchange and ratio need it.
        instrument_id: The instrument, the old one where it was exchanged; move and stop need it.
            None: the one that stood at the point.

    Raises:
        IncompleteChange: If the kind of change needs more, or it cannot be.
        BadRegister: If a reading is impossible.
        NotYet: If it happened later than now.
        ForeignInstrument: If point or instrument are not the unit's.

    Source:
        Notice 321 (2020), III(2)2; the deadline is ``rules/notices.toml``'s.
    """
    _check(unit_id, kind, happened_at, said, at=at, point_id=point_id, instrument_id=instrument_id)
    if instrument_id is None and point_id is not None:
        standing = queries.instrument_at(point_id, happened_at)
        instrument_id = standing.id if standing else None
    happened_on = day_of(happened_at)
    within = deadlines.deadline_on(happened_on).within_working_days
    notice = ChangeNotice.objects.create(
        unit_id=unit_id,
        kind=kind,
        point_id=point_id,
        instrument_id=instrument_id,
        happened_at=happened_at,
        said=changes.plain(said),
        state=NoticeState.REPORTED,
        due_on=workdays.working_days_after(happened_on, within),
        reported_at=at,
        reported_by=by,
    )
    _record("change.reported", notice, by=by, at=at, said=notice.said)
    return notice


@transaction.atomic
def report_again(
    *, notice_id: int, happened_at: datetime, said: Said, by: int | None, at: datetime
) -> ChangeNotice:
    """Tell a change that was sent back once more, mended.

    Args:
        notice_id: The notice.
        happened_at: When it changed. Aware.
        said: What is told of it now.
        by: Account acting.
        at: When it is told. Aware.

    Raises:
        EventOutOfTurn: If it was not sent back.
        IncompleteChange, BadRegister, NotYet: As when it is reported.
    """
    notice = _stepped(notice_id, NoticeEvent.REPORT_AGAIN)
    _check(
        notice.unit_id,
        notice.kind,
        happened_at,
        said,
        at=at,
        point_id=notice.point_id,
        instrument_id=notice.instrument_id,
    )
    notice.happened_at, notice.said = happened_at, changes.plain(said)
    notice.reported_at, notice.reported_by = at, by
    notice.decided_at = notice.decided_by = None
    notice.save()
    _record("change.reported_again", notice, by=by, at=at, said=notice.said)
    return notice


@transaction.atomic
def send_back(*, notice_id: int, reason: str, by: int | None, at: datetime) -> ChangeNotice:
    """Let a unit tell a change again, for a reason.

    Args:
        notice_id: The notice.
        reason: What is wrong with it, for the unit.
        by: Account acting, an official's.
        at: When. Aware.

    Raises:
        NoReason: If none is given.
        EventOutOfTurn: If it does not wait for confirmation.
    """
    if not reason.strip():
        raise NoReason("say what the unit has to mend")
    return _decide(notice_id, NoticeEvent.SEND_BACK, reason.strip(), by=by, at=at)


@transaction.atomic
def withdraw_notice(*, notice_id: int, by: int | None, at: datetime) -> ChangeNotice:
    """Take back what was told of a change; it never counted.

    Args:
        notice_id: The notice.
        by: Account acting, the unit's.
        at: When. Aware.

    Raises:
        EventOutOfTurn: If it is confirmed, or was withdrawn already.
    """
    return _decide(notice_id, NoticeEvent.WITHDRAW, "", by=by, at=at)


@transaction.atomic
def confirm_change(*, notice_id: int, by: int | None, at: datetime) -> ChangeNotice:
    """Confirm what a unit told: from now on the registry's facts say it, as of when it happened.

    Exactly the days that it touches are worked out again; what was reported before stays.

    Args:
        notice_id: The notice.
        by: Account acting, an official's.
        at: When. Aware.

    Raises:
        EventOutOfTurn: If it does not wait for confirmation.
        ExchangeExists, ForeignInstrument, InstalledElsewhere, InstrumentExists, BadKey,
            CodeDoesNotFit, KeyTaken, BadDescription, NothingKnown, UnknownPoint, StandsNowhere:
            If the registry cannot say so; nothing is changed then, and it waits on.

    Source:
        Notice 321 (2020), III(2)2.
    """
    with facts.edit():
        notice = _decide(notice_id, NoticeEvent.CONFIRM, "", by=by, at=at)
        confirming.carry_out(
            kind=notice.kind,
            unit_id=notice.unit_id,
            point_id=notice.point_id,
            instrument_id=notice.instrument_id,
            happened_at=notice.happened_at,
            said=changes.read(notice.said),
            by=by,
            at=at,
        )
    return notice


def _check(
    unit_id: int,
    kind: str,
    happened_at: datetime,
    said: Said,
    *,
    at: datetime,
    point_id: int | None,
    instrument_id: int | None,
) -> None:
    """Refuse what is told if it cannot be, or is not about the unit's own."""
    changes.check(
        kind, said, has_point=point_id is not None, has_instrument=instrument_id is not None
    )
    for value in (said.before_value, said.after_value):
        if value is not None:
            check_register(value)
    if happened_at > at:
        raise NotYet(f"{happened_at} is yet to come")
    if point_id is not None and point_queries.unit_of_point(point_id) != unit_id:
        raise ForeignInstrument(f"point {point_id} is not the unit's")
    if instrument_id is not None:
        own = Instrument.objects.filter(id=instrument_id, unit_id=unit_id)
        if not own.exists():
            raise ForeignInstrument(f"instrument {instrument_id} is not the unit's")
    if said.new_point_code and point_queries.point_by_code(unit_id, said.new_point_code) is None:
        raise changes.IncompleteChange(f"the unit has no point {said.new_point_code}")


def _decide(
    notice_id: int, event: NoticeEvent, reason: str, *, by: int | None, at: datetime
) -> ChangeNotice:
    """Take the notice to its next state, with the reason, and record it."""
    notice = _stepped(notice_id, event)
    notice.decided_at, notice.decided_by, notice.reason = at, by, reason
    notice.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    _record(f"change.{notice.state.lower()}", notice, by=by, at=at, reason=reason)
    return notice


def _stepped(notice_id: int, event: NoticeEvent) -> ChangeNotice:
    """Return the locked notice in the state that follows; not saved."""
    notice = ChangeNotice.objects.select_for_update().get(id=notice_id)
    notice.state = workflow.after(NOTICE_TRANSITIONS, NoticeState(notice.state), event)
    return notice


def _record(
    action: str, notice: ChangeNotice, *, by: int | None, at: datetime, **more: Any
) -> None:
    """Record what became of a notice."""
    details = {"kind": notice.kind, "happened_at": notice.happened_at.isoformat(), **more}
    audit.record(action, subject=f"change:{notice.id}", by=by, at=at, details=details)
