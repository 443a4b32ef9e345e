"""The form that takes the text of a rule: whatever room keeps what the text holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hengneng.web.desk.forms import RULE_KINDS, LoadRulesForm

CYCLES = "cycles"


class LoadTextForm(LoadRulesForm):
    """The values of an official text, as TOML: of energy, or of how long certificates hold."""

    kind = forms.ChoiceField(
        label=_("What the text holds"), choices=(*RULE_KINDS, (CYCLES, _("Verification cycles")))
    )
