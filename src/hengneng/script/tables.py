"""The data dictionary: every table, what it is for, and its columns."""

import ast
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

from hengneng.script import rooms

KINDS = {
    "BigAutoField": "identity",
    "BigIntegerField": "64-bit integer",
    "BinaryField": "bytes",
    "BooleanField": "yes or no",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "instant",
    "DecimalField": "decimal",
    "GenericIPAddressField": "network address",
    "IntegerField": "32-bit integer",
    "JSONField": "JSON",
    "PositiveSmallIntegerField": "16-bit integer",
    "SmallIntegerField": "16-bit integer",
    "TextField": "text",
}


def dictionary() -> str:
    """Return the data dictionary of the house's own tables, by room from the top floor."""
    lines = ["# Tables", "", "A column is never null unless it says so.", ""]
    for room in rooms.rooms():
        mine = [m for m in apps.get_models() if m.__module__.startswith(f"{room.module}.models")]
        if mine:
            lines += [f"## {room.name}", ""]
        for model in sorted(mine, key=lambda model: model.__name__):
            lines += _table(model)
    return "\n".join(lines)


def _table(model: type[models.Model]) -> list[str]:
    """Return one table's heading, purpose, columns and constraints."""
    about = (model.__doc__ or "").partition("\n\n")[0]
    lines = [f"### {model.__name__} `{model._meta.db_table}`", "", " ".join(about.split()), ""]
    lines += ["| Column | Kind | Note |", "| --- | --- | --- |"]
    lines += [
        f"| `{field.column}` | {_kind(field)} | {_note(model, field)} |"
        for field in model._meta.local_fields
        if field.column
    ]
    if held := sorted(constraint.name for constraint in model._meta.constraints):
        lines += ["", f"Held by: {', '.join(f'`{name}`' for name in held)}."]
    return [*lines, ""]


def _kind(field: "models.Field[Any, Any]") -> str:
    """Return a column's kind in words."""
    if isinstance(field, models.ForeignKey):
        kind = f"key of {field.related_model._meta.label}"
    elif base := getattr(field, "base_field", None):
        kind = f"list of {_kind(base)}"
    else:
        kind = KINDS.get(type(field).__name__, type(field).__name__)
    return f"{kind}, may be null" if field.null else kind


def _note(model: type[models.Model], field: "models.Field[Any, Any]") -> str:
    """Return the choices of a column and the comment behind it in the source."""
    choices = ", ".join(str(value) for value, _ in field.flatchoices)
    notes = (next((note for note in _comments(model, field.name)), ""), choices)
    return "; ".join(note for note in notes if note).replace("|", "/")


def _comments(model: type[models.Model], name: str) -> list[str]:
    """Return the comments behind a column's lines in its class or the classes it stands on."""
    found = []
    for kind in model.__mro__:
        spec = importlib.util.find_spec(kind.__module__)
        if kind.__module__.startswith("hengneng.") and spec and spec.origin:
            found += _comments_in(Path(spec.origin)).get((kind.__name__, name), [])
    return found


@cache
def _comments_in(path: Path) -> dict[tuple[str, str], list[str]]:
    """Return, per class and attribute of a file, the comment at the end of its lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {}
    for kind in (node for node in rooms.parsed(path).body if isinstance(node, ast.ClassDef)):
        for node in (node for node in kind.body if isinstance(node, ast.Assign)):
            target, last = node.targets[0], lines[(node.end_lineno or node.lineno) - 1]
            _, mark, comment = last.partition("  # ")
            if isinstance(target, ast.Name) and mark and not comment.startswith("noqa"):
                found[kind.name, target.id] = [comment.strip()]
    return found
