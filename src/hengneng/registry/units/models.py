"""Units, their sites and their yearly listings."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from hengneng.kernel.facts.models import TsTzRange, TwoTimed


class Unit(models.Model):
    """An energy-using unit (用能单位), known by its unified social credit code."""

    code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    sector = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()


class Site(models.Model):
    """A place where a unit uses energy; a unit may have several, in several districts."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sites")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="site_once")]


class Placement(TwoTimed):
    """The district a site lies in, by date: Notice 二(二)1 allows a unit's sites in several."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="placements")
    district = models.ForeignKey("bodies.District", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="placement_one_at_a_time",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            )
        ]


class ListingKind(models.TextChoices):
    """Which list a unit stands on."""

    KEY = "KEY"  # 重点用能单位
    DISTRICT_MONITORED = "DISTRICT_MONITORED"  # 用能监控单位


class ProgrammeTier(models.TextChoices):
    """The tier of the key-unit programme ("百千")."""

    HUNDRED = "HUNDRED"
    THOUSAND = "THOUSAND"
    OTHER = "OTHER"


class Listing(models.Model):
    """A unit's place on the list of one year: a row a year, never a flag overwritten."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="listings")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=ListingKind.choices)
    tier = models.CharField(max_length=10, choices=ProgrammeTier.choices, default="OTHER")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "kind"], name="listing_once")
        ]
