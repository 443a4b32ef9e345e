"""The running product and a client that sends it what it likes, over raw sockets."""

import json
import socket
import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from tests import inside, wire
from tests.product import Platform
from tests.wire import RECEIVED, Terminal

REGISTER, VERSIONS = "/nhjc/register", "/nhjc/versionCheck"
CONFIGURATION, ENERGY = "/nhjc/uploadConfigData", "/nhjc/uploadEnergyData"
METERING, REGISTERS = "/nhjc/uploadMeteringData", "/devices/v1/registers"
EVERY_PATH = [REGISTER, VERSIONS, CONFIGURATION, METERING, ENERGY, REGISTERS]
ENDPOINTS = {
    REGISTER: "register",
    VERSIONS: "version_check",
    CONFIGURATION: "upload_configuration",
    METERING: "upload_metering",
    ENERGY: "upload_energy",
    REGISTERS: "upload_registers",
}
KEPT_BYTES = 64 * 1024
CODE, METER = "00-00-0000-023300-11", "M1"
DAY = datetime(2026, 4, 1)  # noqa: DTZ001 - as the city's clocks show it


class Reply(NamedTuple):
    """What the server said on a raw connection."""

    status: int
    said: dict[str, str]


class Bench(NamedTuple):
    """A unit whose terminal was admitted, and another unit."""

    platform: Platform
    terminal: Terminal
    other_code: str

    def is_served(self) -> bool:
        """Send a good message, like none before it; the day's first quarter takes what it says."""
        value = f"{time.monotonic_ns()}"
        return self.terminal.send_increments([wire.increment(CODE, DAY, value)]) == (
            200,
            json.dumps(RECEIVED, separators=(",", ":")).encode(),
        )

    def rejections(self) -> list[tuple[str, str, int, bytes, bool]]:
        """Return what was refused: endpoint, reason, size, bytes, whether the unit is known."""
        found = inside.rows(
            self.platform,
            "SELECT endpoint, reason, size, body, unit_id IS NOT NULL FROM journal_rejection"
            " WHERE source_address = %s ORDER BY id",
            wire.HERE,
        )
        return [(*row[:3], bytes(row[3]), row[4]) for row in found]

    def flaws(self) -> dict[str, list[int]]:
        """Return the flawed records of the message that was kept last, places by reason."""
        found = inside.rows(
            self.platform,
            "SELECT reason, positions FROM journal_flawedrecord WHERE sequence ="
            " (SELECT max(sequence) FROM journal_message)",
        )
        return dict(found)


def connected(platform: Platform) -> socket.socket:
    """Return a raw connection to the server."""
    parts = urlsplit(platform.base_url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def head(path: str, *headers: str, method: str = "POST") -> bytes:
    """Return a request's head, the connection to be closed after it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: city.example", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def reply_on(connection: socket.socket) -> Reply:
    """Return what the server says until it closes."""
    received = bytearray()
    while block := connection.recv(65536):
        received += block
    top, _, body = bytes(received).partition(b"\r\n\r\n")
    return Reply(int(top.split()[1]), json.loads(body) if body.startswith(b"{") else {})


def raw(platform: Platform, path: str, body: bytes, *headers: str, method: str = "POST") -> Reply:
    """Send a body with its length and return the reply."""
    with connected(platform) as connection:
        connection.sendall(
            head(path, f"Content-Length: {len(body)}", *headers, method=method) + body
        )
        return reply_on(connection)


def failed(text: str, status: int = 200) -> Reply:
    """Return a refusal in the protocol's own form."""
    return Reply(status, {"responseCode": "1", "responseMessage": text})


def good(start: datetime = DAY, value: str = "1.5", **other: object) -> dict[str, object]:
    """Return a record that counts, unless something in it differs."""
    return wire.increment(CODE, start, value, **other)


def send(bench: Bench, rows: Sequence[object], path: str = ENERGY) -> Reply:
    """Upload rows and return the reply."""
    return raw(bench.platform, path, json.dumps(bench.terminal.envelope(rows)).encode())


def assert_refused(bench: Bench, path: str, body: bytes, reply: Reply, reason: str, *, known: bool):
    """Send a body; it must be refused so, and kept once with its reason and bytes."""
    before = bench.rejections()

    assert raw(bench.platform, path, body) == reply

    kept = (ENDPOINTS[path], reason, len(body), body[:KEPT_BYTES], known)
    assert bench.rejections() == [*before, kept]
