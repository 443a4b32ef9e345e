"""Saved views. A local table (SQL.md 1)."""

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """What an account asked a list to show, under a name of its own."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    page = models.CharField(max_length=40)  # the list's route: units
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)  # the address behind its question mark
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "page", "name"], name="view_once")
        ]
