"""Forms of the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengneng.registry.energy import queries as energy
from hengneng.web.parts.tags import name

SLOTS = (
    (900, _("15 minutes")),
    (300, _("5 minutes")),
    (1800, _("30 minutes")),
    (3600, _("60 minutes")),
)


def energy_choices() -> list[tuple[str, Any]]:
    """Return the energy types in the reader's language, first the one the code names."""
    named = [(row.code, name(row)) for row in energy.energy_types()]
    return [("", _("As the data code says")), *named]


class ConfirmPointForm(forms.Form):
    """What a person adds to a proposed point."""

    valid_from = forms.DateField(
        label=_("Counts from"),
        help_text=_(
            "Data of this day and later count, those already received too; data of earlier days"
            " stay kept and do not."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    slot_seconds = forms.TypedChoiceField(
        label=_("Slot length"),
        help_text=_("How often the terminal uploads this point."),
        choices=SLOTS,
        coerce=int,
    )
    energy_type = forms.ChoiceField(label=_("Energy type"), choices=energy_choices, required=False)
    code = forms.CharField(
        label=_("Point code"),
        help_text=_("The unit's own name of the place, such as E-01. Empty: the data code."),
        max_length=40,
        required=False,
    )


class MergePointForm(forms.Form):
    """Which of the unit's points a proposed one is."""

    point = forms.TypedChoiceField(label=_("Point"), coerce=int)
    valid_from = forms.DateField(
        label=_("Counts from"),
        help_text=_("From this day on the terminal's data count for that point."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, points: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer these points: number and name."""
        super().__init__(*args, **kwargs)
        # The stubs know a field of this form only as a Field.
        self.fields["point"].choices = points  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a terminal is refused, or its right to speak ends."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the audit log and shown with the terminal, to the unit too."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


RULE_KINDS = (
    ("factors", _("Coal-equivalent factors")),
    ("balance", _("Weights of the balance")),
    ("energy_types", _("Energy types")),
    ("coal", _("Heat of standard coal")),
)


class LoadRulesForm(forms.Form):
    """The values of an official text, as TOML."""

    kind = forms.ChoiceField(label=_("What the text holds"), choices=RULE_KINDS)
    text = forms.CharField(
        label=_("Records (TOML)"),
        help_text=_(
            "Every record states edition, clause, first day, source and whether it was checked."
            " Numbers stand in quotes, so that they are exact."
        ),
        max_length=200_000,
        widget=forms.Textarea(attrs={"spellcheck": "false", "rows": 18}),
    )


class LoadEditionForm(forms.Form):
    """An edition of GB 17167 from its official text, as TOML."""

    text = forms.CharField(
        label=_("The edition (TOML)"),
        help_text=_("Numbers stand in quotes, so that they are exact; a rate of 95 % is 0.95."),
        max_length=200_000,
        widget=forms.Textarea(attrs={"spellcheck": "false", "rows": 18}),
    )
