"""Forms about a unit as a legal person: whether it works, its name, what it became, its year."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from hengneng.web.desk.asked import FIRST_DAY, LAST_DAY
from hengneng.web.desk.energy_forms import DOCUMENTS
from hengneng.web.parts import marks

_BETWEEN = re.compile(r"[\s,;，；、]+")


def _day(**words: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    kept = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return forms.DateField(widget=widget, validators=kept, **words)


class BusinessForm(forms.Form):
    """Whether a unit works, from a day on, and what shows it."""

    state = forms.ChoiceField(
        label=_("The unit is"), choices=[(code, one.word) for code, one in marks.BUSINESS.items()]
    )
    since = _day(label=_("Since"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    proof = forms.FileField(
        label=_("Proof"),
        help_text=_("Needed for suspension and closure: pdf, ofd, png or jpg, at most 20 MB."),
        required=False,
    )


class RenameForm(forms.Form):
    """Under which name a unit goes from a day on."""

    name = forms.CharField(label=_("New name"), max_length=120)
    name_en = forms.CharField(
        label=_("New name in English"),
        help_text=_("Empty: the one it has."),
        max_length=160,
        required=False,
    )
    on = _day(label=_("First day of the name"))
    document = forms.FileField(label=_("The document"), help_text=DOCUMENTS, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class SuccessionForm(forms.Form):
    """What became of a unit: it took up others, or was split into several."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            ("MERGE", _("Other units were merged into this one")),
            ("SPLIT", _("This unit was split into others")),
        ],
    )
    others = forms.CharField(
        label=_("The other units"),
        help_text=_("Their social credit codes, one a line; each is entered already."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    goes_on = forms.BooleanField(
        label=_("After the split this unit goes on"),
        help_text=_("If not, it is closed from that day on."),
        required=False,
    )
    on = _day(label=_("First day"))
    document = forms.FileField(
        label=_("The document"),
        help_text=_("Needed where a unit is closed by it: pdf, ofd, png or jpg, at most 20 MB."),
        required=False,
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def codes(self) -> list[str]:
        """Return the other units' codes, each once, in capital letters."""
        text = self.cleaned_data["others"].strip().upper()
        return list(dict.fromkeys(part for part in _BETWEEN.split(text) if part))


class LevelForm(forms.Form):
    """What a unit consumed in a whole year, as somebody states it."""

    year = forms.IntegerField(label=_("Year"), min_value=FIRST_DAY.year, max_value=LAST_DAY.year)
    tce = forms.DecimalField(
        label=_("Overall consumption, tce"),
        max_digits=16,
        decimal_places=4,
        min_value=Decimal(0),
    )
    source = forms.CharField(
        label=_("Who states it"), help_text=_("Such as the unit's yearly report."), max_length=120
    )
    is_verified = forms.BooleanField(label=_("Compared with what it rests on"), required=False)
    document = forms.FileField(label=_("The document"), help_text=DOCUMENTS, required=False)


class WithdrawEventForm(forms.Form):
    """Why an event is taken back."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("It is kept in the audit log."), max_length=200
    )
