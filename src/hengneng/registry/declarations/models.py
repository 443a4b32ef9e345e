"""What units declare."""

from django.db import models

from hengneng.registry.declarations.rules import Kind
from hengneng.registry.declarations.states import DeclarationState


class Declaration(models.Model):
    """What a unit proposes of its ledger until an official has confirmed it.

    ``content`` holds what is declared and ``seen`` what was on record then, as ``rules.plain``
    writes them; nothing of it counts before it is confirmed, and then the registry's own facts
    say it.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in Kind])
    content = models.JSONField()
    seen = models.JSONField()
    proof = models.ForeignKey("files.KeptFile", models.PROTECT, null=True, related_name="+")
    # Who is to be the legal person; the name is sealed there and stands nowhere here.
    person = models.ForeignKey("personal.Person", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in DeclarationState])
    declared_at = models.DateTimeField()
    declared_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)  # why it was sent back, or withdrawn

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="DECLARED", decided_at__isnull=True)
                | (~models.Q(state="DECLARED") & models.Q(decided_at__isnull=False)),
                name="declaration_decided_when_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="SENT_BACK") | ~models.Q(reason=""),
                name="declaration_sent_back_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="LEGAL_PERSON", person__isnull=False)
                | (~models.Q(kind="LEGAL_PERSON") & models.Q(person__isnull=True)),
                name="declaration_names_a_legal_person",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "unit"], name="declaration_by_state"),
            models.Index(fields=["-declared_at", "-id"], name="declaration_latest_first"),
        ]
