"""Load the values of an official text: factors, weights of the balance, energy types."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import operations as energy
from hengneng.registry.energy.rules import records
from hengneng.web.desk.forms import LoadRulesForm
from hengneng.web.parts.views import FormView


class NothingNew(Exception):
    """Every record of the text is loaded already."""


class LoadRules(FormView):
    """The form."""

    permission = Permission.LOAD_RULES
    template = "desk/rules.html"
    form_class = LoadRulesForm
    afterwards = "energy"
    anticipated = {
        records.UnreadableRule: _("The text cannot be read as records"),
        energy.RuleChanged: _("A record of the same key is loaded and says something else"),
        NothingNew: _("Every record of this text is loaded already; nothing was changed."),
    }

    def act(self, request: HttpRequest, form: forms.Form, **kwargs: Any) -> Any:  # noqa: ARG002
        """Load the text as what it holds.

        Raises:
            NothingNew: If nothing of it was new.
        """
        given = form.cleaned_data
        texts = {given["kind"]: given["text"]}
        loaded = energy.load(**texts, by=self.viewer.account_id, at=clock.now())
        if not any(loaded):
            raise NothingNew
        said = _(
            "Loaded: %(factors)s factors, %(weights)s weights, %(energy_types)s energy types,"
            " %(coal_heats)s heats of standard coal."
        )
        return said % loaded._asdict()

    def field_of(self, error: Exception) -> str | None:  # noqa: ARG002
        """Put every error beside the text."""
        return "text"

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong, in the reader's language first, then where."""
        words = super().words_of(error)
        return words if isinstance(error, NothingNew) else f"{words}: {error}"
