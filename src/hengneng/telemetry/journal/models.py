"""Messages as received and what finds them again. By-unit tables (SQL.md): unit_id leads every key.

Nothing edits or deletes a message; stale marks are the only rows ever removed, and only by the
worker that read them.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hengneng.telemetry.journal.rules import Channel


class Message(models.Model):
    """One upload, exactly as received. Partitioned by month of recording."""

    pk = models.CompositePrimaryKey("unit_id", "recorded_at", "sequence")
    unit_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    sequence = models.BigIntegerField()  # of the whole city, in commit order
    terminal_id = models.BigIntegerField(null=True)
    channel = models.SmallIntegerField(choices=[(c.value, c.name) for c in Channel])
    dictionary = models.SmallIntegerField()  # version of the zstd dictionary; 0: none
    key_version = models.SmallIntegerField(default=0)  # of the sender's field cipher; 0: plain
    sha256 = models.BinaryField()
    body = models.BinaryField()  # zstd; the exact bytes come back

    class Meta:
        # The sealer and the verifier follow the record in its order.
        indexes = [models.Index(fields=["sequence"], name="message_by_sequence")]


class MessageDay(models.Model):
    """A local day that a message's records touch."""

    pk = models.CompositePrimaryKey("unit_id", "day", "sequence")
    unit_id = models.BigIntegerField()
    day = models.DateField()
    sequence = models.BigIntegerField()
    recorded_at = models.DateTimeField()  # finds the message's partition


class MessageKey(models.Model):
    """A terminal message already kept: the same bytes again are answered and stored once.

    By channel: the same bytes sent another way say something else.
    """

    pk = models.CompositePrimaryKey("unit_id", "sha256", "channel")
    unit_id = models.BigIntegerField()
    sha256 = models.BinaryField()
    channel = models.SmallIntegerField()
    sequence = models.BigIntegerField()
    recorded_at = models.DateTimeField()  # finds the message's partition


class FlawedRecord(models.Model):
    """The records of a kept message that cannot count, by reason; the rest of it counts."""

    pk = models.CompositePrimaryKey("unit_id", "sequence", "reason")
    unit_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    reason = models.CharField(max_length=16)
    positions = ArrayField(models.IntegerField())
    recorded_at = models.DateTimeField()


class StaleMark(models.Model):
    """A unit's day whose digest no longer follows from its messages.

    Written in the message's transaction; a worker deletes exactly the marks it read.
    """

    pk = models.CompositePrimaryKey("unit_id", "id")
    unit_id = models.BigIntegerField()
    id = models.BigIntegerField()  # identity
    day = models.DateField()
    marked_at = models.DateTimeField()


class Rejection(models.Model):
    """An upload that was refused whole, with its bytes (ARCHITECTURE 5.1, What is refused)."""

    received_at = models.DateTimeField()
    source_address = models.GenericIPAddressField(null=True)
    endpoint = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)
    unit_id = models.BigIntegerField(null=True)
    size = models.BigIntegerField()
    body = models.BinaryField()  # the first bytes, at most 64 KiB
