"""Acts of several people at the same instant, each in a thread with its own connection."""

import threading
from collections.abc import Callable

from django.db import IntegrityError, OperationalError, connection


def is_refused(error: Exception | None) -> bool:
    """Answer whether the database kept a writer's row out.

    Two that wait for each other's row under one exclusion constraint are a deadlock, of which it
    ends one: that one's row is not kept either.
    """
    is_ended = isinstance(error, OperationalError) and "deadlock detected" in str(error)
    return is_ended or isinstance(error, IntegrityError)


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
