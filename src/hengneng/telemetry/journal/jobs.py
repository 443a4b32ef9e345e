"""The journal's upkeep."""

from procrastinate.contrib.django import app

from hengneng.kernel import clock
from hengneng.telemetry.journal import operations


# procrastinate passes the timestamp by name, its types say by position.
@app.periodic(cron="17 2 * * *")  # type: ignore[arg-type]
@app.task(queue="upkeep", queueing_lock="ensure_partitions")
def ensure_partitions(*, timestamp: int) -> None:  # noqa: ARG001 - the periodic run's own
    """Make the coming months' partitions; daily, so that three failures in a row harm nothing."""
    operations.ensure_partitions(at=clock.now())
