"""What units declared, who has to decide on it, and what is on record beside it."""

from hengneng.registry.declarations.queries.declarations import (
    DeclarationRow,
    Preview,
    UnknownDeclaration,
    Wanted,
    awaiting,
    counts_of,
    counts_reached,
    declaration_by_id,
    declarations_of,
    declarations_reached,
    next_awaiting,
    pending_of_points,
    preview,
    units_of_declarations,
)
from hengneng.registry.declarations.queries.records import on_record
from hengneng.registry.declarations.states import OPEN

__all__ = [
    "OPEN",
    "DeclarationRow",
    "Preview",
    "UnknownDeclaration",
    "Wanted",
    "awaiting",
    "counts_of",
    "counts_reached",
    "declaration_by_id",
    "declarations_of",
    "declarations_reached",
    "next_awaiting",
    "on_record",
    "pending_of_points",
    "preview",
    "units_of_declarations",
]
