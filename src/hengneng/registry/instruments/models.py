"""Instruments, where they stood, and their exchanges."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from hengneng.kernel.facts.models import TsTzRange, TwoTimed


class Instrument(models.Model):
    """An energy measuring instrument (能源计量器具), form B.3 of JJF 1356-2012."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)  # 用能单位管理编号, else 出厂编号
    name = models.CharField(max_length=120)
    model = models.CharField(max_length=80, blank=True)
    maker = models.CharField(max_length=120, blank=True)
    serial_number = models.CharField(max_length=60, blank=True)
    accuracy_class = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="instrument_once")]


class Installation(TwoTimed):
    """An instrument at a point, from one instant to another."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="installations")
    point = models.ForeignKey("points.Point", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name=f"installation_one_{what}",
                expressions=[
                    (what, RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            )
            for what in ("instrument", "point")
        ]


class Exchange(models.Model):
    """The change of a point's instrument, with the registers before and after (protocol.md 2.3d).

    Two-timed as an event: true at ``happened_at``, believed from ``recorded_at``.
    """

    point = models.ForeignKey("points.Point", models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    before_value = models.DecimalField(max_digits=24, decimal_places=9)
    after_value = models.DecimalField(max_digits=24, decimal_places=9)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["point", "happened_at"],
                condition=models.Q(superseded_at__isnull=True),
                name="exchange_once",
            )
        ]
