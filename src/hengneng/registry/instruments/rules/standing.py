"""Whether an instrument may be used, whether it is in date, how soon it is due."""

from datetime import date
from enum import StrEnum

from hengneng.registry.instruments.rules.certificates import Result

SOON_DAYS, LATER_DAYS = 30, 90


class Condition(StrEnum):
    """How an instrument may be used, form B.3 of JJF 1356-2012: 合格, 准用, 停用."""

    QUALIFIED = "QUALIFIED"  # 合格
    LIMITED = "LIMITED"  # 准用: some uses or ranges only
    STOPPED = "STOPPED"  # 停用


class Standing(StrEnum):
    """What an instrument's last certificate says of it on a day."""

    IN_DATE = "IN_DATE"
    OVERDUE = "OVERDUE"
    FAILED = "FAILED"
    NO_DUE_DAY = "NO_DUE_DAY"  # a certificate, but until when it holds is not known
    NO_CERTIFICATE = "NO_CERTIFICATE"


class Due(StrEnum):
    """How soon an instrument is due."""

    OVERDUE = "OVERDUE"  # or failed: it must not be used
    WITHIN_30 = "WITHIN_30"
    WITHIN_90 = "WITHIN_90"
    LATER = "LATER"
    UNKNOWN = "UNKNOWN"  # no certificate, or none that says until when


def standing_of(result: str | None, due_on: date | None, *, day: date) -> Standing:
    """Return what an instrument's last certificate says of it on a day.

    Args:
        result: The certificate's result; None: there is no certificate.
        due_on: Its due day; None: not known.
        day: The day.

    Source:
        JJF 1356-2012, 6.3 and 6.4 (titles; contents from recollection).

    >>> standing_of("QUALIFIED", date(2026, 3, 15), day=date(2026, 3, 14))
    <Standing.IN_DATE: 'IN_DATE'>
    >>> standing_of("QUALIFIED", date(2026, 3, 15), day=date(2026, 3, 15))
    <Standing.OVERDUE: 'OVERDUE'>
    """
    if result is None:
        return Standing.NO_CERTIFICATE
    if result == Result.FAILED:
        return Standing.FAILED
    if due_on is None:
        return Standing.NO_DUE_DAY
    return Standing.OVERDUE if due_on <= day else Standing.IN_DATE


def due_of(result: str | None, due_on: date | None, *, day: date) -> Due:
    """Return how soon an instrument is due.

    Args:
        result: The last certificate's result; None: there is no certificate.
        due_on: Its due day; None: not known.
        day: Today.

    >>> due_of("QUALIFIED", date(2026, 3, 31), day=date(2026, 3, 1))
    <Due.WITHIN_30: 'WITHIN_30'>
    >>> due_of("QUALIFIED", date(2026, 4, 1), day=date(2026, 3, 1))
    <Due.WITHIN_90: 'WITHIN_90'>
    """
    standing = standing_of(result, due_on, day=day)
    if standing in (Standing.OVERDUE, Standing.FAILED):
        return Due.OVERDUE
    if due_on is None or standing is Standing.NO_CERTIFICATE:
        return Due.UNKNOWN
    left = (due_on - day).days
    if left <= SOON_DAYS:
        return Due.WITHIN_30
    return Due.WITHIN_90 if left <= LATER_DAYS else Due.LATER
