"""What a certificate is, and from which day on it holds no more."""

import calendar
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

BY_CERTIFICATE = "CERTIFICATE"
BY_OWN_CYCLE = "OWN_CYCLE"


class CertificateKind(StrEnum):
    """检定 or 校准."""

    VERIFICATION = "VERIFICATION"
    CALIBRATION = "CALIBRATION"


class Result(StrEnum):
    """What the certificate says of the instrument."""

    QUALIFIED = "QUALIFIED"  # 合格
    LIMITED = "LIMITED"  # 准用, 限用: for some uses or ranges only
    FAILED = "FAILED"  # 不合格


class EndsIn(StrEnum):
    """What is to be done on the due day."""

    VERIFY = "VERIFY"  # verify or calibrate again
    REPLACE = "REPLACE"  # 限期使用、到期轮换: put another one in its place


class Cycle(NamedTuple):
    """A regulation's cycle, with its standing.

    Attributes:
        kind: The kind of instrument.
        edition: The regulation's edition.
        clause: Its clause, or what of the kind it speaks of.
        classes: The accuracy classes it speaks of; empty: any.
        diameter_over_mm: Only above this nominal diameter; None: any. [mm]
        diameter_up_to_mm: Only up to this one; None: any. [mm]
        months: How long a certificate holds; None: not settled. [months]
        ends_in: What then.
        valid_from: First day of the edition.
        valid_until: Day after its last; None: it still holds.
        citation: Where it was read.
        verified: Whether in the official text.
    """

    kind: str
    edition: str
    clause: str
    classes: tuple[str, ...]
    diameter_over_mm: int | None
    diameter_up_to_mm: int | None
    months: int | None
    ends_in: str
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


class Measured(NamedTuple):
    """What of an instrument decides its cycle.

    Attributes:
        kind: Its kind; empty: not known.
        accuracy_class: Its class; empty: not known.
        diameter_mm: Its nominal diameter; None: not known. [mm]
        cycle_months: The unit's own cycle; None: the regulation's. [months]
    """

    kind: str
    accuracy_class: str
    diameter_mm: int | None
    cycle_months: int | None


class DueDay(NamedTuple):
    """From which day on a certificate holds no more.

    Attributes:
        due_on: That day; None: not known.
        ends_in: What is to be done then.
        due_by: ``CERTIFICATE``, ``OWN_CYCLE`` or the regulation; empty: nothing says it.
        is_verified: Whether the rule was read in the official text.
    """

    due_on: date | None
    ends_in: EndsIn
    due_by: str
    is_verified: bool


def due_day(
    instrument: Measured,
    *,
    kind: str,
    verified_on: date,
    result: str,
    stated: date | None,
    cycles: Iterable[Cycle],
) -> DueDay:
    """Return from which day on a certificate holds no more, and what says so.

    What the certificate states goes first; then for a calibration the interval that the unit set;
    then the regulation in force on the day, and the shorter of the two where the unit set one too.
    A failed instrument is due at once.

    Args:
        instrument: What decides its cycle.
        kind: ``VERIFICATION`` or ``CALIBRATION``.
        verified_on: When it was done; the cycle counts from then.
        result: ``QUALIFIED``, ``LIMITED`` or ``FAILED``.
        stated: The due day that the certificate states; None: none.
        cycles: The regulations' cycles.

    Source:
        Catalogue of instruments under mandatory management, SAMR 2020 no. 42: the cycle is set by
        the verification regulation, a revised one overrides (facts/standards.md 7).
    """
    cycle = cycle_for(instrument, cycles, day=verified_on)
    ends_in = EndsIn(cycle.ends_in) if cycle else EndsIn.VERIFY
    if result == Result.FAILED:
        return DueDay(verified_on, ends_in, BY_CERTIFICATE, True)
    if stated is not None:
        return DueDay(stated, ends_in, BY_CERTIFICATE, True)
    own = instrument.cycle_months
    months = cycle.months if cycle else None
    if own is not None and (kind == CertificateKind.CALIBRATION or months is None or own < months):
        return DueDay(months_after(verified_on, own), ends_in, BY_OWN_CYCLE, True)
    if cycle is None or months is None:
        return DueDay(None, ends_in, "", False)
    by = f"{cycle.edition}: {cycle.clause}"
    return DueDay(months_after(verified_on, months), ends_in, by, cycle.verified)


def cycle_for(instrument: Measured, cycles: Iterable[Cycle], *, day: date) -> Cycle | None:
    """Return the regulation's cycle for an instrument on a day; the one that says most of it.

    A cycle that speaks of a class or a diameter is not for an instrument that states none.

    Args:
        instrument: What decides it.
        cycles: The regulations' cycles.
        day: The day.

    Returns:
        The cycle; of equally fitting ones that of the latest edition; None where none fits.
    """
    fitting = [cycle for cycle in cycles if _fits(cycle, instrument, day)]
    return max(fitting, key=lambda c: (_conditions(c), c.valid_from), default=None)


def months_after(day: date, months: int) -> date:
    """Return the day so many months later; the month's last day where it has no such day.

    >>> months_after(date(2024, 3, 15), 24), months_after(date(2023, 8, 31), 6)
    (datetime.date(2026, 3, 15), datetime.date(2024, 2, 29))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _fits(cycle: Cycle, instrument: Measured, day: date) -> bool:
    """Answer whether a cycle speaks of such an instrument on that day."""
    if cycle.kind != instrument.kind or cycle.valid_from > day:
        return False
    if cycle.valid_until is not None and cycle.valid_until <= day:
        return False
    if cycle.classes and plain_class(instrument.accuracy_class) not in cycle.classes:
        return False
    over, up_to, diameter = cycle.diameter_over_mm, cycle.diameter_up_to_mm, instrument.diameter_mm
    if diameter is None:
        return over is None and up_to is None
    return (over is None or diameter > over) and (up_to is None or diameter <= up_to)


def _conditions(cycle: Cycle) -> int:
    """Return how much a cycle asks of an instrument. [count]"""
    return bool(cycle.classes) + (
        cycle.diameter_over_mm is not None or cycle.diameter_up_to_mm is not None
    )


def plain_class(text: str) -> str:
    """Return an accuracy class as rules write it.

    >>> plain_class(" 0.5s级"), plain_class("2.0"), plain_class("1")
    ('0.5S', '2', '1')
    """
    bare = text.strip().upper().removesuffix("级").strip()
    number = bare.removesuffix("S")
    if "." in number and number.replace(".", "", 1).isdigit():
        number = number.rstrip("0").rstrip(".")
    return number + ("S" if bare.endswith("S") else "")
