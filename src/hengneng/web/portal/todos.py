"""What waits for a unit's energy manager, and what waits for somebody else on the unit's behalf."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengneng.insight.coverage.queries import Connection, Standing
from hengneng.kernel import clock
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import PointRow
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.terminals.states import TerminalState
from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.journal import queries as journal
from hengneng.web.portal import ledger_todos
from hengneng.web.portal.ledger_todos import Todo

# How far back records that do not count, and data without a point, are a to-do still.
LOOK_BACK = timedelta(days=7)
FLAWS_READ = 500


class Todos(NamedTuple):
    """Both lists, most urgent first."""

    own: list[Todo]
    others: list[Todo]


def todos_of(unit: UnitRow, *, connection: Connection, there: list[PointRow], today: date) -> Todos:
    """Return what waits.

    Args:
        unit: The unit.
        connection: How it is connected now.
        there: Its points now.
        today: The city's day now.
    """
    notices = instruments.notices_of(unit.id)
    own = [
        *ledger_todos.sent_back(unit, notices, today=today),
        *ledger_todos.declared_back(unit),
        *_silence(unit, connection),
        *ledger_todos.due(unit),
        *_flaws(unit),
        *_unfed(unit, there),
    ]
    others = [
        *ledger_todos.told(unit, notices),
        *ledger_todos.declared(unit),
        *_requests(unit),
        *_proposals(unit),
        *_unclaimed(unit, today),
    ]
    return Todos(own, others)


def _silence(unit: UnitRow, connection: Connection) -> list[Todo]:
    if connection.standing is Standing.LIVE:
        return []
    address = reverse("portal-devices", args=[unit.code])
    if connection.standing is Standing.NEVER:
        says = _("The platform has not received any data of this unit yet.")
        advice = _("Set up the monitoring device; the page on devices says how.")
        return [Todo("bad", _("Connection"), says, advice, address)]
    is_silent = connection.standing is Standing.SILENT
    says = _("No data arrives any more.") if is_silent else _("The latest data is late.")
    advice = _("Check power, network and settings of the device. It sends later what it has kept.")
    return [Todo("bad" if is_silent else "warn", _("Connection"), says, advice, address)]


def _flaws(unit: UnitRow) -> list[Todo]:
    since = clock.now() - LOOK_BACK
    rows = journal.flawed_records(unit.id, limit=FLAWS_READ)
    count = sum(len(row.positions) for row in rows if row.recorded_at >= since)
    if not count:
        return []
    says = ngettext(
        "%(count)d record of the last seven days does not count.",
        "%(count)d records of the last seven days do not count.",
        count,
    ) % {"count": count}
    advice = _("See the reason of each, mend the device's setting and send the values again.")
    address = reverse("portal-rejected", args=[unit.code])
    return [Todo("warn", _("Records"), says, advice, address)]


def _unfed(unit: UnitRow, there: list[PointRow]) -> list[Todo]:
    codes = [point.code for point in there if point.key is None]
    if not codes:
        return []
    says = _("Nothing feeds: %(points)s.") % {"points": _(", ").join(codes)}
    advice = _("Tell your district which data code or meter belongs to the point.")
    address = reverse("portal-points", args=[unit.code])
    return [Todo("warn", _("Points"), says, advice, address)]


def _requests(unit: UnitRow) -> list[Todo]:
    states = [row.state for row in terminals.terminals_of(unit.id)]
    address = reverse("portal-devices", args=[unit.code])
    found = []
    if count := states.count(TerminalState.PENDING):
        says = ngettext(
            "%(count)d device waits for admission.", "%(count)d devices wait for admission.", count
        )
        advice = _("Your district admits it. If it is not yours, tell the district.")
        found.append(Todo("warn", _("Device"), says % {"count": count}, advice, address))
    if states.count(TerminalState.ADMITTED):
        says = _("A device is admitted and has not fetched its id yet.")
        advice = _("Let it register again; the admission lapses after a day.")
        found.append(Todo("warn", _("Device"), says, advice, address))
    return found


def _proposals(unit: UnitRow) -> list[Todo]:
    count = len(points.proposals_of(unit.id))
    if not count:
        return []
    says = ngettext(
        "%(count)d point that your device describes waits to be confirmed.",
        "%(count)d points that your device describes wait to be confirmed.",
        count,
    )
    advice = _("Your district confirms it; data sent until then are kept and will count.")
    address = reverse("portal-points", args=[unit.code])
    return [Todo("warn", _("Point"), says % {"count": count}, advice, address)]


def _unclaimed(unit: UnitRow, today: date) -> list[Todo]:
    count = len(unclaimed_of(unit.id, today=today))
    if not count:
        return []
    says = ngettext(
        "Data of %(count)d source belongs to no point.",
        "Data of %(count)d sources belongs to no point.",
        count,
    )
    advice = _("It is kept. It counts once your district has described the point.")
    address = reverse("portal-rejected", args=[unit.code]) + "#unclaimed"
    return [Todo("warn", _("Data"), says % {"count": count}, advice, address)]


def unclaimed_of(unit_id: int, *, today: date) -> list[Any]:
    """Return the sources that sent data in the last week and feed no point."""
    return figures.series_without_point(unit_id=unit_id, from_day=today - LOOK_BACK, to_day=today)
