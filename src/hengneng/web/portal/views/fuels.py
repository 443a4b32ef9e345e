"""A unit's fuels by its papers: what it holds, what it bought, what follows it used."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.registry.energy import operations as energy_writes
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.fuels import queries
from hengneng.registry.fuels.queries import PurchaseRow, TakingRow
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import fuels as fuel_pages
from hengneng.web.parts import marks, tags
from hengneng.web.portal import asked, own
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.fuel_forms import (
    CorrectPurchaseForm,
    CorrectStockForm,
    PurchaseForm,
    StockForm,
    TakeBackForm,
)
from hengneng.web.portal.own import Aim, OwnForm
from hengneng.web.portal.views.consumption import year_of


class NoSuchRow(LookupError):
    """The unit has no such stock taking or purchase, or it was corrected since."""


class Fuels(UnitPage):
    """The page; ``?year=`` chooses the year."""

    template = "portal/fuels.html"
    chapter = "portal-fuels"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the year by fuel, and what it stands on."""
        year = year_of(self.request)
        return {
            "year": year,
            "is_last": year >= asked.today().year,
            "last_day": date(year, 12, 31),
            "day_before": date(year - 1, 12, 31),
            "years": queries.fuels_over(unit.id, date(year, 1, 1), date(year + 1, 1, 1)),
            **fuel_pages.lists(self.request.GET, unit.id),
            "types": types(),
            "may_keep": own.may_keep(self.viewer, unit.id),
        }


class StocksFile(UnitFile):
    """The stock takings as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return them."""
        known = types()
        head = (
            _("Fuel"),
            _("Day"),
            _("Stock at the day's end"),
            _("Unit of measure"),
            _("How it was determined"),
        )
        rows = [
            (
                tags.name(known[row.energy_type_id]), row.day, row.amount,
                known[row.energy_type_id].uom, str(marks.DETERMINATIONS[row.determined_by]),
            )
            for row in queries.takings_of(unit.id)
        ]  # fmt: skip
        return Listing("stocks", head, rows)


class PurchasesFile(UnitFile):
    """What was bought, as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return them."""
        known = types()
        head = (
            _("Fuel"), _("Came in on"), _("Amount bought"), _("Unit of measure"),
            _("Number of the invoice or delivery note"), _("Supplier"),
        )  # fmt: skip
        rows = [
            (
                tags.name(known[row.energy_type_id]), row.day, row.amount,
                known[row.energy_type_id].uom, row.paper, row.supplier,
            )
            for row in queries.purchases_of(unit.id)
        ]  # fmt: skip
        return Listing("purchases", head, rows)


class _Fuel(OwnForm):
    """A form about a stock or a purchase."""

    chapter = "portal-fuels"
    not_there = (*own.NOT_THERE, NoSuchRow)
    anticipated = {
        energy_writes.DocumentRefused: gettext_lazy(
            "A document is a pdf, ofd, png or jpg of at most 20 MB, and not empty."
        ),
        fuels.NotAFuel: gettext_lazy("This is not kept in stock."),
        fuels.NotItsMeasure: gettext_lazy("This fuel is not kept in that unit of measure."),
        fuels.NotAnAmount: gettext_lazy("An amount is not negative, with six places at most."),
        fuels.NotYet: gettext_lazy("This day has not come; enter it then."),
        fuels.NoPaper: gettext_lazy("This is not to be left empty."),
        fuels.NoReason: gettext_lazy("This is not to be left empty."),
        fuels.Superseded: gettext_lazy("Somebody has corrected it in the meantime."),
        fuels.DayKnown: gettext_lazy(
            "The stock of this fuel at the end of this day is on record; correct it there."
        ),
        fuels.PaperKnown: gettext_lazy(
            "This paper of this supplier is on record for this fuel and year; correct it there."
        ),
    }
    beside: ClassVar[dict[type[Exception], str]] = {
        energy_writes.DocumentRefused: "document",
        fuels.NotItsMeasure: "measure",
        fuels.NotAnAmount: "amount",
        fuels.NotYet: "day",
        fuels.NoPaper: "supplier",
        fuels.DayKnown: "day",
        fuels.PaperKnown: "supplier",
        fuels.NoReason: "reason",
    }

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return self.beside.get(type(error))

    def acting(self) -> dict[str, Any]:
        """Return whose it is, who acts, and when."""
        return {"unit_id": self.unit.id, "by": self.viewer.account_id, "at": clock.now()}

    def taking(self) -> TakingRow:
        """Return the stock taking.

        Raises:
            NoSuchRow: If none of that number is believed of the unit.
        """
        row = queries.taking(self.unit.id, self.kwargs["taking_id"])
        if row is None:
            raise NoSuchRow(f"no stock taking {self.kwargs['taking_id']}")
        return row

    def purchase(self) -> PurchaseRow:
        """Return the purchase.

        Raises:
            NoSuchRow: If none of that number is believed of the unit.
        """
        row = queries.purchase(self.unit.id, self.kwargs["purchase_id"])
        if row is None:
            raise NoSuchRow(f"no purchase {self.kwargs['purchase_id']}")
        return row


