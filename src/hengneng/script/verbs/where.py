"""Find where a word lives: from the glossary to the room to the file."""

import argparse
import ast
import re
from collections.abc import Iterator

from hengneng.script import rooms

NEEDS_DATABASE = False
GLOSSARY = rooms.ROOT / "docs" / "reference" / "glossary.md"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument(
        "word", help="Chinese, English or as in code: 计量点, metering point, Point"
    )


def run(options: argparse.Namespace) -> int:
    """Print the glossary's rows, the rooms and the definitions that hold the word."""
    entries = glossary_rows(options.word)
    names = {options.word, *(name for row in entries for name in _names(row[2]))}
    found = [" | ".join(row) for row in entries]
    found += [f"{room.name}: {room.duty}" for room in _rooms_of(names)]
    found += list(definitions(names))
    print("\n".join(found) or f"{options.word!r}: no such word; it enters {GLOSSARY.name} first")
    return 0 if found else 1


def glossary_rows(word: str) -> list[tuple[str, str, str]]:
    """Return the glossary's rows (Chinese, English, code) that hold a word."""
    cells = (line.strip("| ").split("|") for line in GLOSSARY.read_text("utf-8").splitlines())
    rows = [tuple(cell.strip() for cell in row) for row in cells if len(row) == 3]
    return [(a, b, c) for a, b, c in rows if word.lower() in f"{a} {b} {c}".lower()]


def definitions(names: set[str]) -> Iterator[str]:
    """Yield file and line of every class or function called so, or whose name holds it."""
    wanted = {_plain(name) for name in names}
    for path in rooms.sources():
        for node in ast.walk(rooms.parsed(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and _plain(node.name) in wanted:
                yield f"{path.relative_to(rooms.ROOT)}:{node.lineno}: {node.name}"


def _rooms_of(names: set[str]) -> list[rooms.Room]:
    """Return the rooms whose own words, or whose name, are among these."""
    wanted = {_plain(name) for name in names}
    return [
        room
        for room in rooms.rooms()
        if wanted & {_plain(word) for word in (*room.words, room.name, room.folder.name)}
    ]


def _names(code: str) -> list[str]:
    """Return the names a glossary row gives in code."""
    return [name.split(".")[0] for name in re.findall(r"`([\w.]+)`", code)]


def _plain(name: str) -> str:
    """Return a name without case, blanks and the plural's s, to compare by."""
    return re.sub(r"[\s_]", "", name).lower().removesuffix("s")
