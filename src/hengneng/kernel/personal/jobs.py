"""Terms that end."""

from procrastinate.contrib.django import app

from hengneng.kernel import clock
from hengneng.kernel.personal import operations


# procrastinate passes the timestamp by name, its types say by position.
@app.periodic(cron="41 2 * * *")  # type: ignore[arg-type]
@app.task(queue="upkeep", queueing_lock="erase_due")
def erase_due(*, timestamp: int) -> None:  # noqa: ARG001 - the periodic run's own
    """Erase the persons whose term is over."""
    operations.erase_due(by=None, at=clock.now())
