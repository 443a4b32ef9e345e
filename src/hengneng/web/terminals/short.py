"""The short way of plain uploads: no request object, no routes, no record read one by one.

It answers only what is sure: a message of which every record counts, from a terminal looked up a
moment ago. Whatever else comes is handed on as it came, for the views to judge, refuse and keep.
"""

import logging
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, NamedTuple

from django.conf import settings

from hengneng.kernel import clock
from hengneng.protocol import glances, national
from hengneng.protocol.glances import Glance
from hengneng.registry.terminals import queries as admitted
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel
from hengneng.web.terminals import views

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Seen = Glance | national.Envelope


class Way(NamedTuple):
    """How an address's plain messages are seen, and by which channel they are kept."""

    see: Callable[[bytes], Seen | None]
    channel: Channel


def _see_registers(body: bytes) -> Glance | None:
    return glances.at_registers(body, offset_s=clock.offset_s())


WAYS = {
    "/nhjc/uploadEnergyData": Way(glances.at_increments, Channel.NATIONAL),
    "/devices/v1/registers": Way(_see_registers, Channel.REGISTERS),
}
_RECEIVED = national.write_answer(national.RECEIVED)
_NOT_KEPT = national.write_answer(views.NOT_KEPT)


def before(long_way: Application) -> Application:
    """Return an application that answers plain uploads and hands the rest to the long way."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        way = WAYS.get(environ["PATH_INFO"])
        size = environ.get("CONTENT_LENGTH", "")
        if way is None or not size.isdecimal() or not _is_plain(environ, int(size)):
            return long_way(environ, start_response)
        body = _read(environ, int(size))
        if body is None:
            return long_way(environ, start_response)
        seen = way.see(body) if len(body) == int(size) else None
        terminal = None if seen is None else admitted.remembered(seen.device_id)
        if seen is None or terminal is None or terminal.unit_code != seen.enterprise_code:
            environ["wsgi.input"] = BytesIO(body)
            return long_way(environ, start_response)
        is_kept = _keep(terminal, way.channel, body, seen)
        return _answered(start_response, is_kept=is_kept)

    return application


def _is_plain(environ: dict[str, Any], size: int) -> bool:
    """Answer whether the head is that of an upload whose body may be read whole."""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and 0 < size <= settings.MESSAGE_BYTES_MAX
        and "HTTP_TRANSFER_ENCODING" not in environ
    )


def _read(environ: dict[str, Any], size: int) -> bytes | None:
    """Return the body; None where the connection broke, which the long way finds too."""
    try:
        body: bytes = environ["wsgi.input"].read(size)
    except OSError:
        return None
    return body


def _keep(terminal: admitted.TerminalRow, channel: Channel, body: bytes, seen: Seen) -> bool:
    """Keep a message; answer whether it is committed."""
    try:
        journal.accept(
            unit_id=terminal.unit_id,
            terminal_id=terminal.terminal_id,
            channel=channel,
            body=body,
            content=seen.content,
            at=clock.now(),
        )
    except Exception:  # whatever it was, the terminal is answered
        # The terminal keeps what is not acknowledged and sends it again.
        logger.exception("an upload of terminal %d could not be kept", terminal.terminal_id)
        return False
    return True


def _answered(start_response: Any, *, is_kept: bool) -> list[bytes]:
    """Answer as the views do."""
    body = _RECEIVED if is_kept else _NOT_KEPT
    headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(body))),
    ]
    start_response("200 OK" if is_kept else "503 Service Unavailable", headers)
    return [body]
