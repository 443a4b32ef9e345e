"""What of a personal field those see who may not see the whole."""

from enum import StrEnum


class Field(StrEnum):
    """What is held of a person."""

    NAME = "NAME"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    CERTIFICATE = "CERTIFICATE"  # number of a certificate that qualifies them


# A mobile number's 11 digits leave 4 hidden between these; a shorter number shows its end only.
_PHONE_HEAD, _PHONE_TAIL, _PHONE_LONG = 3, 4, 11
_SHORT_TAIL = 2
_CERTIFICATE_TAIL = 4


def masked(field: Field, text: str) -> str:
    """Return a field with all but a little hidden; blank stays blank.

    >>> masked(Field.NAME, "欧阳修"), masked(Field.PHONE, "13812345678")
    ('欧**', '138****5678')
    >>> masked(Field.PHONE, "62345678"), masked(Field.EMAIL, "zhang.san@example.com")
    ('******78', 'z***@example.com')
    """
    if not text:
        return ""
    if field is Field.NAME:
        return text[0] + "*" * max(len(text) - 1, 1)
    if field is Field.PHONE:
        head, tail = (_PHONE_HEAD, _PHONE_TAIL) if len(text) >= _PHONE_LONG else (0, _SHORT_TAIL)
        return _between(text, head, tail)
    if field is Field.EMAIL:
        local, at, host = text.partition("@")
        return f"{local[:1]}***{at}{host}" if at else "***"
    return _between(text, 0, _CERTIFICATE_TAIL)


def _between(text: str, head: int, tail: int) -> str:
    """Return the text with stars between its head and its tail; all stars where it is too short."""
    if len(text) < (head + tail) + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
