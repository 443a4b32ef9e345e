"""Write closed months, killed after each of the given delays: ``python … FOLDER DELAY …``.

Each time a child of this process makes every unit's days look worked out anew, so that there is
always everything to write, and is killed. Then it is told whether the edition that stands is whole.
"""

import json
import os
import signal
import sys
import time

import django


def main(delays: list[float]) -> list[dict[str, object]]:
    """Return what stood after each kill."""
    from django.db import connection

    from hengneng.telemetry.lake import store

    told = []
    for delay in delays:
        child = os.fork()
        if not child:
            write_for_ever()
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        connection.close()
        edition = store.published()
        files = [
            (one.path, one.sha256)
            for known in store.editions()
            for one in (known.units, *(file for _, file in known.files()))
        ]
        whole = all(store.digest_of(store.place(path)) == sha256 for path, sha256 in files)
        number = edition.edition if edition else 0
        left = sum(path.is_file() for path in (store.root() / "drafts").rglob("*"))
        told.append({"edition": number, "whole": whole, "left": left})
    return told


def write_for_ever() -> None:
    """Have something to write and write it, again and again."""
    from django.db import connection

    from hengneng.kernel import clock
    from hengneng.telemetry.lake import operations

    while True:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE consumption_revision SET revision = revision + 1")
            cursor.execute("UPDATE consumption_consumptionday SET manual = manual + 1")
        operations.write(by=None, at=clock.now())


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main([float(word) for word in sys.argv[1:]])))
