"""The editions of GB 17167: their values with their standing, and the official text's loaded."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.equipment import queries
from hengneng.registry.equipment.rules import editions
from hengneng.registry.equipment.rules.editions import RuleSet
from hengneng.web.desk.forms import LoadEditionForm
from hengneng.web.desk.views.unit.equipping import limits_in_words
from hengneng.web.parts import exports, marks, tags
from hengneng.web.parts.views import FormView, PageView


class EquippingRules(PageView):
    """The page; ``?edition=`` shows another than the one in force today."""

    permission = Permission.VIEW_UNIT
    template = "desk/equipping_rules.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page, or answer the required rates as a file.

        Raises:
            Http404: If there is no such format.
        """
        context, kind = self.context(), request.GET.get("format")
        if kind is None:
            return TemplateResponse(request, self.template, context)
        if kind not in exports.FORMATS:
            raise Http404(kind)
        head = (_("Energy"), *(str(word) for _code, word in context["levels"]), _("Clause"))
        rows = [
            (
                tags.name(rate),
                *(tags.percent(value) for _word, value, _why in cells),
                tags.cited(rate.clause),
            )
            for rate, cells in context["rates"]
        ]
        return exports.exported(kind, name="equipping-rates-required", head=head, rows=rows)

    def context(self) -> dict[str, Any]:
        """Return every edition, and the values of one."""
        known = queries.rule_sets()
        shown = _shown(known, self.request.GET.get("edition", ""))
        names = {row.code: tags.name(row) for row in energy.energy_types()}
        levels = [(code, marks.LEVELS[code]) for code in editions.LEVELS]
        return {
            "editions": [(one, _last_day(one)) for one in known],
            "shown": shown,
            "levels": levels,
            "rates": [
                (
                    rate,
                    [
                        (word, rate.required.get(code), rate.open.get(code, ""))
                        for code, word in levels
                    ],
                )
                for rate in shown.rates
            ],
            "thresholds": [(one, _named(one.energy_types, names)) for one in shown.thresholds],
            "accuracies": [(one, limits_in_words(one.limits)) for one in shown.accuracies],
            "may_load": self.viewer.may(Permission.LOAD_RULES),
        }


class LoadEquippingRules(FormView):
    """The form that loads an edition."""

    permission = Permission.LOAD_RULES
    template = "desk/load_equipping_rules.html"
    form_class = LoadEditionForm
    afterwards = "equipping-rules"
    anticipated = {
        editions.UnreadableRuleSet: gettext_lazy("The text cannot be read as an edition"),
    }

    def act(self, form: forms.Form) -> Any:
        """Load it."""
        loaded = equipment.load_rule_set(
            text=form.cleaned_data["text"], by=self.viewer.account_id, at=clock.now()
        )
        said = _(
            "Loaded: %(edition)s (limits: %(limits)s, rates: %(rates)s, classes: %(classes)s)."
        )
        return said % {
            "edition": loaded.edition,
            "limits": len(loaded.thresholds),
            "rates": len(loaded.rates),
            "classes": len(loaded.accuracies),
        }

    def field_of(self, error: Exception) -> str | None:  # noqa: ARG002
        """Put every error beside the text."""
        return "text"

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong, in the reader's language first, then where."""
        return f"{super().words_of(error)}: {error}"


def _shown(known: list[RuleSet], name: str) -> RuleSet:
    """Return the edition asked for, else the one in force today, else the latest."""
    today = clock.day_of(clock.now())
    asked = [one for one in known if one.edition == name]
    in_force = [one for one in known if one.is_in_force(today)]
    return (asked or in_force or known)[-1]


def _last_day(one: RuleSet) -> date | None:
    """Return the last day an edition is in force; None: it still is."""
    return one.valid_until - timedelta(days=1) if one.valid_until else None


def _named(codes: Iterable[str], names: dict[str, str]) -> str:
    """Return energy types in the reader's language."""
    others = _("all others")
    return _(", ").join(
        others if code == editions.OTHERS else names.get(code, code) for code in codes
    )
