"""Energy types, the factors that turn them into standard coal, the weights of flows."""

from django.db import models


class EnergyType(models.Model):
    """An energy type (能源品种), as its TOML record says."""

    code = models.CharField(max_length=32, primary_key=True)  # ELECTRICITY
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    uom = models.CharField(max_length=16)  # the unit of measure its consumption is kept in: kWh
    class_code = models.CharField(max_length=2)  # national class, protocol.md 4.2
    variety_code = models.CharField(max_length=4)  # national variety, protocol.md 4.2
    citation = models.TextField()
    verified = models.BooleanField()


class FactorBasis(models.TextChoices):
    """How electricity and heat are turned into coal: 等价值 or 当量值."""

    EQUIVALENT = "EQUIVALENT"
    CALORIFIC = "CALORIFIC"


class Factor(models.Model):
    """A coal-equivalent factor of one edition: kgce per unit of measure.

    Loaded from ``rules/factors.toml`` or by an administrator; a record is never edited, another
    with its own citation and ``verified`` flag takes its place.
    """

    energy_type = models.ForeignKey(EnergyType, models.PROTECT, related_name="factors")
    basis = models.CharField(max_length=12, choices=FactorBasis.choices)
    edition = models.CharField(max_length=60)  # GB/T 2589-2020
    clause = models.CharField(max_length=60)
    kgce_per_uom = models.DecimalField(max_digits=20, decimal_places=10)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive
    citation = models.TextField()
    verified = models.BooleanField()
    recorded_at = models.DateTimeField()  # since when we know it; what was known then is by it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["energy_type", "basis", "edition", "valid_from"], name="factor_once"
            )
        ]


class BalanceWeight(models.Model):
    """By which weight a flow counts in overall consumption (综合能耗), by edition and date.

    ``flow`` holds the codes of ``registry/points`` (Flow); that room stands above this one.
    """

    flow = models.CharField(max_length=20)
    weight = models.SmallIntegerField()
    edition = models.CharField(max_length=60)
    clause = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive
    citation = models.TextField()
    verified = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flow", "edition", "valid_from"], name="balance_weight_once"
            )
        ]
