"""A platform over real HTTP, small enough to be trusted: it remembers what it heard."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hengneng.protocol import national


class Platform(ThreadingHTTPServer):
    """Registers whoever asks and takes everything, unless told otherwise."""

    daemon_threads = True

    def __init__(self, *, offers_registers: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, bytes]] = []
        self.offers_registers, self.is_admitted = offers_registers, True
        self.changed = threading.Condition()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def bodies(self, name: str) -> list[bytes]:
        return [body for heard, body in self.heard if heard == name]

    def wait_for(self, name: str, count: int = 1) -> list[bytes]:
        """The messages of one operation, once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.bodies(name)) >= count, 15), (
                f"{name} was heard {len(self.bodies(name))} times"
            )
        return self.bodies(name)

    def answer(self, path: str) -> bytes:
        name = path.rpartition("/")[2]
        if name == "register" and not self.is_admitted:
            return national.write_answer(national.Answer("1", "等待审核"))
        if name == "register":
            native = {"registers_url": f"{self.address}/devices/v1/registers"}
            return national.write_registration_answer(
                national.RegistrationAnswer(
                    "0",
                    "RECEIVE SUCCESS",
                    device_id="secret",
                    version_url=f"{self.address}/nhjc/versionCheck",
                    data_url=f"{self.address}/nhjc/uploadEnergyData",
                    **(native if self.offers_registers else {}),
                )
            )
        if name == "versionCheck":
            return national.write_versions(national.Versions("0", "RECEIVE SUCCESS", "1", "1"))
        return national.write_answer(national.RECEIVED)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Platform

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = self.server.answer(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
        with self.server.changed:
            self.server.heard.append((self.path.rpartition("/")[2], body))
            self.server.changed.notify_all()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(**said: bool) -> Iterator[Platform]:
    """A platform that answers, in threads of its own."""
    platform = Platform(**said)
    thread = threading.Thread(target=platform.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield platform
    finally:
        platform.shutdown()
        thread.join(10)
        platform.server_close()
