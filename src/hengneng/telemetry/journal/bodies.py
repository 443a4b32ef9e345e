"""A message's bytes, packed small; the exact bytes come back.

Packing names the dictionary it used; dictionaries are numbered, shipped and never changed, so every
message ever kept can be unpacked (ARCHITECTURE 5.1).
"""

import threading
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import zstandard

# The newest dictionary; older numbers stay readable. 0 means none.
DICTIONARY = 1
# Measured on messages of 100 records: 11 to 16 µs for 8.9 (national) and 10.6 (registers) bytes a
# reading; level 6 takes 60 µs for 7.5 and 10.7.
LEVEL = 1
_FOLDER = Path(__file__).parent / "dictionaries"
_local = threading.local()


class Packed(NamedTuple):
    """Packed bytes and the dictionary that unpacks them."""

    dictionary: int
    body: bytes


class Unreadable(ValueError):
    """The packed bytes do not give back a message."""


def pack(raw: bytes) -> Packed:
    """Return a message's bytes packed with the newest dictionary."""
    compressor = getattr(_local, "compressor", None)
    if compressor is None:
        # A compressor serves one thread at a time; making one costs more than using it.
        compressor = zstandard.ZstdCompressor(
            level=LEVEL, dict_data=_dictionary(DICTIONARY), write_dict_id=False
        )
        _local.compressor = compressor
    return Packed(DICTIONARY, compressor.compress(raw))


def unpack(body: bytes, *, dictionary: int) -> bytes:
    """Return the exact bytes that were packed.

    Args:
        body: The packed bytes.
        dictionary: The dictionary they were packed with.

    Raises:
        Unreadable: If the bytes were damaged, or no such dictionary exists.
    """
    if not hasattr(_local, "decompressors"):
        _local.decompressors = {}
    try:
        if dictionary not in _local.decompressors:
            _local.decompressors[dictionary] = zstandard.ZstdDecompressor(
                dict_data=_dictionary(dictionary)
            )
        raw: bytes = _local.decompressors[dictionary].decompress(body)
    except (zstandard.ZstdError, OSError, MemoryError) as error:
        raise Unreadable(str(error)) from error
    return raw


@lru_cache(maxsize=8)
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    """Return a dictionary by its number."""
    return zstandard.ZstdCompressionDict((_FOLDER / f"{number}.zdict").read_bytes())
