from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hengneng.registry.units import operations, queries
from hengneng.registry.units.models import ConsumptionLevel, Particulars

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    """A unit without a legal person, of a known sector."""
    return operations.create_unit(
        code="91310110DEM0002175", name="单位", sector="装备制造", by=None, at=AT
    )


class TestNameLegalPersons:
    def test_names_one_for_all_that_is_known_of_the_unit(self, unit):
        operations.name_legal_persons(names={unit.pk: "沈知远"}, by=None, at=AT)

        (version,) = Particulars.objects.filter(unit=unit, superseded_at=None)
        assert version.legal_person_id is not None
        assert (version.sector, version.valid_from) == ("装备制造", queries.beginning())

    def test_refuses_a_unit_that_has_one(self, unit):
        operations.name_legal_person(unit_id=unit.pk, name="陆清和", valid_from=AT, by=None, at=AT)

        with pytest.raises(operations.LegalPersonKnown):
            operations.name_legal_persons(names={unit.pk: "沈知远"}, by=None, at=AT)

    def test_refuses_a_unit_that_is_not_entered(self):
        with pytest.raises(operations.LegalPersonKnown):
            operations.name_legal_persons(names={404: "沈知远"}, by=None, at=AT)


class TestRecordLevels:
    def test_states_years_and_replaces_a_former_statement(self, unit):
        first = operations.NewLevel(unit.pk, 2024, Decimal(5000), "年报")
        again = operations.NewLevel(unit.pk, 2024, Decimal("5100.5"), "核查", is_verified=True)
        other = operations.NewLevel(unit.pk, 2025, Decimal(6000), "年报")

        operations.record_levels(rows=[first], by=None, at=AT)
        operations.record_levels(rows=[again, other], by=None, at=AT)

        believed = ConsumptionLevel.objects.filter(unit=unit, superseded_at=None)
        assert list(believed.order_by("year").values_list("year", "tce", "source", "verified")) == [
            (2024, Decimal("5100.5000"), "核查", True),
            (2025, Decimal("6000.0000"), "年报", False),
        ]

    @pytest.mark.parametrize("tce", [Decimal(-1), Decimal("0.00001"), Decimal("NaN")])
    def test_refuses_what_is_no_amount(self, unit, tce):
        row = operations.NewLevel(unit.pk, 2024, tce, "年报")

        with pytest.raises(operations.NotAnAmount):
            operations.record_levels(rows=[row], by=None, at=AT)
        assert not ConsumptionLevel.objects.exists()

    def test_refuses_what_nobody_states(self, unit):
        with pytest.raises(operations.NoSource):
            operations.record_levels(
                rows=[operations.NewLevel(unit.pk, 2024, Decimal(1), "")], by=None, at=AT
            )
