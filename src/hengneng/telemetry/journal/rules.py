"""By which way a message came, and the digest of its row."""

import hashlib
import struct
from datetime import UTC, datetime, timedelta
from enum import IntEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROW = struct.Struct(">qqqqhhh32s")
_NO_TERMINAL = -1


class Channel(IntEnum):
    """By which way a message came."""

    NATIONAL = 1  # national JSON, energy data
    REGISTERS = 2  # native registers
    CONFIGURATION = 3  # national JSON, configuration
    METERING = 4  # national JSON, instruments


def row_digest(
    *,
    unit_id: int,
    sequence: int,
    recorded_at: datetime,
    terminal_id: int | None,
    channel: int,
    dictionary: int,
    key_version: int,
    sha256: bytes,
) -> bytes:
    """Return the SHA-256 over everything a message's row says; ``sha256`` stands for its bytes.

    Args:
        unit_id: The unit.
        sequence: Number in the record.
        recorded_at: When it was recorded. Aware.
        terminal_id: The terminal; None where a person sent it.
        channel: By which way it came.
        dictionary: What packs its bytes.
        key_version: Of the sender's field cipher.
        sha256: Digest of the bytes as received.
    """
    micros = (recorded_at - _EPOCH) // timedelta(microseconds=1)
    terminal = _NO_TERMINAL if terminal_id is None else terminal_id
    row = _ROW.pack(unit_id, sequence, micros, terminal, channel, dictionary, key_version, sha256)
    return hashlib.sha256(row).digest()
