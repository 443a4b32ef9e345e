"""A unit's card on its own pages: what it is, where it is, and its contacts, which it names."""

from typing import Any

from django import forms
from django.db import transaction
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.keys import MasterKeyMissing
from hengneng.kernel.personal.queries import Shown
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.energy import queries as energy
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.units import operations as units
from hengneng.registry.units import queries
from hengneng.registry.units.queries import ContactRow, UnitRow
from hengneng.web.parts import marks, tags
from hengneng.web.portal import asked, own
from hengneng.web.portal.card_forms import (
    ContactForm,
    EndContactForm,
    NewContactForm,
    contact_initial,
)
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.own import Aim, OwnForm

# What of the card is proposed, and where.
CORRECTIONS = {
    "portal-declare-particulars": gettext_lazy("Propose particulars"),
    "portal-declare-legal-person": gettext_lazy("Propose a legal person"),
    "portal-declare-facility": gettext_lazy("Propose a facility"),
    "portal-declare-standing": gettext_lazy("Declare a standstill or its end"),
}


class Card(UnitPage):
    """The card."""

    template = "portal/card.html"
    chapter = "portal-card"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the card."""
        card = queries.unit_card(self.viewer, self.permission, unit.code)
        return {
            "card": card,
            "districts": {row.code: row for row in bodies.districts()},
            "may_keep": own.may_keep(self.viewer, unit.id),
            "ways": [(resolve_url(route, unit.code), word) for route, word in CORRECTIONS.items()],
            "heat_values": fuels.heat_values_of(unit.id),
            "types": {row.code: row for row in energy.energy_types()},
            "is_masked": any(one.person.shown == Shown.MASKED for one in card.contacts),
        }


class ContactsFile(UnitFile):
    """The contacts as a file, masked as the page shows them."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the contacts."""
        head = (
            _("Role"), _("Name"), _("Telephone"), _("E-mail"),
            _("Number of a qualifying certificate"), _("Post"), _("Training"), _("Since"),
        )  # fmt: skip
        whole = queries.sees_persons(self.viewer, unit.id)
        rows = [
            (
                str(marks.CONTACT_ROLES[row.role]), row.person.name, row.person.phone,
                row.person.email, row.person.certificate, row.post, row.training,
                tags.day(row.valid_from),
            )
            for row in queries.contacts_of(unit.id, whole=whole)
        ]  # fmt: skip
        return Listing("contacts", head, rows)


class _Contact(OwnForm):
    """A form about a contact."""

    chapter = "portal-card"
    not_there = (*own.NOT_THERE, units.NotAContact)
    anticipated = {
        personal.NoPersonName: gettext_lazy("Name the person."),
        personal.Erased: gettext_lazy("This person was erased; name them anew."),
        MasterKeyMissing: gettext_lazy(
            "The key that seals persons is not on this machine; tell the platform's operator."
        ),
    }

    def contact(self) -> ContactRow:
        """Return the contact in the role.

        Raises:
            NotAContact: If the person has not that role at the unit now.
        """
        unit, wanted = self.unit, (self.kwargs["person_id"], self.kwargs["role"])
        whole = queries.sees_persons(self.viewer, unit.id)
        for row in queries.contacts_of(unit.id, whole=whole):
            if (row.person.id, row.role) == wanted:
                return row
        raise units.NotAContact(f"person {wanted[0]} is no {wanted[1]} of unit {unit.code}")

    def acting(self) -> dict[str, Any]:
        """Return who acts, and when."""
        return {"by": self.viewer.account_id, "at": clock.now()}


class NewContact(_Contact):
    """Name a person."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        advice = _(
            "Names and numbers are kept sealed, shown masked to whoever need not know them, and"
            " erased when the purpose has ended."
        )
        return Aim(_("Name a contact"), _("Name"), (advice,))

    def form(self) -> forms.Form:
        """Return the form."""
        return NewContactForm(self.sent()[0], initial={"valid_from": asked.today()})

    def act(self, form: Any) -> Any:
        """Name them."""
        given = form.cleaned_data
        units.add_contact(
            unit_id=self.unit.id,
            role=given["role"],
            fields=form.fields_of_person(),
            valid_from=own.start_of(given["valid_from"]),
            **self.acting(),
            **form.said(),
        )
        return _("The contact is named.")


class CorrectContact(_Contact):
    """Correct how a contact is reached, their post or training."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        return Aim(
            _("Correct a contact"), _("Save"), (), str(marks.CONTACT_ROLES[self.contact().role])
        )

    def form(self) -> forms.Form:
        """Return the form, filled in where the viewer may see the person whole."""
        row = self.contact()
        is_whole = row.person.shown == Shown.WHOLE
        initial = contact_initial(row) if is_whole else {"post": row.post, "training": row.training}
        return ContactForm(self.sent()[0], initial=initial)

    @transaction.atomic
    def act(self, form: Any) -> Any:
        """Correct them."""
        row = self.contact()
        units.correct_contact(
            unit_id=self.unit.id,
            person_id=row.person.id,
            fields=form.fields_of_person(),
            role=row.role,
            **self.acting(),
            **form.said(),
        )
        return _("The contact is corrected.")


class EndContact(_Contact):
    """End a contact's role."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        row = self.contact()
        about = f"{row.person.name} · {marks.CONTACT_ROLES[row.role]}"
        return Aim(_("End a contact's role"), _("End"), (), about, "")

    def form(self) -> forms.Form:
        """Return the form."""
        return EndContactForm(self.sent()[0], initial={"ended_on": asked.today()})

    def act(self, form: Any) -> Any:
        """End it."""
        row = self.contact()
        units.end_contact(
            unit_id=self.unit.id,
            person_id=row.person.id,
            role=row.role,
            ended_at=own.start_of(form.cleaned_data["ended_on"]),
            **self.acting(),
        )
        return _("The contact's role has ended.")
