"""Enter, correct and withdraw certificates, one or many; each touches the days it speaks of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import Certificate, Instrument
from hengneng.registry.instruments.operations.placing import touched
from hengneng.registry.instruments.queries.certificates import as_told, day_of, start_of
from hengneng.registry.instruments.rules import certificates as rules
from hengneng.registry.instruments.rules.certificates import Cycle, Result
from hengneng.registry.instruments.rules.told import NewCertificate, check

Span = tuple[datetime, datetime | None]


class CertificateExists(ValueError):
    """The instrument has a certificate of that number, or an unnumbered one of that day."""


class CertificateNotBelieved(ValueError):
    """The certificate was corrected already; correct the one that took its place."""


@transaction.atomic
def enter_certificate(*, certificate: NewCertificate, by: int | None, at: datetime) -> int:
    """Enter a certificate: from its day on, until it is due, its class is the instrument's.

    Args:
        certificate: What it says.
        by: Account acting.
        at: When. Aware.

    Returns:
        The id of this version of it.

    Raises:
        BadCertificate: If it cannot be so.
        CertificateExists: If it is entered already.

    Source:
        JJF 1356-2012, form B.3 and 6.3; facts/standards.md 7.
    """
    return enter_certificates(certificates=[certificate], by=by, at=at)[0]


@transaction.atomic
def enter_certificates(
    *, certificates: Sequence[NewCertificate], by: int | None, at: datetime
) -> list[int]:
    """Enter or correct many certificates, all or none; eight statements however many.

    Args:
        certificates: What they say. Shape (n,).
        by: Account acting.
        at: When. Aware.

    Returns:
        The ids of these versions of them, in the order given. Shape (n,).

    Raises:
        BadCertificate: If one cannot be so.
        CertificateExists: If one is entered already, or stands twice in the list.
        CertificateNotBelieved: If one corrects a version that is not believed any more.
    """
    with facts.edit() as recorded_at:
        for one in certificates:
            check(one, today=day_of(at))
        former = _former(certificates)
        _check_once(certificates)
        fresh = drafted(certificates)
        superseded = Certificate.objects.filter(id__in=[one.id for one in former.values()])
        superseded.update(superseded_at=recorded_at, is_last=False)
        for version in fresh:
            version.recorded_at = recorded_at
        made = Certificate.objects.bulk_create(fresh)
        _mark_last({version.instrument_id for version in made})
        spans = [
            (version.instrument_id, *span)
            for one, version in zip(certificates, made, strict=True)
            for span in _differing(former.get(one.replaces or 0), version)
        ]
        facts.note_changes(changes=touched(spans))
    _record("certificates.entered", made, by=by, at=at)
    return [version.pk for version in made]


@transaction.atomic
def correct_certificate(
    *, certificate_id: int, by: int | None, at: datetime, **changes: Any
) -> int:
    """Correct what a certificate is known to say, and return the id of its new version.

    The due day follows from what is said then: name it where the certificate states it.

    Args:
        certificate_id: The version believed until now.
        by: Account acting.
        at: When. Aware.
        **changes: Fields of ``NewCertificate`` but the instrument.

    Raises:
        CertificateNotBelieved: If it was corrected already.
        BadCertificate, CertificateExists: As when it is entered.
    """
    known = Certificate.objects.filter(id=certificate_id, superseded_at__isnull=True).first()
    if known is None:
        raise CertificateNotBelieved(f"certificate {certificate_id} was corrected already")
    said = as_told(known)._replace(**changes, replaces=certificate_id)
    return enter_certificates(certificates=[said], by=by, at=at)[0]


@transaction.atomic
def withdraw_certificate(
    *, certificate_id: int, by: int | None, at: datetime, reason: str = ""
) -> None:
    """Believe from now on that a certificate never was.

    Args:
        certificate_id: The version believed until now.
        by: Account acting.
        at: When. Aware.
        reason: Why, for the record; empty where its own bringer takes it back.

    Raises:
        CertificateNotBelieved: If it was corrected already.
    """
    with facts.edit() as recorded_at:
        known = Certificate.objects.filter(id=certificate_id, superseded_at__isnull=True).first()
        if known is None:
            raise CertificateNotBelieved(f"certificate {certificate_id} was corrected already")
        known.superseded_at, known.is_last = recorded_at, False
        known.save(update_fields=["superseded_at", "is_last"])
        _mark_last({known.instrument_id})
        spans = [(known.instrument_id, known.valid_from, known.valid_until)]
        facts.note_changes(changes=touched(spans))
    _record("certificate.withdrawn", [known], by=by, at=at, reason=reason)


def drafted(certificates: Sequence[NewCertificate]) -> list[Certificate]:
    """Return certificates' rows with the days on which they are due, not recorded; two queries."""
    cycles = queries.cycles()
    return [_version(one, measured, cycles=cycles) for one, measured in _measured(certificates)]


