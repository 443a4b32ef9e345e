"""Make ``weeks.csv`` from the real series: ``python -m hengneng.sim.loads.derive [FOLDER]``.

The same series give the same bytes. Run it again only when the series or this file change.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from math import isqrt
from pathlib import Path

from hengneng.sim.loads import series
from hengneng.sim.loads.weeks import HOURS, Energy, Season, Weekday, season_of, weekday_of

TABLE = Path(__file__).parent / "weeks.csv"
PERMILLE_MAX = 1000
HEADER = """\
# The mean day of 26 real buildings by season and kind of day, with its scatter.
# Derived from: Cambridge University Estates building energy usage archive v2.1
#   (Langtry and Choudhary 2024), MIT licence,
#   Copyright (c) 2023 Energy Efficient Cities Initiative, University of Cambridge.
#   The licence: LICENSE.cambridge-estates beside this file.
# How: hengneng/sim/loads/derive.py. Hours of 2018 and 2019 grouped by building, energy, season
#   (November to March WINTER, June to August SUMMER) and kind of day; runs of zeros in a building
#   that never stops are gaps and stand in no mean.
# Scale: h00 ... h23 are the mean use of the hour, ELECTRICITY in Wh, GAS in litres (10.55 kWh/m3).
#   days_permille: standard deviation of whole days around the mean day, relative to it.
#   hours_permille: standard deviation of hours around the shape scaled to their day, relative.
"""

Days = dict[date, list[int | None]]


def main(arguments: Sequence[str]) -> int:
    """Write the table; return the exit code."""
    place = Path(arguments[0]) if arguments else series.folder()
    if place is None:
        print("derive: the data folder is not found; name it.", file=sys.stderr)  # noqa: T201
        return 1
    TABLE.write_text(table(place), encoding="utf-8")
    return 0


def table(place: Path) -> str:
    """Return the table's text."""
    hours = ",".join(f"h{hour:02}" for hour in range(HOURS))
    lines = [f"building,energy,season,weekday,{hours},days_permille,hours_permille"]
    for energy in Energy:
        starts, amounts = series.read(place, energy)
        for building, found in amounts.items():
            lines += _rows(building, energy, zip(starts, found, strict=True))
    return HEADER + "\n".join(lines) + "\n"


def _rows(
    building: str, energy: Energy, hours: Iterable[tuple[datetime, int | None]]
) -> Iterator[str]:
    """Yield a building's rows: three seasons by three kinds of day."""
    groups: defaultdict[tuple[Season, Weekday], Days] = defaultdict(dict)
    for start, amount in hours:
        day = start.date()
        days = groups[season_of(day), weekday_of(day)]
        days.setdefault(day, [None] * HOURS)[start.hour] = amount
    for season in Season:
        for weekday in Weekday:
            figures = ",".join(map(str, _figures(groups[season, weekday])))
            yield f"{building},{energy},{season},{weekday},{figures}"


def _figures(days: Days) -> list[int]:
    """Return the mean of each hour, then the scatter of days and of hours. [Wh or l, ‰]"""
    means = [_mean([hours[hour] for hours in days.values()]) for hour in range(HOURS)]
    whole = [[h for h in hours if h is not None] for hours in days.values() if None not in hours]
    total = sum(means)
    if not whole or total == 0:
        return [*means, 0, 0]
    by_day = _deviation([(sum(hours), Fraction(total)) for hours in whole], total)
    around = [
        (amount, mean * Fraction(sum(hours), total))
        for hours in whole
        for amount, mean in zip(hours, means, strict=True)
    ]
    return [*means, by_day, _deviation(around, Fraction(total, HOURS))]


def _mean(amounts: Sequence[int | None]) -> int:
    """Return the mean of what is known, rounded down; 0 where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) // len(known) if known else 0


def _deviation(pairs: Sequence[tuple[int, Fraction]], relative_to: Fraction | int) -> int:
    """Return the root mean square of value minus expectation, relative, at most 1000. [‰]"""
    # Whole thousandths: exact and the same on every machine, as a float's sum is not.
    squares = sum(round(1000 * (value - expected)) ** 2 for value, expected in pairs)
    root = isqrt(squares // len(pairs))
    return min(round(root / Fraction(relative_to)), PERMILLE_MAX)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
