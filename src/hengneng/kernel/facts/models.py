"""The tail of the record, the shape of a two-timed fact, and what a fact's change touches."""

from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models


class Tail(models.Model):
    """The last sequence number and instant stamped in one record; its row lock orders commits.

    A transaction that stamps holds the row until it commits, so numbers and instants follow commit
    order and have no gaps (ARCHITECTURE 1.3). Names: ``message``, ``fact``, ``entry``.
    """

    name = models.CharField(max_length=16, primary_key=True)
    sequence = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField()


class TwoTimed(models.Model):
    """A fact with the time in which it was true and the time in which we believed it.

    Never updated but for ``superseded_at`` and never deleted: an edit supersedes the version and
    records another. Exclusion constraints apply where ``superseded_at`` is null.
    """

    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)  # exclusive; null: still true
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)  # exclusive; null: still believed

    class Meta:
        abstract = True


class TsTzRange(models.Func):
    """``tstzrange(valid_from, valid_until)``, for exclusion constraints."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class FactChange(models.Model):
    """A span of a unit's time in which a fact that the recompute reads was edited.

    Written by the registry in the edit's transaction, read and cleared by telemetry above it.
    ``point_id`` is null where every point of the unit is touched.
    """

    unit_id = models.BigIntegerField()
    point_id = models.BigIntegerField(null=True)
    changed_from = models.DateTimeField()
    changed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit_id", "id"], name="fact_change_by_unit")]


def known_at(at: Any) -> models.Q:
    """Return the filter for facts as believed at ``at``; None means now."""
    if at is None:
        return models.Q(superseded_at__isnull=True)
    return models.Q(recorded_at__lte=at) & (
        models.Q(superseded_at__isnull=True) | models.Q(superseded_at__gt=at)
    )
