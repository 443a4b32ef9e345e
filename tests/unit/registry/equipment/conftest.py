"""Consumers of the unit, known since the new year."""

from datetime import UTC, datetime

import pytest

from hengneng.registry.equipment import operations

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def make_consumer(unit, energy_types):
    def make(code="CH-01", **changes):
        return operations.create_consumer(
            **{
                "unit_id": unit.id,
                "code": code,
                "name": "冷水机组",
                "kind": "EQUIPMENT",
                "valid_from": NEW_YEAR,
                "by": 7,
                "at": AT,
            }
            | changes
        )

    return make
