"""Which certificates there are, which one counts on a day, and the regulations' cycles."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from hengneng.kernel import clock
from hengneng.kernel.facts import queries as facts
from hengneng.kernel.facts.queries import known_at
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.instruments.models import Certificate, CycleRule, Instrument
from hengneng.registry.instruments.rules import standing
from hengneng.registry.instruments.rules.certificates import BY_CERTIFICATE, Cycle, Result
from hengneng.registry.instruments.rules.standing import Standing
from hengneng.registry.instruments.rules.told import NewCertificate


class UnknownCertificate(LookupError):
    """There is no such certificate, or it was corrected."""


class CertificateRow(NamedTuple):
    """A certificate as believed.

    Attributes:
        id: This version of it.
        instrument_id: The instrument.
        number: Its number.
        kind: ``VERIFICATION`` or ``CALIBRATION``.
        body: Who verified or calibrated.
        verified_on: When.
        result: ``QUALIFIED``, ``LIMITED`` or ``FAILED``.
        accuracy_class: The class that it gives; empty: none.
        due_on: From this day on it holds no more; None: not known.
        ends_in: What is to be done then: ``VERIFY`` or ``REPLACE``.
        due_by: What says so: ``CERTIFICATE``, ``OWN_CYCLE`` or the regulation; empty: nothing.
        due_is_verified: Whether that was read in the official text.
        file_id: The kept file; None: none.
    """

    id: int
    instrument_id: int
    number: str
    kind: str
    body: str
    verified_on: date
    result: str
    accuracy_class: str
    due_on: date | None
    ends_in: str
    due_by: str
    due_is_verified: bool
    file_id: int | None

    def standing_on(self, day: date) -> Standing:
        """Return what the certificate says of the instrument on a day."""
        return standing.standing_of(self.result, self.due_on, day=day)


def certificates_of(
    instrument_ids: Collection[int], *, as_of: datetime | None = None
) -> list[CertificateRow]:
    """Return the certificates of some instruments, by instrument, the last one first; one query.

    Args:
        instrument_ids: The instruments.
        as_of: As believed when; None: now. Aware.
    """
    given = Certificate.objects.filter(known_at(as_of), instrument_id__in=instrument_ids)
    ordered = given.order_by("instrument_id", "-verified_on", "-id")
    return [CertificateRow(*row) for row in ordered.values_list(*CertificateRow._fields)]


def last_certificates(
    instruments: QuerySet[Instrument], *, at: datetime, as_of: datetime | None = None
) -> dict[int, CertificateRow]:
    """Return the certificate of each instrument that counts at an instant; one query.

    It is the last one given by then, whether it still holds or not.

    Args:
        instruments: The instruments.
        at: The instant. Aware.
        as_of: As believed when; None: now. Aware.
    """
    given = Certificate.objects.filter(
        known_at(as_of), instrument__in=instruments.values("id"), valid_from__lte=at
    )
    last = given.order_by("instrument_id", "-verified_on", "-id").distinct("instrument_id")
    return {row[1]: CertificateRow(*row) for row in last.values_list(*CertificateRow._fields)}


def certificate_versions(unit_id: int) -> list[facts.Version]:
    """Return every version of the certificates of a unit's instruments; one query."""
    given = Certificate.objects.filter(instrument__unit_id=unit_id)
    said = ("number", "result", "accuracy_class", "due_on")
    return facts.versions("CERTIFICATE", given, subject="instrument__number", said=said)


def cycles(*, as_of: datetime | None = None) -> list[Cycle]:
    """Return the regulations' cycles that are loaded; one query.

    Args:
        as_of: As known when; None: now. Aware.
    """
    rows = CycleRule.objects.order_by("kind", "valid_from", "id")
    if as_of is not None:
        rows = rows.filter(recorded_at__lte=as_of)
    return [
        Cycle(row[0], row[1], row[2], tuple(row[3].split(",")) if row[3] else (), *row[4:])
        for row in rows.values_list(*Cycle._fields)
    ]


def cycle_rules() -> list[Cycle]:
    """Return the regulations' cycles as a page lists them, with their standing; one query."""
    return sorted(cycles(), key=lambda cycle: (cycle.kind, cycle.valid_from, cycle.clause))


def as_told(known: Certificate) -> NewCertificate:
    """Return a certificate as it was told; the due day only where the certificate states it."""
    is_stated = known.due_by == BY_CERTIFICATE and known.result != Result.FAILED
    return NewCertificate(
        instrument_id=known.instrument_id,
        number=known.number,
        verified_on=known.verified_on,
        kind=known.kind,
        result=known.result,
        body=known.body,
        accuracy_class=known.accuracy_class,
        due_on=known.due_on if is_stated else None,
        file_id=known.file_id,
        replaces=known.pk,
    )


def day_of(at: datetime) -> date:
    """Return the local day of an instant."""
    return clock.date_of(clock.local_second(at) // DAY_SECONDS)


def start_of(day: date) -> datetime:
    """Return the instant at which a local day begins. Aware."""
    return clock.instant(clock.day_number(day) * DAY_SECONDS)
