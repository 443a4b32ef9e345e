"""Energy types, the factors that turn them into standard coal, the weights of flows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class EnergyKind(models.TextChoices):
    """What an energy type is: energy, an energy medium (耗能工质) or a figure that is neither.

    What measures an INDICATOR (national classes 04 to 10) is no energy: such a point stands at
    level OTHER, so no sum of energy or coal counts it.
    """

    ENERGY = "ENERGY"
    MEDIUM = "MEDIUM"
    INDICATOR = "INDICATOR"


class EnergyType(models.Model):
    """An energy type (能源品种), as its TOML record says."""

    code = models.CharField(max_length=32, primary_key=True)  # ELECTRICITY
    kind = models.CharField(max_length=9, choices=EnergyKind.choices, default=EnergyKind.ENERGY)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    uom = models.CharField(max_length=16)  # the unit of measure its consumption is kept in: kWh
    class_code = models.CharField(max_length=2)  # national class, protocol.md 4.2
    variety_code = models.CharField(max_length=4)  # national variety, protocol.md 4.2
    # Whether its equivalent value is another than its calorific one: electricity, heat, steam.
    differs_by_basis = models.BooleanField(default=False)
    citation = models.TextField()
    verified = models.BooleanField()


class FactorBasis(models.TextChoices):
    """How electricity and heat are turned into coal: 等价值 or 当量值."""

    EQUIVALENT = "EQUIVALENT"
    CALORIFIC = "CALORIFIC"


class FactorScope(models.TextChoices):
    """Whose value it is: the national text's or the city's own (地方值)."""

    NATIONAL = "NATIONAL"
    LOCAL = "LOCAL"


class Factor(models.Model):
    """A coal-equivalent factor of one edition: kgce per unit of measure.

    Loaded from ``rules/factors.toml`` or by an administrator, or entered from the city's own
    document; a record is never edited, another with its own citation and ``verified`` flag takes
    its place. One entered by mistake is withdrawn: ``superseded_at`` says since when.
    """

    energy_type = models.ForeignKey(EnergyType, models.PROTECT, related_name="factors")
    basis = models.CharField(max_length=12, choices=FactorBasis.choices)
    scope = models.CharField(
        max_length=8, choices=FactorScope.choices, default=FactorScope.NATIONAL
    )
    edition = models.CharField(max_length=60)  # GB/T 2589-2020
    clause = models.CharField(max_length=60)
    kgce_per_uom = models.DecimalField(max_digits=20, decimal_places=10)
    # The ends of the range, where the text gives one.
    lowest = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    highest = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    # What other sources give in its place: the conflict is shown wherever the factor is.
    rivals = ArrayField(models.DecimalField(max_digits=20, decimal_places=10), default=list)
    # The lower heating value of the same table, kJ per unit of measure.
    heat_value_kj = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive
    citation = models.TextField()
    verified = models.BooleanField()
    document = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()  # since when we know it; what was known then is by it
    superseded_at = models.DateTimeField(null=True)  # exclusive; null: still believed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["energy_type", "basis", "edition", "valid_from"],
                condition=models.Q(superseded_at__isnull=True),
                name="factor_once",
            ),
            models.CheckConstraint(
                condition=models.Q(lowest__isnull=True, highest__isnull=True)
                | models.Q(
                    lowest__lte=models.F("kgce_per_uom"), highest__gte=models.F("kgce_per_uom")
                ),
                name="factor_inside_its_range",
            ),
            models.CheckConstraint(
                condition=models.Q(scope="NATIONAL") | models.Q(document__isnull=False),
                name="factor_of_the_city_has_a_document",
            ),
        ]


class CoalHeat(models.Model):
    """The heat of standard coal, by edition: what a measured heat value is divided by."""

    kj_per_kgce = models.DecimalField(max_digits=12, decimal_places=4)
    edition = models.CharField(max_length=60)
    clause = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive
    citation = models.TextField()
    verified = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "valid_from"], name="coal_heat_once"),
            models.CheckConstraint(
                condition=models.Q(kj_per_kgce__gt=0), name="coal_heat_positive"
            ),
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
