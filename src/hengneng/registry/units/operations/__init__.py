"""Enter units, say what is known of them by date, place their sites, list them by year."""

from hengneng.registry.units.operations.entering import (
    CORRECTABLE,
    BadCreditCode,
    EnteredUnit,
    NewUnit,
    NoName,
    NotCorrectable,
    UnitExists,
    UnknownDistrict,
    UnknownListing,
    correct_unit,
    create_unit,
    enter_units,
    list_unit,
    place_site,
)

__all__ = [
    "CORRECTABLE",
    "BadCreditCode",
    "EnteredUnit",
    "NewUnit",
    "NoName",
    "NotCorrectable",
    "UnitExists",
    "UnknownDistrict",
    "UnknownListing",
    "correct_unit",
    "create_unit",
    "enter_units",
    "list_unit",
    "place_site",
]
