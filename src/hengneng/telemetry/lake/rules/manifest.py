"""What an edition says of itself: every file with its digest, counts and exact sums."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec


class Sums(msgspec.Struct, frozen=True, omit_defaults=False):
    """What the rows of one energy type hold together, exactly.

    Attributes:
        days: Days of points. [count]
        readings: Slots with a value. [count]
        amount: Sum of the days' amounts, a decimal string; None where nothing is known.
        estimated: The part of it that is estimated.
        slots: By scale, the sum of the slots' integers, as strings.
    """

    days: int
    readings: int
    amount: Decimal | None
    estimated: Decimal
    slots: dict[str, str]


class File(msgspec.Struct, frozen=True):
    """One district in one month.

    Attributes:
        district: Its code.
        path: Under the lake's folder.
        sha256: Of its bytes, in hex.
        bytes: Its size. [bytes]
        rows: Days of points. [count]
        sums: By energy type.
        state: Digest of what decides whether it must be written again: points, places, revisions.
        arithmetic: Edition of the arithmetic in force when it was written.
        settled_until: What was recorded up to this instant is in it, but for ``waiting``. Aware.
        waiting: Units of which something recorded was not worked out yet. [count]
        edition: The edition it came with.
    """

    district: str
    path: str
    sha256: str
    bytes: int
    rows: int
    sums: dict[str, Sums]
    state: str
    arithmetic: int
    settled_until: datetime | None
    waiting: int
    edition: int


class Units(msgspec.Struct, frozen=True):
    """The units with their fields of work, as they were when the edition was made."""

    path: str
    sha256: str
    bytes: int
    rows: int


class Month(msgspec.Struct, frozen=True):
    """A closed month; without files it is known that nothing was there."""

    month: date
    files: tuple[File, ...]


class Pointer(msgspec.Struct, frozen=True):
    """An edition by its number and the digest of its bytes, in hex."""

    edition: int
    sha256: str


class Edition(msgspec.Struct, frozen=True):
    """All months that are copied, as of one edition.

    Attributes:
        edition: Its number, from 1.
        previous: The edition before it; None: it is the first.
        made_at: When. Aware.
        form: Of the files' columns.
        units: The units.
        months: Ascending, without a month left out.
    """

    edition: int
    previous: Pointer | None
    made_at: datetime
    form: int
    units: Units
    months: tuple[Month, ...]

    def month(self, first: date) -> Month | None:
        """Return a month by its first day; None where it is not copied."""
        return next((one for one in self.months if one.month == first), None)

    def files(self) -> Iterator[tuple[Month, File]]:
        """Yield the months' files, by month and district."""
        return ((month, file) for month in self.months for file in month.files)


def encode(told: Edition | Pointer) -> bytes:
    """Return the bytes that are kept; the same edition always gives the same."""
    return msgspec.json.format(msgspec.json.encode(told, order="deterministic"), indent=1)


def decode(body: bytes) -> Edition:
    """Return an edition from its bytes.

    Raises:
        msgspec.DecodeError: If they are not one's.
    """
    return msgspec.json.decode(body, type=Edition)


def digest(body: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(body).hexdigest()
