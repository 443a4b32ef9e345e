"""Load rule records, enter the city's own values, keep the documents they stand on."""

from hengneng.registry.energy.operations.documents import (
    DOCUMENT_BYTES_MAX,
    Document,
    DocumentRefused,
    keep_document,
)
from hengneng.registry.energy.operations.loading import Loaded, RuleChanged, load, load_rules
from hengneng.registry.energy.operations.local import (
    NoReason,
    NotAFactor,
    NotTheCitys,
    UnknownType,
    enter_local_factor,
    withdraw_local_factor,
)

__all__ = [
    "DOCUMENT_BYTES_MAX",
    "Document",
    "DocumentRefused",
    "Loaded",
    "NoReason",
    "NotAFactor",
    "NotTheCitys",
    "RuleChanged",
    "UnknownType",
    "enter_local_factor",
    "keep_document",
    "load",
    "load_rules",
    "withdraw_local_factor",
]
