"""Grants: access that a higher room gives for a time."""

from django.db import models


class Grant(models.Model):
    """An account's access to one unit under one permission, for a time.

    Higher rooms write and end grants (a review team's access); every ``visible_to`` reads them.
    """

    account_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    permission = models.CharField(max_length=40)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "permission"], name="grant_by_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "unit_id", "permission"],
                condition=models.Q(ended_at__isnull=True),
                name="grant_once_at_a_time",
            )
        ]
