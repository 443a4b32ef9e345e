"""Keep a file."""

import hashlib
import os
import uuid
from datetime import datetime
from pathlib import Path

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.files import queries
from hengneng.kernel.files.models import KeptFile


@transaction.atomic
def keep(*, name: str, body: bytes, media_type: str, by: int | None, at: datetime) -> KeptFile:
    """Keep a file exactly as it came; its bytes are on the disk before the row is written.

    Args:
        name: What it was called; any folders before the name are left out.
        body: Its bytes.
        media_type: ``text/csv`` …
        by: Account acting; None for the script.
        at: When. Aware.
    """
    digest = hashlib.sha256(body)
    _store(queries.place_of(digest.digest()), body)
    kept = KeptFile.objects.create(
        sha256=digest.digest(),
        name=_bare(name),
        size=len(body),
        media_type=media_type,
        kept_at=at,
        kept_by=by,
    )
    details = {"name": kept.name, "size": kept.size, "sha256": digest.hexdigest()}
    audit.record("file.kept", subject=f"file:{kept.id}", by=by, at=at, details=details)
    return kept


def _bare(name: str) -> str:
    """Return the name without folders, of either system, and no longer than is kept."""
    return name.replace("\\", "/").rpartition("/")[2][-255:]


def _store(place: Path, body: bytes) -> None:
    """Write the bytes whole or not at all; what is stored already stays."""
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    # The rename itself, and a folder made for it, are on the disk only after these.
    for folder in (place.parent, place.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
