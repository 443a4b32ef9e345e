"""Forms about a unit's instruments and their certificates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengneng.registry.energy.operations import Document
from hengneng.registry.instruments.queries import CertificateRow, InstrumentRow
from hengneng.registry.instruments.rules.kinds import kinds
from hengneng.web.parts import marks, tags

DOCUMENTS = _("pdf, ofd, png or jpg, at most 20 MB.")
MONTHS_MOST = 600


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("not known")), *((one.code, tags.name(one)) for one in kinds().values())]


def _text(label: Any, max_length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, **({"required": False} | more))


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def _whole(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, required=False, **more)


class InstrumentForm(forms.Form):
    """What the ledger says of an instrument, form B.3's columns; its number stays."""

    name = _text(_("Name"), 120, required=True)
    kind = forms.ChoiceField(label=pgettext_lazy("sort", "Kind"), choices=_kinds, required=False)
    model = _text(_("Model"), 80)
    accuracy_class = _text(
        _("Accuracy class"),
        20,
        help_text=_("As the nameplate says; what counts is the class on the valid certificate."),
    )
    measuring_range = _text(_("Measuring range"), 80)
    maker = _text(_("Maker"), 120)
    serial_number = _text(_("Maker's number"), 60)
    place = _text(_("Place and use"), 200)
    nominal_diameter_mm = _whole(_("Nominal diameter, mm"), max_value=100_000)
    is_mandatory = forms.NullBooleanField(
        label=_("Under mandatory verification"),
        required=False,
        widget=forms.Select(
            choices=[("unknown", _("not said")), ("true", _("yes")), ("false", _("no"))]
        ),
    )
    cycle_months = _whole(
        _("Own cycle, months"),
        help_text=_("Empty: the regulation's cycle. Your own may be shorter."),
        max_value=MONTHS_MOST,
    )


class NewInstrumentForm(InstrumentForm):
    """An instrument that the ledger does not hold yet."""

    number = _text(
        _("Number in your ledger"),
        60,
        required=True,
        help_text=_("Your own number of it; where there is none, the maker's. It stays."),
    )
    field_order = ("number",)


def instrument_initial(row: InstrumentRow) -> dict[str, Any]:
    """Return an instrument as its form begins with it."""
    return {**row._asdict(), "accuracy_class": row.stated_class}


class CertificateForm(forms.Form):
    """What a certificate says, and its paper."""

    number = _text(_("Number of the certificate"), 80, required=True)
    kind = forms.ChoiceField(
        label=pgettext_lazy("sort", "Kind"), choices=list(marks.CERTIFICATES.items())
    )
    body = _text(_("Verified or calibrated by"), 120, required=True)
    verified_on = _day(_("Day of verification or calibration"))
    result = forms.ChoiceField(label=_("Result"), choices=list(marks.RESULTS.items()))
    accuracy_class = _text(_("Class that it gives"), 20)
    due_on = _day(
        _("No longer valid from"),
        help_text=_(
            "The first day on which it holds no more, as it states; empty: by your own cycle, else"
            " the regulation's."
        ),
        required=False,
    )
    document = forms.FileField(label=_("The certificate"), help_text=DOCUMENTS)

    def __init__(self, *args: Any, is_kept: bool = False, **kwargs: Any) -> None:
        """Ask for the paper, unless it is kept already."""
        super().__init__(*args, **kwargs)
        if is_kept:
            self.fields["document"].required = False
            self.fields["document"].help_text = _("Empty: the one that is kept already.")

    def told(self) -> dict[str, Any]:
        """Return what it says, without the paper."""
        return {field: value for field, value in self.cleaned_data.items() if field != "document"}

    def document_brought(self) -> Document | None:
        """Return the paper; None where none was brought."""
        upload = self.cleaned_data["document"]
        return Document(upload.name or "", upload.read()) if upload else None


def certificate_initial(row: CertificateRow) -> dict[str, Any]:
    """Return a certificate as its form begins with it: the due day only where it states one."""
    return {**row._asdict(), "due_on": row.due_on if row.due_by == "CERTIFICATE" else None}
