"""Which verbs there are, read from their files without importing them."""

import ast
from dataclasses import dataclass
from pathlib import Path

VERBS = Path(__file__).parent / "verbs"


@dataclass(frozen=True)
class Verb:
    """One thing the script can do."""

    name: str
    module: str
    help: str
    needs_database: bool
    needs_city: bool


def verbs(folder: Path = VERBS) -> dict[str, Verb]:
    """Return the verbs of ``folder`` by name, in alphabetical order."""
    files = (path for path in folder.glob("*.py") if path.stem != "__init__")
    found = (read(path) for path in files)
    return {verb.name: verb for verb in sorted(found, key=lambda verb: verb.name)}


def read(path: Path) -> Verb:
    """Return the verb that a file defines.

    A trailing underscore, where the verb is a word of Python's own, does not belong to the name.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return Verb(
        name=path.stem.rstrip("_").replace("_", "-"),
        module=f"hengneng.script.verbs.{path.stem}",
        help=(ast.get_docstring(tree) or "").partition("\n")[0],
        needs_database=_constant(tree, "NEEDS_DATABASE"),
        needs_city=_constant(tree, "NEEDS_CITY"),
    )


def _constant(tree: ast.Module, name: str) -> bool:
    """Return the truth value that a module gives a name at its top; false where it gives none."""
    for line in tree.body:
        if isinstance(line, ast.Assign):
            targets, value = line.targets, line.value
        elif isinstance(line, ast.AnnAssign) and line.value is not None:
            targets, value = [line.target], line.value
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return bool(ast.literal_eval(value))
    return False
