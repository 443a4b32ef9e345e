"""Metering points, what they are by date, and the wire's names that feed them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from hengneng.kernel.facts.models import TsTzRange, TwoTimed
from hengneng.registry.points.states import ProposalState


class Point(models.Model):
    """A metering point (计量点): the place; instruments come and go."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)  # the unit's own short name of the place: E-01

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="point_once")]


class MeteringLevel(models.TextChoices):
    """一级 (the boundary), 二级, 三级, other."""

    LEVEL_1 = "LEVEL_1"
    LEVEL_2 = "LEVEL_2"
    LEVEL_3 = "LEVEL_3"
    OTHER = "OTHER"


class Flow(models.TextChoices):
    """Which way the energy goes at a boundary point (ARCHITECTURE 5.4)."""

    BOUGHT = "BOUGHT"
    GENERATED = "GENERATED"
    STORED = "STORED"
    SUPPLIED_OUT = "SUPPLIED_OUT"
    CONVERSION_OUTPUT = "CONVERSION_OUTPUT"


class PointKind(models.TextChoices):
    """Cumulative readings at instants, or consumption per period (ARCHITECTURE 5.3)."""

    REGISTER = "REGISTER"
    INCREMENT = "INCREMENT"


class Description(TwoTimed):
    """What a point is, from one instant to another."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="descriptions")
    name = models.CharField(max_length=120)
    energy_type = models.ForeignKey("energy.EnergyType", models.PROTECT, related_name="+")
    level = models.CharField(max_length=8, choices=MeteringLevel.choices)
    flow = models.CharField(max_length=20, choices=Flow.choices, default=Flow.BOUGHT)
    kind = models.CharField(max_length=10, choices=PointKind.choices)
    slot_seconds = models.IntegerField(default=900)
    site = models.ForeignKey("units.Site", models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey(Point, models.PROTECT, null=True, related_name="+")
    # The sub-unit or equipment whose consumption this point meters; null: the unit's, or not said.
    feeds = models.ForeignKey("equipment.Consumer", models.PROTECT, null=True, related_name="+")
    # The register's modulus: the reading that would follow the highest it can show.
    capacity = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    # CT × PT as an exact fraction; a float never holds energy.
    ratio_numerator = models.BigIntegerField(default=1)
    ratio_denominator = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="description_one_at_a_time",
                expressions=[
                    ("point", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(ratio_numerator__gt=0, ratio_denominator__gt=0),
                name="description_ratio_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(slot_seconds__in=(300, 900, 1800, 3600)),
                name="description_slot_divides_the_hour",
            ),
        ]


class Source(TwoTimed):
    """The wire's name whose data feed a point: a national code, or a meter's register.

    ``key`` is a protocol key without its stat type: ``N:0000000002330011`` or ``R:meter:register``
    (``protocol.records``). One key feeds one point at a time; a point has one key at a time.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    point = models.ForeignKey(Point, models.PROTECT, related_name="sources")
    key = models.CharField(max_length=100)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="source_feeds_one_point",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            ),
            ExclusionConstraint(
                name="source_one_at_a_time",
                expressions=[
                    ("point", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            ),
        ]


class Proposal(models.Model):
    """A point that a terminal's uploaded configuration describes and nobody has confirmed yet."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    configuration = models.JSONField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ProposalState])
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    point = models.ForeignKey(Point, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "key"], name="proposal_once"),
            models.CheckConstraint(
                condition=models.Q(state="PROPOSED", decided_at__isnull=True)
                | (~models.Q(state="PROPOSED") & models.Q(decided_at__isnull=False)),
                name="proposal_decided_when_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("CONFIRMED", "MERGED"), point__isnull=False)
                | models.Q(state__in=("PROPOSED", "REFUSED"), point__isnull=True),
                name="proposal_has_a_point_when_it_is_one",
            ),
        ]
