"""What a unit's figures stand on: its messages, what was refused, what does not count and why."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.units import queries as units
from hengneng.telemetry.consumption.queries import figures
from hengneng.telemetry.journal import queries as journal
from hengneng.web.desk import evidence
from hengneng.web.desk.asked import Asked
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import frame, marks, tags
from hengneng.web.parts.views import FrontView

PAGE_SIZE, REJECTIONS_SHOWN, RECORDS_SHOWN = 50, 50, 500
FILE_MOST = 50_000


class Evidence(UnitTab):
    """The tab; ``?day=`` leaves only messages with records of that day."""

    template = "desk/unit/evidence.html"
    tab = "unit-evidence"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return a page of messages, and what of them does not count."""
        unit, words = look.unit, look.words
        day = words.day if look.query.get("day") and not words.fault else None
        number = look.page
        is_file = "format" in look.query
        found = journal.message_page(
            unit.id,
            day=day,
            offset=0 if is_file else (number - 1) * PAGE_SIZE,
            limit=FILE_MOST if is_file else PAGE_SIZE,
        )
        return {
            "of_day": day,
            "kept": found.rows,
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
            "rejections": list(
                journal.rejections(unit_id=unit.id).defer("body")[:REJECTIONS_SHOWN]
            ),
            "strays": evidence.strays_of(unit.id),
            "unclaimed": _unclaimed(unit.id, words, day),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return messages, rejections, flawed records, data without a point."""
        head = (_("Number"), _("Recorded at"), _("Channel"), _("Terminal"), _("SHA-256"))
        refused = (_("Received at"), _("Reason"), _("Size, byte"), _("Network address"))
        flawed = (_("Message"), _("Received at"), _("Reason"), _("Records"), _("Places"))
        return {
            "": File("messages", head, [_message_cells(row) for row in context["kept"]]),
            "rejections": File(
                "rejections",
                refused,
                [
                    (tags.moment(one.received_at), one.reason, one.size, one.source_address)
                    for one in context["rejections"]
                ],
            ),
            "strays": File(
                "flawed-records",
                flawed,
                [
                    (
                        one.sequence,
                        tags.moment(one.recorded_at),
                        str(marks.FLAWS[one.reason]),
                        one.records,
                        ", ".join(map(str, one.places)),
                    )
                    for one in context["strays"]
                ],
            ),
            "unclaimed": File(
                "without-point",
                (_("Source"), _("First day"), _("Last day"), _("Values")),
                [(tags.source(one.key), *one[1:]) for one in context["unclaimed"]],
            ),
        }


class MessagePage(UnitTab):
    """One message: when it came, its digest, what it says; the terminal's id stays hidden."""

    template = "desk/unit/message.html"
    tab = "unit-evidence"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the message, its records and its text."""
        message = journal.message(look.unit.id, look.named["sequence"])
        found = evidence.records_in(message)
        return {
            "message": message.row,
            "received_bytes": len(message.body),
            "records": found[:RECORDS_SHOWN],
            "all_records": found,
            "more": max(len(found) - RECORDS_SHOWN, 0),
            "text": evidence.readable(message.body),
            "may_have_raw": self.viewer.may(Permission.ADMIT_TERMINAL),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the message's records."""
        head = (_("Series"), _("Time"), _("Value"), _("Mark"))
        rows = [
            (one.series, tags.local_second(one.at), tags.digits(one), one.mark)
            for one in context["all_records"]
        ]
        return {"": File("records", head, rows)}


class RawMessage(FrontView):
    """A message's exact bytes; they hold the terminal's id, so only who admits terminals may."""

    permission = Permission.ADMIT_TERMINAL

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the bytes as received, to be saved.

        Raises:
            Http404: If there is no such message in reach.
        """
        try:
            unit = units.unit_row(self.viewer, self.permission, kwargs["code"])
            message = journal.message(unit.id, kwargs["sequence"])
        except (units.UnknownUnit, journal.UnknownMessage) as error:
            raise Http404(str(error)) from error
        named = f'attachment; filename="message-{message.row.sequence}.bin"'
        return HttpResponse(
            message.body,
            content_type="application/octet-stream",
            headers={"Content-Disposition": named, "X-Content-SHA256": message.row.sha256.hex()},
        )


def _unclaimed(unit_id: int, words: Asked, day: date | None) -> list[figures.Unclaimed]:
    """Return the sources that sent data on the day, or in the month, and feed no point."""
    first, last = (day, day) if day else (words.month, words.month_end)
    return figures.series_without_point(unit_id=unit_id, from_day=first, to_day=last)


def _message_cells(row: journal.KeptMessage) -> tuple[Any, ...]:
    return (
        row.sequence,
        tags.moment(row.recorded_at),
        str(marks.CHANNELS[str(row.channel)]),
        row.terminal_id,
        row.sha256.hex(),
    )
