"""Read an upload within its limits, and who sent it."""

from ipaddress import ip_address
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from hengneng.web.terminals.refusals import Reason, Refused

_BLOCK = 64 * 1024
_SHA256_HEX = 64


class Sender(NamedTuple):
    """Who sends, as far as the connection tells.

    Attributes:
        address: IP address.
        certificate_sha256: Digest of the client's certificate, where it showed one.
        scheme: ``http`` or ``https``, as the sender used it.
    """

    address: str
    certificate_sha256: bytes | None
    scheme: str


def sender_of(request: HttpRequest) -> Sender:
    """Return who sends; a proxy is believed only where the settings name it.

    Such a proxy ends TLS: it appends the sender's address to ``X-Forwarded-For`` and sets
    ``X-Forwarded-Proto`` and ``X-Client-Certificate-SHA256`` (or clears them) on every request.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if address not in settings.TERMINAL_PROXIES:
        return Sender(_known(address), None, request.scheme or "http")
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    certificate = request.headers.get("X-Client-Certificate-SHA256", "").replace(":", "")
    scheme = request.headers.get("X-Forwarded-Proto", "http")
    return Sender(
        _known(forwarded or address),
        bytes.fromhex(certificate) if len(certificate) == _SHA256_HEX else None,
        scheme if scheme in {"http", "https"} else "http",
    )


def read_body(request: HttpRequest) -> bytes:
    """Return the whole body.

    Raises:
        Refused: If it is larger than the limit, before more than that is read, or was cut off.
    """
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return _read_chunked(request)
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > settings.MESSAGE_BYTES_MAX:
        raise Refused(Reason.TOO_LARGE, size=size)
    try:
        body: bytes = request.read()
    except UnreadablePostError as error:
        raise Refused(Reason.CUT_OFF, size=size) from error
    if len(body) < size:
        raise Refused(Reason.CUT_OFF, body=body, size=size)
    return body


def _read_chunked(request: HttpRequest) -> bytes:
    """Return a body whose length nobody announced; Django itself would take it for empty.

    Raises:
        Refused: If it passes the limit, or was cut off.
    """
    stream = request.META["wsgi.input"]
    body = bytearray()
    try:
        while block := stream.read(_BLOCK):
            body += block
            if len(body) > settings.MESSAGE_BYTES_MAX:
                raise Refused(Reason.TOO_LARGE, body=bytes(body))
    except OSError as error:
        raise Refused(Reason.CUT_OFF, body=bytes(body)) from error
    return bytes(body)


def _known(address: str) -> str:
    """Return an address in its usual form; whatever is none (a socket's name) is nobody's."""
    try:
        return str(ip_address(address))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - nobody's address, not one to listen at
