"""Persons, sealed. A local table (SQL.md 1)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Person(models.Model):
    """A person as held for one purpose; what names them is in ``sealed`` and nowhere else."""

    purpose = models.CharField(max_length=40)  # a code of rules/purposes.toml
    fields = ArrayField(models.CharField(max_length=12))  # which fields are sealed, not what
    sealed = models.BinaryField()  # nonce, then the fields as JSON under the person's key
    wrapped_key = models.BinaryField(null=True)  # that key under the master key; null: destroyed
    master_id = models.CharField(max_length=16)  # which master key wrapped it
    held_since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # since when the purpose no longer needs them
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped_key__isnull=True, erased_at__isnull=False)
                | models.Q(wrapped_key__isnull=False, erased_at__isnull=True),
                name="person_erased_has_no_key",
            )
        ]
        indexes = [
            models.Index(
                fields=["ended_at"],
                name="person_to_erase",
                condition=models.Q(erased_at__isnull=True, ended_at__isnull=False),
            )
        ]
