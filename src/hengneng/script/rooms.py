"""The house read by itself: its rooms, their duties, clauses, files, neighbours and tests."""

import ast
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
# Top first, as the import contracts have them; a wing's folders are rooms, a floor is one room.
WINGS = ("web", "programme", "reporting", "insight", "telemetry", "people", "registry", "kernel")
FLOORS = ("script", "bench", "demo", *WINGS, "sim", "gateway", "protocol")

_CLAUSES = re.compile(r"Clauses:\s*(.*?)(?:\.\s*(?=Words:)|\.?\s*\Z|\n\s*\n)", re.DOTALL)
_WORDS = re.compile(r"Words:\s*(.*?)(?:\.\s|\.?\s*\Z|\n\s*\n)", re.DOTALL)


class UnknownRoom(LookupError):
    """There is no such room; ./hengneng room lists them."""


class Room(NamedTuple):
    """One folder with one duty.

    Attributes:
        name: Wing and folder: ``registry/units``.
        folder: Where it lies.
        docstring: What its ``__init__`` says.
    """

    name: str
    folder: Path
    docstring: str

    @property
    def module(self) -> str:
        """The dotted name."""
        return "hengneng." + self.name.replace("/", ".")

    @property
    def duty(self) -> str:
        """The docstring's first sentence, without its full stop."""
        return " ".join(self.docstring.partition("\n\n")[0].split()).rstrip(".")

    @property
    def clauses(self) -> str:
        """The sources it names, as written; empty where none."""
        return _first(_CLAUSES, self.docstring)

    @property
    def words(self) -> list[str]:
        """Its words of the glossary."""
        return [word.strip() for word in _first(_WORDS, self.docstring).split(",") if word.strip()]

    @property
    def files(self) -> list[Path]:
        """Its Python files and rule records, without migrations."""
        every = [*self.folder.rglob("*.py"), *self.folder.rglob("*.toml")]
        return sorted(path for path in every if "migrations" not in path.parts)


@lru_cache
def rooms() -> list[Room]:
    """Return every room, by floor from the top, then by name."""
    folders = [PACKAGE / floor for floor in FLOORS if floor not in WINGS]
    for wing in WINGS:
        folders += sorted(path.parent for path in (PACKAGE / wing).glob("*/__init__.py"))
    found = [_room(folder) for folder in folders if (folder / "__init__.py").exists()]
    return sorted(found, key=lambda room: (FLOORS.index(room.name.split("/")[0]), room.name))


def room_named(name: str) -> Room:
    """Return the room called ``name``: whole (``registry/units``) or by its folder (``units``).

    Raises:
        UnknownRoom: If no room, or more than one, is called so.
    """
    plain = name.strip("/").replace(".", "/").removeprefix("hengneng/")
    found = [room for room in rooms() if room.name == plain]
    found = found or [room for room in rooms() if room.name.split("/")[-1] == plain]
    if len(found) != 1:
        raise UnknownRoom(f"{name!r} is not a room; rooms: {', '.join(r.name for r in rooms())}")
    return found[0]


def room_of(path: Path) -> Room | None:
    """Return the room a file lies in; None for what stands beside the floors."""
    return next((room for room in rooms() if room.folder in path.parents), None)


@lru_cache
def sources() -> list[Path]:
    """Return every Python file of the package, migrations among them."""
    return sorted(PACKAGE.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(tree: ast.Module) -> dict[str, str]:
    """Return what each name bound by an import stands for, as a dotted name.

    >>> imports_of(ast.parse("from hengneng.kernel import clock as c"))
    {'c': 'hengneng.kernel.clock'}
    """
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bound |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            bound |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return bound


def importers_of(room: Room) -> list[str]:
    """Return the names of the rooms that import anything of this one."""
    found = set()
    for path in sources():
        other = room_of(path)
        if other and other != room and _reaches(parsed(path), room.module):
            found.add(other.name)
    return sorted(found)


def tests_of(room: Room) -> list[Path]:
    """Return the unit tests that mirror this room."""
    return sorted((ROOT / "tests" / "unit" / room.name).rglob("test_*.py"))


def _room(folder: Path) -> Room:
    """Return the room of a folder."""
    docstring = ast.get_docstring(parsed(folder / "__init__.py")) or ""
    return Room(folder.relative_to(PACKAGE).as_posix(), folder, docstring)


def _first(pattern: re.Pattern[str], text: str) -> str:
    """Return the first group of the first match on one line; empty where there is none."""
    match = pattern.search(text)
    return " ".join(match.group(1).split()).rstrip(".") if match else ""


def _reaches(tree: ast.Module, module: str) -> bool:
    """Answer whether a file imports a module or something inside it."""
    return any(f"{name}.".startswith(f"{module}.") for name in imports_of(tree).values())
