"""The list of instruments over all units: what it was asked to show, in words and as an address."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.registry.instruments.queries import Wanted
from hengneng.registry.instruments.rules.kinds import kinds
from hengneng.web.desk.asked import day_in
from hengneng.web.parts import marks, tags
from hengneng.web.parts.frame import Entry

SEARCH_LONGEST, WORD_LONGEST = 120, 40
BY_DUE = "due"
NOT_SAID = "NONE"
PAGES = {
    "instruments": gettext_lazy("Instruments"),
    "due": gettext_lazy("Due calendar"),
    "changes": gettext_lazy("Changes of meters"),
}


class Condition(NamedTuple):
    """A condition in words, and the address without it."""

    words: Any
    without: str


def tabs(current: str, *, may_decide: bool) -> list[Entry]:
    """Return the pages about instruments, those that the viewer may open."""
    return [
        Entry(reverse(name), label, name == current)
        for name, label in PAGES.items()
        if name != "changes" or may_decide
    ]


def wanted(words: Mapping[str, Any]) -> Wanted:
    """Return what an address asks for; a word that means nothing here is left out."""
    said = {
        name: str(words.get(name, "")).replace("\x00", "").strip()[:WORD_LONGEST]
        for name in Wanted._fields
    }
    known = {
        "kind": kinds(),
        "level": marks.LEVELS,
        "condition": {**marks.CONDITIONS, NOT_SAID: ""},
        "due": marks.DUE,
    }
    return Wanted(
        search=str(words.get("search", "")).replace("\x00", "").strip()[:SEARCH_LONGEST],
        unit=said["unit"],
        district=said["district"],
        energy=said["energy"],
        **{name: said[name] if said[name] in codes else "" for name, codes in known.items()},
        first=day_in(said["first"]),
        last=day_in(said["last"]),
        by_due=words.get("order") == BY_DUE,
    )


def query_of(asked: Wanted) -> str:
    """Return the address behind its question mark, always written the same way."""
    said = {name: word for name, word in asked._asdict().items() if word and name != "by_due"} | (
        {"order": BY_DUE} if asked.by_due else {}
    )
    return urlencode({name: str(word) for name, word in said.items()})


def conditions(
    asked: Wanted, districts: Mapping[str, str], types: Mapping[str, str]
) -> list[Condition]:
    """Return the filter's conditions in words, each with the address without it."""
    said: dict[str, Any] = {
        "search": _("number or name with “%(text)s”") % {"text": asked.search},
        "unit": _("unit with “%(text)s”") % {"text": asked.unit},
        "district": districts.get(asked.district, asked.district),
        "kind": tags.name(kinds()[asked.kind]) if asked.kind else "",
        "energy": types.get(asked.energy, asked.energy),
        "level": marks.LEVELS.get(asked.level, ""),
        "condition": marks.CONDITIONS.get(asked.condition, _("condition not said")),
        "due": marks.DUE[asked.due].word if asked.due else "",
        "first": _("due on %(day)s or later") % {"day": asked.first},
        "last": _("due on %(day)s or earlier") % {"day": asked.last},
    }
    blank = Wanted()._asdict()
    return [
        Condition(words, f"?{query_of(asked._replace(**{name: blank[name]}))}")
        for name, words in said.items()
        if getattr(asked, name)
    ]
