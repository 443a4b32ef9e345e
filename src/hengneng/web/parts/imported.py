"""What imports say, in the reader's language: refusals, explanations of columns, templates.

The rooms below say their reasons in English sentences, with what they speak of inside. Here each
kind of sentence is known by its form and said again by the catalogue; one that is not known is
shown as it came.
"""

import re
from collections.abc import Sequence
from functools import cache

from django.utils.translation import get_language, gettext_noop, pgettext
from django.utils.translation import gettext as _

from hengneng.kernel.imports import writing
from hengneng.kernel.imports.rules import Column, Importer, Report

# Forms of sentences, the narrower one first: of several that fit, the first is said.
REASONS = (
    gettext_noop("required"),
    gettext_noop("longer than %(count)s characters"),
    gettext_noop("%(cell)s is not a whole number"),
    gettext_noop("%(cell)s is not between %(lowest)s and %(highest)s"),
    gettext_noop("the unit is none of yours"),
    gettext_noop("%(cell)s is none of %(choices)s"),
    gettext_noop("%(cell)s is not a number"),
    gettext_noop("%(cell)s is not a ratio like %(like)s"),
    gettext_noop("%(cell)s holds a zero"),
    gettext_noop("%(cell)s is neither a date like %(day)s nor %(moment)s"),
    gettext_noop("%(cell)s is no date: %(why)s"),
    gettext_noop(
        "%(cell)s looks like a spreadsheet's number for the date %(day)s;"
        " format the column as a date or enter it like %(like)s"
    ),
    gettext_noop("a formula; enter its value"),
    gettext_noop("%(cell)s has over 15 digits, which a spreadsheet rounds; enter it as text"),
    gettext_noop("no unit %(code)s"),
    gettext_noop("the row is another unit's"),
    gettext_noop("the row names no unit"),
    gettext_noop("%(count)s units are called %(name)s"),
    gettext_noop("%(code)s is not a unified social credit code: %(why)s"),
    gettext_noop("that day has not come yet"),
    gettext_noop("a site is named without its district"),
    gettext_noop("no district %(name)s"),
    gettext_noop("the district %(name)s is none of yours"),
    gettext_noop("a new unit needs its district, one of yours"),
    gettext_noop("the unit has no site %(code)s"),
    gettext_noop("%(code)s is the row's own"),
    gettext_noop("the unit has no %(code)s, known or in a row above"),
    gettext_noop("energy_type, amount and measure go together"),
    gettext_noop("no energy type %(name)s"),
    gettext_noop("the unit has no point %(code)s"),
    gettext_noop("the unit has no instrument %(number)s"),
    gettext_noop("the unit has no %(code)s"),
    gettext_noop("data_code and meter are both given"),
    gettext_noop("a register is given without its meter"),
    gettext_noop("%(key)s feeds the unit's point %(code)s in that time"),
    gettext_noop("%(code)s has ended by then"),
    gettext_noop("%(codes)s would hang on one another"),
    gettext_noop("the row of %(code)s is refused"),
    gettext_noop("%(number)s stands at another point then"),
    gettext_noop("where an instrument stands is told as a change"),
    gettext_noop("another condition is told as a change"),
    gettext_noop("the certificate is on record and says otherwise; your district corrects it"),
    gettext_noop("required where a certificate is told of"),
    gettext_noop("valid_until %(last)s and next_due %(due)s say different things"),
    gettext_noop("%(cell)s is no kind of instrument"),
    gettext_noop("%(cell)s is not a cycle like %(like)s"),
    gettext_noop("%(cell)s is not a nominal diameter like %(like)s"),
    gettext_noop("%(cell)s is neither 是 nor 否"),
    gettext_noop("%(start)s to %(end)s holds no instant"),
    gettext_noop("columns missing: %(columns)s"),
    gettext_noop("the column %(column)s stands there twice"),
    gettext_noop("the heading %(heading)s stands there %(count)s times"),
    gettext_noop("row %(number)s holds no headings"),
    gettext_noop("the column row (行号) is missing: mend the downloaded list of refused rows"),
    gettext_noop("the list has no column %(columns)s"),
    gettext_noop("row %(row)s of the mended ones is %(number)s row of the list"),
    gettext_noop("the file is over %(size)s MB"),
    gettext_noop("the file has over %(count)s rows"),
    gettext_noop("the file is empty"),
    gettext_noop("row %(number)s has over %(count)s columns"),
    gettext_noop("row %(number)s has a cell of over %(count)s characters"),
    gettext_noop(
        "the sheet %(sheet)s holds formulas, the first in %(cell)s;"
        " paste them as values and save it again"
    ),
    gettext_noop("the sheet %(sheet)s has too many merged cells"),
    gettext_noop("there is no sheet %(sheet)s: %(sheets)s"),
    gettext_noop("%(ending)s may hold macros; save the file as .xlsx or .csv"),
    gettext_noop("the workbook holds macros; save it as .xlsx without them"),
    gettext_noop("%(name)s is neither .csv nor .xlsx"),
    gettext_noop("the text is neither UTF-8 nor GB 18030; save it as UTF-8"),
    gettext_noop("not a CSV text: %(why)s"),
    gettext_noop("not an .xlsx workbook: %(why)s"),
    gettext_noop("not a readable .xlsx workbook: %(why)s"),
    gettext_noop("the workbook unpacks to more than may be"),
    gettext_noop("the workbook has over %(count)s parts"),
    gettext_noop("the workbook's text is not UTF-8"),
    gettext_noop("the sheet spans %(rows)s rows and %(columns)s columns"),
    gettext_noop("the platform failed at this; it is logged"),
)
# Sentences inside sentences.
WHYS = (
    gettext_noop("it has not 18 characters"),
    gettext_noop("it holds a character that stands in no such code"),
    gettext_noop("its last character does not fit the others"),
    gettext_noop("there is no year 0"),
    gettext_noop("there is no month %(month)s"),
    gettext_noop("the month has no day %(day)s"),
    gettext_noop("there is no such time of day"),
)
HELP = (
    gettext_noop("18 characters"),
    gettext_noop("the list's year"),
    gettext_noop("KEY or DISTRICT_MONITORED"),
    gettext_noop("HUNDRED, THOUSAND or OTHER"),
    gettext_noop("the unit's name"),
    gettext_noop("the unit's English name"),
    gettext_noop(
        "since when it bears the name, where it bore another; blank: the name is corrected"
    ),
    gettext_noop("the unit's sector"),
    gettext_noop("code of GB/T 4754, as the unit states it"),
    gettext_noop("name of the industry"),
    gettext_noop("supervising department"),
    gettext_noop("the unit's address"),
    gettext_noop("kinds of facility it runs, like 数据中心、码头岸电; adds to what is known"),
    gettext_noop("code or Chinese name, like 310101 or 黄浦区"),
    gettext_noop("short name of the site; default 1"),
    gettext_noop("name of the site; default the unit's"),
    gettext_noop("since when the site lies there, till the next change known; default 2000-01-01"),
    gettext_noop("the unit's 18 characters"),
    gettext_noop("the unit's short name of it"),
    gettext_noop("its name"),
    gettext_noop("SUB_UNIT or EQUIPMENT"),
    gettext_noop("its model"),
    gettext_noop("where in the site it stands"),
    gettext_noop("one of the unit's sites"),
    gettext_noop("code of what it belongs to, known or in a row above"),
    gettext_noop("code of the one whose meter stands for it too"),
    gettext_noop("code or Chinese name, like 电力; with amount and measure"),
    gettext_noop("rated power or flow, or an amount a year"),
    gettext_noop("local date or time since when it is so; default 2000-01-01"),
    gettext_noop("the unit's short name of the place"),
    gettext_noop("name of the place"),
    gettext_noop("code or Chinese name, like 电力; an indicator's like 产品产量"),
    gettext_noop("1, 2, 3 or other; an indicator's is other"),
    gettext_noop("register or increment"),
    gettext_noop("5, 15, 30 or 60; default 15"),
    gettext_noop("16 digits, dashed or not; of increments"),
    gettext_noop("the meter's name on the wire; of registers"),
    gettext_noop("the meter's register; default total"),
    gettext_noop("the register's modulus, like 1000000"),
    gettext_noop("CT × PT, like 2000/5*10000/100; default 1"),
    gettext_noop("the point above it, known or in this list"),
    gettext_noop("the sub-unit or equipment whose consumption it meters; import equipment first"),
    gettext_noop(
        "local date or time since when it is so; default 2000-01-01, so that history counts"
    ),
    gettext_noop("number of the instrument standing there; import instruments first"),
    gettext_noop("the unit's 18 characters; without it the unit's name"),
    gettext_noop("the unit's whole name, where no code is given"),
    gettext_noop("the unit's own number of the instrument; without it the maker's"),
    gettext_noop("the maker's number"),
    gettext_noop("its name; tells instruments of one number apart"),
    gettext_noop("as its valid certificate says"),
    gettext_noop("number of the certificate"),
    gettext_noop("检定 or 校准; default 检定"),
    gettext_noop("day on which it was verified or calibrated"),
    gettext_noop("last day on which the certificate holds, as it states"),
    gettext_noop("day on which it is due, as the certificate states; else the cycle says so"),
    gettext_noop("合格, 准用 or 不合格; default 合格"),
    gettext_noop("who verified or calibrated"),
    gettext_noop("the unit's own number, else the maker's"),
    gettext_noop("its name, like 电能表"),
    gettext_noop("code or name of its kind; else as its name says"),
    gettext_noop("its maker"),
    gettext_noop("what it measures within"),
    gettext_noop("where it stands and what for"),
    gettext_noop("nominal diameter, like DN50; decides the cycle of water meters"),
    gettext_noop("是 or 否"),
    gettext_noop("the unit's own cycle, like 12, 6个月 or 2年"),
    gettext_noop("合格, 准用 or 停用, as it is now"),
    gettext_noop("the point it stands at"),
    gettext_noop("local date or time since when it stands there; default 2000-01-01"),
    gettext_noop("what the amount is told in: %(measures)s"),
    gettext_noop("%(flows)s; default BOUGHT"),
)
_HOLE = re.compile(r"%\((\w+)\)s")
_BEFORE = re.compile(r"([a-z_0-9]+): (.+)", re.DOTALL)


