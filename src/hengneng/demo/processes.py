"""The processes that build the demo city: each sets itself up and ends with its starter.

Apart from ``building`` because nothing here may load a model before Django is set up.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any

import django

PROCESSES = 2
_LOOK_SECONDS = 0.5


def begin(parent: int) -> None:
    """Set this process up, and have it end soon after the one that started it.

    Args:
        parent: The process that started it.
    """
    signal.signal(signal.SIGTERM, _told_to_end)
    threading.Thread(target=_end_after, args=(parent,), name="parent-watch", daemon=True).start()
    django.setup()


@contextmanager
def shares() -> Iterator[list[ProcessPoolExecutor]]:
    """Give processes of which each is to keep a share of the units; end them afterwards."""
    context = multiprocessing.get_context("spawn")
    pools = [
        ProcessPoolExecutor(1, mp_context=context, initializer=begin, initargs=(os.getpid(),))
        for _ in range(PROCESSES)
    ]
    try:
        yield pools
    except BaseException:
        # Told to end: what they are at is rolled back with their connections.
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def everywhere(
    pools: Sequence[ProcessPoolExecutor], act: Callable[..., Any], *given: Any
) -> list[Any]:
    """Let every share do the same, and return what each answers when all have done it."""
    return [waiting.result() for waiting in [pool.submit(act, *given) for pool in pools]]


def _told_to_end(_number: int, _frame: FrameType | None) -> None:
    """End in good order.

    Raises:
        SystemExit: Always.
    """
    sys.exit(1)


def _end_after(parent: int) -> None:
    """End this process when its starter is gone."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)
