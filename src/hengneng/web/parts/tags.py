"""Numbers, times and names in templates, by the rules of LOOK."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from hengneng.kernel import clock
from hengneng.protocol import codes
from hengneng.protocol.records import source_key
from hengneng.web.parts import frame, marks, theme

register = template.Library()
THIN = "\u2009"
UOMS = {
    "m3": "m³",
    "m3/h": "m³/h",
    "m3/a": "m³/a",
    "万元": gettext_lazy("10 000 yuan"),
    "1": "",
}
HUNDRED, MINUTE = Decimal(100), 60
BROWSER_LONGEST = 40
# The first that fits: browsers name those they resemble too.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.simple_tag
def navigation(request: HttpRequest) -> list[frame.Entry]:
    """Return the entries of the navigation for this viewer."""
    return frame.entries(request)


@register.simple_tag
def chosen_theme(request: HttpRequest) -> str:
    """Return the theme that the reader chose."""
    return theme.chosen(request)


@register.simple_tag
def themes() -> list[tuple[str, Any]]:
    """Return the themes there are, with their words."""
    return list(theme.THEMES.items())


@register.simple_tag
def this_minute() -> str:
    """Return the city's time now, for what is printed."""
    return moment(clock.now())


@register.simple_tag
def sorting(order: str, key: str) -> dict[str, str]:
    """Return how a column's head sorts: the order it leads to, and how it stands now.

    Args:
        order: The list's order now: a column's key, behind a minus for descending.
        key: The column.
    """
    if order == key:
        return {"next": f"-{key}", "now": "ascending"}
    return {"next": key, "now": "descending" if order == f"-{key}" else ""}


@register.filter
def exact(value: Decimal) -> str:
    """Return every digit and nothing else, for programs.

    >>> exact(Decimal("1250.500000000"))
    '1250.5'
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def amount(value: Decimal | int, decimals: int = 3) -> str:
    """Return a number grouped by thousands, at most so many decimals, no empty ones."""
    rounded = round_to(Decimal(value), decimals)
    text = exact(rounded)
    places = len(text.partition(".")[2])
    return _grouped(rounded, places)


@register.filter
def fixed(value: Decimal | int, decimals: int = 2) -> str:
    """Return a number grouped by thousands with so many decimals, so that columns line up."""
    return _grouped(round_to(Decimal(value), decimals), decimals)


@register.filter
def uom(value: str, measure: str) -> str:
    """Return the number with its unit of measure, a thin space between.

    >>> uom("12.5", "m3")
    '12.5\u2009m³'
    """
    shown = UOMS.get(measure, measure)
    return f"{value}{THIN}{shown}" if shown else str(value)


@register.filter
def measure(value: str) -> str:
    """Return a unit of measure as people write it."""
    return str(UOMS.get(value, value))


@register.simple_tag
def share(part: Decimal | int | None, whole: Decimal | int | None, decimals: int = 1) -> str:
    """Return a part of a whole in per cent; empty where there is no whole."""
    if part is None or not whole:
        return ""
    ratio = Decimal(part) * HUNDRED / Decimal(whole)
    # 99.96 % is not "100 %": what is not whole never reads as whole.
    if part < whole and round_to(ratio, decimals) >= HUNDRED:
        ratio = HUNDRED - Decimal(1).scaleb(-decimals)
    return f"{amount(ratio, decimals)}{THIN}%"


@register.filter
def moment(value: datetime | None) -> str:
    """Return an instant in the city's time, to the minute."""
    return "" if value is None else f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


@register.filter
def day(value: datetime) -> str:
    """Return the city's day of an instant, as 2026-03-01."""
    return timezone.localdate(value).isoformat()


@register.filter
def last_day(until: datetime) -> str:
    """Return the last day that ends by an instant, exclusive: of a midnight the day before."""
    return day(until - timedelta(microseconds=1))


@register.filter
def instant(value: datetime) -> str:
    """Return an instant in the city's time, to the second."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"


@register.filter
def after(value: datetime) -> str:
    """Return the first full second after an instant, as an address asks what was known then."""
    return (value.replace(microsecond=0) + timedelta(seconds=1)).isoformat()


@register.filter
def percent(ratio: Decimal | None, decimals: int = 1) -> str:
    """Return a ratio in per cent, what is not whole never as 100; empty where there is none."""
    if ratio is None:
        return ""
    return share(ratio, Decimal(1), decimals)


@register.filter
def iso(value: date) -> str:
    """Return a day in ISO 8601."""
    return value.isoformat()


@register.filter
def month_name(value: date) -> str:
    """Return a month as 2026-03."""
    return f"{value:%Y-%m}"


@register.filter
def hour(value: int) -> str:
    """Return a second of the day as 08:15.

    >>> hour(29_700)
    '08:15'
    """
    return f"{value // 3600:02d}:{value % 3600 // MINUTE:02d}"


@register.filter
def local_second(value: int) -> str:
    """Return a local second as 2026-03-01 08:15:00.

    >>> local_second(29_700)
    '1970-01-01 08:15:00'
    """
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value):%Y-%m-%d %H:%M:%S}"


@register.filter
def digits(record: Any) -> Decimal:
    """Return the value that a record's digits and scale say."""
    return Decimal(record.digits).scaleb(-record.scale)


