"""Forms about energy: a factor of the city's own, what a unit's fuel was measured to give."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.operations import Document
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.web.parts import marks, tags

MONTH = "%Y-%m"
DOCUMENTS = _("pdf, ofd, png or jpg, at most 20 MB.")


def _types() -> list[tuple[str, Any]]:
    """Return energy and media in the reader's language, each with its unit of measure."""
    rows = (row for row in energy.energy_types() if row.kind != energy.INDICATOR)
    return [(row.code, _named(row)) for row in rows]


def _fuels() -> list[tuple[str, Any]]:
    """Return what can be measured in the reader's language, each with its unit of measure."""
    return [(row.code, _named(row)) for row in energy.measurable_types()]


def _named(row: energy.EnergyTypeRow) -> str:
    return f"{tags.name(row)}, {tags.measure(row.uom)}"


def _day(**words: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **words)


def _month(**words: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "month", "placeholder": "2026-05"}, format=MONTH)
    return forms.DateField(widget=widget, input_formats=[MONTH], **words)


def document_of(upload: "UploadedFile[Any]") -> Document:
    """Return an uploaded file as a document."""
    return Document(upload.name or "", upload.read())


class LocalFactorForm(forms.Form):
    """A factor of the city's own, from its document."""

    energy_type_id = forms.ChoiceField(label=_("Energy type"), choices=_types)
    basis = forms.ChoiceField(label=_("Basis"), choices=list(marks.COAL_BASES.items()))
    kgce_per_uom = forms.DecimalField(
        label=_("Factor"),
        help_text=_("kgce per unit of measure, ten places at most. 1 tce per 10 000 kWh is 0.1."),
        max_digits=20,
        decimal_places=10,
        min_value=Decimal("1E-10"),
    )
    edition = forms.CharField(label=_("Name of the document"), max_length=60)
    clause = forms.CharField(label=_("Where in it"), max_length=60)
    citation = forms.CharField(label=_("Who issued it, and when"), max_length=500)
    valid_from = _day(label=_("In force from"))
    last_day = _day(
        label=_("Last day"), help_text=_("Empty: until further notice."), required=False
    )
    document = forms.FileField(label=_("The document"), help_text=DOCUMENTS)
    verified = forms.BooleanField(
        label=_("I have held the value against the document"), required=False
    )


class WithdrawForm(forms.Form):
    """Why a value is believed no longer."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the audit log."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HeatValueForm(forms.Form):
    """What a unit's fuel was measured to give over whole months."""

    energy_type_id = forms.ChoiceField(label=_("Fuel"), choices=_fuels)
    first = _month(label=_("First month"))
    last = _month(
        label=_("Last month"),
        help_text=_("Empty: until another value is recorded."),
        required=False,
    )
    heat_value_kj = forms.DecimalField(
        label=_("Lower heating value"),
        help_text=_("kJ per unit of measure of the fuel; values taken by day as the month's mean."),
        max_digits=24,
        decimal_places=6,
        min_value=Decimal("0.000001"),
    )
    report = forms.CharField(label=_("Number of the test report"), max_length=60)
    laboratory = forms.CharField(label=_("Laboratory"), max_length=120)
    document = forms.FileField(label=_("The report"), help_text=DOCUMENTS, required=False)

    def values(self) -> dict[str, Any]:
        """Return what was entered, as the operation takes it."""
        given = dict(self.cleaned_data)
        last, upload = given.pop("last"), given.pop("document")
        until = next_month(last) if last else None
        return given | {"until": until, "document": document_of(upload) if upload else None}


class WithdrawHeatValueForm(WithdrawForm):
    """Of which months a fuel's measured value is believed no longer, and why."""

    energy_type_id = forms.ChoiceField(label=_("Fuel"), choices=_fuels)
    first = _month(label=_("First month"))
    last = _month(label=_("Last month"), help_text=_("Empty: for good."), required=False)
    field_order = ("energy_type_id", "first", "last", "reason")

    def values(self) -> dict[str, Any]:
        """Return what was entered, as the operation takes it."""
        given = dict(self.cleaned_data)
        last = given.pop("last")
        return given | {"until": next_month(last) if last else None}
