"""Which packages of forms were asked for and made. Local tables (SQL.md 1)."""

from django.db import models


class Package(models.Model):
    """A unit's forms as they were made for one who asked: a PDF and a workbook.

    What was made stays as it was; asking again makes another.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    stood_on = models.DateField()  # the day on which the ledger stood so
    year = models.PositiveSmallIntegerField()  # of the energy balance
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)  # account; null: the script
    progress = models.ForeignKey("jobs.Progress", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)
    pdf = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")
    workbook = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(made_at__isnull=True, pdf__isnull=True, workbook__isnull=True)
                | models.Q(made_at__isnull=False, pdf__isnull=False, workbook__isnull=False),
                name="package_made_with_its_files",
            )
        ]
        indexes = [models.Index(fields=["unit", "-asked_at"], name="package_latest_first")]
