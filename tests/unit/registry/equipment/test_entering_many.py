"""Many consumers at once: all of them or none, one entry, statements that do not grow."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.registry.equipment import operations, queries
from hengneng.registry.equipment.models import Consumer
from hengneng.registry.equipment.rules import consumers as rules
from hengneng.registry.units.models import Site

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def row(unit, energy_types):
    def make(code="CH-01", **changes):
        said = operations.NewConsumer(unit.id, code, "冷水机组", "EQUIPMENT", NEW_YEAR)
        return said._replace(**changes)

    return make


def enter(*rows):
    return operations.enter_consumers(rows=rows, by=7, at=AT)


def test_they_hang_on_one_another_in_any_order(unit, row):
    site = Site.objects.create(unit=unit, code="1", name="本部")
    need = rules.Need("ELECTRICITY", "kW", Decimal(400))
    ids = enter(
        row(parent_code="B1", metered_with="B1", site_id=site.id, demands=(need,)),
        row("B1", name="制冷站", kind="SUB_UNIT"),
    )

    chiller, plant = sorted(queries.consumers_of(unit.id, at=AT), key=lambda r: r.id)
    assert ids == [chiller.id, plant.id]
    assert (chiller.parent_id, chiller.metered_with_id) == (plant.id, plant.id)
    assert (chiller.site_code, chiller.demands) == ("1", (need,))
    assert Entry.objects.get().details == {"count": 2, "units": 1}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": ""}, operations.NoCode),
        ({"name": ""}, rules.BadConsumer),
        ({"code": "B1"}, operations.ConsumerExists),
        ({"parent_code": "B2"}, operations.ForeignConsumer),
        ({"metered_with": "CH-01"}, rules.BadTree),
        ({"demands": (rules.Need("FIRE", "kW", Decimal(1)),)}, operations.UnknownEnergyType),
        ({"demands": (rules.Need("ELECTRICITY", "PS", Decimal(1)),)}, rules.BadDemand),
    ],
)
def test_one_that_cannot_be_refuses_all(row, changes, error):
    with pytest.raises(error):
        enter(row("B1"), row(**changes))
    assert not Consumer.objects.exists()


def test_one_that_is_there_or_anothers_is_refused(unit, other_unit, row):
    site = Site.objects.create(unit=other_unit, code="1", name="本部")
    enter(row())
    with pytest.raises(operations.ConsumerExists):
        enter(row())
    with pytest.raises(operations.ForeignConsumer):
        enter(row("CH-02", site_id=site.id))
    enter(row(unit_id=other_unit.id))
    assert Consumer.objects.count() == 2


def test_statements_do_not_grow(row, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        enter(*(row(f"CH-{number}") for number in range(200)))
