"""Terminals (端设备) and what they told of themselves."""

from django.db import models

from hengneng.registry.terminals.states import TerminalState


class Terminal(models.Model):
    """A monitoring device's request to speak for a unit, and what became of it.

    The terminal id (``deviceId`` on the wire) is a secret: only its SHA-256 is kept and it is shown
    once, to the registrant that was admitted (ARCHITECTURE 5.1, Admission).
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in TerminalState])
    source_address = models.GenericIPAddressField()
    certificate_sha256 = models.BinaryField(null=True)  # of the client's certificate, where one
    region = models.CharField(max_length=12, blank=True)
    requested_at = models.DateTimeField()
    asked_at = models.DateTimeField()  # last time this registrant asked
    is_contested = models.BooleanField(default=False)  # the unit had a terminal or request already
    admitted_at = models.DateTimeField(null=True)
    admitted_by = models.BigIntegerField(null=True)
    refused_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)  # why it was refused or withdrawn
    issued_at = models.DateTimeField(null=True)
    secret_sha256 = models.BinaryField(null=True, unique=True)
    config_version = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="terminal_ended_for_a_reason",
                condition=~models.Q(state__in=["REFUSED", "REVOKED"], ended_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="terminal_by_unit")]
