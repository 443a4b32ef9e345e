"""What units told of changes of their meters, and who has to do something about it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments.models import ChangeNotice
from hengneng.registry.instruments.queries.certificates import day_of
from hengneng.registry.instruments.rules import changes
from hengneng.registry.instruments.states import NoticeState
from hengneng.registry.units import queries as units


class UnknownNotice(LookupError):
    """There is no such change notice, or it is not the viewer's to see."""


class NoticeRow(NamedTuple):
    """A change notice.

    Attributes:
        id: The notice.
        unit_id: The unit.
        unit_code: Its code.
        unit_name: Its name.
        kind: ``EXCHANGE``, ``RATIO``, ``MOVE`` or ``STOP``.
        point_id: The point; None: not about one.
        point_code: Its code.
        instrument_id: The instrument; None: not named.
        instrument_number: Its number.
        happened_at: When it changed. Aware.
        said: What is told.
        state: ``REPORTED`` …
        due_on: Last day on which it was told in time.
        reported_at: When it was told, or told again. Aware.
        decided_at: When it was decided; None: not yet. Aware.
        decided_by: By whom; None: not yet.
        reason: Why it was sent back or withdrawn.
        is_late: Whether it was told after the last day.
    """

    id: int
    unit_id: int
    unit_code: str
    unit_name: str
    kind: str
    point_id: int | None
    point_code: str | None
    instrument_id: int | None
    instrument_number: str | None
    happened_at: datetime
    said: changes.Said
    state: str
    due_on: date
    reported_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    reason: str
    is_late: bool


def awaiting(viewer: Viewer) -> list[NoticeRow]:
    """Return the change notices that the viewer may confirm or send back, the oldest first."""
    visible = units.visible_to(viewer, Permission.CONFIRM_CHANGE)
    told = ChangeNotice.objects.filter(state=NoticeState.REPORTED, unit__in=visible.values("id"))
    return _rows(told.order_by("reported_at", "id"))


def sent_back_to(viewer: Viewer) -> list[NoticeRow]:
    """Return the change notices that came back to the viewer's own units, the oldest first."""
    own = viewer.units.get(Permission.REPORT_CHANGE, frozenset())
    told = ChangeNotice.objects.filter(state=NoticeState.SENT_BACK, unit_id__in=own)
    return _rows(told.order_by("decided_at", "id"))


def notices_of(unit_id: int) -> list[NoticeRow]:
    """Return a unit's change notices, what changed last first; one query."""
    told = ChangeNotice.objects.filter(unit_id=unit_id)
    return _rows(told.order_by("-happened_at", "-id"))


def notices_reached(
    viewer: Viewer,
    permission: Permission,
    *,
    state: str = "",
    page: int = 1,
    size: int | None = None,
) -> tuple[list[NoticeRow], int]:
    """Return a page of the change notices of the units in reach, told last first, and how many.

    Args:
        viewer: Who asks.
        permission: By which permission.
        state: Only those in this state; empty: all.
        page: Which page, from 1.
        size: Rows on a page; None: all on one. [count]
    """
    visible = units.visible_to(viewer, permission)
    told = ChangeNotice.objects.filter(unit__in=visible.values("id"))
    if state:
        told = told.filter(state=state)
    ordered = told.order_by("-reported_at", "-id")
    if size is None:
        found = _rows(ordered)
        return found, len(found)
    first = (page - 1) * size
    return _rows(ordered[first : first + size]), told.count()


def notice_by_id(viewer: Viewer, permission: Permission, notice_id: int) -> NoticeRow:
    """Return one change notice.

    Raises:
        UnknownNotice: If there is none, or the permission does not reach its unit.
    """
    visible = units.visible_to(viewer, permission)
    for row in _rows(ChangeNotice.objects.filter(id=notice_id, unit__in=visible.values("id"))):
        return row
    raise UnknownNotice(f"no change notice {notice_id}")


def units_of_notices(notice_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return code and name of the unit, and the point or instrument, of each of these notices."""
    return {
        number: (code, name, point or instrument or "")
        for number, code, name, point, instrument in ChangeNotice.objects.filter(
            id__in=notice_ids
        ).values_list("id", "unit__code", "unit__name", "point__code", "instrument__number")
    }


_FIELDS = (
    "id",
    "unit_id",
    "unit__code",
    "unit__name",
    "kind",
    "point_id",
    "point__code",
    "instrument_id",
    "instrument__number",
    "happened_at",
    "said",
    "state",
    "due_on",
    "reported_at",
    "decided_at",
    "decided_by",
    "reason",
)


def _rows(told: QuerySet[ChangeNotice]) -> list[NoticeRow]:
    """Return the rows of some notices; one query."""
    rows = told.values_list(*_FIELDS)
    return [
        NoticeRow._make((*row[:10], changes.read(row[10]), *row[11:], day_of(row[13]) > row[12]))
        for row in rows
    ]