def _former(certificates: Sequence[NewCertificate]) -> dict[int, Certificate]:
    """Return the versions that are corrected, by their ids.

    Raises:
        CertificateNotBelieved: If one is not believed any more.
    """
    wanted = {one.replaces for one in certificates if one.replaces is not None}
    believed = Certificate.objects.filter(id__in=wanted, superseded_at__isnull=True)
    found = {one.id: one for one in believed} if wanted else {}
    if len(found) < len(wanted):
        raise CertificateNotBelieved(f"corrected already: {sorted(wanted - found.keys())}")
    return found


def _check_once(certificates: Sequence[NewCertificate]) -> None:
    """Refuse certificates that are known already, or told twice.

    Raises:
        CertificateExists: If one is.
    """
    believed = Certificate.objects.filter(
        instrument_id__in={one.instrument_id for one in certificates}, superseded_at__isnull=True
    ).exclude(id__in={one.replaces for one in certificates if one.replaces is not None})
    taken = {
        identity(instrument_id, number, verified_on)
        for instrument_id, number, verified_on in believed.values_list(
            "instrument_id", "number", "verified_on"
        )
    }
    for one in certificates:
        key = identity(one.instrument_id, one.number, one.verified_on)
        if key in taken:
            raise CertificateExists(f"instrument {key[0]} has a certificate {key[1]}")
        taken.add(key)


def identity(instrument_id: int, number: str, verified_on: date) -> tuple[int, str]:
    """Return what tells a certificate from others: its number, else its day."""
    return instrument_id, number or verified_on.isoformat()


_MARK_LAST = """
UPDATE instruments_certificate AS one SET is_last = (one.id = last.id)
FROM (
    SELECT DISTINCT ON (instrument_id) instrument_id, id FROM instruments_certificate
    WHERE superseded_at IS NULL AND instrument_id = ANY(%s)
    ORDER BY instrument_id, verified_on DESC, id DESC
) AS last
WHERE one.instrument_id = last.instrument_id AND one.is_last = %s
AND one.is_last <> (one.id = last.id)
"""


def _mark_last(instrument_ids: set[int]) -> None:
    """Let the last certificate of each instrument be marked, and no other; two statements."""
    with connection.cursor() as cursor:
        # First none that is not, for at no time may two be.
        for is_marked in (True, False):
            cursor.execute(_MARK_LAST, [list(instrument_ids), is_marked])


def _measured(
    certificates: Sequence[NewCertificate],
) -> Iterable[tuple[NewCertificate, rules.Measured]]:
    """Yield each certificate with what decides its instrument's cycle; one query."""
    known = Instrument.objects.in_bulk({one.instrument_id for one in certificates})
    for one in certificates:
        instrument = known[one.instrument_id]
        yield (
            one,
            rules.Measured(
                instrument.kind,
                one.accuracy_class or instrument.accuracy_class,
                instrument.nominal_diameter_mm,
                instrument.cycle_months,
            ),
        )


def _version(
    one: NewCertificate, measured: rules.Measured, *, cycles: Iterable[Cycle]
) -> Certificate:
    """Return a certificate's row, not yet recorded."""
    due = rules.due_day(
        measured,
        kind=one.kind,
        verified_on=one.verified_on,
        result=one.result,
        stated=one.due_on,
        cycles=cycles,
    )
    holds_until = None if one.result == Result.FAILED or due.due_on is None else due.due_on
    said: Mapping[str, Any] = one._asdict()
    return Certificate(
        **{field: value for field, value in said.items() if field not in {"replaces", "due_on"}},
        due_on=due.due_on,
        ends_in=due.ends_in,
        due_by=due.due_by,
        due_is_verified=due.is_verified,
        valid_from=start_of(one.verified_on),
        valid_until=start_of(holds_until) if holds_until else None,
    )


def _differing(former: Certificate | None, version: Certificate) -> list[Span]:
    """Return the time of which a certificate says something else than its former version."""
    now: Span = (version.valid_from, version.valid_until)
    if former is None:
        return [now]
    before: Span = (former.valid_from, former.valid_until)
    gives = (former.accuracy_class, former.result)
    if gives != (version.accuracy_class, version.result):
        return [before, now]
    return [*_beyond(before, now), *_beyond(now, before)]


def _beyond(one: Span, other: Span) -> list[Span]:
    """Return the parts of a span that lie outside of another one."""
    (start, end), (since, until) = one, other
    parts: list[Span] = []
    first = since if end is None else min(end, since)
    if start < first:
        parts.append((start, first))
    if until is not None and (end is None or end > until):
        parts.append((max(start, until), end))
    return parts


def _record(
    action: str,
    versions: Sequence[Certificate],
    *,
    by: int | None,
    at: datetime,
    reason: str = "",
) -> None:
    """Record what became of certificates, and why where that is said."""
    told = [[one.instrument_id, one.number, one.verified_on.isoformat()] for one in versions]
    first = f"instrument:{versions[0].instrument_id}" if len(versions) == 1 else "instruments"
    details = {"certificates": told} | ({"reason": reason} if reason else {})
    audit.record(action, subject=first, by=by, at=at, details=details)
