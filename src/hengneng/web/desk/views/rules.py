"""Load an official text's values: factors, balance, energy types, verification cycles."""

from typing import Any

from django import forms
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import operations as energy
from hengneng.registry.energy.rules import records
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.rules import kinds
from hengneng.registry.instruments.rules import records as cycle_records
from hengneng.web.desk.rule_forms import CYCLES, LoadTextForm
from hengneng.web.parts.views import FormView


class NothingNew(Exception):
    """Every record of the text is loaded already."""


class LoadRules(FormView):
    """The form."""

    permission = Permission.LOAD_RULES
    template = "desk/rules.html"
    form_class = LoadTextForm
    afterwards = "energy"
    anticipated = {
        records.UnreadableRule: _("The text cannot be read as records"),
        cycle_records.UnreadableCycle: _("The text cannot be read as records"),
        instruments.CycleChanged: _("A record of the same key is loaded and says something else"),
        energy.RuleChanged: _("A record of the same key is loaded and says something else"),
        NothingNew: _("Every record of this text is loaded already; nothing was changed."),
    }

    def context(self) -> dict[str, Any]:
        """Return the cycles that are loaded: no other page lists them."""
        known = kinds.kinds()
        return {"cycles": [(known[one.kind], one) for one in queries.cycle_rules()]}

    def form(self) -> forms.Form:
        """Return the form; a link may say what the text holds."""
        sent = self.request.POST if self.request.method == "POST" else None
        return self.form_class(sent, initial={"kind": self.request.GET.get("kind", "factors")})

    def act(self, form: forms.Form) -> Any:
        """Load the text as what it holds.

        Raises:
            NothingNew: If nothing of it was new.
        """
        given = form.cleaned_data
        if given["kind"] == CYCLES:
            return self._cycles(given["text"])
        texts = {given["kind"]: given["text"]}
        loaded = energy.load(**texts, by=self.viewer.account_id, at=clock.now())
        if not any(loaded):
            raise NothingNew
        said = _(
            "Loaded: %(factors)s factors, %(weights)s weights, %(energy_types)s energy types,"
            " %(coal_heats)s heats of standard coal."
        )
        return said % loaded._asdict()

    def leads_to(self) -> str:
        """Go where what was loaded is listed."""
        if self.request.POST.get("kind") == CYCLES:
            return resolve_url("load-rules") + "?kind=cycles#cycles"
        return super().leads_to()

    def _cycles(self, text: str) -> Any:
        """Load cycles.

        Raises:
            NothingNew: If none of them was new.
        """
        loaded = instruments.load_official_cycles(
            cycles=text, by=self.viewer.account_id, at=clock.now()
        )
        if not loaded:
            raise NothingNew
        said = _("Loaded: %(cycles)s verification cycles; the due days are being counted anew.")
        return said % {"cycles": loaded}

    def field_of(self, error: Exception) -> str | None:  # noqa: ARG002
        """Put every error beside the text."""
        return "text"

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong, in the reader's language first, then where."""
        words = super().words_of(error)
        return words if isinstance(error, NothingNew) else f"{words}: {error}"
