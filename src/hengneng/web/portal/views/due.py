"""When a unit's instruments are due: what is overdue, then month by month."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hengneng.registry.instruments import queries
from hengneng.registry.instruments.queries import DueRow
from hengneng.registry.instruments.rules.standing import Due
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import marks, tags
from hengneng.web.portal import own
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage


class Group(NamedTuple):
    """Instruments that are due together.

    Attributes:
        due: ``OVERDUE``, ``UNKNOWN``, or else by month.
        month: The month's first day; None: overdue, or not known.
        rows: The instruments.
    """

    due: str
    month: date | None
    rows: list[DueRow]


class DueCalendar(UnitPage):
    """The calendar."""

    template = "portal/due.html"
    chapter = "portal-instruments"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the instruments by month, and how many are due how soon."""
        found = queries.due_page(
            self.viewer, self.permission, wanted=list(Due), unit_id=unit.id, size=None
        )
        return {
            "groups": groups_of(found.rows),
            "total": found.total,
            "counts": [(due, getattr(found.counts, due.lower())) for due in Due],
            "may_keep": own.may_keep(self.viewer, unit.id),
        }


class DueFile(UnitFile):
    """The calendar as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the instruments, the longest overdue first."""
        found = queries.due_page(
            self.viewer, self.permission, wanted=list(Due), unit_id=unit.id, size=None
        )
        head = (
            _("Due"), _("How soon"), _("Number in your ledger"), _("Name"), _("Point"),
            _("Certificate"), _("Day of verification or calibration"), _("What to do"), _("By"),
        )  # fmt: skip
        rows = [
            (
                row.due_on, str(marks.DUE[row.due].word), row.number, row.name, row.point_code,
                row.certificate, row.verified_on,
                str(marks.ENDS[row.ends_in]) if row.ends_in else "", rule_of(row),
            )
            for row in found.rows
        ]  # fmt: skip
        return Listing("due", head, rows)


def groups_of(rows: Sequence[DueRow]) -> list[Group]:
    """Return the instruments together that are overdue, due in one month, or due nobody knows when.

    Args:
        rows: The instruments in any order. Shape (n,).
    """

    def key(row: DueRow) -> tuple[int, date]:
        rank = {Due.OVERDUE: 0, Due.UNKNOWN: 2}.get(row.due, 1)
        return rank, row.due_on.replace(day=1) if rank == 1 and row.due_on else date.min

    ordered = sorted(rows, key=lambda row: (*key(row), row.due_on or date.min, row.number))
    return [
        Group(
            {0: "OVERDUE", 1: "", 2: "UNKNOWN"}[rank],
            month if rank == 1 else None,
            list(together),
        )
        for (rank, month), together in groupby(ordered, key=key)
    ]


def rule_of(row: DueRow) -> str:
    """Return what set the due day, in words."""
    known = {"CERTIFICATE": _("the certificate"), "OWN_CYCLE": _("your own cycle")}
    return known.get(row.due_by or "", tags.by_rule(row.due_by or ""))