class NewStock(_Fuel):
    """Enter a stock taking."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        advice = _(
            "With the stock at both ends of a year form B.10 tells what was used. It stands there"
            " as entered by hand, never as measured."
        )
        return Aim(_("Enter a stock taking"), _("Enter"), (advice,))

    def form(self) -> forms.Form:
        """Return the form."""
        return StockForm(*self.sent())

    def act(self, form: Any) -> Any:
        """Enter it."""
        fuels.record_stock(**self.acting(), **form.values())
        return _("The stock is on record.")


class CorrectStock(_Fuel):
    """Correct a stock taking; fuel and day stay."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        row = self.taking()
        return Aim(_("Correct a stock taking"), _("Save"), (), _about(row))

    def form(self) -> forms.Form:
        """Return the form, filled in with what is believed."""
        row = self.taking()
        uom = types()[row.energy_type_id].uom
        initial = {"amount": row.amount, "measure": uom, "determined_by": row.determined_by}
        return CorrectStockForm(*self.sent(), own=uom, initial=initial)

    def act(self, form: Any) -> Any:
        """Correct it."""
        fuels.correct_stock(taking_id=self.kwargs["taking_id"], **self.acting(), **form.values())
        return _("The stock is corrected.")


class WithdrawStock(_Fuel):
    """Take a stock taking back."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        return Aim(_("Take a stock taking back"), _("Take it back"), (), _about(self.taking()), "")

    def form(self) -> forms.Form:
        """Return the form."""
        return TakeBackForm(self.sent()[0])

    def act(self, form: Any) -> Any:
        """Take it back."""
        fuels.withdraw_stock(
            taking_id=self.kwargs["taking_id"],
            reason=form.cleaned_data["reason"],
            **self.acting(),
        )
        return _("The stock taking is taken back.")


class NewPurchase(_Fuel):
    """Enter a purchase."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        advice = _(
            "For fuel that no meter counts as it comes in. Where a meter counts it, form B.10 goes"
            " by the meter and tells the papers' sum beside it."
        )
        return Aim(_("Enter a purchase"), _("Enter"), (advice,))

    def form(self) -> forms.Form:
        """Return the form."""
        return PurchaseForm(*self.sent())

    def act(self, form: Any) -> Any:
        """Enter it."""
        fuels.record_purchase(**self.acting(), **form.values())
        return _("The purchase is on record.")


class CorrectPurchase(_Fuel):
    """Correct a purchase; fuel and paper stay."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        row = self.purchase()
        return Aim(_("Correct a purchase"), _("Save"), (), f"{_about(row)} · {row.paper}")

    def form(self) -> forms.Form:
        """Return the form, filled in with what is believed."""
        row = self.purchase()
        uom = types()[row.energy_type_id].uom
        initial = {**row._asdict(), "measure": uom}
        return CorrectPurchaseForm(*self.sent(), own=uom, initial=initial)

    def act(self, form: Any) -> Any:
        """Correct it."""
        fuels.correct_purchase(
            purchase_id=self.kwargs["purchase_id"], **self.acting(), **form.values()
        )
        return _("The purchase is corrected.")


class WithdrawPurchase(_Fuel):
    """Take a purchase back."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        row = self.purchase()
        subject = f"{_about(row)} · {row.paper}"
        return Aim(_("Take a purchase back"), _("Take it back"), (), subject, "")

    def form(self) -> forms.Form:
        """Return the form."""
        return TakeBackForm(self.sent()[0])

    def act(self, form: Any) -> Any:
        """Take it back."""
        fuels.withdraw_purchase(
            purchase_id=self.kwargs["purchase_id"],
            reason=form.cleaned_data["reason"],
            **self.acting(),
        )
        return _("The purchase is taken back.")


def types() -> dict[str, EnergyTypeRow]:
    """Return every energy type by its code."""
    return {row.code: row for row in energy.energy_types()}


def _about(row: TakingRow | PurchaseRow) -> str:
    """Return fuel and day of a row."""
    return f"{tags.name(types()[row.energy_type_id])} · {row.day.isoformat()}"
