"""Bodies and districts: the city as data."""

from django.db import models


class District(models.Model):
    """A district, or a branch that is a district by jurisdiction (the airport branch)."""

    code = models.CharField(max_length=12, primary_key=True)  # GB/T 2260, or the city's own
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    citation = models.TextField()
    verified = models.BooleanField()


class BodyKind(models.TextChoices):
    """What a body is in the Notice."""

    MUNICIPAL_REGULATOR = "MUNICIPAL_REGULATOR"
    DISTRICT_REGULATOR = "DISTRICT_REGULATOR"
    METROLOGY_INSTITUTE = "METROLOGY_INSTITUTE"
    IMPLEMENTING_BODY = "IMPLEMENTING_BODY"
    ENFORCEMENT = "ENFORCEMENT"
    CONSERVATION_DEPARTMENT = "CONSERVATION_DEPARTMENT"
    REFORM_COMMISSION = "REFORM_COMMISSION"


class Body(models.Model):
    """A public body that acts in the programme."""

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=24, choices=BodyKind.choices)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="bodies")
