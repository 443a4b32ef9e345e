"""Heat values, stocks and purchases of units' fuels, in both times."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from hengneng.kernel.facts.models import TsTzRange, TwoTimed


def _one_at_a_time(name: str, *whose: str) -> ExclusionConstraint:
    """Return the constraint that no two believed versions of one identity are valid at once."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((field, RangeOperators.EQUAL) for field in whose),
            (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
        ],
        condition=models.Q(superseded_at__isnull=True),
    )


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
            _one_at_a_time("heat_value_one_at_a_time", "unit", "energy_type"),
            models.CheckConstraint(
                condition=models.Q(heat_value_kj__gt=0), name="heat_value_positive"
            ),
        ]


class Determination(models.TextChoices):
    """How a stock was determined."""

    WEIGHED = "WEIGHED"  # 过衡称重
    GAUGED = "GAUGED"  # 罐内检尺、液位计
    SURVEYED = "SURVEYED"  # 料堆测量体积乘密度
    BOOKED = "BOOKED"  # 账面结存, nobody looked


class StockTaking(TwoTimed):
    """What a unit holds of a fuel at the end of a day (盘存); valid for that day.

    The stock at a year's beginning is that at the end of the last day before it.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    energy_type = models.ForeignKey("energy.EnergyType", models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=24, decimal_places=6)  # in the type's unit of measure
    determined_by = models.CharField(max_length=8, choices=Determination.choices)
    document = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            _one_at_a_time("stock_taking_one_a_day", "unit", "energy_type"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="stock_taking_not_negative"
            ),
        ]


class Purchase(TwoTimed):
    """Fuel that a unit bought by one invoice or delivery note; valid for the day it came in.

    A paper is known by its supplier, its number and the year: two suppliers may give one number,
    and many begin anew with every year.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    energy_type = models.ForeignKey("energy.EnergyType", models.PROTECT, related_name="+")
    paper = models.CharField(max_length=60)  # number of the invoice or delivery note
    supplier = models.CharField(max_length=120)
    year = models.SmallIntegerField()  # of the day it came in, by the city's calendar
    amount = models.DecimalField(max_digits=24, decimal_places=6)  # in the type's unit of measure
    document = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "energy_type", "supplier", "paper", "year"],
                condition=models.Q(superseded_at__isnull=True),
                name="purchase_once",
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="purchase_not_negative"),
        ]
