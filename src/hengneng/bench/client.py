"""One process of the load, ``python -m hengneng.bench.client``: keep-alive, no think time.

Reads a job as one line of JSON, builds its bodies (or does so on the way), answers ``ready``, waits
for another line, then sends body after body as fast as answers come, and prints what came of it as
one line of JSON.
"""

import selectors
import socket
import sys
import time
from collections.abc import Iterable, Iterator

import msgspec

from hengneng.bench import messages
from hengneng.bench.messages import Sender
from hengneng.protocol import national

TIMEOUT_S = 30.0
_BUFFER = 1 << 20


class Job(msgspec.Struct):
    """What to send.

    Attributes:
        port: Of the platform, on this machine.
        path: Where the messages go.
        senders: The terminals, each with its first slot and how many; they take turns.
        connections: How many at once. [count]
        seconds: When to stop sending; None: when all are sent. [s]
        points: Of each terminal. [count]
        slots: In each message. [count]
        together: How many terminals take turns before the next so many do; None: all.
        is_built_ahead: Whether the bodies are built before the first is sent.
    """

    port: int
    path: str
    senders: list[tuple[Sender, int, int]]
    connections: int
    seconds: float | None
    points: int = messages.POINTS
    slots: int = 1
    together: int | None = None
    is_built_ahead: bool = True


class Outcome(msgspec.Struct):
    """What came of it.

    Attributes:
        received: Messages answered as received, by terminal: its first ones. [count]
        refused: Messages answered otherwise. [count]
        began: Monotonic second of the machine.
        ended: Monotonic second of the last answer.
        waits: Seconds from each message to its answer.
        cpu_s: Processor time this process used meanwhile. [s]
    """

    received: list[int]
    refused: int
    began: float
    ended: float
    waits: list[float]
    cpu_s: float = 0.0


def requests(job: Job) -> Iterator[tuple[int, bytes]]:
    """Yield the job's requests in the order of sending: slot after slot, all terminals each.

    Yields:
        For each its terminal's place in the job, and its bytes.
    """
    size = job.together or len(job.senders)
    for start in range(0, len(job.senders), size):
        group = list(enumerate(job.senders))[start : start + size]
        for turn in range(0, max(count for _, (_, _, count) in group), job.slots):
            for place, (sender, first, count) in group:
                if turn < count:
                    body = messages.message(
                        sender, first + turn, slots=job.slots, points=job.points
                    )
                    yield place, request(job.path, body)


def request(path: str, body: bytes) -> bytes:
    """Return an HTTP request with its body."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def answer_in(received: bytes) -> tuple[int, bytes] | None:
    """Return status and body of the HTTP answer that these bytes hold whole; None: not yet."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return None
    fields = head.lower().split(b"\r\n")
    sizes = [field[15:] for field in fields if field.startswith(b"content-length:")]
    if not sizes or len(body) < int(sizes[0]):
        return None
    return int(fields[0].split()[1]), body


def send(job: Job, waiting: Iterable[tuple[int, bytes]]) -> Outcome:
    """Send what waits over the job's connections until it or the time is over."""
    outcome = Outcome([0] * len(job.senders), 0, time.monotonic(), 0.0, [])
    used = time.process_time()
    until = None if job.seconds is None else outcome.began + job.seconds
    supply = iter(waiting)
    expected = (200, national.write_answer(national.RECEIVED))
    with selectors.DefaultSelector() as selector:
        for _ in range(job.connections):
            line = _Line(job.port)
            if line.send_next(supply):
                selector.register(line.socket, selectors.EVENT_READ, line)
        while selector.get_map():
            ready = selector.select(timeout=TIMEOUT_S)
            if not ready:
                raise TimeoutError("the platform does not answer")
            for key, _ in ready:
                line = key.data
                answer = line.answer()
                if answer is None:
                    continue
                outcome.ended = time.monotonic()
                outcome.waits.append(outcome.ended - line.sent_at)
                outcome.received[line.place] += answer == expected
                outcome.refused += answer != expected
                is_over = until is not None and outcome.ended >= until
                if is_over or not line.send_next(supply):
                    selector.unregister(line.socket)
                    line.socket.close()
    outcome.cpu_s = time.process_time() - used
    return outcome


class _Line:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Room for a whole request, so that sending one never waits for the platform to read it.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self.sent_at = 0.0
        self.place = 0
        self._received = b""

    def send_next(self, supply: Iterator[tuple[int, bytes]]) -> bool:
        """Send the next request; false where there is none."""
        following = next(supply, None)
        if following is None:
            return False
        self._received, self.sent_at = b"", time.monotonic()
        self.place, request_bytes = following
        self.socket.sendall(request_bytes)
        return True

    def answer(self) -> tuple[int, bytes] | None:
        """Read what has come; return the answer once it is whole."""
        part = self.socket.recv(_BUFFER)
        if not part:
            raise ConnectionError("the platform hung up")
        self._received += part
        return answer_in(self._received)


def main() -> int:
    """Do one job; return the exit code."""
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    waiting: Iterable[tuple[int, bytes]] = requests(job)
    if job.is_built_ahead:
        waiting = list(waiting)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.buffer.readline()
    sys.stdout.buffer.write(msgspec.json.encode(send(job, waiting)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
