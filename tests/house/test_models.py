"""Tables: which way they point, and what they may never hold."""

import ast
import re

import pytest
from django.apps import apps
from django.db import models

from hengneng.script import rooms

FLOORS = [
    "protocol",
    "kernel",
    "registry",
    "people",
    "telemetry",
    "insight",
    "reporting",
    "programme",
    "web",
    "demo",
]
# SOURCE: Notice 321 (2020), V(3): no charge to units for reviews or maintenance. Grants, output
# value and a supplier's invoices are other things and have other names.
CHARGES = re.compile(r"(^|_)(fee|fees|charge|charges|charged|payable|tariff|billed)(_|$)")
FORBIDDEN_IMPORTS = {
    "django.dispatch": "call the operation; upstairs reads rows (docs/explanation/where.md)",
    "django.db.models.signals": "call the operation; upstairs reads rows",
    "django.core.signals": "call the operation; upstairs reads rows",
    "django.contrib.contenttypes.fields": "point at one table, or keep the subject as text",
    "django.contrib.admin": "write a page in web/ that calls an operation, so that it is audited",
}
# Tables with a unit in them whose rows are by unit: unit_id leads their keys (SQL.md 2).
BY_UNIT = {"journal", "consumption"}
NOT_BY_UNIT = {"Rejection"}  # an upload that names no unit is kept as well


def floor_of(model: type[models.Model]) -> int:
    """The floor of a model; Django's own tables lie below all of ours."""
    parts = model.__module__.split(".")
    return FLOORS.index(parts[1]) if parts[0] == "hengneng" else -1


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("hengneng.")]


def foreign_keys() -> list[models.ForeignKey]:
    kinds = (models.ForeignKey, models.ManyToManyField)
    every = [field for model in own_models() for field in model._meta.local_fields]
    every += [field for model in own_models() for field in model._meta.local_many_to_many]
    return [field for field in every if isinstance(field, kinds)]


def forbidden_imports(tree: ast.Module) -> list[str]:
    return [
        f"{name}: {instead}"
        for name in rooms.imports_of(tree).values()
        for bad, instead in FORBIDDEN_IMPORTS.items()
        if f"{name}.".startswith(f"{bad}.")
    ]


@pytest.mark.parametrize("field", foreign_keys(), ids=str)
class TestForeignKeys:
    def test_points_to_its_floor_or_below(self, field):
        assert floor_of(field.related_model) <= floor_of(field.model), (
            f"{field} points upstairs: keep the key on the higher table instead"
        )

    def test_leaves_no_name_on_another_rooms_table(self, field):
        same_room = field.model._meta.app_label == field.related_model._meta.app_label
        assert same_room or field.remote_field.hidden, (
            f'{field}: add related_name="+"; a room does not know who points at it'
        )

    def test_points_at_no_table_kept_by_unit(self, field):
        target = field.related_model
        assert target._meta.app_label not in BY_UNIT, (
            f"{field} points at a by-unit table; keep unit_id and the rest of the key (SQL form 2)"
        )


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
class TestModels:
    def test_charges_no_unit(self, model):
        charging = [f.name for f in model._meta.get_fields() if CHARGES.search(f.name)]
        assert not charging, (
            f"{model._meta.label}.{charging}: reviews and maintenance may not be charged to units"
            " (Notice 五(三)); if it is a grant or an invoice, call it so"
        )

    def test_energy_is_never_a_float(self, model):
        floats = [f.name for f in model._meta.local_fields if isinstance(f, models.FloatField)]
        assert not floats, f"{model._meta.label}.{floats}: use DecimalField or scaled integers"

    def test_unit_leads_the_key_of_a_by_unit_table(self, model):
        if model._meta.app_label not in BY_UNIT or model.__name__ in NOT_BY_UNIT:
            return
        key = model._meta.pk
        names = [field.name for field in getattr(key, "fields", [key])]
        assert names[0] == "unit_id", (
            f'{model._meta.label}: begin its key with the unit: CompositePrimaryKey("unit_id", …)'
        )

    def test_is_sorted_by_whoever_asks(self, model):
        assert not model._meta.ordering, (
            f"{model._meta.label}: take Meta.ordering out; the query that needs an order says it"
        )


def test_no_signals_generic_keys_or_admin():
    named = {path: forbidden_imports(rooms.parsed(path)) for path in rooms.sources()}
    found = {path.name: what for path, what in named.items() if what}
    assert not found, f"{found}"


class TestTheChecks:
    def test_an_import_of_signals_is_found(self):
        tree = ast.parse("from django.db.models.signals import post_save")
        assert len(forbidden_imports(tree)) == 1

    @pytest.mark.parametrize("name", ["review_fee", "fee_cents", "charged_at", "amount_payable"])
    def test_a_charge_is_found(self, name):
        assert CHARGES.search(name)

    @pytest.mark.parametrize("name", ["feed", "discharge_kwh", "recharged", "coffee_machine"])
    def test_other_words_are_not(self, name):
        assert not CHARGES.search(name)

    def test_the_admin_is_not_installed(self):
        assert not apps.is_installed("django.contrib.admin"), "remove it: it bypasses the audit"
