"""Read what was kept."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from hengneng.kernel.files.models import KeptFile


class UnknownFile(LookupError):
    """No file was kept under that number."""


class FileDamaged(OSError):
    """A kept file is missing or its bytes are no longer those that were kept."""


class KeptRow(NamedTuple):
    """What is known of a kept file."""

    id: int
    name: str
    size: int  # [bytes]
    media_type: str
    kept_by: int | None  # account; None: the system or the script


def kept(file_ids: Iterable[int]) -> dict[int, KeptRow]:
    """Return what is known of some kept files, by their ids; one query."""
    rows = KeptFile.objects.filter(id__in=list(file_ids)).values_list(*KeptRow._fields)
    return {row[0]: KeptRow(*row) for row in rows}


def read(file_id: int) -> bytes:
    """Return a kept file's bytes, after comparing them with their digest.

    Raises:
        UnknownFile: If there is none.
        FileDamaged: If the bytes are gone or changed; restore them from the backup.
    """
    kept = KeptFile.objects.filter(id=file_id).first()
    if kept is None:
        raise UnknownFile(f"no file {file_id}")
    place = place_of(bytes(kept.sha256))
    try:
        body = place.read_bytes()
    except FileNotFoundError as error:
        raise FileDamaged(f"file {file_id} is missing: {place}") from error
    if hashlib.sha256(body).digest() != bytes(kept.sha256):
        raise FileDamaged(f"file {file_id} is not what was kept: {place}")
    return body


def place_of(sha256: bytes) -> Path:
    """Return where the bytes of a digest lie."""
    digest = sha256.hex()
    return Path(settings.DATA_DIR) / "files" / digest[:2] / digest
