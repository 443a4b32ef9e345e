"""One line that shows how far long work has come, on the error stream."""

import sys
import threading
import time
from types import TracebackType

TICK_S = 1.0
QUIET_S = 5.0  # where nobody watches: how long work goes on without a word


class WorkLine:
    """A line that counts steps and seconds; it moves where a person watches.

    Where nobody does, as in a log, a line is written at each step once some seconds have gone by,
    so short work says nothing.
    """

    def __init__(self, title: str) -> None:
        """Make it.

        Args:
            title: What is done.
        """
        self._title = title
        self._began = self._said = time.monotonic()
        self._done = self._parts = 0
        self._watched = sys.stderr.isatty()
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "WorkLine":
        """Begin to show it."""
        if self._watched:
            self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the line."""
        self._over.set()
        if self._watched:
            self._ticker.join()
            print(f"\r{self}", file=sys.stderr, flush=True)

    def __str__(self) -> str:
        """Return what the line says now."""
        seconds = time.monotonic() - self._began
        if not self._parts:
            return f"{self._title}: reading … {seconds:.0f} s"
        share = 100 * self._done // self._parts
        left = seconds * (self._parts - self._done) / self._done if self._done else 0.0
        rest = f", about {left:.0f} s left" if left >= 1 else ""
        return f"{self._title}: {share} % · {self._done} of {self._parts} · {seconds:.0f} s{rest}"

    def begin(self, parts: int) -> None:
        """Hear how many parts of work there are. [count]"""
        self._parts, self._done = parts, 0
        self._say()

    def reach(self, done: int, parts: int) -> None:
        """Hear how far the work is, where its size is known better as it goes.

        Args:
            done: Parts done by now. [count]
            parts: Parts there are, as is known now. [count]
        """
        self._done, self._parts = done, parts
        self._say()

    def advance(self, count: int) -> None:
        """Hear how many parts were done just now. [count]"""
        self._done += count
        self._say()

    def _say(self) -> None:
        """Write a line in a log, unless it would be the second in a few seconds."""
        now = time.monotonic()
        if not self._watched and now - self._said >= QUIET_S:
            self._said = now
            print(self, file=sys.stderr, flush=True)

    def _tick(self) -> None:
        """Move the line until the work is over; what a longer line left is wiped."""
        while not self._over.wait(TICK_S):
            print(f"\r{self}\x1b[K", end="", file=sys.stderr, flush=True)
