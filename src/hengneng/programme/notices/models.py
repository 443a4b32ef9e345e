"""Notices and the files attached to them. Local tables (SQL.md 1)."""

from django.db import models

from hengneng.programme.notices.states import NoticeState


class Notice(models.Model):
    """A notice; its text is plain, empty lines part its paragraphs."""

    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=60, blank=True)  # 文号, as the issuing body counts
    text = models.TextField()
    issuer = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in NoticeState])
    drafted_at = models.DateTimeField()
    drafted_by = models.BigIntegerField(null=True)  # accounts; null: the system or the script
    published_on = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_because = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-published_at"], name="notice_by_publication"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="DRAFT", published_at__isnull=True)
                | models.Q(state="PUBLISHED", published_at__isnull=False)
                | models.Q(state="WITHDRAWN"),
                name="notice_state_and_publication_agree",
            ),
            models.CheckConstraint(
                condition=models.Q(published_on__isnull=True, published_at__isnull=True)
                | models.Q(published_on__isnull=False, published_at__isnull=False),
                name="notice_published_at_and_on",
            ),
            models.CheckConstraint(
                condition=models.Q(state="WITHDRAWN", withdrawn_at__isnull=False)
                & ~models.Q(withdrawn_because="")
                | ~models.Q(state="WITHDRAWN") & models.Q(withdrawn_at__isnull=True),
                name="notice_withdrawn_with_a_reason",
            ),
        ]


class Attachment(models.Model):
    """A file at a notice; one taken off while the notice was a draft stays on record."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="attachments")
    file = models.ForeignKey("files.KeptFile", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
