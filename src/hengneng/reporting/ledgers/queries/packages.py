"""Which packages of a unit's forms were asked for, and what was made of them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from hengneng.kernel.files import queries as files
from hengneng.kernel.jobs import rules as jobs
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.units import queries as units
from hengneng.reporting.ledgers.models import Package

# A package holds a year's readings.
PERMISSION = Permission.VIEW_READINGS
SHOWN_MAX = 20


class UnknownPackage(LookupError):
    """There is no such package, or it is not the viewer's to see."""


class NotMade(LookupError):
    """The package is not made yet, or its making failed."""


class PackageRow(NamedTuple):
    """A package as it stands.

    Attributes:
        id: The package.
        unit_id: Whose forms.
        stood_on: The day on which the ledger stood so.
        year: Of the energy balance.
        asked_at: When it was asked for. Aware.
        asked_by: By which account; None: the script.
        progress_id: How far it has come (kernel/jobs).
        begun_at: When its making was begun, or put in the queue. Aware.
        done: Parts done. [count]
        total: Parts there are. [count]
        failed_reason: Why its making failed; empty where it did not.
        made_at: When it was made; None: not yet. Aware.
        pdf_id: The kept PDF; None: not yet.
        workbook_id: The kept workbook; None: not yet.
    """

    id: int
    unit_id: int
    stood_on: date
    year: int
    asked_at: datetime
    asked_by: int | None
    progress_id: int
    begun_at: datetime
    done: int
    total: int
    failed_reason: str
    made_at: datetime | None
    pdf_id: int | None
    workbook_id: int | None

    def expected_at(self, at: datetime) -> datetime | None:
        """Return when it will be made, as seen at ``at`` (aware); None where nobody can tell."""
        if self.made_at is not None or self.failed_reason:
            return None
        return jobs.expected_end(started_at=self.begun_at, at=at, done=self.done, total=self.total)


# The columns of a row, in its order.
_COLUMNS = (
    "id",
    "unit_id",
    "stood_on",
    "year",
    "asked_at",
    "asked_by",
    "progress_id",
    "progress__started_at",
    "progress__done",
    "progress__total",
    "progress__failed_reason",
    "made_at",
    "pdf_id",
    "workbook_id",
)


class PackageFile(NamedTuple):
    """A file of a package.

    Attributes:
        name: What it is called.
        media_type: What it is.
        body: Its bytes, compared with their digest.
    """

    name: str
    media_type: str
    body: bytes


def packages_of(viewer: Viewer, unit_id: int) -> list[PackageRow]:
    """Return a unit's packages that the viewer may see, the latest first, at most twenty."""
    latest = _visible_to(viewer).filter(unit_id=unit_id).order_by("-asked_at", "-id")
    return [PackageRow(*row) for row in latest.values_list(*_COLUMNS)[:SHOWN_MAX]]


def package_by_id(viewer: Viewer, package_id: int) -> PackageRow:
    """Return one package.

    Raises:
        UnknownPackage: If there is none, or the viewer may not see its unit's readings.
    """
    rows = _visible_to(viewer).filter(id=package_id).values_list(*_COLUMNS)
    for row in rows:
        return PackageRow(*row)
    raise UnknownPackage(f"no package {package_id}")


def units_of_packages(package_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return for each package its unit's code and name, and the day it tells of; one query.

    For who reads of an act upon it; no viewer is asked for.
    """
    rows = Package.objects.filter(id__in=package_ids)
    told = rows.values_list("id", "unit__code", "unit__name", "stood_on")
    return {number: (code, name, day.isoformat()) for number, code, name, day in told}


def file_of(viewer: Viewer, package_id: int, *, is_workbook: bool) -> PackageFile:
    """Return a package's PDF or its workbook.

    Raises:
        UnknownPackage: If there is none, or it is not the viewer's to see.
        NotMade: If it is not made yet, or its making failed.
        FileDamaged: If its bytes are gone or changed.
    """
    row = package_by_id(viewer, package_id)
    file_id = row.workbook_id if is_workbook else row.pdf_id
    if file_id is None:
        raise NotMade(f"package {package_id} is not made yet")
    kept = files.kept([file_id])[file_id]
    return PackageFile(kept.name, kept.media_type, files.read(file_id))


def _visible_to(viewer: Viewer) -> QuerySet[Package]:
    visible = units.visible_to(viewer, PERMISSION)
    return Package.objects.filter(unit_id__in=visible.values("id"))
