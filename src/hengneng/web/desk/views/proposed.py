"""Instruments that terminals describe: look, confirm, refuse."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.kernel.states import EventOutOfTurn
from hengneng.protocol.national.metering import read_item
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.web.desk import naming
from hengneng.web.desk.instrument_forms import ConfirmInstrumentForm
from hengneng.web.parts import marks
from hengneng.web.parts.views import ActionView, FormView

DECIDED = _("Somebody else has decided this in the meantime.")
# What a terminal says of an instrument, and under which name the ledger has it.
FIELDS = {
    "name": (_("Name"), "name"),
    "manage_code": (_("Number"), "number"),
    "model": (_("Model"), "model"),
    "maker": (_("Maker"), "maker"),
    "accuracy_class": (_("Accuracy class"), "stated_class"),
    "measuring_range": (_("Measuring range"), "measuring_range"),
    "place": (_("Place and use"), "place"),
    "data_code": (_("Data code"), ""),
    "installed_on": (_("Installed on"), ""),
    "verified_on": (_("Last verified on"), "verified_on"),
    "due_on": (_("Next due on"), "due_on"),
    "body": (_("Verified or calibrated by"), "body"),
    "state": (_("Condition"), "condition"),
}
STATES = {"NORMAL": _("in use"), "FAULTY": _("faulty"), "STOPPED": _("out of use")}


class ConfirmInstrument(FormView):
    """Enter what a terminal describes."""

    permission = Permission.CONFIRM_CHANGE
    template = "desk/proposed_instrument.html"
    form_class = ConfirmInstrumentForm
    afterwards = "desk"
    not_there = (queries.UnknownProposal,)
    anticipated = {
        EventOutOfTurn: DECIDED,
        instruments.ForeignMatch: _("This instrument belongs to another unit."),
        instruments.IncompleteInstrument: _(
            "A new instrument needs a name and a number; the terminal told none: enter the number."
        ),
        instruments.InstrumentExists: _("The ledger holds an instrument of that number already."),
        instruments.UnknownKind: _("There is no such kind of instrument."),
        instruments.BadCertificate: _(
            "The days of verification that the terminal tells cannot be."
        ),
        instruments.CertificateExists: _("A certificate of that day is on record already."),
    }
    beside: ClassVar[Mapping[type[Exception], str]] = {
        instruments.ForeignMatch: "instrument",
        instruments.IncompleteInstrument: "number",
        instruments.InstrumentExists: "number",
        instruments.UnknownKind: "kind",
    }

    def form(self) -> forms.Form:
        """Return the form, with the unit's instruments to choose from.

        Raises:
            Http404: If there is no such proposal in reach.
        """
        try:
            row = self.proposal(**self.kwargs)
        except queries.UnknownProposal as error:
            raise Http404(str(error)) from error
        sent = self.request.POST if self.request.method == "POST" else None
        return ConfirmInstrumentForm(sent, there=queries.instruments_of(row.unit_id))

    def context(self) -> dict[str, Any]:
        """Return what the terminal tells beside what the ledger says."""
        row = naming.named_one(self.proposal(**self.kwargs))
        return {"row": row, "fields": compared(row)}

    def proposal(self, **kwargs: Any) -> queries.InstrumentProposalRow:
        """Return the proposal."""
        return queries.proposal_by_id(self.viewer, self.permission, kwargs["proposed_id"])

    def act(self, form: forms.Form) -> Any:
        """Confirm it."""
        given = form.cleaned_data
        made = instruments.confirm_instrument(
            proposal_id=self.proposal(**self.kwargs).id,
            by=self.viewer.account_id,
            at=clock.now(),
            instrument_id=given["instrument"],
            number=given["number"],
            kind=given["kind"],
        )
        return _("The instrument %(number)s stands in the ledger.") % {"number": made.number}

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return self.beside.get(type(error))


class RefuseInstrument(ActionView):
    """Decide that what a terminal describes is not entered."""

    permission = Permission.CONFIRM_CHANGE
    afterwards = "desk"
    anticipated = {EventOutOfTurn: DECIDED}

    def act(self) -> Any:
        """Refuse it.

        Raises:
            Http404: If there is no such proposal in reach.
        """
        try:
            row = queries.proposal_by_id(self.viewer, self.permission, self.kwargs["proposed_id"])
        except queries.UnknownProposal as error:
            raise Http404(str(error)) from error
        instruments.refuse_instrument(proposal_id=row.id, by=self.viewer.account_id, at=clock.now())
        return _("The proposed instrument is refused; the upload stays kept.")


def compared(row: queries.InstrumentProposalRow) -> list[tuple[Any, Any, Any]]:
    """Return label, what the terminal tells, and what the ledger says of the same number."""
    item = read_item(row.uploaded)
    if item is None:
        return []
    stood = {one.number: one for one in queries.instruments_of(row.unit_id)}
    known = stood.get(item.manage_code)
    return [
        (label, _in_words(field, getattr(item, field)), _known(known, name))
        for field, (label, name) in FIELDS.items()
        if getattr(item, field) not in (None, "")
    ]


def _known(row: queries.InstrumentRow | None, field: str) -> Any:
    """Return what the ledger says of a field, in words; empty where it says nothing."""
    if row is None or not field:
        return ""
    if field == "condition":
        return marks.CONDITIONS.get(row.condition, "")
    holder = row if field in row._fields else row.certificate
    value = getattr(holder, field, None)
    return "" if value is None else str(value)


def _in_words(field: str, value: Any) -> Any:
    """Return what a terminal tells, in words."""
    return STATES[value] if field == "state" else str(value)
