"""A certificate as it is told: what it may say."""

from datetime import date
from typing import NamedTuple

from hengneng.registry.instruments.rules.certificates import CertificateKind, Result


class BadCertificate(ValueError):
    """A certificate cannot be so: another kind or result, given later than now, due before that."""


class NewCertificate(NamedTuple):
    """A certificate to be entered.

    Attributes:
        instrument_id: The instrument.
        number: Its number; empty: none is known.
        verified_on: When it was verified or calibrated.
        kind: ``VERIFICATION`` or ``CALIBRATION``.
        result: ``QUALIFIED``, ``LIMITED`` or ``FAILED``.
        body: Who verified or calibrated.
        accuracy_class: The class that it gives; empty: none.
        due_on: From which day on it holds no more, as it states; None: the cycle says so.
        file_id: The kept file; None: none.
        replaces: The version that this one corrects; None: it is new.
    """

    instrument_id: int
    number: str
    verified_on: date
    kind: str = CertificateKind.VERIFICATION
    result: str = Result.QUALIFIED
    body: str = ""
    accuracy_class: str = ""
    due_on: date | None = None
    file_id: int | None = None
    replaces: int | None = None


def check(one: NewCertificate, *, today: date) -> None:
    """Refuse a certificate that cannot be.

    Args:
        one: What it says.
        today: The local day.

    Raises:
        BadCertificate: If it cannot be so.
    """
    if one.kind not in list(CertificateKind) or one.result not in list(Result):
        raise BadCertificate(f"no such kind or result: {one.kind}, {one.result}")
    if one.verified_on > today:
        raise BadCertificate(f"given on {one.verified_on}, which is yet to come")
    if one.due_on is not None and one.due_on <= one.verified_on:
        raise BadCertificate(f"due on {one.due_on}, not after {one.verified_on}")
