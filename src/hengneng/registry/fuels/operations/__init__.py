"""Record what a unit's fuels give, how much of them it holds and buys; take it back."""

from hengneng.registry.fuels.operations.heat import (
    NoReport,
    NotAFuel,
    NotAHeatValue,
    NotWholeMonths,
    record_heat_value,
    withdraw_heat_value,
)
from hengneng.registry.fuels.operations.papers import NoReason, NotYet, Superseded
from hengneng.registry.fuels.operations.purchases import (
    NoPaper,
    PaperKnown,
    correct_purchase,
    record_purchase,
    withdraw_purchase,
)
from hengneng.registry.fuels.operations.stocks import (
    DayKnown,
    UnknownDetermination,
    correct_stock,
    record_stock,
    withdraw_stock,
)
from hengneng.registry.fuels.rules import NotAnAmount, NotItsMeasure

__all__ = [
    "DayKnown",
    "NoPaper",
    "NoReason",
    "NoReport",
    "NotAFuel",
    "NotAHeatValue",
    "NotAnAmount",
    "NotItsMeasure",
    "NotWholeMonths",
    "NotYet",
    "PaperKnown",
    "Superseded",
    "UnknownDetermination",
    "correct_purchase",
    "correct_stock",
    "record_heat_value",
    "record_purchase",
    "record_stock",
    "withdraw_heat_value",
    "withdraw_purchase",
    "withdraw_stock",
]
