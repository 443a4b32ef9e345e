"""What an official puts on record of a unit as a legal person, each with its day and document."""

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.shortcuts import resolve_url
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import operations as documents
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries
from hengneng.registry.units.queries import EventRow, UnitRow
from hengneng.web.desk.energy_forms import document_of
from hengneng.web.desk.unit_forms import (
    BusinessForm,
    LevelForm,
    RenameForm,
    SuccessionForm,
    WithdrawEventForm,
)
from hengneng.web.desk.views.factors import REFUSED
from hengneng.web.parts.views import FormView


class OutOfReach(LookupError):
    """A unit named beside this one does not exist or is not the viewer's to change."""


class Record(FormView):
    """A form about one unit's card; what it stands on is kept in the same transaction."""

    permission = Permission.EDIT_REGISTRY
    template = "desk/unit/record.html"
    not_there: ClassVar[tuple[type[Exception], ...]] = (
        queries.UnknownUnit,
        units.UnknownEvent,
    )
    title: Any
    lead: Any = ""
    anticipated = {
        documents.DocumentRefused: REFUSED,
        units.NoProof: _("A closed or suspended unit needs a document that shows it."),
        units.NotYet: _("This day has not come; enter it then."),
        units.NoName: _("A unit has a name."),
        units.SameName: _("The unit bears this name on that day already."),
        units.WrongParties: _("Name at least two units on the side that is several."),
        units.AlreadyClosed: _("A unit that takes part was closed on that day already."),
        units.NotAsRecorded: _("What it brought about was changed since; take that back first."),
        OutOfReach: _("One of these codes belongs to no unit within your reach."),
    }
    beside: ClassVar[dict[type[Exception], str]] = {
        documents.DocumentRefused: "document",
        units.NoProof: "document",
        units.NotYet: "on",
        units.NoName: "name",
        units.SameName: "name",
        units.WrongParties: "others",
        OutOfReach: "others",
    }

    def context(self) -> dict[str, Any]:
        """Return the unit and what the form is for."""
        return {"unit": self.unit, "title": self.title, "lead": self.lead}

    @cached_property
    def unit(self) -> UnitRow:
        """Return the unit, within the viewer's reach."""
        return queries.unit_row(self.viewer, self.permission, self.kwargs["code"])

    def form(self) -> forms.Form:
        """Return the form, with its file where one was sent."""
        sent = self.request.method == "POST"
        return self.form_class(
            self.request.POST if sent else None, self.request.FILES if sent else None
        )

    def field_of(self, error: Exception) -> str | None:
        """Put an error beside what it is about, where the form has such a field."""
        name = self.beside.get(type(error))
        if name == "document" and "proof" in self.form_class.base_fields:
            name = "proof"
        return name if name in self.form_class.base_fields else None

    def leads_to(self) -> str:
        """Go back to the card."""
        return resolve_url("unit-card", self.kwargs["code"])

    def kept(self, upload: "UploadedFile[Any] | None") -> int | None:
        """Keep an uploaded file and return its id; None where none was sent."""
        if upload is None:
            return None
        return documents.keep_document(
            document=document_of(upload), by=self.viewer.account_id, at=clock.now()
        )


class RecordBusiness(Record):
    """Say whether the unit works."""

    form_class = BusinessForm
    title = _("Record suspension, closure or return")
    lead = _("By the record reviews know that they cannot be held, and reports who does not count.")

    @transaction.atomic
    def act(self, form: forms.Form) -> Any:
        """Record it."""
        given = form.cleaned_data
        units.record_business(
            unit_id=self.unit.id,
            state=given["state"],
            valid_from=clock.midnight(given["since"]),
            proof_id=self.kept(given["proof"]),
            reason=given["reason"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("It is on record.")


class Rename(Record):
    """Record another name."""

    form_class = RenameForm
    title = _("Record another name")
    lead = _("The earlier name stays with its dates; papers of that time keep it.")

    @transaction.atomic
    def act(self, form: forms.Form) -> Any:
        """Record it."""
        given = form.cleaned_data
        units.rename_unit(
            unit_id=self.unit.id,
            name=given["name"],
            name_en=given["name_en"] or None,
            on=given["on"],
            document_id=self.kept(given["document"]),
            note=given["note"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The name is on record.")


class Succession(Record):
    """Record a merger or a split."""

    form_class = SuccessionForm
    title = _("Record a merger or a split")
    lead = _("Units that are no more are closed from the day on; nothing of them is deleted.")

    @transaction.atomic
    def act(self, form: forms.Form) -> Any:
        """Record it."""
        given, unit_id = form.cleaned_data, self.unit.id
        others = self.others(form)
        said = {
            "on": given["on"],
            "document_id": self.kept(given["document"]),
            "note": given["note"],
            "by": self.viewer.account_id,
            "at": clock.now(),
        }
        if given["kind"] == "MERGE":
            units.merge_units(unit_ids=[unit_id, *others], into_id=unit_id, **said)
        else:
            stays = [unit_id] if given["goes_on"] else []
            units.split_unit(unit_id=unit_id, into_ids=[*stays, *others], **said)
        return _("It is on record.")

    def others(self, form: forms.Form) -> list[int]:
        """Return the other units' ids.

        Raises:
            OutOfReach: If the viewer may not change one of them, or there is none.
        """
        codes = form.codes()  # type: ignore[attr-defined]
        reached = queries.visible_to(self.viewer, self.permission).filter(code__in=codes)
        found = dict(reached.values_list("code", "id"))
        if len(found) < len(codes):
            raise OutOfReach(", ".join(code for code in codes if code not in found))
        return [found[code] for code in codes]


class RecordLevel(Record):
    """Say what the unit consumed in a whole year."""

    form_class = LevelForm
    title = _("Record the consumption of a year")
    lead = _("A later statement for the same year replaces it; what was stated before is kept.")

    @transaction.atomic
    def act(self, form: forms.Form) -> Any:
        """Record it."""
        given = dict(form.cleaned_data)
        document_id = self.kept(given.pop("document"))
        units.record_level(
            unit_id=self.unit.id,
            **given,
            document_id=document_id,
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The consumption of %(year)s is on record.") % {"year": given["year"]}


class WithdrawEvent(Record):
    """Take back an event that was recorded by mistake."""

    form_class = WithdrawEventForm
    title = _("Take an event back")
    lead = _("What it brought about, a name or a closure, is taken back with it.")

    def context(self) -> dict[str, Any]:
        """Return the unit and the event."""
        context = super().context()
        return {**context, "event": self.event(**self.kwargs)}

    def event(self, **kwargs: Any) -> EventRow:
        """Return the event, one of the unit's.

        Raises:
            UnknownEvent: If the unit has no such event.
        """
        told = queries.events_of(self.unit.id)
        found = next((row for row in told if row.id == kwargs["event_id"]), None)
        if found is None:
            raise units.UnknownEvent(str(kwargs["event_id"]))
        return found

    def act(self, form: forms.Form) -> Any:
        """Take it back."""
        units.withdraw_event(
            event_id=self.event(**self.kwargs).id,
            reason=form.cleaned_data["reason"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The event is taken back.")
