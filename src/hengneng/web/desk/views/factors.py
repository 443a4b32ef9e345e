"""Enter the city's own factors from their documents; take them back."""

from datetime import timedelta
from typing import Any

from django import forms
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import operations as energy
from hengneng.registry.energy import queries
from hengneng.web.desk.energy_forms import LocalFactorForm, WithdrawForm, document_of
from hengneng.web.parts import tags
from hengneng.web.parts.views import FormView

REFUSED = _("A document is a pdf, ofd, png or jpg of at most 20 MB, and not empty.")


class UnknownFactor(LookupError):
    """There is no such factor that is believed."""


class EnterLocalFactor(FormView):
    """The form."""

    permission = Permission.LOAD_RULES
    template = "desk/local_factor.html"
    form_class = LocalFactorForm
    anticipated = {
        energy.DocumentRefused: REFUSED,
        energy.UnknownType: _("There is no such energy type."),
        energy.NotAFactor: _("A factor is above zero and has ten places at most."),
        energy.RuleChanged: _("This document has a value from that day on already."),
        facts.EmptySpan: _("The last day is before the first."),
    }
    beside = {
        energy.DocumentRefused: "document",
        energy.UnknownType: "energy_type_id",
        energy.NotAFactor: "kgce_per_uom",
        energy.RuleChanged: "valid_from",
        facts.EmptySpan: "last_day",
    }

    def form(self) -> forms.Form:
        """Return the form, with the document where one was sent."""
        return LocalFactorForm(self.request.POST or None, self.request.FILES or None)

    def act(self, form: forms.Form) -> Any:
        """Enter it."""
        given = dict(form.cleaned_data)
        last, upload = given.pop("last_day"), given.pop("document")
        factor = energy.enter_local_factor(
            **given,
            valid_until=last + timedelta(days=1) if last else None,
            document=document_of(upload),
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("Entered: %(edition)s.") % {"edition": factor.edition}

    def leads_to(self) -> str:
        """Go on to the type's page."""
        return resolve_url("energy-type", self.request.POST["energy_type_id"])

    def field_of(self, error: Exception) -> str | None:
        """Put an error beside what it is about."""
        return self.beside[type(error)]


class WithdrawLocalFactor(FormView):
    """Believe a value of the city's own no longer."""

    permission = Permission.LOAD_RULES
    template = "desk/withdraw_factor.html"
    form_class = WithdrawForm
    not_there = (UnknownFactor,)
    anticipated = {
        energy.NotTheCitys: _("This is no value of the city's own; only those are withdrawn."),
        energy.NoReason: _("State the reason."),
    }

    def context(self) -> dict[str, Any]:
        """Return the factor and its type.

        Raises:
            UnknownFactor: If there is none that is believed.
        """
        factor = next(
            (row for row in queries.factors() if row.id == self.kwargs["factor_id"]), None
        )
        if factor is None:
            raise UnknownFactor(str(self.kwargs["factor_id"]))
        types = {row.code: row for row in queries.energy_types()}
        return {"factor": factor, "type": types[factor.energy_type_id]}

    def act(self, form: forms.Form) -> Any:
        """Withdraw it."""
        context = self.context()
        energy.withdraw_local_factor(
            factor_id=self.kwargs["factor_id"],
            reason=form.cleaned_data["reason"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("Withdrawn: %(name)s.") % {"name": tags.name(context["type"])}

    def leads_to(self) -> str:
        """Go back to the list."""
        return resolve_url("energy")
