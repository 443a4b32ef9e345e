"""Accounts, their roles, their tokens. Local tables (SQL.md 1)."""

from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from hengneng.people.accounts.rules.roles import Role


class Account(AbstractBaseUser):
    """A person's (or program's) account; made by ``operations.create_account`` alone."""

    name = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "name"
    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()


class Membership(models.Model):
    """A role of an account at a body or a unit, for a time; a person may hold several."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("units.Unit", models.PROTECT, null=True, related_name="+")
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(body__isnull=True) ^ models.Q(unit__isnull=True),
                name="membership_at_body_or_unit",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "body", "unit"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="membership_once_at_a_time",
            ),
        ]


class Token(models.Model):
    """A bearer token for the open API; only its SHA-256 is kept."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    secret_sha256 = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
