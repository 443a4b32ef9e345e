"""Entries, the links that chain them, and the signed roots of days. Local tables (SQL.md 1).

Append-only: nothing updates or deletes a row once its transaction has ended. The digests show it
where somebody did.
"""

from django.db import models


class Entry(models.Model):
    """Who did what, when: one row per operation."""

    sequence = models.BigIntegerField(primary_key=True)  # kernel.facts, gapless, in commit order
    recorded_at = models.DateTimeField()
    at = models.DateTimeField()  # when it was done, as the operation was told
    by = models.BigIntegerField(null=True)  # account; null: the system or the script
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    details = models.JSONField()
    digest = models.BinaryField(max_length=32)  # rules.entry_digest of the row

    class Meta:
        indexes = [
            models.Index(fields=["subject", "sequence"], name="entry_by_subject"),
            models.Index(fields=["by", "sequence"], name="entry_by_actor"),
        ]


class Link(models.Model):
    """The head of one chain after one batch: everything up to ``upto`` hangs on ``digest``."""

    chain = models.CharField(max_length=60)
    upto = models.BigIntegerField()  # last sequence number of the batch
    count = models.IntegerField()  # rows of the batch
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "upto"], name="link_once")]
        indexes = [models.Index(fields=["sealed_at"], name="link_by_sealed_at")]


class DayRoot(models.Model):
    """The Merkle root over all links sealed on one local day, signed."""

    day = models.DateField(primary_key=True)
    root = models.BinaryField(max_length=32)
    count = models.IntegerField()  # links of the day
    key_id = models.CharField(max_length=16)  # of the public key that verifies the signature
    signature = models.BinaryField(max_length=64)
    sealed_at = models.DateTimeField()
