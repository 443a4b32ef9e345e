"""Texts for people: which there are, and which have no Chinese yet.

Source texts are English and stand in Python files, in templates, and in the rules that are data
(where a value stands, and where it was read); ``web/locale`` holds the Chinese.
"""

import re
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from hengneng.script.rooms import PACKAGE, ROOT

LOCALE = PACKAGE / "web" / "locale"
LANGUAGE = "zh_Hans"
HEADER = """# The product's texts in Chinese; the English stands in the code.
msgid ""
msgstr ""
"Project-Id-Version: Hengneng\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
CATALOGUE = LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# What a rule that is data says of itself in words, shown by ``web.parts.tags.cited``.
SAID_BY_RULES = ("citation", "clause", "open", "note")
# What it is called: the number of a standard says the same in every language, words do not.
CALLED_BY_RULES = ("edition", "scope")
_ENGLISH = re.compile(r"(?<![\w-])[a-z]{2,}(?![\w-]*\d)")


class Text(NamedTuple):
    """One text for people.

    Attributes:
        message: The English, or singular and plural.
        context: What tells it from the same English meaning another thing; None mostly.
        places: Files it stands in, relative to the checkout.
    """

    message: str | tuple[str, ...]
    context: str | None
    places: list[str]

    @property
    def key(self) -> tuple[str, str | None]:
        """What a catalogue knows it by."""
        return (self.message if isinstance(self.message, str) else self.message[0], self.context)


def texts() -> list[Text]:
    """Return every text for people in Python files, templates and rules, sorted."""
    found: dict[tuple[str, str | None], Text] = {}
    for path in _files():
        for message, context in extracted(path):
            text = Text(message, context, [])
            known = found.setdefault(text.key, text)
            place = path.relative_to(ROOT).as_posix()
            known.places.extend([] if place in known.places else [place])
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1] or ""))]


def extracted(path: Path) -> list[tuple[str | tuple[str, ...], str | None]]:
    """Return the texts of one file with their contexts."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return [(said, None) for said in _said(tomllib.loads(source))]
    if path.suffix == ".html":
        source = _as_python(source, path)
    rows = extract("python", BytesIO(source.encode()), keywords=KEYWORDS)
    return [(message, context) for _, message, _, context in rows]


def missing() -> list[Text]:
    """Return the texts that have no Chinese: not in the catalogue, empty there, or marked fuzzy."""
    catalogue = read()
    return [text for text in texts() if not _is_translated(catalogue, text)]


def needless() -> list[str]:
    """Return the catalogue's messages that no file uses any more."""
    used = {text.key for text in texts()}
    return [str(_first(entry)) for entry in _entries(read()) if _key(entry) not in used]


def read() -> Catalog:
    """Return the Chinese catalogue as committed; an empty one where there is none yet."""
    if not CATALOGUE.exists():
        return Catalog(locale=LANGUAGE)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def update() -> int:
    """Write the catalogue anew: texts no longer used leave it, new ones enter it untranslated.

    Returns:
        The texts that wait for their Chinese. [count]
    """
    old, new = read(), Catalog(locale=LANGUAGE, fuzzy=False)
    for text in texts():
        known = old.get(text.key[0], context=text.context)
        new.add(
            text.message,
            known.string if known and not known.fuzzy else None,
            locations=[(place, 0) for place in text.places],
            context=text.context,
        )
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        # Babel's own header names the minute and the machine's zone: it would never stand still.
        file.write(HEADER.encode())
        write_po(file, new, sort_output=True, include_lineno=False, omit_header=True)
    return len(missing())


def _files() -> Iterator[Path]:
    """Yield the files that may hold texts for people."""
    for path in sorted(PACKAGE.rglob("*")):
        is_rule = path.suffix == ".toml" and path.parent.name == "rules"
        if is_rule or (path.suffix in {".py", ".html"} and "migrations" not in path.parts):
            yield path


def _said(part: Any, key: str = "") -> Iterator[str]:
    """Yield what a part of a rule says in words, however deep; all of it below such a key."""
    if isinstance(part, str):
        is_called = key in CALLED_BY_RULES and _ENGLISH.search(part)
        if part and (key in SAID_BY_RULES or is_called):
            yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from _said(value, key if key in SAID_BY_RULES else name)
    elif isinstance(part, list):
        for value in part:
            yield from _said(value, key)


def _as_python(source: str, path: Path) -> str:
    """Return a template's texts as calls that the Python extractor reads."""
    from django.utils.translation.template import templatize

    return templatize(source, origin=str(path))


def _entries(catalogue: Catalog) -> list[Message]:
    """Return a catalogue's messages without its header."""
    return [entry for entry in catalogue if entry.id]


def _first(entry: Message) -> str:
    """Return a message's English, the singular where it has two forms."""
    return str(entry.id if isinstance(entry.id, str) else entry.id[0])


def _key(entry: Message) -> tuple[str, str | None]:
    """Return what a text is known by."""
    return (_first(entry), entry.context)


def _is_translated(catalogue: Catalog, text: Text) -> bool:
    """Answer whether every form of a text has its Chinese."""
    entry = catalogue.get(text.key[0], context=text.context)
    if entry is None or entry.fuzzy:
        return False
    return bool(entry.string) and all(entry.string or ())
