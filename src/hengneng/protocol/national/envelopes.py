"""The outer object of a message, read whatever the rest of it holds."""

from typing import Any, TypeVar

import msgspec

Wire = TypeVar("Wire")
Row = TypeVar("Row")

# Some clients lead UTF-8 with a byte order mark, which JSON does not know.
_MARK = b"\xef\xbb\xbf"


class NotJson(ValueError):
    """The body is not JSON in UTF-8."""


class NoEnvelope(ValueError):
    """The JSON is not the object this message is made of."""


def read_wire(decoder: msgspec.json.Decoder[Wire], body: bytes) -> Wire:
    """Return a body as the decoder's type.

    Raises:
        NotJson: If it is not JSON in UTF-8.
        NoEnvelope: If it is JSON of another shape.
    """
    body = body.removeprefix(_MARK)
    try:
        body.decode()
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        # Bytes after the first misfit were not read: are they JSON at all?
        _check_json(body)
        raise NoEnvelope(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def read_fast(decoder: msgspec.json.Decoder[Wire], body: bytes) -> Wire | None:
    """Return a body as the decoder's type, or None where only careful reading can tell more."""
    try:
        return decoder.decode(body.removeprefix(_MARK))
    except (ValueError, RecursionError):
        return None


def read_row(decoder: msgspec.json.Decoder[Row], raw: msgspec.Raw) -> Row | None:
    """Return one element of a list as the decoder's type; None where it is something else."""
    try:
        return decoder.decode(raw)
    except (ValueError, RecursionError):
        return None


def is_text(value: Any, *, longest: int) -> bool:
    """Answer whether a field is printable text of 1 to ``longest`` characters."""
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()


def _check_json(body: bytes) -> None:
    """Raise NotJson where the bytes are not JSON."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error
