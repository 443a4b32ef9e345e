"""Forms about what a unit's card says: its particulars, legal person, facilities and contacts."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units.queries import ContactRow, ParticularsRow, UnitRow
from hengneng.web.desk.asked import FIRST_DAY
from hengneng.web.parts import marks

# What a card says of a unit beside its names, and how long each may be.
PARTICULARS = {
    "industry_code": 8,
    "industry_name": 80,
    "sector": 40,
    "department": 80,
    "address": 200,
}
PERSONAL = {
    "name": Field.NAME,
    "phone": Field.PHONE,
    "email": Field.EMAIL,
    "certificate": Field.CERTIFICATE,
}
CHANGED, WRONG = "CHANGED", "WRONG"


def _come(day: date) -> None:
    """Refuse a day that has not come.

    Raises:
        ValidationError: If it has not.
    """
    if day > clock.day_of(clock.now()):
        raise ValidationError(_("This day has not come; enter it then."))


def _day(**words: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=[MinValueValidator(FIRST_DAY), _come], **words)


def _text(label: Any, max_length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, **({"required": False} | more))


class ParticularsForm(forms.Form):
    """What the unit does, where it is and who supervises it."""

    industry_code = forms.RegexField(
        r"^[A-T]?[0-9]{0,4}$",
        label=_("Industry code (GB/T 4754)"),
        help_text=_("A letter, up to four figures, or both, such as C3110."),
        max_length=PARTICULARS["industry_code"],
        required=False,
    )
    industry_name = _text(_("Industry"), PARTICULARS["industry_name"])
    sector = _text(_("Sector"), PARTICULARS["sector"])
    department = _text(_("Supervising department"), PARTICULARS["department"])
    address = _text(_("Address"), PARTICULARS["address"])
    ground = forms.ChoiceField(
        label=_("Why it is entered"),
        choices=[
            (CHANGED, _("It has changed since a day")),
            (WRONG, _("It was entered wrongly")),
        ],
        help_text=_(
            "What has changed leaves the days before as they were; what was entered wrongly is"
            " corrected for as long as it stood so."
        ),
        initial=CHANGED,
    )
    since = _day(label=_("So since"), help_text=_("Needed where it has changed."), required=False)

    def __init__(self, *args: Any, known: ParticularsRow | UnitRow, **kwargs: Any) -> None:
        """Begin with what the card says."""
        self._known = {name: str(getattr(known, name, "")) for name in PARTICULARS}
        super().__init__(*args, **({"initial": self._known} | kwargs))

    def changes(self) -> dict[str, str]:
        """Return what is different from what the card says."""
        given = {name: self.cleaned_data.get(name, "") for name in PARTICULARS}
        return {name: text for name, text in given.items() if text != self._known[name]}

    def clean(self) -> dict[str, Any]:
        """Ask for a day where something has changed, and for something that is different."""
        given = super().clean() or self.cleaned_data
        if given.get("ground") == CHANGED and "since" in given and given["since"] is None:
            self.add_error("since", _("Say since when it is so."))
        if not self.errors and not self.changes():
            self.add_error(None, _("The card says so already; nothing would change."))
        return given


class LegalPersonForm(forms.Form):
    """Who is the unit's legal person from a day on."""

    name = _text(
        _("Name of the legal person"),
        60,
        required=True,
        help_text=_("Kept sealed; shown masked to whoever need not know it."),
    )
    since = _day(label=_("Since"))


class FacilityForm(forms.Form):
    """Whether the unit runs a facility of a kind, in a span of days."""

    kind = forms.ChoiceField(label=_("Facility"), choices=list(marks.FACILITIES.items()))
    is_run = forms.TypedChoiceField(
        label=_("In these days"),
        choices=[("yes", _("The unit runs one")), ("no", _("The unit runs none"))],
        coerce=lambda text: text == "yes",
    )
    since = _day(label=_("From"))
    last = _day(label=_("Last day"), help_text=_("Empty: until further notice."), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        given = super().clean() or self.cleaned_data
        since, last = given.get("since"), given.get("last")
        if since and last and last < since:
            self.add_error("last", _("The last day is before the first."))
        return given


class PostForm(forms.Form):
    """A contact's post and training, for an official who sees persons masked."""

    post = _text(_("Post"), 60)
    training = _text(_("Training"), 200, help_text=_("In what they were trained, and when."))

    def said(self) -> dict[str, str]:
        """Return what is said of them in the role."""
        return {name: self.cleaned_data[name] for name in ("post", "training")}

    def fields_of_person(self) -> dict[Field, str]:
        """Return what is held of the person, sealed; what was not asked for is not touched."""
        return {
            field: self.cleaned_data[name]
            for name, field in PERSONAL.items()
            if name in self.fields
        }


class ContactForm(PostForm):
    """A person who is asked at the unit, in a role that stays."""

    name = _text(_("Name"), 60, required=True)
    phone = _text(_("Telephone"), 40)
    email = forms.EmailField(label=_("E-mail"), max_length=120, required=False)
    certificate = _text(_("Number of a qualifying certificate"), 60)
    field_order: tuple[str, ...] = (*PERSONAL, "post", "training")


class NewContactForm(ContactForm):
    """A person who is not named yet."""

    role = forms.ChoiceField(label=_("Role"), choices=list(marks.CONTACT_ROLES.items()))
    since = _day(label=_("Since"))
    field_order: tuple[str, ...] = ("role", *PERSONAL, "post", "training", "since")


class RoleForm(PostForm):
    """Another role of a person who is named already."""

    role = forms.ChoiceField(label=_("Role"), choices=list(marks.CONTACT_ROLES.items()))
    since = _day(label=_("Since"))
    field_order: tuple[str, ...] = ("role", "post", "training", "since")


class EndForm(forms.Form):
    """Since when a person has a role no more."""

    ended_on = _day(
        label=_("No longer from"),
        help_text=_(
            "Who has no role left is kept for the term of the purpose and then erased for good."
        ),
    )


def contact_initial(row: ContactRow) -> dict[str, str]:
    """Return a contact as their form begins with them."""
    person = {name: str(getattr(row.person, name)) for name in PERSONAL}
    return {**person, "post": row.post, "training": row.training}