@register.filter
def hexadecimal(value: bytes) -> str:
    """Return bytes in hexadecimal."""
    return value.hex()


@register.filter
def minutes(value: int) -> int:
    """Return seconds as whole minutes."""
    return value // MINUTE


@register.filter
def minute(value: datetime) -> str:
    """Return an instant in the city's time as a form's field holds it."""
    return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"


@register.simple_tag
def age(value: datetime) -> str:
    """Return how long ago an instant was, in words."""
    if clock.now() - value < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(ago)s ago") % {"ago": timesince(value, clock.now(), depth=1)}


@register.simple_tag
def waits(since: datetime) -> str:
    """Return how long something has waited: in days, on the first day in hours or minutes."""
    days = (clock.now() - since).days
    if days:
        return ngettext("waits %(days)s day", "waits %(days)s days", days) % {"days": days}
    return gettext("waits %(long)s") % {"long": timesince(since, clock.now(), depth=1)}


@register.filter
def name(row: Any) -> str:
    """Return a row's name in the reader's language; the Chinese where there is no other."""
    english = getattr(row, "name_en", "")
    chinese = getattr(row, "name_zh", None) or getattr(row, "name", "")
    return str(english if english and get_language() == "en" else chinese)


@register.filter
def edition(rule: Any) -> str:
    """Return what the text of a rule is called in the reader's language; as told where alike."""
    english = getattr(rule, "edition_en", "")
    return str(english if english and get_language() == "en" else rule.edition)


@register.filter
def cited(said: str) -> str:
    """Return where a rule stands or was read in the reader's language; else as it was entered."""
    return gettext(said) if said else said


@register.filter
def by_rule(said: str) -> str:
    """Return the regulation that set a due day, its clause in the reader's language."""
    edition, colon, clause = said.partition(": ")
    if not colon:
        return cited(said)
    return gettext("%(edition)s: %(clause)s") % {"edition": edition, "clause": cited(clause)}


@register.filter
def among(key: Any, rows: Mapping[Any, Any]) -> Any:
    """Return the row of a key."""
    return rows[key]


@register.filter
def word(code: Any, words: str) -> Any:
    """Return the words of a stored symbol: ``{{ point.level|word:"LEVELS" }}``."""
    return getattr(marks, words)[str(code)]


@register.filter
def standing(code: Any, kinds: str = "TERMINALS") -> marks.Standing:
    """Return a standing: a terminal's, or ``{{ unit.standing|standing:"CONNECTIONS" }}``."""
    known: Mapping[str, marks.Standing] = getattr(marks, kinds)
    return known[str(code)]


@register.filter
def reason(said: str) -> Any:
    """Return why a declaration was sent back or withdrawn: a sentence, or the words of a code."""
    return marks.WITHDRAWN_FOR.get(said, said)


@register.filter
def words(text: str) -> list[str]:
    """Return the words of a text, for a loop over names that stand in a template."""
    return text.split()


@register.filter
def shape(kind: str) -> str:
    """Return the shape that goes with a colour."""
    return marks.SHAPES[kind]


@register.filter
def source(key: str | None) -> str:
    """Return what feeds a point as people write it: a dashed data code, or meter and register."""
    if key is None:
        return ""
    letter, _, rest = key.partition(":")
    return codes.dashed(rest) if letter == "N" else rest.replace(":", " · ")


@register.filter
def series(name: str) -> str:
    """Return a record's series as people write its source."""
    return source(source_key(name))


@register.filter
def browser(text: str) -> str:
    """Return what a browser says of itself in two words, as far as it is known.

    >>> browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126 Safari/537")
    'Chrome · Windows'
    """
    programs = (name for key, name in BROWSERS if key in text)
    systems = (name for key, name in SYSTEMS if key in text)
    known = [next(programs, ""), next(systems, "")]
    return " · ".join(filter(None, known)) or text[:BROWSER_LONGEST]


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the page's query with some parts changed; None takes a part out."""
    held: QueryDict = context["request"].GET.copy()
    for part, value in changes.items():
        held.pop(part, None)
        if value not in (None, ""):
            held[part] = str(value)
    return "?" + held.urlencode()


@register.simple_tag(takes_context=True)
def turned(context: template.Context, word: str, number: int | None) -> str:
    """Return the page's query, turned to another page of the list that ``word`` turns."""
    return query(context, **{word: number})


def round_to(value: Decimal, decimals: int) -> Decimal:
    """Return the number rounded half to even."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)


def _grouped(value: Decimal, decimals: int) -> str:
    """Return the number with a true minus and a comma between thousands."""
    return f"{value:,.{decimals}f}".replace("-", "−")
