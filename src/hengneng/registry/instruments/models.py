"""Instruments, where and how they stood, their certificates, and what is told of their changes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from hengneng.kernel.facts.models import TsTzRange, TwoTimed
from hengneng.registry.instruments.rules.certificates import CertificateKind, EndsIn, Result
from hengneng.registry.instruments.rules.changes import ChangeKind
from hengneng.registry.instruments.rules.standing import Condition
from hengneng.registry.instruments.states import NoticeState, ProposalState


class Instrument(models.Model):
    """An energy measuring instrument (能源计量器具), form B.3 of JJF 1356-2012."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)  # 用能单位管理编号, else 出厂编号
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=32, blank=True)  # rules/kinds.toml; blank: not known
    model = models.CharField(max_length=80, blank=True)
    maker = models.CharField(max_length=120, blank=True)
    serial_number = models.CharField(max_length=60, blank=True)
    # As the ledger states it; what counts is the class that the valid certificate gives.
    accuracy_class = models.CharField(max_length=20, blank=True)
    measuring_range = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)  # 安装使用地点及用途
    nominal_diameter_mm = models.PositiveIntegerField(null=True)
    is_mandatory = models.BooleanField(null=True)  # 强制检定; null: not said
    # 检定周期/校准间隔 that the unit set for itself; null: the regulation's.
    cycle_months = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="instrument_once")]
        indexes = [models.Index(fields=["unit", "serial_number"], name="instrument_by_serial")]


class Status(TwoTimed):
    """How an instrument may be used, from one instant to another: 合格, 准用, 停用."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    condition = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Condition])

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="status_one_at_a_time",
                expressions=[
                    ("instrument", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(
                fields=["instrument"],
                condition=models.Q(superseded_at__isnull=True, condition="STOPPED"),
                name="status_stopped",
            )
        ]


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


class Certificate(TwoTimed):
    """A verification's or calibration's certificate, valid from the day it was done to the due day.

    Several may overlap: the one done last counts. ``valid_until`` is the start of the due day;
    null where none is known, and where the instrument failed, for then it holds till the next one.
    """

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    number = models.CharField(max_length=80, blank=True)  # blank: not told
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in CertificateKind])
    body = models.CharField(max_length=120, blank=True)  # who verified or calibrated
    verified_on = models.DateField()
    result = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Result])
    accuracy_class = models.CharField(max_length=20, blank=True)
    due_on = models.DateField(null=True)  # from this day on it is overdue; null: not known
    ends_in = models.CharField(max_length=12, choices=[(e.value, e.value) for e in EndsIn])
    # What set the due day: CERTIFICATE, OWN_CYCLE, or a regulation's edition and clause.
    due_by = models.CharField(max_length=160, blank=True)
    due_is_verified = models.BooleanField(default=False)  # that rule was read in the official text
    file = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")
    # Whether it is the instrument's last one as believed now: follows from the rows, and is kept
    # so that the due calendar of a city need not sort every certificate.
    is_last = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "number"],
                condition=models.Q(superseded_at__isnull=True) & ~models.Q(number=""),
                name="certificate_once",
            ),
            models.UniqueConstraint(
                fields=["instrument", "verified_on"],
                condition=models.Q(superseded_at__isnull=True, number=""),
                name="certificate_unnumbered_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["instrument"],
                condition=models.Q(is_last=True),
                name="certificate_last_is_one",
            ),
            models.CheckConstraint(
                condition=models.Q(is_last=False) | models.Q(superseded_at__isnull=True),
                name="certificate_last_is_believed",
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__isnull=True)
                | models.Q(due_on__gte=models.F("verified_on")),
                name="certificate_due_after_it_was_given",
            ),
        ]
        indexes = [
            models.Index(
                fields=["instrument", "-verified_on", "-id"],
                condition=models.Q(superseded_at__isnull=True),
                name="certificate_latest_first",
            ),
            models.Index(
                fields=["due_on"], condition=models.Q(is_last=True), name="certificate_last_by_due"
            ),
        ]


class CycleRule(models.Model):
    """How long a certificate holds, by a regulation's edition.

    Loaded from ``rules/cycles.toml`` or by an administrator; a record is never edited, another
    with its own citation and ``verified`` flag takes its place.
    """

    kind = models.CharField(max_length=32)  # rules/kinds.toml
    edition = models.CharField(max_length=60)  # JJG 596-2012
    clause = models.CharField(max_length=120)
    classes = models.CharField(max_length=80, blank=True)  # comma between; blank: any class
    diameter_over_mm = models.PositiveIntegerField(null=True)  # exclusive; null: any
    diameter_up_to_mm = models.PositiveIntegerField(null=True)  # inclusive; null: any
    months = models.PositiveSmallIntegerField(null=True)  # null: sources conflict or are silent
    ends_in = models.CharField(max_length=12, choices=[(e.value, e.value) for e in EndsIn])
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive
    citation = models.TextField()
    verified = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "edition", "clause", "valid_from"], name="cycle_rule_once"
            )
        ]


class ChangeNotice(models.Model):
    """What a unit tells of a change of its meter until an official has confirmed it.

    ``said`` holds what is told, as ``rules.changes.Said`` writes it; nothing of it counts before
    it is confirmed, and then the registry's own facts say it.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ChangeKind])
    point = models.ForeignKey("points.Point", models.PROTECT, null=True, related_name="+")
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField()
    said = models.JSONField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in NoticeState])
    due_on = models.DateField()  # last day on which it was told in time
    reported_at = models.DateTimeField()
    reported_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)  # why it was sent back or withdrawn

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="REPORTED", decided_at__isnull=True)
                | (~models.Q(state="REPORTED") & models.Q(decided_at__isnull=False)),
                name="change_notice_decided_when_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="SENT_BACK") | ~models.Q(reason=""),
                name="change_notice_sent_back_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "unit"], name="change_notice_by_state")]


class InstrumentProposal(models.Model):
    """An instrument that a terminal's upload describes and nobody has decided on yet."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)  # 管理编号, else the name and what it measures
    name = models.CharField(max_length=200)
    uploaded = models.JSONField()  # the element as uploaded
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ProposalState])
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "key"], name="instrument_proposal_once"),
            models.CheckConstraint(
                condition=models.Q(state="PROPOSED", decided_at__isnull=True)
                | (~models.Q(state="PROPOSED") & models.Q(decided_at__isnull=False)),
                name="instrument_proposal_decided_when_decided",
            ),
        ]
