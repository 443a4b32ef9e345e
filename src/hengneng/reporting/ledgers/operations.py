"""Ask for a package of a unit's forms; make it in a worker."""

from datetime import date, datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.documents import paper, workbooks
from hengneng.kernel.documents.rules import Document
from hengneng.kernel.files import operations as files
from hengneng.kernel.jobs import operations as progress
from hengneng.kernel.jobs import queries as progresses
from hengneng.reporting.ledgers.models import Package
from hengneng.reporting.ledgers.queries import ledger
from hengneng.reporting.ledgers.queries.asked import asked
from hengneng.reporting.ledgers.rules import filling, forms

JOB = "hengneng.reporting.ledgers.jobs.make_package"
_KIND = "ledgers.package"
# Advisory lock of those who ask for one unit's packages, in the space of two-number keys.
_ASKING_LOCK = 7303
_LOCK_KEYS = 2**31
# Beside the ledger's parts: the PDF, the workbook.
_PARTS = len(ledger.STEPS) + 2
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UnderWay(ValueError):
    """The same package was asked for and is being made."""


@transaction.atomic
def ask_for_package(*, unit_id: int, on: date, year: int, by: int | None, at: datetime) -> int:
    """Ask for all forms of a unit as PDF and workbook, and return the package's id.

    A worker makes it; its progress tells how far it has come. Who may ask, the caller has seen to.

    Args:
        unit_id: The unit.
        on: The day on which the ledger stood so; not after today.
        year: Of the energy balance; not after the day's.
        by: Account acting.
        at: When. Aware.

    Raises:
        NotYet: If the day or the year has not come.
        NoForms: If no edition of the forms was valid on the day.
        UnderWay: If the same is being made.
    """
    asked(unit_id=unit_id, on=on, year=year, now=at)
    forms.forms_on(on)
    _wait_for_others(unit_id)
    waiting = Package.objects.filter(made_at=None, progress__finished_at=None)
    if waiting.filter(unit_id=unit_id, stood_on=on, year=year).exists():
        raise UnderWay(f"the forms of {on} with the balance of {year} are being made")
    begun = progress.start(kind=_KIND, total=_PARTS, by=by, at=at)
    package = Package.objects.create(
        unit_id=unit_id, stood_on=on, year=year, asked_at=at, asked_by=by, progress_id=begun
    )
    details = {"on": on.isoformat(), "year": year}
    audit.record(
        "package.asked_for", subject=f"package:{package.id}", by=by, at=at, details=details
    )
    # In this transaction: what is rolled back leaves no job behind.
    app.configure_task(JOB, queue="documents").defer(package_id=package.id)
    return package.id


def _wait_for_others(unit_id: int) -> None:
    """Wait until nobody else is asking for a package of the unit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ASKING_LOCK, unit_id % _LOCK_KEYS])


def make_package(*, package_id: int, at: datetime, by: int | None = None) -> None:
    """Fill in the forms of a package, set them, and keep the files.

    What is made already stays as it is. Persons are masked, for what is kept cannot be erased.

    Args:
        package_id: The package.
        at: When. Aware.
        by: Account acting; None: the worker, for who asked.

    Raises:
        Package.DoesNotExist: If there is none.
        NotTypeset: If the typesetter failed; the progress says so, asking again may help.
    """
    package = Package.objects.select_related("unit").get(id=package_id)
    if package.made_at is not None:
        return
    progress_id = _begun(package, at)
    try:
        document = _document(package, progress_id, at)
        bodies = paper.pdf(document), workbooks.xlsx(document)
        _keep(package, document, bodies, by=by, at=at)
    except Exception as error:
        progress.fail(progress_id=progress_id, reason=str(error) or type(error).__name__, at=at)
        raise
    progress.finish(progress_id=progress_id, at=at)


def _begun(package: Package, at: datetime) -> int:
    """Return the package's progress, a new one where a worker was stopped in the middle of it."""
    row = progresses.progress(package.progress_id, at=at)
    if row.done or row.finished_at is not None:
        package.progress_id = progress.start(kind=_KIND, total=_PARTS, by=package.asked_by, at=at)
        package.save(update_fields=["progress"])
    return package.progress_id


def _document(package: Package, progress_id: int, at: datetime) -> Document:
    """Return all forms filled in."""
    wanted = forms.forms_on(package.stood_on)
    filled = ledger.ledger_of(
        asked(unit_id=package.unit_id, on=package.stood_on, year=package.year, now=at),
        names=(package.unit.name, package.unit.code),
        fills={form.fills for form in wanted},
        whole=False,
        step=lambda: progress.advance(progress_id=progress_id, count=1),
    )
    return filling.document(filled, wanted, made_at=at)


@transaction.atomic
def _keep(
    package: Package,
    document: Document,
    bodies: tuple[bytes, bytes],
    *,
    by: int | None,
    at: datetime,
) -> None:
    """Keep the files; where another worker was faster, its files stay."""
    row = Package.objects.select_for_update(of=("self",)).get(id=package.id)
    if row.made_at is not None:
        return
    kinds = (("pdf", "application/pdf"), ("xlsx", _XLSX))
    row.pdf, row.workbook = (
        files.keep(name=f"{document.title}.{ending}", body=body, media_type=kind, by=by, at=at)
        for (ending, kind), body in zip(kinds, bodies, strict=True)
    )
    row.made_at = at
    row.save(update_fields=["pdf", "workbook", "made_at"])
    details = {"on": row.stood_on.isoformat(), "year": row.year}
    audit.record("package.made", subject=f"package:{row.id}", by=by, at=at, details=details)
