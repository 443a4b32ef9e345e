"""What an official enters in a unit's card: particulars, legal person, facilities, contacts."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.keys import MasterKeyMissing
from hengneng.kernel.personal.queries import Shown
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries
from hengneng.registry.units.queries import ContactRow
from hengneng.web.desk.card_forms import (
    WRONG,
    ContactForm,
    EndForm,
    FacilityForm,
    LegalPersonForm,
    NewContactForm,
    ParticularsForm,
    PostForm,
    RoleForm,
    contact_initial,
)
from hengneng.web.desk.views.unit.events import Record
from hengneng.web.parts import marks


class _Edit(Record):
    """A form about the card that stands on no document."""

    not_there = (queries.UnknownUnit, units.NotAContact)
    anticipated = {
        units.NotYet: _("This day has not come; enter it then."),
        personal.NoPersonName: _("Name the person."),
        personal.Erased: _("This person was erased; name them anew."),
        MasterKeyMissing: _(
            "The key that seals persons is not on this machine; tell the platform's operator."
        ),
        facts.NothingKnown: _("Nothing is known of that day; choose a later one."),
        facts.EmptySpan: _("The last day is before the first."),
    }
    beside = {
        units.NotYet: "since",
        personal.NoPersonName: "name",
        facts.NothingKnown: "since",
        facts.EmptySpan: "last",
    }

    def form(self) -> forms.Form:
        """Return the form; what was sent stays in it where it is refused.

        Raises:
            Http404: If there is no such unit in reach, or no such contact.
        """
        sent = self.request.POST if self.request.method == "POST" else None
        try:
            return self.made(sent)
        except self.not_there as error:
            raise Http404(str(error)) from error

    def made(self, sent: Any) -> forms.Form:
        """Return the form, bound with what was sent."""
        return self.form_class(sent)

    def acting(self) -> dict[str, Any]:
        """Return whose it is, who acts, and when."""
        unit = self.unit
        return {"unit_id": unit.id, "by": self.viewer.account_id, "at": clock.now()}


class DescribeUnit(_Edit):
    """Say what the unit does, where it is and who supervises it."""

    title = _("Correct the particulars")
    lead = _("What is left as it is stays; lists and searches show what is so now.")

    def made(self, sent: Any) -> forms.Form:
        """Return the form, filled in with what the card says."""
        unit = self.unit
        card = queries.unit_card(self.viewer, self.permission, unit.code)
        return ParticularsForm(sent, known=card.particulars or unit)

    def act(self, form: Any) -> Any:
        """Record it."""
        said = self.acting() | form.changes()
        if form.cleaned_data["ground"] == WRONG:
            units.correct_unit(**said)
        else:
            units.describe_unit(valid_from=clock.midnight(form.cleaned_data["since"]), **said)
        return _("The card says so now.")


class NameLegalPerson(_Edit):
    """Say who is the legal person."""

    form_class = LegalPersonForm
    title = _("Name the legal person")
    lead = _("The former one is kept for the term of the purpose, then erased for good.")

    def act(self, form: forms.Form) -> Any:
        """Record them."""
        given = form.cleaned_data
        units.name_legal_person(
            name=given["name"],
            valid_from=clock.midnight(given["since"]),
            **self.acting(),
        )
        return _("The legal person is on record.")


class RecordFacility(_Edit):
    """Say whether the unit runs a facility."""

    form_class = FacilityForm
    title = _("Record a facility")
    lead = _("Data centres, shore power and the like are asked for by name in reviews and lists.")

    def act(self, form: forms.Form) -> Any:
        """Record it."""
        given = form.cleaned_data
        until = given["last"] and clock.midnight(given["last"] + timedelta(days=1))
        units.record_facility(
            kind=given["kind"],
            is_run=given["is_run"],
            valid_from=clock.midnight(given["since"]),
            valid_until=until,
            **self.acting(),
        )
        return _("The facility is on record.")


class AddContact(_Edit):
    """Name a person who is asked at the unit."""

    form_class = NewContactForm
    title = _("Name a contact")
    lead = _(
        "Names and numbers are kept sealed, shown masked to whoever need not know them, and"
        " erased when the purpose has ended."
    )

    def act(self, form: Any) -> Any:
        """Name them."""
        given = form.cleaned_data
        units.add_contact(
            role=given["role"],
            fields=form.fields_of_person(),
            valid_from=clock.midnight(given["since"]),
            **form.said(),
            **self.acting(),
        )
        return _("The contact is named.")


class _Contact(_Edit):
    """A form about a contact who is named."""

    def contact(self) -> ContactRow:
        """Return the contact in the role.

        Raises:
            NotAContact: If the person has not that role at the unit now.
        """
        unit = self.unit
        whole = queries.sees_persons(self.viewer, unit.id)
        for row in queries.contacts_of(unit.id, whole=whole):
            if (row.person.id, row.role) == (self.kwargs["person_id"], self.kwargs["role"]):
                return row
        raise units.NotAContact(f"person {self.kwargs['person_id']} is no {self.kwargs['role']}")

    def context(self) -> dict[str, Any]:
        """Return the unit, what the form is for, and about whom."""
        row = self.contact()
        about = f"{row.person.name} · {marks.CONTACT_ROLES[row.role]}"
        return {**super().context(), "lead": about}


class CorrectContact(_Contact):
    """Correct how a contact is reached, their post or training."""

    title = _("Correct a contact")

    def made(self, sent: Any) -> forms.Form:
        """Return the form; who sees persons masked corrects post and training alone."""
        row = self.contact()
        kind: type[PostForm] = ContactForm if row.person.shown == Shown.WHOLE else PostForm
        return kind(sent, initial=contact_initial(row))

    @transaction.atomic
    def act(self, form: Any) -> Any:
        """Correct them."""
        units.correct_contact(
            person_id=self.kwargs["person_id"],
            role=self.kwargs["role"],
            fields=form.fields_of_person(),
            **form.said(),
            **self.acting(),
        )
        return _("The contact is corrected.")


class GiveRole(_Contact):
    """Give a contact another role."""

    form_class = RoleForm
    title = _("Give another role")

    def act(self, form: Any) -> Any:
        """Give it."""
        given = form.cleaned_data
        units.give_role(
            person_id=self.contact().person.id,
            role=given["role"],
            valid_from=clock.midnight(given["since"]),
            **form.said(),
            **self.acting(),
        )
        return _("The role is given.")


class EndContact(_Contact):
    """End a contact's role."""

    form_class = EndForm
    title = _("End a contact's role")

    def act(self, form: forms.Form) -> Any:
        """End it."""
        row = self.contact()
        units.end_contact(
            person_id=row.person.id,
            role=row.role,
            ended_at=clock.midnight(form.cleaned_data["ended_on"]),
            **self.acting(),
        )
        return _("The contact's role has ended.")
