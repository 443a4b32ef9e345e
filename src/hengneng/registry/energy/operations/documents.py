"""Keep the documents that values stand on."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel.files import operations as files

DOCUMENT_BYTES_MAX = 20 * 1024 * 1024
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}


class DocumentRefused(ValueError):
    """A document is a pdf, an ofd or a picture, neither empty nor over 20 MB."""


class Document(NamedTuple):
    """A document as it was brought."""

    name: str
    body: bytes


@transaction.atomic
def keep_document(*, document: Document, by: int | None, at: datetime) -> int:
    """Keep a document and return the kept file's id.

    Args:
        document: Its name, whose ending says of what kind it is, and its bytes.
        by: Account acting.
        at: When. Aware.

    Raises:
        DocumentRefused: If it is empty, too large or of another kind.
    """
    media_type = MEDIA_TYPES.get(document.name.rpartition(".")[2].lower())
    if media_type is None or not 0 < len(document.body) <= DOCUMENT_BYTES_MAX:
        raise DocumentRefused(f"{document.name}, {len(document.body)} bytes")
    kept = files.keep(name=document.name, body=document.body, media_type=media_type, by=by, at=at)
    return kept.id
