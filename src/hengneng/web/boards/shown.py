"""A board's figures as its templates show them: words, signs, cells."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from hengneng.insight.statistics.queries import Comparison, Live, PeriodSum, Shares, Sum
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.web.boards.sheet import Row, Sheet
from hengneng.web.parts import marks, tags

HOUR = timedelta(hours=1)


class Against(NamedTuple):
    """Today against an earlier day: what it is called, the change in words, the figures."""

    label: Any
    change: str
    of: Comparison


class Cell(NamedTuple):
    """A day of a row in the map: the share as a number, empty where nothing is expected."""

    ratio: str
    received: int
    expected: int


class Line(NamedTuple):
    """A row with its units counted and its cells of the map, in the order of their columns."""

    row: Row
    counts: list[int]
    cells: list[Cell]


class Month(NamedTuple):
    """A month with its energy types in the order of their columns, and the others. [tce]"""

    month: date
    types: list[Decimal | None]
    others: Decimal | None
    total: Sum


def lines(rows: Iterable[Row], *, standings: Iterable[Any], days: Sequence[date]) -> list[Line]:
    """Return rows for the table, the bars and the map."""
    codes = list(standings)
    return [
        Line(
            row,
            [row.connections.get(code, 0) for code in codes],
            [_cell(one) for day, one in row.days if day in days],
        )
        for row in rows
    ]


def against(live: Live) -> list[Against]:
    """Return today against yesterday and against a week ago."""
    return [
        Against(_("Against the same hours yesterday"), _signed(live.yesterday), live.yesterday),
        Against(_("Against the same hours a week ago"), _signed(live.last_week), live.last_week),
    ]


def shares(counted: Shares) -> list[tuple[str, Any, int]]:
    """Return colour, words and number of the units with figures of a day that goes on, or none."""
    return [
        ("ok", _("with data of today"), counted.complete + counted.partial),
        ("warn", _("nothing known of today"), counted.silent),
        (marks.SHARES["NO_POINTS"].kind, marks.SHARES["NO_POINTS"].word, counted.no_points),
    ]


def months(
    found: Iterable[PeriodSum], kinds: Iterable[EnergyTypeRow], others: Iterable[EnergyTypeRow]
) -> list[Month]:
    """Return months with a figure for each energy type, and one for all others."""
    codes, lesser = [kind.code for kind in kinds], [kind.code for kind in others]
    shown = []
    for month in found:
        by_type = {one.energy_type: one.tonnes for one in month.whole.types}
        known = [one for one in map(by_type.get, lesser) if one is not None]
        rest = sum(known, Decimal(0)) if known else None
        types = [by_type.get(code) for code in codes]
        shown.append(Month(month.period, types, rest, month.whole))
    return shown


def limits(sheet: Sheet) -> dict[str, Any]:
    """Return the limits of standings and completeness as numbers to read."""
    return {
        "live_h": sheet.rule.live_within // HOUR,
        "late_h": sheet.rule.late_within // HOUR,
        "complete_from": tags.exact(sheet.rule.complete_from),
        "complete_percent": tags.exact(sheet.rule.complete_from * 100),
    }


def _cell(one: Sum | None) -> Cell:
    if one is None or not one.expected:
        return Cell("", 0, 0)
    return Cell(f"{one.received / one.expected:.6f}", one.received, one.expected)


def _signed(one: Comparison) -> str:
    """Return the change in per cent with its sign; empty where there is none."""
    if one.change is None:
        return ""
    percent = tags.round_to(one.change * 100, 1)
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return f"{sign}{tags.fixed(abs(percent), 1)}{tags.THIN}%"
