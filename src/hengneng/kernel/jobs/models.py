"""How far long work has come, and which processes are at it."""

from django.db import models


class Progress(models.Model):
    """One piece of long work that a person waits for."""

    kind = models.CharField(max_length=40)
    by = models.BigIntegerField(null=True)  # account that asked; null: the platform itself
    total = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failed_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__gte=0, total__gte=0, done__lte=models.F("total")),
                name="progress_done_within_total",
            ),
            models.CheckConstraint(
                condition=models.Q(failed_reason="") | models.Q(finished_at__isnull=False),
                name="progress_failed_is_finished",
            ),
        ]
        indexes = [models.Index(fields=["by", "started_at"], name="progress_by_account")]


class Beat(models.Model):
    """The last sign of life of a process that works for ever; a row says that it is expected."""

    name = models.CharField(max_length=40, primary_key=True)  # role, then #2, #3 … for further ones
    beat_at = models.DateTimeField()
    hourly = models.BigIntegerField(null=True)  # parts of work it does in an hour, lately
