"""Units, what is known of them by date, their sites, lists and events."""

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


class Unit(models.Model):
    """An energy-using unit (用能单位), known by its unified social credit code.

    Name, sector and address are those of now, kept here to be searched; what they were by date
    is in ``Naming`` and ``Particulars``.
    """

    code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    sector = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()


class Naming(TwoTimed):
    """The name a unit bears."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="namings")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [_one_at_a_time("naming_one_at_a_time", "unit")]


class Particulars(TwoTimed):
    """What else is said of a unit: its field of work, address, supervision and legal person."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="particulars")
    sector = models.CharField(max_length=40, blank=True)  # 领域, as the Notice speaks of them
    address = models.CharField(max_length=200, blank=True)
    industry_code = models.CharField(max_length=8, blank=True)  # GB/T 4754, as the unit states it
    industry_name = models.CharField(max_length=80, blank=True)
    department = models.CharField(max_length=80, blank=True)  # 主管部门
    legal_person = models.ForeignKey("personal.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [_one_at_a_time("unit_particulars_one_at_a_time", "unit")]


class FacilityKind(models.TextChoices):
    """What a unit runs that the Notice or a review asks for by name."""

    DATA_CENTRE = "DATA_CENTRE"  # 互联网数据中心
    SHORE_POWER = "SHORE_POWER"  # 码头岸电
    RAIL = "RAIL"  # 轨道交通、铁路站点
    AIRPORT = "AIRPORT"
    PORT = "PORT"
    MALL = "MALL"
    HOTEL = "HOTEL"
    OFFICE = "OFFICE"
    PUBLIC_BODY = "PUBLIC_BODY"  # 公共机构
    UNIVERSITY = "UNIVERSITY"


class Facility(TwoTimed):
    """A unit runs a facility of this kind."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="facilities")
    kind = models.CharField(max_length=12, choices=FacilityKind.choices)

    class Meta:
        constraints = [_one_at_a_time("facility_one_at_a_time", "unit", "kind")]


class BusinessState(models.TextChoices):
    """Whether a unit works (经营状态)."""

    IN_BUSINESS = "IN_BUSINESS"
    SUSPENDED = "SUSPENDED"  # 停产
    CLOSED = "CLOSED"  # 歇业


class Business(TwoTimed):
    """Whether a unit works, by date; what says that it does not is kept as a file."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="business")
    state = models.CharField(max_length=12, choices=BusinessState.choices)
    proof = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            _one_at_a_time("business_one_at_a_time", "unit"),
            models.CheckConstraint(
                condition=models.Q(state="IN_BUSINESS") | models.Q(proof__isnull=False),
                name="business_standstill_has_proof",
            ),
        ]


class ContactRole(models.TextChoices):
    """For what a person at the unit is asked."""

    ENERGY_MANAGER = "ENERGY_MANAGER"  # 能源管理负责人, Energy Conservation Law, art. 55
    METERING_LEAD = "METERING_LEAD"  # 能源计量负责人
    METERING_STAFF = "METERING_STAFF"  # 能源计量工作人员, form B.1
    DATA_CONTACT = "DATA_CONTACT"  # 数据采集联系人
    GENERAL = "GENERAL"


class Contact(TwoTimed):
    """A person who is asked at the unit; who they are, kernel/personal knows."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="contacts")
    person = models.ForeignKey("personal.Person", models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=ContactRole.choices)
    post = models.CharField(max_length=60, blank=True)  # 岗位
    training = models.CharField(max_length=200, blank=True)  # what they were trained in, and when

    class Meta:
        constraints = [_one_at_a_time("contact_one_at_a_time", "unit", "person", "role")]


class ConsumptionLevel(TwoTimed):
    """A unit's overall consumption of one year as somebody states it; valid for that year.

    By it a unit counts as a key one before a single reading has come; what the readings say is
    telemetry's.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="levels")
    year = models.PositiveSmallIntegerField()
    tce = models.DecimalField(max_digits=16, decimal_places=4)
    source = models.CharField(max_length=120)  # who states it: the unit's yearly report …
    document = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")
    verified = models.BooleanField()  # whether it was compared with what it rests on

    class Meta:
        constraints = [
            _one_at_a_time("consumption_level_one_at_a_time", "unit"),
            models.CheckConstraint(condition=models.Q(tce__gte=0), name="consumption_level_some"),
        ]


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
        constraints = [_one_at_a_time("placement_one_at_a_time", "site")]


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


class EventKind(models.TextChoices):
    """What happened to units as legal persons."""

    RENAME = "RENAME"  # 更名
    MERGE = "MERGE"  # 合并
    SPLIT = "SPLIT"  # 分立


class Event(models.Model):
    """A rename, merger or split, on its day; one entered by mistake is withdrawn, not deleted."""

    kind = models.CharField(max_length=6, choices=EventKind.choices)
    happened_on = models.DateField()
    document = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)  # when it was withdrawn


class Side(models.TextChoices):
    """Whether a unit was there before an event or after it; one that stays is both."""

    BEFORE = "BEFORE"
    AFTER = "AFTER"


class Party(models.Model):
    """A unit that an event concerns."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="parties")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="parties")
    side = models.CharField(max_length=6, choices=Side.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "unit", "side"], name="party_once")]
