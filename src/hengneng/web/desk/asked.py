"""What a unit's page is asked to show: day, point, basis of coal, as known when."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.registry.energy import queries as energy
from hengneng.telemetry.consumption.queries import figures
from hengneng.web.parts.instants import shown_at

BASES = ("CALORIFIC", "EQUIVALENT")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 30)
# How far back the page looks for the latest day that has figures.
LOOK_BACK = timedelta(days=62)
MONTHS_SHOWN = 12
POINT_DIGITS = 15
NO_SUCH_POINT = gettext_lazy("The unit has no such point on this day; another one is shown.")
NO_SUCH_EDITION = gettext_lazy("There is no such edition; each month is shown by its own.")
NO_SUCH_BASIS = gettext_lazy("There is no such basis of coal; the calorific value is shown.")


class Asked(NamedTuple):
    """What to show.

    Attributes:
        day: The local day of the curve; its month is the month of the sums.
        today: The city's day now; looking back, the day then.
        point_id: The chosen point; None: the page chooses.
        basis: ``CALORIFIC`` or ``EQUIVALENT``.
        as_of: As known at this instant; None: now. Aware.
        edition: Restated by this edition of factors; None: each period by its own.
        fault: Why parts of the address could not be heeded; empty: all was.
    """

    day: date
    today: date
    point_id: int | None
    basis: str
    as_of: datetime | None
    edition: str | None
    fault: str

    @property
    def month(self) -> date:
        """The first day of the month."""
        return self.day.replace(day=1)

    @property
    def is_ahead(self) -> bool:
        """Whether the day has not come yet; records may be dated so all the same."""
        return self.day > self.today

    @property
    def month_end(self) -> date:
        """The last day of the month; where it goes on today at most, unless asked for a later."""
        end = (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return end if self.is_ahead else min(end, self.today)

    @property
    def is_running(self) -> bool:
        """Whether the month goes on."""
        return self.month == self.today.replace(day=1)

    @property
    def previous(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def next(self) -> date | None:
        """The day after; None where it has not come yet."""
        return self.day + timedelta(days=1) if self.day < self.today else None

    @property
    def months(self) -> list[date]:
        """The months of the year that ends with the chosen one, ascending.

        As known in the past only the chosen one: a year would have to be worked out anew.
        """
        if self.as_of is not None:
            return [self.month]
        place = self.month.year * 12 + self.month.month - 1
        return [date(n // 12, n % 12 + 1, 1) for n in range(place - MONTHS_SHOWN + 1, place + 1)]


def asked(words: Mapping[str, Any], unit_id: int) -> Asked:
    """Return what the address asks for; what it does not say, or not so that it can be heeded, is
    filled in, and ``fault`` says what was wrong.
    """
    as_of, fault = shown_at(words.get("as_of", ""))
    today = timezone.localdate(as_of or clock.now())
    day = day_in(words.get("day", ""))
    basis, point = words.get("basis", ""), words.get("point", "")
    edition = _edition(words.get("edition", ""))
    is_number = point.isascii() and point.isdigit() and len(point) <= POINT_DIGITS
    faults = [
        fault,
        _fault_of_day(words["day"]) if words.get("day") and day is None else "",
        NO_SUCH_POINT if point and not is_number else "",
        NO_SUCH_BASIS if basis and basis not in BASES else "",
        NO_SUCH_EDITION if words.get("edition") and edition is None else "",
    ]
    return Asked(
        day=day or _latest(unit_id, today),
        today=today,
        point_id=int(point) if is_number else None,
        basis=basis if basis in BASES else BASES[0],
        as_of=as_of,
        edition=edition,
        fault=" ".join(str(one) for one in faults if one),
    )


def _edition(name: str) -> str | None:
    """Return the edition that a text names; None where it names none that is loaded."""
    if not name:
        return None
    return next((row.edition for row in energy.editions() if row.edition == name), None)


def without_point(words: Asked) -> Asked:
    """Return the same, saying that the point asked for is not there."""
    told = " ".join(one for one in (words.fault, str(NO_SUCH_POINT)) if one)
    return words._replace(point_id=None, fault=told)


def _fault_of_day(text: str) -> str:
    """Return why a day cannot be shown: no day at all, or outside what the platform keeps."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return _("The day cannot be read; the latest day is shown.")
    kept = {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
    said = _("The platform keeps days from %(first)s to %(last)s; the latest day is shown.")
    return said % kept


def _latest(unit_id: int, today: date) -> date:
    """Return the latest day that has figures, today where none of late has."""
    done = figures.computed_at(unit_id=unit_id, from_day=today - LOOK_BACK, to_day=today)
    return max(done, default=today)


def day_in(text: str) -> date | None:
    """Return the local day that a text names; None where it names none that can be."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
