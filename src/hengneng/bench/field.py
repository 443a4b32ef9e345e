"""The other side of ``bench gateway``: meters served by pymodbus, a platform that acknowledges.

A process of its own, ``python -m hengneng.bench.field METERS``, so that what it uses is not counted
as the gateway's. It writes its ports as one line of JSON and ends when its input does.
"""

import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hengneng.protocol import national

HOST = "127.0.0.1"


class Platform(ThreadingHTTPServer):
    """Admits whoever registers and acknowledges everything."""

    daemon_threads = True

    def answer(self, path: str) -> bytes:
        """Return the answer to a message."""
        if path.endswith("/register"):
            return national.write_registration_answer(
                national.RegistrationAnswer(
                    *_RECEIVED,
                    device_id="bench",
                    registers_url=f"http://{HOST}:{self.server_port}/devices/v1/registers",
                )
            )
        return national.write_answer(national.RECEIVED)


_RECEIVED = (national.RECEIVED.response_code, national.RECEIVED.response_message)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Platform

    def do_POST(self) -> None:
        """Read a message and acknowledge it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        said = self.server.answer(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def serve(meters: int) -> None:
    """Serve meters and platform until the input ends; each meter has an address of its own."""
    data = SimData(0, values=[0, 12345], datatype=DataType.REGISTERS)
    servers = [
        ModbusTcpServer(SimDevice(id=1, simdata=[data]), address=(HOST, 0)) for _ in range(meters)
    ]
    for server in servers:
        await server.listen()
    # Typed as a transport, it is asyncio's server, the only one who knows the port it was given.
    ports = [one.transport.sockets[0].getsockname()[1] for one in servers]  # type: ignore[attr-defined]
    platform = Platform((HOST, 0), _Handler)
    threading.Thread(target=platform.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"meters": ports, "platform": platform.server_port}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    platform.shutdown()
    for server in servers:
        await server.shutdown()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
