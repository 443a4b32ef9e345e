"""Start the platform and keep it running.

The database (embedded unless HENGNENG_DATABASE_URL names a server), the web, the job worker, one
or more recompute workers and the sealer; whatever dies is started again. Ctrl-C or SIGTERM stops
them all.
"""

import argparse
from pathlib import Path

from hengneng.script import running

NEEDS_DATABASE = False  # it brings its own up, after it knows that it can run at all
ANTICIPATED = (running.CannotRun,)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument(
        "--port", type=running.port, default=None, help="port (default: HENGNENG_PORT, else 8000)"
    )
    parser.add_argument(
        "--workers", type=int, default=running.default_workers(), help="web workers"
    )
    parser.add_argument(
        "--recompute-workers",
        dest="recomputers",
        type=int,
        default=running.default_recomputers(),
        help="processes that work off stale days (default: one for two cores)",
    )
    parser.add_argument(
        "--ready-file", type=Path, default=None, help="write address and process ids here as JSON"
    )


def run(options: argparse.Namespace) -> int:
    """Run until told to stop."""
    return running.run(
        running.Plan(
            host=options.host,
            port=options.port or running.default_port(),
            workers=max(1, options.workers),
            recomputers=max(1, options.recomputers),
            ready_file=options.ready_file,
        )
    )
