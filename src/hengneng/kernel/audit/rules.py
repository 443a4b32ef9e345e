"""Digests, chains and roots: arithmetic on plain values."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

# First word of every digest's text; a change of the encoding takes a new one.
ENTRY_EDITION = "hengneng entry 1"
ROOT_EDITION = "hengneng day root 1"


class NotPlain(TypeError):
    """Details of an entry hold only text, whole numbers, Decimals, times, lists and mappings."""


class EntryRow(NamedTuple):
    """What an entry's digest covers; the fields are those of ``models.Entry``."""

    sequence: int
    recorded_at: datetime
    at: datetime
    by: int | None
    action: str
    subject: str
    details: Mapping[str, Any]


class Head(NamedTuple):
    """Where a chain stands: the last sequence number in it and the digest of all up to it."""

    upto: int
    digest: bytes


def plain(value: Any) -> Any:
    """Return the value as JSON can carry it without loss, for an entry's details.

    Decimals and times become text. Floats are refused: they do not come back as they went.

    Raises:
        NotPlain: If the value, or one inside it, has no exact JSON form.

    >>> plain({"ratio": Decimal("1.50"), "codes": ("a", "b")})
    {'ratio': '1.50', 'codes': ['a', 'b']}
    """
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [
            plain(inner)
            for inner in (sorted(value) if isinstance(value, set | frozenset) else value)
        ]
    raise NotPlain(f"{value!r} is a {type(value).__name__}")


def entry_digest(row: EntryRow) -> bytes:
    """Return SHA-256 over the entry's canonical text: JSON, sorted keys, instants in UTC."""
    text = json.dumps(
        [
            ENTRY_EDITION,
            row.sequence,
            _instant(row.recorded_at),
            _instant(row.at),
            row.by,
            row.action,
            row.subject,
            row.details,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return sha256(text.encode()).digest()


def _instant(moment: datetime) -> str:
    """Return an aware instant as text that depends on the instant alone."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def first_head(chain: str) -> Head:
    """Return the head of a chain with nothing in it; it depends on the name, so chains differ."""
    return Head(0, sha256(chain.encode()).digest())


def extended(head: Head, digests: Iterable[tuple[int, bytes]]) -> Head:
    """Return the head after the rows: each link is SHA-256(link before, sequence, digest).

    Args:
        head: Where the chain stood.
        digests: Sequence number and digest of each row, ascending. The number enters as eight
            bytes, most significant first. Shape (n,).
    """
    upto, digest = head
    for sequence, row_digest in digests:
        upto = sequence
        digest = sha256(digest + sequence.to_bytes(8, "big") + row_digest).digest()
    return Head(upto, digest)


def merkle_root(leaves: Iterable[bytes]) -> tuple[bytes, int]:
    """Return the Merkle tree hash of the leaves and their number, holding one path in memory.

    Source:
        RFC 6962, 2.1.

    >>> merkle_root([])[0].hex()[:16]
    'e3b0c44298fc1c14'
    """
    peaks: list[tuple[int, bytes]] = []  # whole subtrees, largest first, with their heights
    count = 0
    for leaf in leaves:
        count += 1
        height, node = 0, sha256(b"\x00" + leaf).digest()
        while peaks and peaks[-1][0] == height:
            node = sha256(b"\x01" + peaks.pop()[1] + node).digest()
            height += 1
        peaks.append((height, node))
    if not peaks:
        return sha256(b"").digest(), 0
    root = peaks.pop()[1]
    while peaks:
        root = sha256(b"\x01" + peaks.pop()[1] + root).digest()
    return root, count


def signed_text(*, day: date, root: bytes, count: int, previous: bytes) -> bytes:
    """Return what the day's signature covers; the root before it binds the days in order.

    Args:
        day: The local day.
        root: Its Merkle root.
        count: Its links. [count]
        previous: The root of the rooted day before; empty for the first.
    """
    return f"{ROOT_EDITION}\n{day.isoformat()}\n{count}\n{root.hex()}\n{previous.hex()}\n".encode()
