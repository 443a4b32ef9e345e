"""The lake's upkeep."""

from procrastinate.contrib.django import app

from hengneng.kernel import clock
from hengneng.telemetry.lake import operations


# procrastinate passes the timestamp by name, its types say by position.
@app.periodic(cron="53 3 * * *")  # type: ignore[arg-type]
@app.task(queue="upkeep", queueing_lock="copy_closed_months", lock="copy_closed_months")
def copy_closed_months(*, timestamp: int) -> None:  # noqa: ARG001 - the periodic run's own
    """Copy the months that closed, or changed, since yesterday."""
    operations.write(by=None, at=clock.now())
