"""What waits in a unit's ledger: changes sent back, instruments due, changes not confirmed yet."""

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hengneng.registry.declarations import queries as declarations
from hengneng.registry.declarations.queries import Wanted
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.queries import NoticeRow
from hengneng.registry.instruments.rules.standing import Condition, Due
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import marks
from hengneng.web.portal import term


class Todo(NamedTuple):
    """Something that waits.

    Attributes:
        kind: Its colour, which has a shape.
        subject: What it is about, a word.
        says: What is the matter.
        advice: What to do.
        address: Where to do it.
    """

    kind: str
    subject: str
    says: str
    advice: str
    address: str


def sent_back(unit: UnitRow, notices: list[NoticeRow], *, today: date) -> list[Todo]:
    """Return the changes that came back to the unit, each with its clock.

    Args:
        unit: The unit.
        notices: Its change notices.
        today: The city's day now.
    """
    found = []
    for row in (one for one in notices if one.state == "SENT_BACK"):
        due = term.term_until(row.due_on, today=today)
        about = row.point_code or row.instrument_number or ""
        says = _("%(change)s, %(about)s: sent back. %(reason)s") % {
            "change": marks.CHANGES[row.kind],
            "about": about,
            "reason": row.reason,
        }
        late = _("It was due on %(day)s: mend it and tell it again at once.")
        soon = _("Mend it and tell it again by %(day)s.")
        advice = (late if due.is_over else soon) % {"day": due.due_on.isoformat()}
        address = reverse("portal-change", args=[unit.code, row.id])
        found.append(Todo("bad", pgettext("meter", "Change"), says, advice, address))
    return found


def due(unit: UnitRow) -> list[Todo]:
    """Return what is overdue among the unit's instruments in use, and what is due soon."""
    rows = instruments.instruments_of(unit.id)
    soon = [row.due for row in rows if row.condition != Condition.STOPPED]
    address = reverse("portal-due", args=[unit.code])
    found = []
    if count := soon.count(Due.OVERDUE):
        says = ngettext(
            "%(count)d instrument is overdue or has failed.",
            "%(count)d instruments are overdue or have failed.",
            count,
        )
        advice = _("Have it verified or replaced, then enter the new certificate.")
        found.append(Todo("bad", _("Instruments"), says % {"count": count}, advice, address))
    if count := soon.count(Due.WITHIN_30):
        says = ngettext(
            "%(count)d instrument is due within 30 days.",
            "%(count)d instruments are due within 30 days.",
            count,
        )
        advice = _("Book its verification now.")
        found.append(Todo("warn", _("Instruments"), says % {"count": count}, advice, address))
    return found


def told(unit: UnitRow, notices: list[NoticeRow]) -> list[Todo]:
    """Return the changes that the district has not decided on yet."""
    count = sum(row.state == "REPORTED" for row in notices)
    if not count:
        return []
    says = ngettext(
        "%(count)d change that you told waits to be confirmed.",
        "%(count)d changes that you told wait to be confirmed.",
        count,
    )
    advice = _("Your district confirms it or sends it back; until then it does not count.")
    address = reverse("portal-changes", args=[unit.code]) + "?state=REPORTED"
    return [Todo("warn", pgettext("meter", "Change"), says % {"count": count}, advice, address)]


def declared_back(unit: UnitRow) -> list[Todo]:
    """Return the declarations that came back to the unit, each with its reason."""
    found = []
    came_back, _count = declarations.declarations_of(unit.id, Wanted(state="SENT_BACK"))
    for row in came_back:
        says = _("%(kind)s: sent back. %(reason)s") % {
            "kind": marks.DECLARED[row.kind],
            "reason": row.reason,
        }
        advice = _("Mend it and declare it again, or withdraw it.")
        address = reverse("portal-declaration", args=[unit.code, row.id])
        found.append(Todo("bad", _("Declaration"), says, advice, address))
    return found


def declared(unit: UnitRow) -> list[Todo]:
    """Return the declarations that the district has not decided on yet."""
    counts = declarations.counts_of(unit.id).items()
    count = sum(number for (state, _kind), number in counts if state == "DECLARED")
    if not count:
        return []
    says = ngettext(
        "%(count)d declaration waits to be confirmed.",
        "%(count)d declarations wait to be confirmed.",
        count,
    )
    advice = _("Your district confirms it or sends it back; until then it does not count.")
    address = reverse("portal-declarations", args=[unit.code]) + "?state=DECLARED"
    return [Todo("warn", _("Declaration"), says % {"count": count}, advice, address)]
