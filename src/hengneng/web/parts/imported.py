"""What imports say, in the reader's language: refusals, explanations of columns, templates.

The rooms below say their reasons in English sentences, with what they speak of inside. Here each
kind of sentence is known by its form and said again by the catalogue; one that is not known is
shown as it came.
"""

import re
from collections.abc import Sequence
from functools import cache

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from hengneng.kernel.imports import writing
from hengneng.kernel.imports.rules import Column, Importer, Report

# Forms of sentences, the narrower one first: of several that fit, the first is said.
REASONS = (
    _noop("required"),
    _noop("longer than %(count)s characters"),
    _noop("%(cell)s is not a whole number"),
    _noop("%(cell)s is not between %(lowest)s and %(highest)s"),
    _noop("%(cell)s is none of %(choices)s"),
    _noop("%(cell)s is not a number"),
    _noop("%(cell)s is not a ratio like %(like)s"),
    _noop("%(cell)s holds a zero"),
    _noop("%(cell)s is neither a date like %(day)s nor %(moment)s"),
    _noop("%(cell)s is no date: %(why)s"),
    _noop("a formula; enter its value"),
    _noop("%(cell)s has over 15 digits, which a spreadsheet rounds; enter it as text"),
    _noop("the unit is none of yours"),
    _noop("no unit %(code)s"),
    _noop("the row is another unit's"),
    _noop("the row names no unit"),
    _noop("%(count)s units are called %(name)s"),
    _noop("%(code)s is not a unified social credit code: %(why)s"),
    _noop("that day has not come yet"),
    _noop("a site is named without its district"),
    _noop("no district %(name)s"),
    _noop("the unit has no site %(code)s"),
    _noop("%(code)s is the row's own"),
    _noop("the unit has no %(code)s, known or in a row above"),
    _noop("energy_type, amount and measure go together"),
    _noop("no energy type %(name)s"),
    _noop("the unit has no point %(code)s"),
    _noop("the unit has no instrument %(number)s"),
    _noop("the unit has no %(code)s"),
    _noop("data_code and meter are both given"),
    _noop("a register is given without its meter"),
    _noop("%(key)s feeds the unit's point %(code)s in that time"),
    _noop("%(code)s has ended by then"),
    _noop("%(codes)s would hang on one another"),
    _noop("the row of %(code)s is refused"),
    _noop("%(number)s stands at another point then"),
    _noop("required where a certificate is told of"),
    _noop("valid_until %(last)s and next_due %(due)s say different things"),
    _noop("%(cell)s is no kind of instrument"),
    _noop("%(cell)s is not a cycle like %(like)s"),
    _noop("%(cell)s is not a nominal diameter like %(like)s"),
    _noop("%(cell)s is neither 是 nor 否"),
    _noop("%(start)s to %(end)s holds no instant"),
    _noop("columns missing: %(columns)s"),
    _noop("the column %(column)s stands there twice"),
    _noop("the heading %(heading)s stands there %(count)s times"),
    _noop("row %(number)s holds no headings"),
    _noop("the column row (行号) is missing: mend the downloaded list of refused rows"),
    _noop("the list has no column %(columns)s"),
    _noop("row %(row)s of the mended ones is %(number)s row of the list"),
    _noop("the file is over %(size)s MB"),
    _noop("the file has over %(count)s rows"),
    _noop("the file is empty"),
    _noop("row %(number)s has over %(count)s columns"),
    _noop("row %(number)s has a cell of over %(count)s characters"),
    _noop(
        "the sheet %(sheet)s holds formulas, the first in %(cell)s;"
        " paste them as values and save it again"
    ),
    _noop("the sheet %(sheet)s has too many merged cells"),
    _noop("there is no sheet %(sheet)s: %(sheets)s"),
    _noop("%(ending)s may hold macros; save the file as .xlsx or .csv"),
    _noop("the workbook holds macros; save it as .xlsx without them"),
    _noop("%(name)s is neither .csv nor .xlsx"),
    _noop("the text is neither UTF-8 nor GB 18030; save it as UTF-8"),
    _noop("not a CSV text: %(why)s"),
    _noop("not an .xlsx workbook: %(why)s"),
    _noop("not a readable .xlsx workbook: %(why)s"),
    _noop("the workbook unpacks to more than may be"),
    _noop("the workbook has over %(count)s parts"),
    _noop("the workbook's text is not UTF-8"),
    _noop("the sheet spans %(rows)s rows and %(columns)s columns"),
    _noop("the platform failed at this; it is logged"),
)
HELP = (
    _noop("18 characters"),
    _noop("the list's year"),
    _noop("KEY or DISTRICT_MONITORED"),
    _noop("HUNDRED, THOUSAND or OTHER"),
    _noop("the unit's name"),
    _noop("the unit's English name"),
    _noop("since when it bears the name, where it bore another; blank: the name is corrected"),
    _noop("the unit's sector"),
    _noop("code of GB/T 4754, as the unit states it"),
    _noop("name of the industry"),
    _noop("supervising department"),
    _noop("the unit's address"),
    _noop("kinds of facility it runs, like 数据中心、码头岸电; adds to what is known"),
    _noop("code or Chinese name, like 310101 or 黄浦区"),
    _noop("short name of the site; default 1"),
    _noop("name of the site; default the unit's"),
    _noop("since when the site lies there, till the next change known; default 2000-01-01"),
    _noop("the unit's 18 characters"),
    _noop("the unit's short name of it"),
    _noop("its name"),
    _noop("SUB_UNIT or EQUIPMENT"),
    _noop("its model"),
    _noop("where in the site it stands"),
    _noop("one of the unit's sites"),
    _noop("code of what it belongs to, known or in a row above"),
    _noop("code of the one whose meter stands for it too"),
    _noop("code or Chinese name, like 电力; with amount and measure"),
    _noop("rated power or flow, or an amount a year"),
    _noop("local date or time since when it is so; default 2000-01-01"),
    _noop("the unit's short name of the place"),
    _noop("name of the place"),
    _noop("code or Chinese name, like 电力; an indicator's like 产品产量"),
    _noop("1, 2, 3 or other; an indicator's is other"),
    _noop("register or increment"),
    _noop("5, 15, 30 or 60; default 15"),
    _noop("16 digits, dashed or not; of increments"),
    _noop("the meter's name on the wire; of registers"),
    _noop("the meter's register; default total"),
    _noop("the register's modulus, like 1000000"),
    _noop("CT × PT, like 2000/5*10000/100; default 1"),
    _noop("the point above it, known or in this list"),
    _noop("the sub-unit or equipment whose consumption it meters; import equipment first"),
    _noop("local date or time since when it is so; default 2000-01-01, so that history counts"),
    _noop("number of the instrument standing there; import instruments first"),
    _noop("the unit's 18 characters; without it the unit's name"),
    _noop("the unit's whole name, where no code is given"),
    _noop("the unit's own number of the instrument; without it the maker's"),
    _noop("the maker's number"),
    _noop("its name; tells instruments of the same number apart"),
    _noop("as its valid certificate says"),
    _noop("number of the certificate"),
    _noop("检定 or 校准; default 检定"),
    _noop("day on which it was verified or calibrated"),
    _noop("last day on which the certificate holds, as it states"),
    _noop("day on which it is due, as the certificate states; else the cycle says so"),
    _noop("合格, 准用 or 不合格; default 合格"),
    _noop("who verified or calibrated"),
    _noop("the unit's own number, else the maker's"),
    _noop("its name, like 电能表"),
    _noop("code or name of its kind; else as its name says"),
    _noop("its maker"),
    _noop("what it measures within"),
    _noop("where it stands and what for"),
    _noop("nominal diameter, like DN50; decides the cycle of water meters"),
    _noop("是 or 否"),
    _noop("the unit's own cycle, like 12, 6个月 or 2年"),
    _noop("合格, 准用 or 停用, as it is now"),
    _noop("the point it stands at"),
    _noop("local date or time since when it stands there; default 2000-01-01"),
    _noop("what the amount is told in: %(measures)s"),
    _noop("%(flows)s; default BOUGHT"),
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
            return _(form) % found.groupdict() if found.re.groups else _(form)
    return text


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """Return what sentences of a form look like."""
    parts = _HOLE.split(form)
    told = [
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    ]
    return re.compile("".join(told), re.DOTALL)
