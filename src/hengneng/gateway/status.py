"""Show on the loopback how the gateway does: ``GET /status`` as JSON, ``GET /`` as text."""

import asyncio
import json
from collections.abc import Callable

from hengneng.gateway import overview
from hengneng.gateway.overview import Seen

HOST = "127.0.0.1"
_HEAD_MAX = 8192
_PATIENCE_S = 5.0


async def serve(port: int, look: Callable[[], Seen]) -> None:
    """Answer for ever.

    Args:
        port: Port of the loopback.
        look: Returns what is to be shown; called in another thread.

    Raises:
        OSError: If the port is taken.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _PATIENCE_S)
            seen = await asyncio.to_thread(look)
            writer.write(_answer(head.split(b" ", 2), seen))
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Whoever asked went away, or did not ask in HTTP: there is nobody to answer.
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, HOST, port, limit=_HEAD_MAX)
    async with server:
        await server.serve_forever()


def _answer(request: list[bytes], seen: Seen) -> bytes:
    """Return the answer to a request line's method and path."""
    method, path = request[0], request[1] if len(request) > 1 else b""
    if method != b"GET":
        return _http("405 Method Not Allowed", "text/plain", "ask with GET\n")
    if path == b"/status":
        return _http("200 OK", "application/json", json.dumps(seen, ensure_ascii=False))
    if path == b"/":
        return _http("200 OK", "text/plain", overview.as_text(seen))
    return _http("404 Not Found", "text/plain", "there is / and /status\n")


def _http(status: str, kind: str, text: str) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
