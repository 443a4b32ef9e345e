"""Forms about a unit's sub-units and equipment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengneng.registry.equipment import queries as equipment
from hengneng.registry.equipment.queries import ConsumerRow
from hengneng.registry.equipment.rules.consumers import AMOUNT_PLACES
from hengneng.registry.equipment.rules.measures import MEASURES
from hengneng.registry.units.queries import SiteRow
from hengneng.web.parts import marks, tags

AMOUNT_DIGITS = 18 + AMOUNT_PLACES


def _number(text: str) -> int | None:
    return int(text) if text else None


def _choice(label: Any, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=_number, empty_value=None, required=False, **more
    )


def _text(label: Any, max_length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, **({"required": False} | more))


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class ConsumerForm(forms.Form):
    """What a sub-unit or equipment is from a day on; its code stays."""

    name = _text(_("Name"), 120, required=True)
    kind = forms.ChoiceField(
        label=pgettext_lazy("sort", "Kind"), choices=list(marks.CONSUMERS.items())
    )
    model = _text(_("Model"), 80)
    place = _text(_("Place"), 200)
    site_id = _choice(_("Site"))
    parent_id = _choice(_("Belongs to"), help_text=_("None: the unit itself."))
    metered_with_id = _choice(
        _("Metered together with"), help_text=_("Whose meter stands for it too. None: its own.")
    )
    valid_from = _day(
        _("So from"), help_text=_("The first day of which this is true; earlier days stay.")
    )

    def __init__(
        self, *args: Any, sites: list[SiteRow], others: list[ConsumerRow], **kwargs: Any
    ) -> None:
        """Offer these sites and consumers."""
        super().__init__(*args, **kwargs)
        none = ("", _("none"))
        there = [none, *((row.id, f"{row.code} {row.name}") for row in others)]
        places = [none, *((row.id, f"{row.code} {row.name}") for row in sites)]
        for field, choices in (
            ("site_id", places),
            ("parent_id", there),
            ("metered_with_id", there),
        ):
            # The stubs know a field of this form only as a Field.
            self.fields[field].choices = choices  # type: ignore[attr-defined]


class NewConsumerForm(ConsumerForm):
    """A sub-unit or equipment that the ledger does not hold yet."""

    code = _text(
        _("Code"), 40, required=True, help_text=_("Your own short name of it, such as CH-01.")
    )
    field_order = ("code",)


def _types() -> list[tuple[str, Any]]:
    return [(row.code, tags.name(row)) for row in equipment.energy_types()]


class DemandForm(forms.Form):
    """How much of an energy type a consumer needs from a day on."""

    energy_type_id = forms.ChoiceField(label=_("Energy type"), choices=_types)
    amount = forms.DecimalField(
        label=_("Amount"),
        help_text=_("Rated power, rated flow, or what it uses in a year. Empty: not known."),
        max_digits=AMOUNT_DIGITS,
        decimal_places=AMOUNT_PLACES,
        min_value=0,
        required=False,
    )
    measure = forms.ChoiceField(
        label=_("Unit of measure"), choices=[(one, one) for one in MEASURES]
    )
    valid_from = _day(_("So from"))


class RetireForm(forms.Form):
    """Since when a consumer is no more."""

    valid_from = _day(_("Gone from"), help_text=_("What it was and needed before stays known."))
