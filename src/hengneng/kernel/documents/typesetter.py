"""The program that sets a document: JSON in, PDF out; run by ``paper`` as a process of its own.

It imports nothing of the house, for it runs isolated. The document's texts reach the template as
values, never as its source, so nothing in them can be run. An archivable file may not hold a
character that its fonts cannot show: such a one is printed by its number, so that a rare character
in a name neither vanishes nor keeps a unit from its document.
"""

import json
import struct
import sys
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import typst

_TEMPLATE = Path(__file__).with_name("form.typ")
_BLANKS = frozenset("\n\t")


class NoCharacters(ValueError):
    """The font has no table of characters by full code points."""


def typeset(document: str, *, second: int) -> bytes:
    """Return a document as PDF/A-2a.

    Args:
        document: As ``rules.as_json`` gives it.
        second: When it was made. [s since 1970]

    Raises:
        typst.TypstError: If the typesetter refuses it.
    """
    paths = (fonts.serif_path(), fonts.sans_path())
    # A heading is in one font, a cell in another: only what both have can be shown everywhere.
    known = set.intersection(*(characters(path.read_bytes()) for path in paths))
    compiler = typst.Compiler(
        _TEMPLATE.read_bytes(),
        root=_TEMPLATE.parent,
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(paths[0].parent)]),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(shown(json.loads(document), known))},
    )
    made = compiler.compile(format="pdf", pdf_standards="a-2a", timestamp=second)
    if not isinstance(made, bytes):
        raise TypeError(f"the typesetter gave {type(made).__name__} instead of one file")
    return made


def shown(value: Any, known: set[int]) -> Any:
    """Return plain values in whose texts every character can be shown.

    Args:
        value: Texts, numbers, lists, mappings, as JSON has them.
        known: The code points that the fonts have.

    >>> shown({"name": ["a\\x07b", 1]}, {ord("a"), ord("b")})
    {'name': ['a〔U+0007〕b', 1]}
    """
    if isinstance(value, str):
        return "".join(
            c if ord(c) in known or c in _BLANKS else f"〔U+{ord(c):04X}〕" for c in value
        )
    if isinstance(value, list):
        return [shown(one, known) for one in value]
    if isinstance(value, dict):
        return {name: shown(one, known) for name, one in value.items()}
    return value


def characters(font: bytes) -> set[int]:
    """Return the code points that an OpenType font has a glyph for.

    Args:
        font: The font file.

    Raises:
        NoCharacters: If it has no such table.

    Source:
        OpenType, table ``cmap``, format 12.
    """
    tables = struct.unpack_from(">H", font, 4)[0]
    for number in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == b"cmap":
            return _mapped(font, start)
    raise NoCharacters("the font has no cmap")


def _mapped(font: bytes, start: int) -> set[int]:
    """Return the code points of the table that begins at ``start``."""
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        _, _, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * number)
        at = start + offset
        if struct.unpack_from(">H", font, at)[0] == 12:
            groups = struct.unpack_from(">I", font, at + 12)[0]
            spans = struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups])
            return {code for first, last, _ in spans for code in range(first, last + 1)}
    raise NoCharacters("the font's cmap has no table of format 12")


if __name__ == "__main__":
    sys.stdout.buffer.write(
        typeset(sys.stdin.buffer.read().decode("utf-8"), second=int(sys.argv[1]))
    )
