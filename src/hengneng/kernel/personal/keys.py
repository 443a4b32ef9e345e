"""The master key in the data folder, and the sealing of what names a person.

Every person has a key of their own; the master key only wraps these. It lies beside the database,
not in it, so whoever reads the database or a dump of it alone reads no names.
"""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from hengneng.kernel.audit import signing

_KEY_BITS = 256
_KEY_BYTES = _KEY_BITS // 8
_NONCE_BYTES = 12
_KEY_ID_DIGITS = 16


class MasterKeyMissing(Exception):
    """Persons are sealed, but their master key is not in the data folder; restore it."""


class UnreadableMasterKey(Exception):
    """The master key in the data folder is no key; put it back from the backup."""


class SealBroken(Exception):
    """What was sealed of a person has been changed since."""


class Master(NamedTuple):
    """The master key and the id by which rows say that it wrapped theirs."""

    id: str
    key: bytes


class Sealed(NamedTuple):
    """A person's fields under a new key of their own, and that key under the master key."""

    sealed: bytes
    wrapped_key: bytes
    master_id: str


def master(*, may_make: bool) -> Master | None:
    """Return the installation's master key; None where there is none and none may be made.

    Args:
        may_make: Whether nothing is sealed yet, so that a new key locks nobody out.

    Raises:
        UnreadableMasterKey: If the file holds no key.
    """
    path = Path(settings.DATA_DIR) / "keys" / "personal.key"
    if not path.exists():
        if not may_make:
            return None
        signing.keep_once(path, AESGCM.generate_key(_KEY_BITS))
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise UnreadableMasterKey(f"{path} holds {len(key)} bytes, not {_KEY_BYTES}")
    return Master(sha256(b"hengneng personal" + key).hexdigest()[:_KEY_ID_DIGITS], key)


def sealed(fields: Mapping[str, str], *, purpose: str, under: Master) -> Sealed:
    """Return a person's fields sealed under a new key.

    Args:
        fields: Field to what it says.
        purpose: Why they are held; bound to the seal, so that no row passes for another's.
        under: The master key.
    """
    own = AESGCM.generate_key(_KEY_BITS)
    wrapped = _locked(under.key, own, purpose)
    return Sealed(_locked(own, _text_of(fields), purpose), wrapped, under.id)


def resealed(fields: Mapping[str, str], *, held: Sealed, purpose: str, under: Master) -> bytes:
    """Return other fields of the same person under the key that they have.

    Args:
        fields: Field to what it says from now on.
        held: The person as sealed.
        purpose: Why they are held.
        under: The master key.

    Raises:
        SealBroken: If the key was not wrapped by this master key for this purpose.
    """
    return _locked(_unlocked(under.key, held.wrapped_key, purpose), _text_of(fields), purpose)


def opened(held: Sealed, *, purpose: str, under: Master) -> dict[str, str]:
    """Return a person's fields.

    Args:
        held: The person as sealed.
        purpose: Why they are held.
        under: The master key.

    Raises:
        SealBroken: If key or fields are not what was sealed for this purpose.
    """
    own = _unlocked(under.key, held.wrapped_key, purpose)
    fields: dict[str, str] = json.loads(_unlocked(own, held.sealed, purpose))
    return fields


def _text_of(fields: Mapping[str, str]) -> bytes:
    return json.dumps(dict(fields), ensure_ascii=False).encode()


def _locked(key: bytes, text: bytes, purpose: str) -> bytes:
    """Return nonce and ciphertext."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, purpose.encode())


def _unlocked(key: bytes, box: bytes, purpose: str) -> bytes:
    """Return what was locked."""
    try:
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], purpose.encode())
    except InvalidTag as error:
        raise SealBroken("what was sealed of a person does not open") from error
