"""Which packages of a unit's forms were asked for, and what was made of them."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.units import queries as units
from hengneng.reporting.ledgers.models import Package

# A package holds a year's readings.
PERMISSION = Permission.VIEW_READINGS
SHOWN_MAX = 20


class UnknownPackage(LookupError):
    """There is no such package, it is not made yet, or it is not the viewer's to see."""


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
    made_at: datetime | None
    pdf_id: int | None
    workbook_id: int | None


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
    return [PackageRow(*row) for row in latest.values_list(*PackageRow._fields)[:SHOWN_MAX]]


def package_by_id(viewer: Viewer, package_id: int) -> PackageRow:
    """Return one package.

    Raises:
        UnknownPackage: If there is none, or the viewer may not see its unit's readings.
    """
    rows = _visible_to(viewer).filter(id=package_id).values_list(*PackageRow._fields)
    for row in rows:
        return PackageRow(*row)
    raise UnknownPackage(f"no package {package_id}")


def file_of(viewer: Viewer, package_id: int, *, is_workbook: bool) -> PackageFile:
    """Return a package's PDF or its workbook.

    Raises:
        UnknownPackage: If there is none, it is not made yet, or is not the viewer's to see.
        FileDamaged: If its bytes are gone or changed.
    """
    row = package_by_id(viewer, package_id)
    file_id = row.workbook_id if is_workbook else row.pdf_id
    if file_id is None:
        raise UnknownPackage(f"package {package_id} is not made yet")
    kept = files.kept([file_id])[file_id]
    return PackageFile(kept.name, kept.media_type, files.read(file_id))


def _visible_to(viewer: Viewer) -> QuerySet[Package]:
    visible = units.visible_to(viewer, PERMISSION)
    return Package.objects.filter(unit_id__in=visible.values("id"))