def reason(text: str, columns: Sequence[Column] = ()) -> str:
    """Return why a row or a file is refused, in the reader's language.

    Args:
        text: The reason as the importer or the reader of files says it.
        columns: The kind's columns; a reason may begin with one's name.
    """
    names = {column.name: heading(column) for column in columns}
    prefixed = _BEFORE.fullmatch(text)
    if prefixed and prefixed[1] in names:
        return _("%(column)s: %(reason)s") % {
            "column": names[prefixed[1]],
            "reason": _said(prefixed[2], REASONS),
        }
    return _said(text, REASONS)


def explained(text: str) -> str:
    """Return what goes into a column, in the reader's language."""
    return _said(text, HELP)


def heading(column: Column) -> str:
    """Return a column's heading in the reader's language."""
    return column.zh if (get_language() or "").startswith("zh") else column.name


def template(importer: Importer) -> bytes:
    """Return an empty list of a kind with its explanations, as a workbook."""
    words = (
        _("how to fill in"),
        pgettext("template", "column"),
        _("canonical name"),
        _("required"),
        _("what goes in"),
    )
    return writing.template_xlsx(importer, words=words, translated=explained)


def refused(report: Report, columns: Sequence[Column], kind: str) -> bytes:
    """Return the refused rows as a file to mend and bring back.

    Args:
        report: What became of the rows.
        columns: The kind's columns.
        kind: ``csv`` or ``xlsx``.
    """
    told = [one._replace(reason=reason(one.reason, columns)) for one in report.refused]
    report = report._replace(refused=told)
    # Both are understood in either language when the list comes back.
    words = (pgettext("list to mend", "row"), pgettext("list to mend", "reason"))
    if kind == "csv":
        # With a mark, without which spreadsheets garble Chinese.
        return writing.refused_csv(report, words=words).encode("utf-8-sig")
    return writing.refused_xlsx(report, words=words)


def _said(text: str, forms: tuple[str, ...]) -> str:
    """Return a sentence in the reader's language; as it came where its form is not known."""
    for form in forms:
        found = _pattern(form).fullmatch(text)
        if found:
            parts = found.groupdict()
            if "why" in parts:
                parts["why"] = _said(parts["why"], WHYS)
            return _(form) % parts if parts else _(form)
    return text


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """Return what sentences of a form look like."""
    parts = _HOLE.split(form)
    told = [
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    ]
    return re.compile("".join(told), re.DOTALL)
