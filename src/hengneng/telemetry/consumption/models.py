"""What follows from the evidence. By-unit tables (SQL.md): unit_id leads every key.

Every row but those of ``Unstitched`` and ``Revision`` is a pure function of messages and facts: a
rebuild gives the same bytes.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Digest(models.Model):
    """One unit's local day from that day's messages alone, per series (decision 0002)."""

    pk = models.CompositePrimaryKey("unit_id", "day")
    unit_id = models.BigIntegerField()
    day = models.DateField()
    series = ArrayField(models.BigIntegerField())  # ids of all series with a good value that day
    edition = models.SmallIntegerField()  # of the arithmetic
    body = models.BinaryField()  # rules.digest.encode


class Profile(models.Model):
    """One point's local day: energy per slot, integers at the row's own scale, null: not known."""

    pk = models.CompositePrimaryKey("unit_id", "day", "point_id")
    unit_id = models.BigIntegerField()
    day = models.DateField()
    point_id = models.BigIntegerField()
    slot_seconds = models.SmallIntegerField()
    scale = models.SmallIntegerField()
    # Exactly one of the two holds the day: the narrow one unless a value passes 32 bits.
    values = ArrayField(models.IntegerField(null=True), null=True)
    wide_values = ArrayField(models.BigIntegerField(null=True), null=True)
    marks = models.TextField()  # one letter per slot, rules.marks
    first_at = models.IntegerField(null=True)  # first good register of the day [s of the day]
    first_value = models.DecimalField(max_digits=40, decimal_places=9, null=True)
    last_at = models.IntegerField(null=True)
    last_value = models.DecimalField(max_digits=40, decimal_places=9, null=True)
    methods = models.TextField(null=True)  # rules.methods, a letter per slot; null: no estimate

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(values__isnull=True) ^ models.Q(wide_values__isnull=True),
                name="profile_one_width",
            )
        ]


class Amounts(models.Model):
    """An amount with the parts of it that are not measured; a null amount: nothing known."""

    amount = models.DecimalField(max_digits=40, decimal_places=9, null=True)
    late = models.DecimalField(max_digits=40, decimal_places=9)
    estimated = models.DecimalField(max_digits=40, decimal_places=9)
    manual = models.DecimalField(max_digits=40, decimal_places=9)
    supplied = models.DecimalField(max_digits=40, decimal_places=9)
    expected = models.IntegerField()  # slots that the period has
    received = models.IntegerField()  # slots measured, by hand or supplied: not estimated
    known = models.IntegerField()  # slots known in full, estimates too

    class Meta:
        abstract = True


class ConsumptionDay(Amounts):
    """A point's local day."""

    pk = models.CompositePrimaryKey("unit_id", "day", "point_id")
    unit_id = models.BigIntegerField()
    day = models.DateField()
    point_id = models.BigIntegerField()
    basis = models.CharField(max_length=12)  # rules.amounts.Basis


class ConsumptionMonth(Amounts):
    """A point's month; ``month`` is its first day."""

    pk = models.CompositePrimaryKey("unit_id", "month", "point_id")
    unit_id = models.BigIntegerField()
    month = models.DateField()
    point_id = models.BigIntegerField()
    basis = models.CharField(max_length=12)  # rules.amounts.Basis

    class Meta:
        # A city's year asks for some points' months alone: each is a dozen entries side by side,
        # and the row itself is not read.
        indexes = [
            models.Index(
                fields=["unit_id", "point_id", "month"],
                include=["amount", "estimated", "expected", "received", "known", "basis"],
                name="month_by_point",
            )
        ]


class Unstitched(models.Model):
    """Days of a unit whose digests or facts changed and whose figures do not follow yet.

    The second stage's stale marks: append-only, deleted by the worker that read them.
    """

    pk = models.CompositePrimaryKey("unit_id", "id")
    unit_id = models.BigIntegerField()
    id = models.BigIntegerField()  # identity
    first = models.DateField()
    last = models.DateField()  # included
    since = models.DateTimeField()  # when the first of them began to wait


class Revision(models.Model):
    """When a unit's day was last worked out; outside of what a rebuild must reproduce.

    ``computed_at`` is no earlier than anything recorded that the figures can follow from.
    """

    pk = models.CompositePrimaryKey("unit_id", "day")
    unit_id = models.BigIntegerField()
    day = models.DateField()
    revision = models.IntegerField()
    computed_at = models.DateTimeField()
