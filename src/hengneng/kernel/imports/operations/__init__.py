"""Try a list and take it; bring a file, arrange, try and commit it; save how files are read."""

from hengneng.kernel.imports.operations.lists import File, Watcher, commit, preview
from hengneng.kernel.imports.operations.profiles import (
    NoName,
    Owner,
    forget_profile,
    save_profile,
)
from hengneng.kernel.imports.operations.runs import (
    ANTICIPATED,
    arrange,
    ask_to_commit,
    ask_to_try,
    carry_out,
    forget_outcomes,
    receive,
    try_out,
)

__all__ = [
    "ANTICIPATED",
    "File",
    "NoName",
    "Owner",
    "Watcher",
    "arrange",
    "ask_to_commit",
    "ask_to_try",
    "carry_out",
    "commit",
    "forget_outcomes",
    "forget_profile",
    "preview",
    "receive",
    "save_profile",
    "try_out",
]
