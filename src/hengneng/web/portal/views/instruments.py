"""A unit's instruments: the list, one with its certificates and its life, entered and corrected."""

from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hengneng.kernel import clock
from hengneng.kernel.files import queries as files
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.queries import InstrumentRow, LifeEvent
from hengneng.registry.instruments.rules.kinds import kinds
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import frame, marks, tags
from hengneng.web.portal import asked, own
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.instrument_forms import (
    InstrumentForm,
    NewInstrumentForm,
    instrument_initial,
)
from hengneng.web.portal.own import Aim, OwnForm

PAGE_SIZE = 50
SEARCH_LONGEST = 60
LIFE = {
    "INSTALLED": gettext_lazy("Put up at a point"),
    "REMOVED": gettext_lazy("Taken down from a point"),
    "STATUS": gettext_lazy("Condition of use"),
    "CERTIFICATE": gettext_lazy("Certificate given"),
    "EXCHANGE": gettext_lazy("Exchanged"),
    "NOTICE": gettext_lazy("Change told"),
}


class Asked(NamedTuple):
    """What a list of instruments is asked for.

    Attributes:
        search: A part of number, name or maker's number; empty: any.
        due: How soon they are due; empty: any.
    """

    search: str
    due: str

    def lets_through(self, row: InstrumentRow) -> bool:
        """Answer whether an instrument is asked for."""
        said = f"{row.number} {row.name} {row.serial_number}".lower()
        return self.due in ("", row.due) and self.search.lower() in said


class Instruments(UnitPage):
    """The list."""

    template = "portal/instruments.html"
    chapter = "portal-instruments"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return one page of the instruments, and how many are due how soon."""
        every, wanted = queries.instruments_of(unit.id), asked_for(self.request)
        there = [row for row in every if wanted.lets_through(row)]
        page = frame.place_of(frame.page_number(self.request), size=PAGE_SIZE, total=len(there))
        return {
            "rows": there[page.first - 1 : page.last],
            "page": page,
            "total": len(every),
            "wanted": wanted,
            "counts": [(due, sum(due_of(row) == due for row in every)) for due in marks.DUE],
            "kinds": kinds(),
            "may_keep": own.may_keep(self.viewer, unit.id),
        }


class InstrumentsFile(UnitFile):
    """The instruments as a file, as the filter shows them."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the instruments, form B.3's columns first."""
        wanted = asked_for(self.request)
        head = (
            _("Number in your ledger"), _("Name"), pgettext("sort", "Kind"), _("Model"),
            _("Accuracy class"), _("Measuring range"), _("Maker"), _("Maker's number"),
            _("Place and use"), _("Point"),
            _("Condition of use"), _("Certificate"), _("Day of verification or calibration"),
            _("No longer valid from"), _("Standing"),
        )  # fmt: skip
        rows = [_cells(row) for row in queries.instruments_of(unit.id) if wanted.lets_through(row)]
        return Listing("instruments", head, rows)


