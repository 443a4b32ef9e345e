"""Heat values of units' fuels, in both times."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from hengneng.kernel.facts.models import TsTzRange, TwoTimed


class HeatValue(TwoTimed):
    """The lower heating value (低位发热量) measured of a unit's fuel over whole months.

    Whole months, because a month is turned into coal by the factor of its first day: days and
    month agree. Values taken by day are given as the month's mean by weight.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    energy_type = models.ForeignKey("energy.EnergyType", models.PROTECT, related_name="+")
    heat_value_kj = models.DecimalField(max_digits=24, decimal_places=6)  # per unit of measure
    report = models.CharField(max_length=60)  # number of the test report
    laboratory = models.CharField(max_length=120)
    document = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="heat_value_one_at_a_time",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("energy_type", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(heat_value_kj__gt=0), name="heat_value_positive"
            ),
        ]
