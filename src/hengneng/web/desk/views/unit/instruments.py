"""A unit's instruments: the ledger of form B.3 with certificates; one instrument's life."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.queries import ExchangeRow, InstrumentRow, LifeEvent
from hengneng.registry.instruments.rules.kinds import kinds
from hengneng.registry.points import queries as points
from hengneng.registry.units import queries as units
from hengneng.web.desk import life, sheet
from hengneng.web.desk.views.unit.base import File, Look
from hengneng.web.desk.views.unit.standing import LedgerTab, Stood
from hengneng.web.parts import frame, marks, tags

PAGE_SIZE = 50


class Instruments(LedgerTab):
    """The tab; ``?kind= due= condition=`` leave some out."""

    permission = Permission.VIEW_READINGS
    template = "desk/unit/instruments.html"
    tab = "unit-instruments"

    def ledger(self, look: Look, stood: Stood) -> dict[str, Any]:
        """Return the instruments as the filter shows them, counted by how soon they are due."""
        unit_id, query = look.unit.id, look.query
        there = instruments.instruments_of(unit_id, at=stood.at, as_of=stood.as_of)
        asked_for = {name: query.get(name, "") for name in ("kind", "due", "condition")}
        shown = [row for row in there if _fits(row, asked_for)]
        place = frame.place_of(look.page, size=PAGE_SIZE, total=len(shown))
        decides = stood.as_of is None and self.viewer.may(Permission.CONFIRM_CHANGE)
        return {
            "rows": shown,
            "paged": shown[place.first - 1 : place.last],
            "page": place,
            "total": len(there),
            "asked_for": asked_for,
            "kinds": _kinds_among(there),
            "counts": _counts(there),
            "dues": marks.DUE,
            "conditions": marks.CONDITIONS,
            "decides": decides,
            "changes": _waiting(unit_id) if decides else [],
            "proposed": instruments.proposals_of(unit_id) if decides else [],
            "exchanges": _exchanges(unit_id, stood),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the instruments with the columns of form B.3 and their certificates."""
        return {"": File("instruments", head(), [cells(row) for row in context["rows"]])}


