"""Forms about the people of a unit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units.queries import ContactRow
from hengneng.web.parts import marks

# Which field of a form holds which field of a person.
PERSONAL = {
    "name": Field.NAME,
    "phone": Field.PHONE,
    "email": Field.EMAIL,
    "certificate": Field.CERTIFICATE,
}


def _text(label: Any, max_length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, **({"required": False} | more))


class ContactForm(forms.Form):
    """A person who is asked at the unit, in a role that stays."""

    name = _text(_("Name"), 60, required=True)
    phone = _text(_("Telephone"), 40)
    email = forms.EmailField(label=_("E-mail"), max_length=120, required=False)
    certificate = _text(_("Number of a qualifying certificate"), 60)
    post = _text(_("Post"), 80)
    training = _text(_("Training"), 200, help_text=_("In what they were trained, and when."))

    def fields_of_person(self) -> dict[Field, str]:
        """Return what is held of the person, sealed."""
        return {field: self.cleaned_data[name] for name, field in PERSONAL.items()}

    def said(self) -> dict[str, str]:
        """Return what is said of them in the role."""
        return {name: self.cleaned_data[name] for name in ("post", "training")}


class NewContactForm(ContactForm):
    """A person who is not named yet."""

    role = forms.ChoiceField(label=_("Role"), choices=list(marks.CONTACT_ROLES.items()))
    valid_from = forms.DateField(
        label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ("role",)


class EndContactForm(forms.Form):
    """Since when a person has a role no more."""

    ended_on = forms.DateField(
        label=_("No longer from"),
        help_text=_(
            "Who has no role left is kept for the term of the purpose and then erased for good."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def contact_initial(row: ContactRow) -> dict[str, Any]:
    """Return a contact as their form begins with them."""
    person = {name: getattr(row.person, name) for name in PERSONAL}
    return {**person, "post": row.post, "training": row.training}
