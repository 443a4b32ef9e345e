"""What a unit's fuels give, what it holds and bought of them: by unit, day, and as known when."""

from hengneng.registry.fuels.queries.heat import (
    MEASURED,
    HeatValueRow,
    Measured,
    factor_on,
    heat_value_versions,
    heat_values_of,
    measured_over,
)
from hengneng.registry.fuels.queries.stocks import (
    PurchaseRow,
    TakingRow,
    count_purchases,
    count_takings,
    fuels_over,
    papers_of,
    purchase,
    purchase_versions,
    purchases_of,
    taking,
    taking_versions,
    takings_of,
)
from hengneng.registry.fuels.rules import FuelSpan

__all__ = [
    "MEASURED",
    "FuelSpan",
    "HeatValueRow",
    "Measured",
    "PurchaseRow",
    "TakingRow",
    "count_purchases",
    "count_takings",
    "factor_on",
    "fuels_over",
    "heat_value_versions",
    "heat_values_of",
    "measured_over",
    "papers_of",
    "purchase",
    "purchase_versions",
    "purchases_of",
    "taking",
    "taking_versions",
    "takings_of",
]
