from datetime import UTC, datetime

import pytest

from hengneng.registry.instruments import operations
from hengneng.registry.instruments.models import Status
from hengneng.registry.instruments.queries.numbers import ids_by_number
from hengneng.registry.units import operations as units

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 2, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_instruments():
    """Two instruments of a unit, by their numbers."""
    unit = units.create_unit(code="91310110DEM0002175", name="单位", by=None, at=AT)
    rows = [operations.NewInstrument(unit.pk, number, "电能表") for number in ("A", "B")]
    operations.enter_instruments(rows=rows, by=None, at=AT)
    return {own: number for (_, own), number in ids_by_number([unit.pk]).items()}


class TestSetConditions:
    def test_says_them_one_after_the_other(self, two_instruments):
        one, other = two_instruments["A"], two_instruments["B"]

        operations.set_conditions(
            rows=[
                operations.NewCondition(one, "QUALIFIED", SINCE),
                operations.NewCondition(other, "LIMITED", SINCE),
                operations.NewCondition(one, "STOPPED", LATER),
            ],
            by=None,
            at=AT,
        )

        believed = Status.objects.filter(superseded_at=None).order_by("instrument_id", "valid_from")
        assert list(
            believed.values_list("instrument_id", "condition", "valid_from", "valid_until")
        ) == [
            (one, "QUALIFIED", SINCE, LATER),
            (one, "STOPPED", LATER, None),
            (other, "LIMITED", SINCE, None),
        ]

    def test_refuses_a_condition_that_there_is_not(self, two_instruments):
        row = operations.NewCondition(two_instruments["A"], "BROKEN", SINCE)

        with pytest.raises(operations.UnknownCondition):
            operations.set_conditions(rows=[row], by=None, at=AT)
        assert not Status.objects.exists()

    def test_knows_no_number_of_another_unit(self, two_instruments):
        assert ids_by_number([404]) == {}