class OneInstrument(UnitPage):
    """One instrument."""

    template = "portal/instrument.html"
    chapter = "portal-instruments"
    not_there = own.NOT_THERE

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the instrument, its certificates and papers, and what happened to it."""
        row = instrument_of(self, unit, self.kwargs["instrument_id"])
        given = queries.certificates_of([row.id])
        papers = files.kept([one.file_id for one in given if one.file_id is not None])
        may_keep = own.may_keep(self.viewer, unit.id)
        brought = {paper.id for paper in papers.values() if paper.kept_by == self.viewer.account_id}
        return {
            "row": row,
            "kinds": kinds(),
            "today": asked.today(),
            "certificates": given,
            "papers": papers,
            "own": {one.id for one in given if may_keep and one.file_id in brought},
            "life": [(event, LIFE[event.what], detail(event)) for event in life_of(row.id)],
            "may_keep": may_keep,
        }


class NewInstrument(OwnForm):
    """Enter an instrument."""

    form_class = NewInstrumentForm
    chapter = "portal-instruments"
    anticipated = {
        instruments.InstrumentExists: gettext_lazy("Your ledger holds an instrument of it already.")
    }

    def aim(self) -> Aim:
        """Return what the form is for."""
        advice = _("Where it stands is told as a change afterwards and confirmed by your district.")
        return Aim(_("Enter an instrument"), _("Enter"), (advice,))

    def act(self, form: forms.Form) -> Any:
        """Enter it."""
        given = self.made(form)
        instruments.create_instrument(
            unit_id=self.unit.id, by=self.viewer.account_id, at=clock.now(), **given
        )
        return _("%(number)s stands in your ledger.") % {"number": given["number"]}

    def field_of(self, error: Exception) -> str | None:  # noqa: ARG002
        """Put the error beside the number."""
        return "number"


class CorrectInstrument(OwnForm):
    """Correct what the ledger says of an instrument."""

    chapter = "portal-instruments"

    def row(self) -> InstrumentRow:
        """Return the instrument."""
        return instrument_of(self, self.unit, self.kwargs["instrument_id"])

    def aim(self) -> Aim:
        """Return what the form is for."""
        return Aim(_("Correct the ledger"), _("Save"), (), self.row().number)

    def form(self) -> forms.Form:
        """Return the form, filled in with what the ledger says."""
        return InstrumentForm(self.sent()[0], initial=instrument_initial(self.row()))

    def act(self, form: forms.Form) -> Any:
        """Correct it."""
        instruments.correct_instrument(
            instrument_id=self.row().id,
            by=self.viewer.account_id,
            at=clock.now(),
            **self.made(form),
        )
        return _("The ledger is corrected.")

    def leads_to(self) -> str:
        """Return to the instrument."""
        code, instrument_id = self.kwargs["code"], self.kwargs["instrument_id"]
        return resolve_url("portal-instrument", code, instrument_id)


def asked_for(request: HttpRequest) -> Asked:
    """Return what a list is asked for."""
    search = request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LONGEST]
    due = request.GET.get("due", "")
    return Asked(search, due if due in marks.DUE else "")


def due_of(row: InstrumentRow) -> str:
    """Return how soon an instrument is due, as the filter counts it."""
    return str(row.due)


def instrument_of(view: Any, unit: UnitRow, instrument_id: int) -> InstrumentRow:
    """Return the unit's instrument.

    Raises:
        UnknownInstrument: If there is none, or it is another unit's.
    """
    unit_id, row = queries.instrument_by_id(view.viewer, view.permission, instrument_id)
    if unit_id != unit.id:
        raise queries.UnknownInstrument(f"no instrument {instrument_id} at unit {unit.code}")
    return row


def life_of(instrument_id: int) -> list[LifeEvent]:
    """Return what happened to an instrument, what happened last first."""
    return queries.life_of(instrument_id)[::-1]


def detail(event: LifeEvent) -> str:
    """Return what an event of an instrument's life was about, in words."""
    said = event.said
    if event.what == "CERTIFICATE":
        return f"{said['number']} {marks.RESULTS[said['result']]}".strip()
    if event.what == "EXCHANGE":
        readings = f"{tags.exact(said['before_value'])} → {tags.exact(said['after_value'])}"
        return f"{said['point_code']} {readings}"
    if event.what == "NOTICE":
        return f"{marks.CHANGES[said['kind']]}, {marks.CHANGE_NOTICES[said['state']].word}"
    if event.what == "STATUS":
        return str(marks.CONDITIONS[said["condition"]])
    return str(said["point_code"])


def _cells(row: InstrumentRow) -> tuple[Any, ...]:
    """Return an instrument's row of the file."""
    last = row.certificate
    return (
        row.number, row.name, tags.name(kinds()[row.kind]) if row.kind else "", row.model,
        row.accuracy_class, row.measuring_range, row.maker, row.serial_number, row.place,
        row.point_code, str(marks.CONDITIONS[row.condition]) if row.condition else "",
        last.number if last else "", last.verified_on if last else None, row.due_on,
        str(marks.STANDINGS[row.standing].word),
    )  # fmt: skip
