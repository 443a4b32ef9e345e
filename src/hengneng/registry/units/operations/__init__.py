"""Enter units, say what is known of them by date, place their sites, list them by year."""

from hengneng.registry.units.operations.business import NoProof, UnknownState, record_business
from hengneng.registry.units.operations.describing import (
    CORRECTABLE,
    NotCorrectable,
    NotYet,
    SameName,
    UnknownFacility,
    correct_unit,
    describe_unit,
    name_legal_person,
    record_facility,
)
from hengneng.registry.units.operations.entering import (
    BadCreditCode,
    EnteredUnit,
    NewUnit,
    NoName,
    UnitExists,
    create_unit,
    enter_units,
)
from hengneng.registry.units.operations.listing import (
    NoSource,
    NotAnAmount,
    UnknownListing,
    list_unit,
    record_level,
)
from hengneng.registry.units.operations.sites import UnknownDistrict, place_site

__all__ = [
    "CORRECTABLE",
    "BadCreditCode",
    "EnteredUnit",
    "NewUnit",
    "NoName",
    "NoProof",
    "NoSource",
    "NotAnAmount",
    "NotCorrectable",
    "NotYet",
    "SameName",
    "UnitExists",
    "UnknownDistrict",
    "UnknownFacility",
    "UnknownListing",
    "UnknownState",
    "correct_unit",
    "create_unit",
    "describe_unit",
    "enter_units",
    "list_unit",
    "name_legal_person",
    "place_site",
    "record_business",
    "record_facility",
    "record_level",
]
