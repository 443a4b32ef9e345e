"""The terminals' door of the product behind a real socket, in the test's process and database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import connection, connections

from hengneng.web.terminals.handler import TerminalHandler

# Rules that a migration or a loader brings are not a city's record; a fresh city has them too.
_KEPT = ("django_migrations", "django_content_type", "auth_permission")


class _Quiet(WSGIRequestHandler):
    """Answers without a line of log for each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the library's name
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Serve what terminals call on a free port of the loopback; yield its address."""
    server = make_server("127.0.0.1", 0, TerminalHandler(), handler_class=_Quiet)
    thread = threading.Thread(target=_serve, args=(server,), name="door")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _serve(server: WSGIServer) -> None:
    """Serve until told to stop, then hand back this thread's connections."""
    try:
        server.serve_forever(poll_interval=0.05)
    finally:
        connections.close_all()


def make_fresh() -> None:
    """Make the database as it was before any unit: every row gone, every counter at its start."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I', relname), ', ') FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
            [list(_KEPT)],
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} RESTART IDENTITY CASCADE")
