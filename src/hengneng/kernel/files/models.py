"""Which files were kept, when and by whom."""

from django.db import models


class KeptFile(models.Model):
    """A file as it was brought; its bytes lie in the data folder under their digest.

    The same bytes brought again are another act, hence another row, but are stored once.
    """

    sha256 = models.BinaryField(max_length=32)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()  # bytes
    media_type = models.CharField(max_length=100)
    kept_at = models.DateTimeField()
    kept_by = models.BigIntegerField(null=True)  # account; null: the system or the script

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="kept_file_by_digest")]
