"""Consumers of a unit's energy, what they are and what they need by date."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from hengneng.kernel.facts.models import TsTzRange, TwoTimed


class Consumer(models.Model):
    """What uses a unit's energy: a sub-unit (次级用能单位) or equipment (用能设备)."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)  # the unit's own short name of it: CH-01

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="consumer_once")]


class ConsumerKind(models.TextChoices):
    """次级用能单位 or 用能设备."""

    SUB_UNIT = "SUB_UNIT"
    EQUIPMENT = "EQUIPMENT"


class Particulars(TwoTimed):
    """What a consumer is, from one instant to another.

    No figure of consumption reads it: equipping rates are worked out when they are asked for, so
    an edit leaves no day stale.
    """

    consumer = models.ForeignKey(Consumer, models.PROTECT, related_name="particulars")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=ConsumerKind.choices)
    model = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)  # where in the site it stands
    site = models.ForeignKey("units.Site", models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey(Consumer, models.PROTECT, null=True, related_name="+")
    # The consumer whose meter stands for this one too: several metered as one cell.
    metered_with = models.ForeignKey(Consumer, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="particulars_one_at_a_time",
                expressions=[
                    ("consumer", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("consumer")),
                name="particulars_not_its_own_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(metered_with__isnull=True)
                | ~models.Q(metered_with=models.F("consumer")),
                name="particulars_not_metered_with_itself",
            ),
        ]


class Demand(TwoTimed):
    """How much of an energy type a consumer needs: a rated power or flow, or an amount a year.

    A consumer may have several of one type, told apart by their measure: ``kW``, ``t/h``, ``t/a``
    (``rules``). Zero is a demand that is known to be none; unknown is no row.
    """

    consumer = models.ForeignKey(Consumer, models.PROTECT, related_name="demands")
    energy_type = models.ForeignKey("energy.EnergyType", models.PROTECT, related_name="+")
    measure = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=24, decimal_places=6)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="demand_one_at_a_time",
                expressions=[
                    ("consumer", RangeOperators.EQUAL),
                    ("energy_type", RangeOperators.EQUAL),
                    ("measure", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="demand_amount_not_negative"
            ),
        ]


class RuleSet(models.Model):
    """An edition of GB 17167 as it was shipped, or as an administrator loaded it.

    Never edited: what is loaded later for an edition takes the place of what was, and what a person
    loaded goes before what is shipped.
    """

    edition = models.CharField(max_length=60)
    is_shipped = models.BooleanField()
    text = models.TextField()  # TOML, as rules/gb17167-2006.toml
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "is_shipped", "recorded_at"], name="rule_set_once"
            )
        ]
