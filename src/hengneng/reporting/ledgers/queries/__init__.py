"""What a unit's forms are filled with, and which packages of them were asked for and made."""

from hengneng.reporting.ledgers.queries.asked import NotYet
from hengneng.reporting.ledgers.queries.ledger import document_of, forms_offered
from hengneng.reporting.ledgers.queries.packages import (
    NotMade,
    PackageFile,
    PackageRow,
    UnknownPackage,
    file_of,
    package_by_id,
    packages_of,
    units_of_packages,
)
from hengneng.reporting.ledgers.rules.forms import NoForms, UnknownForm

__all__ = [
    "NoForms",
    "NotMade",
    "NotYet",
    "PackageFile",
    "PackageRow",
    "UnknownForm",
    "UnknownPackage",
    "document_of",
    "file_of",
    "forms_offered",
    "package_by_id",
    "packages_of",
    "units_of_packages",
]
