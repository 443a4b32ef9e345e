"""Ask for admission, admit, refuse, revoke, take in a configuration."""

from hengneng.registry.terminals.operations.asking import (
    Outcome,
    Registered,
    TooManyPending,
    ask_to_register,
)
from hengneng.registry.terminals.operations.deciding import (
    AlreadyAsked,
    NoReason,
    NothingPending,
    Registrant,
    admit,
    refuse,
    revoke,
    take_over,
)
from hengneng.registry.terminals.operations.telling import configure

__all__ = [
    "AlreadyAsked",
    "NoReason",
    "NothingPending",
    "Outcome",
    "Registered",
    "Registrant",
    "TooManyPending",
    "admit",
    "ask_to_register",
    "configure",
    "refuse",
    "revoke",
    "take_over",
]
