"""A progress bar for a person at a terminal: count, share, time left."""

import sys
import threading
import time

_WIDTH = 24
_EVERY_SECONDS = 0.2
_EVERY_SECONDS_IN_A_LOG = 5.0


class Bar:
    """Shows on the error stream how far long work has come; safe to advance from threads."""

    def __init__(self, what: str, total: int) -> None:
        """Begin.

        Args:
            what: What is done, in a word or two.
            total: Parts there are. [count]
        """
        self._what, self._total, self._done = what, total, 0
        self._began, self._shown_at = time.monotonic(), 0.0
        self._lock = threading.Lock()

    def advance(self, count: int = 1) -> None:
        """Count parts as done."""
        with self._lock:
            self._show(self._done + count)

    def reach(self, done: int) -> None:
        """Say how many parts are done altogether."""
        with self._lock:
            self._show(max(done, self._done))

    def end(self) -> None:
        """Leave the bar as it stands and go to the next line."""
        with self._lock:
            self._shown_at = 0.0
            self._show(self._done)
            if sys.stderr.isatty():
                print(file=sys.stderr, flush=True)  # noqa: T201

    def _show(self, done: int) -> None:
        """Show the bar unless it was shown just now."""
        self._done = done
        is_watched, now = sys.stderr.isatty(), time.monotonic()
        pause = _EVERY_SECONDS if is_watched else _EVERY_SECONDS_IN_A_LOG
        if now - self._shown_at < pause:
            return
        self._shown_at = now
        head, tail = ("\r", "") if is_watched else ("", "\n")
        line = text_of(self._what, done, self._total, seconds=now - self._began)
        print(f"{head}{line}", end=tail, file=sys.stderr, flush=True)  # noqa: T201


def text_of(what: str, done: int, total: int, *, seconds: float) -> str:
    """Return the bar's line.

    Args:
        what: What is done.
        done: Parts done. [count]
        total: Parts there are. [count]
        seconds: Time that took. [s]

    >>> text_of("history", 30, 120, seconds=10)
    'history  [######..................] 30/120, 30 s left '
    """
    share = min(done / total, 1.0) if total else 1.0
    filled = int(share * _WIDTH)
    left = f"{seconds * (1 - share) / share:.0f} s left" if share else "…"
    return f"{what}  [{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total}, {left} "
