"""Forms about what a unit holds and bought of its fuels."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.operations import Document
from hengneng.registry.fuels.rules import DIGITS, MEASURES, PLACES
from hengneng.web.parts import marks, tags
from hengneng.web.portal import asked

DOCUMENTS = _("pdf, ofd, png or jpg, at most 20 MB.")
_ZERO = Decimal(0)
_STOCK = ("amount", "measure", "determined_by", "document")
_PURCHASE = ("day", "amount", "measure", "supplier", "document")


def _fuels() -> list[tuple[str, Any]]:
    """Return what is kept by mass or volume, in the reader's language; none is chosen at first."""
    named = [
        (row.code, f"{tags.name(row)}, {tags.measure(row.uom)}")
        for row in energy.measurable_types()
    ]
    return [("", _("Choose a fuel")), *named]


def _measures(owns: Iterable[str] = tuple(MEASURES)) -> list[tuple[str, Any]]:
    """Return the units of measure in which fuels kept in these may be stated."""
    known = dict.fromkeys(one for own in owns for one in MEASURES.get(own, {own: 1}))
    return [(one, marks.FUEL_MEASURES.get(one, one)) for one in known]


def _day(**words: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **words)


def _amount(**words: Any) -> forms.DecimalField:
    return forms.DecimalField(max_digits=DIGITS, decimal_places=PLACES, min_value=_ZERO, **words)


class _Stated(forms.Form):
    """An amount with its unit of measure and its paper."""

    measure = forms.ChoiceField(label=_("Unit of measure"), choices=_measures)
    document = forms.FileField(label=_("The document"), help_text=DOCUMENTS, required=False)

    def __init__(self, *args: Any, own: str = "", **kwargs: Any) -> None:
        """Offer the units of measure of one fuel, or of all."""
        super().__init__(*args, **kwargs)
        if own:
            # The stubs know a field of this form only as a Field.
            self.fields["measure"].choices = _measures([own])  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was entered, as the operation takes it."""
        given = dict(self.cleaned_data)
        upload = given.pop("document")
        paper = Document(upload.name or "", upload.read()) if upload else None
        return given | {"document": paper}


class CorrectStockForm(_Stated):
    """How much was there, and how that was found."""

    amount = _amount(label=_("Stock at the day's end"), help_text=_("0: nothing was there."))
    determined_by = forms.ChoiceField(
        label=_("How it was determined"), choices=list(marks.DETERMINATIONS.items())
    )
    field_order: tuple[str, ...] = _STOCK


class StockForm(CorrectStockForm):
    """What the unit holds of a fuel at the end of a day."""

    energy_type_id = forms.ChoiceField(label=_("Fuel"), choices=_fuels)
    day = _day(
        label=_("Day"),
        help_text=_("The stock at a year's beginning is that at the end of 31 December before it."),
        initial=asked.today,
    )
    field_order: tuple[str, ...] = ("energy_type_id", "day", *_STOCK)


class CorrectPurchaseForm(_Stated):
    """How much came in by a paper, when and from whom."""

    day = _day(label=_("Came in on"), initial=asked.today)
    amount = _amount(
        label=_("Amount bought"),
        help_text=_("0, with the paper that says so: nothing was bought."),
    )
    supplier = forms.CharField(label=_("Supplier"), max_length=120)
    field_order: tuple[str, ...] = _PURCHASE


class PurchaseForm(CorrectPurchaseForm):
    """Fuel bought by an invoice or a delivery note."""

    energy_type_id = forms.ChoiceField(label=_("Fuel"), choices=_fuels)
    paper = forms.CharField(label=_("Number of the invoice or delivery note"), max_length=60)
    field_order: tuple[str, ...] = ("energy_type_id", "paper", *_PURCHASE)


class TakeBackForm(forms.Form):
    """Why something is believed no longer."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("It is kept in the audit log."), max_length=200
    )
