"""The key that signs day roots: made once, kept in the data folder, never in the database.

The public halves of all keys ever used stay beside it under their ids, so that a root signed by a
former key still verifies, and so that whoever can write the database alone cannot forge a root.
"""

import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


class UnreadableKey(Exception):
    """The signing key in the data folder cannot be read; put it back from the backup."""


class Signature(NamedTuple):
    """A signature and the id of the public key that verifies it."""

    key_id: str
    signature: bytes


def sign(text: bytes) -> Signature:
    """Return the installation's signature of the text; the first call makes the key.

    Raises:
        UnreadableKey: If the key file does not hold an Ed25519 key.
    """
    key = _private_key()
    public = key.public_key().public_bytes_raw()
    keep_once(_folder() / f"{_key_id(public)}.pub", public)
    return Signature(_key_id(public), key.sign(text))


def fault_of(text: bytes, signed: Signature) -> str | None:
    """Return why the signature does not hold, for the end of a sentence; None where it does."""
    path = _folder() / f"{signed.key_id}.pub"
    if not path.exists():
        return f"the public key {signed.key_id} that signed it is not in {path.parent}"
    public = path.read_bytes()
    if _key_id(public) != signed.key_id:
        return f"{path} does not hold the key of that id"
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, text)
    except InvalidSignature:
        return "its signature does not fit what it signs"
    return None


def _private_key() -> Ed25519PrivateKey:
    """Return the installation's key, made where there is none."""
    path = _folder() / "day-root.key"
    if not path.exists():
        keep_once(path, Ed25519PrivateKey.generate().private_bytes_raw())
    try:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UnreadableKey(f"{path}: {error}") from error


def keep_once(path: Path, content: bytes) -> None:
    """Write the file whole, readable by its owner alone, unless it is there already.

    Args:
        path: Where; its folder is made if it is missing.
        content: What it holds. [bytes]
    """
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Neither another process nor another thread may write the same draft.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, unlike a rename, never replaces the key that another process made meanwhile.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _folder() -> Path:
    """Return where the keys are kept."""
    return Path(settings.DATA_DIR) / "keys"


def _key_id(public: bytes) -> str:
    """Return the first 16 hexadecimal digits of the public key's SHA-256."""
    return sha256(public).hexdigest()[:16]
