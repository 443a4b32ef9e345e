"""Send a message to the platform by HTTP or HTTPS; one connection is kept and used again."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

# Short of connecting, an end need not wait for long; an answer may take a busy platform its time.
CONNECT_S, ANSWER_S = 10.0, 30.0
_ANSWER_MAX = 1 << 20
_HEADERS = {"Content-Type": "application/json; charset=UTF-8"}


class Unreachable(Exception):
    """The platform does not answer, or its answer broke off; the message is sent again."""


class Said(NamedTuple):
    """What the platform answered.

    Attributes:
        status: HTTP status.
        body: The answer's bytes.
    """

    status: int
    body: bytes


class Poster:
    """Sends messages, one after the other."""

    def __init__(self, *, ca_file: Path | None, certificate: Path | None, key: Path | None) -> None:
        """Remember whom to trust and what to show; nothing is opened yet."""
        self._trust = (ca_file, certificate, key)
        self._connection: http.client.HTTPConnection | None = None
        self._place: tuple[str, str] | None = None
        self._lock = threading.Lock()
        self._is_over = False

    def post(self, url: str, body: bytes) -> Said:
        """Return the answer to a message.

        Raises:
            Unreachable: If there is none.
        """
        parts = urlsplit(url)
        place = (parts.scheme, parts.netloc)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        was_open = self._connection is not None and self._place == place
        try:
            return self._ask(place, target, body)
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            if not was_open or isinstance(error, TimeoutError):
                raise Unreachable(f"{parts.netloc}: {_cause(error)}") from error
        # The platform had closed a connection that was kept: that says nothing about it.
        try:
            return self._ask(place, target, body)
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise Unreachable(f"{parts.netloc}: {_cause(error)}") from error

    def end(self) -> None:
        """Break off what is being sent, from another thread; nothing more is sent."""
        with self._lock:
            self._is_over = True
            connection = self._connection
        if connection is not None:
            # Closing alone would leave the other thread waiting for the answer.
            _shut_down(connection)

    def close(self) -> None:
        """Let the connection go, from the thread that sends."""
        self._drop()

    def _ask(self, place: tuple[str, str], target: str, body: bytes) -> Said:
        self._check_not_over()
        connection = self._connected(place)
        self._check_not_over()
        connection.request("POST", target, body, _HEADERS)
        response = connection.getresponse()
        said = Said(response.status, response.read(_ANSWER_MAX + 1))
        if response.will_close or len(said.body) > _ANSWER_MAX:
            self._drop()
        return said

    def _check_not_over(self) -> None:
        with self._lock:
            if self._is_over:
                raise ConnectionAbortedError("the gateway stops")

    def _connected(self, place: tuple[str, str]) -> http.client.HTTPConnection:
        """Return the connection to a place, made where there is none."""
        if self._connection is not None and self._place != place:
            self._drop()
        if self._connection is None:
            connection = self._made(place)
            connection.connect()
            connection.sock.settimeout(ANSWER_S)
            with self._lock:
                self._connection, self._place = connection, place
        return self._connection

    def _made(self, place: tuple[str, str]) -> http.client.HTTPConnection:
        scheme, netloc = place
        if scheme == "https":
            return http.client.HTTPSConnection(
                netloc, timeout=CONNECT_S, context=_context(*self._trust)
            )
        return http.client.HTTPConnection(netloc, timeout=CONNECT_S)

    def _drop(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@lru_cache(maxsize=8)
def _context(ca_file: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """Return whom to trust and what to show; shared, as each holds all the system's authorities."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


def _shut_down(connection: http.client.HTTPConnection) -> None:
    """End both directions of a connection; one that has ended already is as good."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _cause(error: Exception) -> str:
    """Return an error for a person; some say nothing but their name."""
    return str(error) or type(error).__name__
