"""A unit's sub-units and equipment: the list, entered, described anew, what they need, gone."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.registry.energy import queries as energy
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.equipment import queries
from hengneng.registry.equipment.queries import ConsumerRow
from hengneng.registry.equipment.rules import consumers as rules
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import marks, tags
from hengneng.web.portal import asked, own
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.equipment_forms import (
    ConsumerForm,
    DemandForm,
    NewConsumerForm,
    RetireForm,
)
from hengneng.web.portal.own import Aim, OwnForm


class Equipment(UnitPage):
    """The list."""

    template = "portal/equipment.html"
    chapter = "portal-equipment"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the consumers, each with the one it belongs to and the one it is metered with."""
        rows = queries.consumers_of(unit.id)
        by_id = {row.id: row for row in rows}
        return {
            "rows": [
                (row, by_id.get(row.parent_id or 0), by_id.get(row.metered_with_id or 0))
                for row in rows
            ],
            "types": {row.code: row for row in energy.energy_types()},
            "may_keep": own.may_keep(self.viewer, unit.id),
        }


class EquipmentFile(UnitFile):
    """The consumers as a file, one row for each demand."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the consumers."""
        types = {row.code: row for row in energy.energy_types()}
        there = queries.consumers_of(unit.id)
        codes = {row.id: row.code for row in there}
        head = (
            _("Code"), _("Name"), pgettext("sort", "Kind"), _("Model"), _("Place"), _("Site"),
            _("Belongs to"),
            _("Metered together with"), _("Energy type"), _("Amount"), _("Unit of measure"),
        )  # fmt: skip
        rows = [
            (
                row.code, row.name, str(marks.CONSUMERS[row.kind]), row.model, row.place,
                row.site_code, codes.get(row.parent_id or 0), codes.get(row.metered_with_id or 0),
                *need,
            )
            for row in there
            for need in _needs(row, types)
        ]  # fmt: skip
        return Listing("equipment", head, rows)


def _needs(row: ConsumerRow, types: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield what a consumer needs; one row of nothing where that is not known."""
    for one in row.demands:
        yield tags.name(types[one.energy_type_id]), one.amount, one.measure
    if not row.demands:
        yield None, None, None


class _Consumer(OwnForm):
    """A form about a consumer."""

    chapter = "portal-equipment"
    anticipated = {
        equipment.ConsumerExists: gettext_lazy("Your ledger holds one of this code already."),
        equipment.ForeignConsumer: gettext_lazy("This is not one of your unit's."),
        rules.BadTree: gettext_lazy("So it would belong to itself, or be metered with itself."),
        rules.BadConsumer: gettext_lazy("No sub-unit and no equipment can be so."),
        rules.BadDemand: gettext_lazy("An amount is not negative, with six places at most."),
        facts.NothingKnown: gettext_lazy("On that day it was not there."),
        facts.EmptySpan: gettext_lazy("On that day it was not there."),
    }
    beside: ClassVar[dict[type[Exception], str]] = {
        equipment.ConsumerExists: "code",
        rules.BadTree: "parent_id",
        rules.BadDemand: "amount",
        facts.NothingKnown: "valid_from",
        facts.EmptySpan: "valid_from",
    }

    def row(self) -> ConsumerRow:
        """Return the consumer."""
        return consumer_of(self.unit, self.kwargs["consumer_id"])

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return self.beside.get(type(error))

    def offered(self, *, without: int | None = None) -> dict[str, Any]:
        """Return what a form offers: the unit's sites, and its other consumers."""
        unit = self.unit
        there = queries.consumers_of(unit.id)
        return {
            "sites": units.sites_of(unit.id),
            "others": [row for row in there if row.id != without],
        }

    def described(self, form: forms.Form) -> dict[str, Any]:
        """Return what was entered, as the operations take it."""
        given = self.made(form)
        return given | {"valid_from": own.start_of(given["valid_from"])}

    def acting(self) -> dict[str, Any]:
        """Return who acts, and when."""
        return {"by": self.viewer.account_id, "at": clock.now()}


class NewConsumer(_Consumer):
    """Enter a consumer."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        advice = _("By what it needs GB 17167 decides whether it must be metered on its own.")
        return Aim(_("Enter a sub-unit or equipment"), _("Enter"), (advice,))

    def form(self) -> forms.Form:
        """Return the form."""
        return NewConsumerForm(
            self.sent()[0], **self.offered(), initial={"valid_from": asked.today()}
        )

    def act(self, form: forms.Form) -> Any:
        """Enter it."""
        given = self.described(form)
        equipment.create_consumer(unit_id=self.unit.id, **self.acting(), **given)
        said = _("%(code)s stands in your ledger; say what it needs.")
        return said % {"code": given["code"]}


class DescribeConsumer(_Consumer):
    """Say that a consumer is different from a day on."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        return Aim(_("Describe it anew"), _("Save"), (), self.row().code)

    def form(self) -> forms.Form:
        """Return the form, filled in with what the ledger says."""
        row = self.row()
        return ConsumerForm(
            self.sent()[0],
            **self.offered(without=row.id),
            initial={**row._asdict(), "valid_from": asked.today()},
        )

    def act(self, form: forms.Form) -> Any:
        """Describe it."""
        equipment.describe_consumer(
            consumer_id=self.row().id, **self.acting(), **self.described(form)
        )
        return _("The ledger is corrected.")


class SetDemand(_Consumer):
    """Say how much of an energy type a consumer needs."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        return Aim(_("What it needs"), _("Save"), (), self.row().code)

    def form(self) -> forms.Form:
        """Return the form."""
        return DemandForm(self.sent()[0], initial={"valid_from": asked.today()})

    def act(self, form: forms.Form) -> Any:
        """Record it."""
        equipment.set_demand(consumer_id=self.row().id, **self.acting(), **self.described(form))
        return _("The ledger is corrected.")


class RetireConsumer(_Consumer):
    """Say that a consumer is no more."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        return Aim(_("No longer there"), _("Take out"), (), self.row().code, "")

    def form(self) -> forms.Form:
        """Return the form."""
        return RetireForm(self.sent()[0], initial={"valid_from": asked.today()})

    def act(self, form: forms.Form) -> Any:
        """Retire it."""
        equipment.retire_consumer(
            consumer_id=self.row().id, **self.acting(), **self.described(form)
        )
        return _("It is out of the ledger from that day on.")


def consumer_of(unit: UnitRow, consumer_id: int) -> ConsumerRow:
    """Return the unit's consumer as it is now.

    Raises:
        UnknownConsumer: If there is none now, or it is another unit's.
    """
    for row in queries.consumers_of(unit.id):
        if row.id == consumer_id:
            return row
    raise queries.UnknownConsumer(f"no consumer {consumer_id} at unit {unit.code}")
