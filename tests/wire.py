"""What stands outside a running product and speaks to it as anybody could: plain HTTP and JSON.

Nothing here comes from the product's own writers, so a journey cannot agree with itself by mistake.
"""

import http.client
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"  # two addresses of every machine's loopback
CLOCK = "%Y-%m-%d %H:%M:%S"
RECEIVED = {"responseCode": "0", "responseMessage": "RECEIVE SUCCESS"}
WAITING = {"responseCode": "1", "responseMessage": "等待审核"}

Found = TypeVar("Found")


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """Return what the body says."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Any HTTP client, at one of this machine's addresses."""

    base_url: str
    source: str = HERE

    def post(self, path: str, body: object, **headers: str) -> Answer:
        """Send bytes as they are, anything else as JSON; a whole address may stand for a path."""
        said = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self._ask("POST", path, said, {"Content-Type": "application/json"} | headers)

    def get(self, path: str, *, token: str | None = None, **asked: str) -> Answer:
        """Ask the open API."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._ask("GET", f"{path}?{urlencode(asked)}", None, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        parts = urlsplit(self.base_url)
        if "://" in path:
            path = urlsplit(path).path
        connection = http.client.HTTPConnection(
            str(parts.hostname), parts.port, timeout=30, source_address=(self.source, 0)
        )
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Terminal:
    """A terminal that was admitted and holds its id."""

    client: Client
    unit_code: str
    device_id: str

    def envelope(self, rows: Iterable[object]) -> dict[str, object]:
        """Return a message of these rows."""
        return {
            "deviceId": self.device_id,
            "enterpriseCode": self.unit_code,
            "data": list(rows),
        }

    def send_increments(self, rows: Iterable[object]) -> Answer:
        """Upload increments in the national flavour."""
        return self.client.post("/nhjc/uploadEnergyData", self.envelope(rows))

    def send_registers(self, rows: Iterable[object]) -> Answer:
        """Upload registers by the native channel."""
        return self.client.post("/devices/v1/registers", self.envelope(rows))


def increment(code: str, start: datetime, value: str, **other: object) -> dict[str, object]:
    """Return a realtime record as a terminal writes it: a measured value of the whole unit.

    Args:
        code: The data code.
        start: Start of the period, as the city's clocks show it.
        value: What was consumed, as decimal text.
        other: Fields that differ, by the wire's names.
    """
    return {
        "dataCode": code,
        "dataValue": value,
        "inputType": "4",
        "statType": "0",
        "statDate": start.strftime(CLOCK),
        "uploadDate": (start + timedelta(hours=1)).strftime(CLOCK),
        "scope": "1",
        "valid": "1",
    } | other


def register(meter: str, at: datetime, value: str, **other: object) -> dict[str, object]:
    """Return a register's reading as a gateway writes it."""
    return {
        "meter": meter,
        "register": "total",
        "instant": at.strftime(CLOCK),
        "value": value,
        "status": "good",
        "uploadDate": (at + timedelta(minutes=1)).strftime(CLOCK),
    } | other


def until(look: Callable[[], Found], *, seconds: float, what: str) -> Found:
    """Look again and again until something is there, and return it."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.1)
    return found
