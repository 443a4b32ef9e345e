"""Which kinds of list there are: each room's ``imports.py`` says its own."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from hengneng.kernel.imports.rules import Importer, KeptByUnits

_OURS = "hengneng."
_FILE = "imports"


class UnknownKind(LookupError):
    """There is no such kind of list."""


@cache
def importers() -> dict[str, type[Importer]]:
    """Return the importers by kind.

    They are the public classes of the rooms' ``imports.py`` that have a ``kind``; of the same kind
    that of the highest room, which knows more.
    """
    found: dict[str, type[Importer]] = {}
    for config in apps.get_app_configs():
        if config.name.startswith(_OURS) and module_has_submodule(config.module, _FILE):
            name = f"{config.name}.{_FILE}"
            for one in vars(import_module(name)).values():
                kind = getattr(one, "kind", None)
                if isinstance(one, type) and isinstance(kind, str) and _is_own(one, name):
                    found[kind] = one
    return found


def _is_own(one: type, module: str) -> bool:
    """Answer whether a class is a public one of a module, or of a package's files."""
    inside = f"{one.__module__}.".startswith(f"{module}.")
    return inside and not one.__name__.startswith("_")


def kept_by_units() -> list[str]:
    """Return the kinds that a unit keeps itself."""
    return [kind for kind, made in importers().items() if isinstance(made(), KeptByUnits)]


def importer(kind: str, *, is_own: bool = False) -> Importer:
    """Return a new importer of a kind.

    Args:
        kind: The kind.
        is_own: Whether the unit itself brings the list: what an official confirms is refused.

    Raises:
        UnknownKind: If there is no such kind, or a unit does not keep it itself.
    """
    there = kept_by_units() if is_own else list(importers())
    if kind not in there:
        raise UnknownKind(f"there is no list of {kind}; there are {', '.join(there)}")
    made = importers()[kind]()
    if isinstance(made, KeptByUnits):
        made.is_own = is_own
    return made
