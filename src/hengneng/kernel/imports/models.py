"""How people want files to be read, and files on their way into the ledger."""

from django.db import models

from hengneng.kernel.imports.rules import Change
from hengneng.kernel.imports.states import RunState


class Profile(models.Model):
    """A saved way to read files of one origin: sheet, headings, columns, constants.

    Of an account, or shared by a body's people, or of everybody where neither is named.
    """

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    account_id = models.BigIntegerField(null=True)
    body_code = models.CharField(max_length=40, blank=True)  # empty: no body's
    sheet = models.CharField(max_length=80, blank=True)
    header_first = models.IntegerField(null=True)
    header_last = models.IntegerField(null=True)
    mapping = models.JSONField(null=True)  # canonical column to heading, "": none of them
    constants = models.JSONField(default=dict)  # canonical column to text
    saved_at = models.DateTimeField()
    saved_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "account_id", "body_code"],
                name="profile_named_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(account_id__isnull=True) | models.Q(body_code=""),
                name="profile_of_one_owner",
            ),
        ]


class Run(models.Model):
    """A file brought by a person, how it is to be read, and how far it has come."""

    kind = models.CharField(max_length=40)
    file = models.ForeignKey("files.KeptFile", models.PROTECT, related_name="+")
    mended = models.ForeignKey("files.KeptFile", models.PROTECT, related_name="+", null=True)
    brought_by = models.BigIntegerField(null=True)  # account; null: the script
    brought_at = models.DateTimeField()
    units = models.JSONField(null=True)  # codes of the units it may speak of; null: any
    districts = models.JSONField(default=list)  # codes of those in which it may enter units
    is_own = models.BooleanField(default=False)  # brought by the unit itself
    sheet = models.CharField(max_length=80, blank=True)
    header_first = models.IntegerField(null=True)
    header_last = models.IntegerField(null=True)
    mapping = models.JSONField(null=True)
    constants = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default=RunState.BROUGHT)
    progress = models.ForeignKey("jobs.Progress", models.PROTECT, related_name="+", null=True)
    counts = models.JSONField(default=dict)  # of the last trial: change to rows
    headings = models.JSONField(default=list)  # of the last trial
    quoted = models.JSONField(default=list)  # canonical columns that its outcomes quote
    decided_after = models.BigIntegerField(null=True)  # last audit entry before the last trial
    ignored = models.JSONField(default=list)
    left_out = models.JSONField(default=list)  # numbers of rows that are none of the list
    ended_at = models.DateTimeField(null=True)  # of the last trial or the commit

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RunState]),
                name="run_state_known",
            )
        ]
        indexes = [models.Index(fields=["brought_by", "brought_at"], name="run_by_account")]


class Outcome(models.Model):
    """What a row of a run would do or did; rows that change nothing are only counted."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="+")
    number = models.IntegerField()  # in the file, from 1
    change = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Change])
    differences = models.JSONField(default=dict)  # column to [before, after]
    reason = models.TextField(blank=True)
    cells = models.JSONField(null=True)  # of a refused row
    quoted = models.JSONField(default=list)  # the cells by which a person knows the row again

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="outcome_once_a_row"),
            models.CheckConstraint(
                condition=models.Q(change=Change.REFUSED.value, cells__isnull=False)
                | (~models.Q(change=Change.REFUSED.value) & models.Q(reason="")),
                name="outcome_refused_says_why",
            ),
        ]
        indexes = [models.Index(fields=["run", "change", "number"], name="outcome_by_change")]
