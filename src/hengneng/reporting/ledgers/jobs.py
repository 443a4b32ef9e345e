"""Packages are made in a worker."""

from procrastinate.contrib.django import app

from hengneng.kernel import clock
from hengneng.reporting.ledgers import operations


@app.task(queue="documents")
def make_package(*, package_id: int) -> None:
    """Make a package that was asked for; one that is made already stays as it is."""
    operations.make_package(package_id=package_id, at=clock.now())
