"""What a unit sent and what does not count: flawed records, refused uploads, data without a point.

Each with its reason and what to do; nothing of it is lost.
"""

from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.registry.units.queries import UnitRow
from hengneng.telemetry.journal import queries as journal
from hengneng.telemetry.journal.queries import FlawedRow
from hengneng.web.parts import frame, marks, tags
from hengneng.web.portal import asked, todos
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage

PAGE_SIZE = 30
REFUSALS_SHOWN = 20
PLACES_SHOWN = 8
EXPORT_MOST = 10_000
ADVICE = {
    "BAD_CODE": gettext_lazy("Set the 16-digit data code, or the meter's name, as described."),
    "BAD_SCOPE": gettext_lazy("Set the data scope that belongs to the code's level."),
    "BAD_TIME": gettext_lazy("Set the device's clock and time zone, then send the values again."),
    "BAD_NUMBER": gettext_lazy("Check the register's format and decimals in the device."),
    "BAD_STAT_TYPE": gettext_lazy("Use a statistics type of 0 to 3."),
    "BAD_VALID": gettext_lazy("Use a valid flag of 0 or 1."),
    "BAD_RECORD": gettext_lazy("Ask the device's maker: the record does not follow the protocol."),
}


class Rejected(UnitPage):
    """All that does not count."""

    template = "portal/rejected.html"
    chapter = "portal-rejected"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return one page of the flawed records, the latest refusals, data without a point."""
        number = frame.page_number(self.request)
        offset = (number - 1) * PAGE_SIZE
        found = journal.flawed_records(unit.id, offset=offset, limit=PAGE_SIZE + 1)
        return {
            "rows": [(row, _places(row), ADVICE[row.reason]) for row in found[:PAGE_SIZE]],
            "number": number,
            "has_next": len(found) > PAGE_SIZE,
            "refusals": [
                (row, marks.REFUSALS[row.reason])
                # Without their bytes, of which each may have megabytes.
                for row in journal.rejections(unit_id=unit.id).defer("body")[:REFUSALS_SHOWN]
            ],
            "unclaimed": todos.unclaimed_of(unit.id, today=asked.today()),
        }


class RejectedFile(UnitFile):
    """The flawed records as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return a row for each message and reason."""
        head = (
            _("Received at"), _("Reason"), _("Records"), _("Places in the message"),
            _("What to do"),
        )  # fmt: skip
        rows = [
            (
                tags.moment(row.recorded_at), str(marks.FLAWS[row.reason]), len(row.positions),
                ", ".join(str(position + 1) for position in row.positions),
                str(ADVICE[row.reason]),
            )
            for row in journal.flawed_records(unit.id, limit=EXPORT_MOST)
        ]  # fmt: skip
        return Listing("not-counted", head, rows)


def _places(row: FlawedRow) -> str:
    """Return where in the message the records stand, from 1; the first few of many."""
    shown = (str(position + 1) for position in row.positions[:PLACES_SHOWN])
    more = ["…"] if len(row.positions) > PLACES_SHOWN else []
    return ", ".join(chain(shown, more))
