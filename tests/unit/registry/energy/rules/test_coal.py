"""Energy as standard coal, to the last digit."""

from decimal import Decimal

import pytest

from hengneng.registry.energy.rules import coal


@pytest.mark.parametrize(
    ("amount", "kgce_per_uom", "tonnes"),
    [
        ("1000", "0.1229", "0.1229"),
        ("0", "0.1229", "0"),
        ("-2.5", "1.2143", "-0.00303575"),
        (
            "9" * 31 + ".999999999",
            "1.0000000001",
            "10000000000999999999999999999.9999999999989999999999",
        ),
    ],
)
def test_known_answers(amount, kgce_per_uom, tonnes):
    answer = coal.tonnes_of_coal(Decimal(amount), Decimal(kgce_per_uom))

    assert answer == Decimal(tonnes)