class OneInstrument(LedgerTab):
    """An instrument's page; ``?format=`` answers its life or its certificates as a file."""

    permission = Permission.VIEW_READINGS
    template = "desk/unit/instrument.html"
    tab = "unit-instruments"
    not_there = (units.UnknownUnit, points.UnknownPoint, instruments.UnknownInstrument)

    def ledger(self, look: Look, stood: Stood) -> dict[str, Any]:
        """Return the instrument, its life and its certificates.

        Raises:
            UnknownInstrument: If the unit has no such instrument.
        """
        number = look.named["instrument_id"]
        unit_id, row = instruments.instrument_by_id(
            self.viewer, self.permission, number, at=stood.at, as_of=stood.as_of
        )
        if unit_id != look.unit.id:
            raise instruments.UnknownInstrument(f"no instrument {number} of {look.unit.code}")
        events = instruments.life_of(number, as_of=stood.as_of)
        given = instruments.certificates_of([number], as_of=stood.as_of)
        return {
            "row": row,
            "kind": kinds().get(row.kind),
            "events": [(event, life.WHAT[event.what], life.told(event)) for event in events],
            "drawn": life.drawn(events, today=stood.on, readings=_read(look, events)),
            "certificates": given,
            "dated": [(one, due_by_words(one.due_by)) for one in given],
            "papers": files.kept([one.file_id for one in given if one.file_id is not None]),
            "may_edit": stood.as_of is None and self.viewer.may(Permission.EDIT_REGISTRY),
            "may_decide": self.viewer.may(Permission.CONFIRM_CHANGE),
            "list_address": reverse("unit-instruments", args=[look.unit.code]),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the life and the certificates."""
        lived = [
            (tags.moment(event.at), str(what), words) for event, what, words in context["events"]
        ]
        return {
            "life": File("instrument-life", (_("When"), _("What"), _("Of it")), lived),
            "certificates": File(
                "certificates",
                (
                    _("Number"),
                    _("Kind of certificate"),
                    _("Verified or calibrated by"),
                    _("On"),
                    _("Result"),
                    _("Class that it gives"),
                    _("Due on"),
                    _("By"),
                ),
                [_certificate_cells(one) for one in context["certificates"]],
            ),
        }


def _exchanges(unit_id: int, stood: Stood) -> list[tuple[str, ExchangeRow]]:
    """Return the exchanges on record, latest first, each with its point's code."""
    there = points.points_of(unit_id, at=stood.at, as_of=stood.as_of)
    codes = {point.id: point.code for point in there}
    known = instruments.exchanges_of(unit_id, as_of=stood.as_of)
    return [(codes.get(one.point_id, ""), one) for one in reversed(known)]


def head() -> tuple[str, ...]:
    """Return the titles of the instruments' file."""
    return (
        _("Number"),
        _("Name"),
        _("Kind of instrument"),
        _("Model"),
        _("Accuracy class"),
        _("Class by certificate"),
        _("Measuring range"),
        _("Maker"),
        _("Serial number"),
        _("Stands at"),
        _("Place and use"),
        _("Condition"),
        _("Certificate"),
        _("Last verified on"),
        _("Due on"),
        _("How soon"),
    )


def cells(row: InstrumentRow) -> tuple[Any, ...]:
    """Return an instrument's row of the file."""
    known, given = kinds().get(row.kind), row.certificate
    return (
        row.number,
        row.name,
        tags.name(known) if known else "",
        row.model,
        row.accuracy_class,
        row.class_certificate,
        row.measuring_range,
        row.maker,
        row.serial_number,
        row.point_code,
        row.place,
        str(marks.CONDITIONS.get(row.condition, "")),
        given.number if given else "",
        given.verified_on if given else None,
        row.due_on,
        "" if row.condition == "STOPPED" else str(marks.DUE[row.due].word),
    )


def due_by_words(due_by: str) -> Any:
    """Return what sets a due day, in words."""
    return {
        "CERTIFICATE": _("the certificate states it"),
        "OWN_CYCLE": _("the unit's own cycle"),
        "": _("nothing known says when"),
    }.get(due_by, tags.by_rule(due_by))


def _certificate_cells(row: instruments.CertificateRow) -> tuple[Any, ...]:
    return (
        row.number,
        str(marks.CERTIFICATES[row.kind]),
        row.body,
        row.verified_on,
        str(marks.RESULTS[row.result]),
        row.accuracy_class,
        row.due_on,
        str(due_by_words(row.due_by)),
    )


def _fits(row: InstrumentRow, asked_for: dict[str, str]) -> bool:
    """Answer whether the filter lets an instrument through; one out of use is not due."""
    kind, due, condition = asked_for["kind"], asked_for["due"], asked_for["condition"]
    if kind and row.kind != kind:
        return False
    if due and (row.due != due or row.condition == "STOPPED"):
        return False
    return not condition or (row.condition or "NONE") == condition


def _kinds_among(there: Sequence[InstrumentRow]) -> dict[str, str]:
    """Return the names of the kinds that occur, by code."""
    found = {row.kind for row in there}
    return {code: tags.name(one) for code, one in kinds().items() if code in found}


def _counts(there: Sequence[InstrumentRow]) -> list[tuple[str, int]]:
    """Return how many are due how soon, without those out of use."""
    counted = Counter(str(row.due) for row in there if row.condition != "STOPPED")
    return [(code, counted[code]) for code in marks.DUE if counted[code]]


def _waiting(unit_id: int) -> list[instruments.NoticeRow]:
    """Return the unit's change notices that wait for a decision."""
    return [row for row in instruments.notices_of(unit_id) if row.state == "REPORTED"]


def _read(look: Look, events: Sequence[LifeEvent]) -> list[date]:
    """Return the months of the last twelve in which the point had figures while it stood there."""
    months = []
    stood = [event for event in events if event.what in ("INSTALLED", "REMOVED")]
    known = sheet.months_of_year(look.unit.id, look.words)
    for line in known.lines:
        if line.amount is None or not line.amount.received:
            continue
        before = [one for one in stood if tags.day(one.at)[:7] <= f"{line.period:%Y-%m}"]
        last = next((o for o in reversed(before) if o.said["point_id"] == line.point_id), None)
        if last is not None and (
            last.what == "INSTALLED" or tags.day(last.at)[:7] == f"{line.period:%Y-%m}"
        ):
            months.append(line.period)
    return sorted(set(months))
