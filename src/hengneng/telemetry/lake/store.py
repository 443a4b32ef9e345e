"""The folder of the files: what stands in it stays as it is, what is published is on the disk.

A file is written under ``drafts``, waited for until it is on the disk, and given its place by a
rename; its folder is waited for as well. An edition counts once ``CURRENT`` names it, which again
is a rename: whenever the machine stops, the last edition is whole. What no edition names is left
over from a stop and is removed by the next writer. Neither a read nor a write of the database,
hence a file of its own.
"""

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from django.conf import settings

from hengneng.telemetry.lake.rules import manifest
from hengneng.telemetry.lake.rules.manifest import Edition, Pointer

_DATA, _UNITS, _EDITIONS, _DRAFTS = "data", "units", "editions", "drafts"


class Busy(Exception):
    """Another process is writing closed months; try again when it has ended."""


class BrokenEdition(Exception):
    """The manifest of an edition is missing or is not what was published."""


def root() -> Path:
    """Return the lake's folder."""
    return Path(settings.DATA_DIR) / "lake"


@contextmanager
def writing() -> Iterator[None]:
    """Be the only writer, with nothing left over from one that was stopped.

    Raises:
        Busy: If there is another.
        BrokenEdition: If what is published cannot be read.
    """
    _make(root())
    with (root() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("another process is writing closed months") from error
        shutil.rmtree(root() / _DRAFTS, ignore_errors=True)
        _make(root() / _DRAFTS)
        _remove_leftovers()
        yield


def draft(suffix: str = "") -> Path:
    """Return a new name under the drafts."""
    return root() / _DRAFTS / f"{uuid.uuid4().hex}{suffix}"


def keep_month(made: Path, *, month: str, district: str) -> tuple[str, str, int]:
    """Give a finished file of a month its place; return path, SHA-256 and size.

    Args:
        made: The draft.
        month: ``2026-03``.
        district: Its code.
    """
    return _keep(made, f"{_DATA}/month={month}/district={district}")


def keep_units(made: Path) -> tuple[str, str, int]:
    """Give a finished file of units its place; return path, SHA-256 and size."""
    return _keep(made, _UNITS)


def lay_down(edition: Edition) -> Pointer:
    """Write an edition's manifest, which nothing names yet; return how it is to be named."""
    body = manifest.encode(edition)
    _write(manifest_path(edition.edition), body)
    return Pointer(edition.edition, manifest.digest(body))


def publish(pointer: Pointer) -> None:
    """Make an edition that was laid down the current one."""
    _write(root() / "CURRENT", manifest.encode(pointer))


def current() -> Pointer | None:
    """Return which edition is published; None before the first.

    Raises:
        BrokenEdition: If the pointer is not one.
    """
    try:
        return msgspec.json.decode((root() / "CURRENT").read_bytes(), type=Pointer)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise BrokenEdition(f"CURRENT: {error}") from error


def edition(pointer: Pointer) -> Edition:
    """Return an edition, held against its digest.

    Raises:
        BrokenEdition: If it is missing or is not what was published.
    """
    path = manifest_path(pointer.edition)
    if not path.is_file():
        raise BrokenEdition(f"{path.relative_to(root())} is missing")
    body = path.read_bytes()
    if manifest.digest(body) != pointer.sha256:
        raise BrokenEdition(f"{path.relative_to(root())} is not what was published")
    return manifest.decode(body)


def published() -> Edition | None:
    """Return the current edition; None before the first.

    Raises:
        BrokenEdition: If it is missing or is not what was published.
    """
    pointer = current()
    return None if pointer is None else edition(pointer)


def editions() -> Iterator[Edition]:
    """Yield every edition, the current one first, back to the first.

    Raises:
        BrokenEdition: At the first that is missing or is not what was published.
    """
    pointer = current()
    while pointer is not None:
        found = edition(pointer)
        yield found
        pointer = found.previous


def place(path: str) -> Path:
    """Return where a file lies, by its path under the lake's folder."""
    return root() / path


def manifest_path(number: int) -> Path:
    """Return where the manifest of an edition lies."""
    return root() / _EDITIONS / f"{number:06}.json"


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove_leftovers() -> None:
    """Remove the files that no edition names."""
    named = set(_named(editions()))
    for folder in (_DATA, _UNITS, _EDITIONS):
        for path in (root() / folder).rglob("*"):
            if path.is_file() and path not in named:
                path.unlink()


def _named(found: Iterable[Edition]) -> Iterator[Path]:
    """Yield the files that editions name, their manifests too."""
    for one in found:
        yield manifest_path(one.edition)
        yield place(one.units.path)
        yield from (place(file.path) for _, file in one.files())


def _keep(made: Path, folder: str) -> tuple[str, str, int]:
    """Move a draft to where its content's digest says; what is there already is the same."""
    sha256 = digest_of(made)
    path = f"{folder}/{sha256[:32]}.parquet"
    with made.open("rb") as file:
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    _make(place(folder))
    made.replace(place(path))
    _wait_for(place(folder))
    return path, sha256, size


def _write(path: Path, body: bytes) -> None:
    """Write a small file whole or not at all."""
    _make(path.parent)
    made = draft()
    with made.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    _wait_for(path.parent)


def _make(folder: Path) -> None:
    """Make a folder and those above it, each on the disk before what is put into it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _wait_for(folder.parent)


def _wait_for(folder: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
