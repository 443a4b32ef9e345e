"""Acts of several people at the same instant, each in a thread with its own connection."""

import threading
from collections.abc import Callable

from django.db import connection


def together(*acts: Callable[[], object]) -> list[Exception | None]:
    """Run acts in threads that start together; return what each raised, None where nothing."""
    gate = threading.Barrier(len(acts))
    raised: list[Exception | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 whatever it is, the test looks at it
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
