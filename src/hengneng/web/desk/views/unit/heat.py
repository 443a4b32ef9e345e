"""What a unit's fuels were measured to give: entered, and taken back."""

from typing import Any

from django import forms
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import operations as energy
from hengneng.registry.energy import queries as energy_queries
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.fuels import queries
from hengneng.registry.units import queries as units
from hengneng.web.desk.energy_forms import HeatValueForm, WithdrawHeatValueForm
from hengneng.web.desk.views.factors import REFUSED
from hengneng.web.parts.views import FormView


class _HeatValues(FormView):
    """A form about the heat values of one unit."""

    permission = Permission.EDIT_REGISTRY
    template = "desk/unit/heat_form.html"
    not_there = (units.UnknownUnit,)
    anticipated = {
        energy.DocumentRefused: REFUSED,
        fuels.NotAFuel: _("This has no heat value to measure."),
        fuels.NotAHeatValue: _("A heat value is above zero and has six places at most."),
        fuels.NotWholeMonths: _("A heat value holds for whole months."),
        fuels.NoReport: _("This is not to be left empty."),
        facts.EmptySpan: _("The last month is before the first."),
    }

    def context(self) -> dict[str, Any]:
        """Return the unit and what is believed of its fuels."""
        unit = units.unit_row(self.viewer, self.permission, self.kwargs["code"])
        return {
            "unit": unit,
            "heat_values": queries.heat_values_of(unit.id),
            "types": {row.code: row for row in energy_queries.energy_types()},
            "withdraws": isinstance(self, WithdrawHeatValue),
        }

    def form(self) -> forms.Form:
        """Return the form, with the report where one was sent; a link may fill in the fuel."""
        sent = self.request.method == "POST"
        initial = {
            name: self.request.GET[name]
            for name in self.form_class.base_fields
            if name in self.request.GET
        }
        return self.form_class(
            self.request.POST if sent else None,
            self.request.FILES if sent else None,
            initial=initial,
        )

    def leads_to(self) -> str:
        """Go back to what the unit consumed."""
        return resolve_url("unit-consumption", self.kwargs["code"])


class RecordHeatValue(_HeatValues):
    """Say what a fuel was measured to give."""

    form_class = HeatValueForm

    def act(self, form: forms.Form) -> Any:
        """Record it."""
        unit = self.context()["unit"]
        values = form.values()  # type: ignore[attr-defined]
        fuels.record_heat_value(
            unit_id=unit.id, **values, by=self.viewer.account_id, at=clock.now()
        )
        return _("The heat value is recorded; every sum in coal of its months follows it.")


class WithdrawHeatValue(_HeatValues):
    """Believe a measured value no longer."""

    form_class = WithdrawHeatValueForm

    def act(self, form: forms.Form) -> Any:
        """Withdraw it."""
        unit = self.context()["unit"]
        values = form.values()  # type: ignore[attr-defined]
        fuels.withdraw_heat_value(
            unit_id=unit.id, **values, by=self.viewer.account_id, at=clock.now()
        )
        return _("The heat value is withdrawn; the table's factor serves again.")
