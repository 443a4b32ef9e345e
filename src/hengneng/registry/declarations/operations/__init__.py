"""Declare, declare again, withdraw; confirm or send back."""

from hengneng.registry.declarations.operations.confirming import Overtaken
from hengneng.registry.declarations.operations.deciding import (
    NoReason,
    confirm,
    send_back,
)
from hengneng.registry.declarations.operations.declaring import (
    AnotherKind,
    NamedOnPaper,
    NoProof,
    declare,
    declare_again,
    withdraw,
)
from hengneng.registry.declarations.operations.steps import DeclaredAnew
from hengneng.registry.declarations.rules import Incomplete, NothingNew

__all__ = [
    "AnotherKind",
    "DeclaredAnew",
    "Incomplete",
    "NamedOnPaper",
    "NoProof",
    "NoReason",
    "NothingNew",
    "Overtaken",
    "confirm",
    "declare",
    "declare_again",
    "send_back",
    "withdraw",
]
