"""Record what a unit's fuels give, how much of them it holds and buys; take it back."""

from hengneng.registry.fuels.operations.heat import (
    NoReport,
    NotAFuel,
    NotAHeatValue,
    NotWholeMonths,
    record_heat_value,
    withdraw_heat_value,
)
from hengneng.registry.fuels.operations.stocks import (
    NoPaper,
    NoReason,
    NotYet,
    UnknownDetermination,
    record_purchase,
    record_stock,
    withdraw_purchase,
    withdraw_stock,
)
from hengneng.registry.fuels.rules import NotAnAmount, NotItsMeasure

__all__ = [
    "NoPaper",
    "NoReason",
    "NoReport",
    "NotAFuel",
    "NotAHeatValue",
    "NotAnAmount",
    "NotItsMeasure",
    "NotWholeMonths",
    "NotYet",
    "UnknownDetermination",
    "record_heat_value",
    "record_purchase",
    "record_stock",
    "withdraw_heat_value",
    "withdraw_purchase",
    "withdraw_stock",
]
