"""Files on their way into the ledger, in the worker."""

from procrastinate.contrib.django import app

from hengneng.kernel import clock
from hengneng.kernel.imports import operations


@app.task(queue="imports")
def try_out(*, run_id: int) -> None:
    """Tell what a file's import would do."""
    operations.try_out(run_id=run_id, at=clock.now())


@app.task(queue="imports")
def carry_out(*, run_id: int) -> None:
    """Import a file."""
    operations.carry_out(run_id=run_id, at=clock.now())


# procrastinate passes the timestamp by name, its types say by position.
@app.periodic(cron="41 3 * * *")  # type: ignore[arg-type]
@app.task(queue="upkeep", queueing_lock="forget_outcomes")
def forget_outcomes(*, timestamp: int) -> None:  # noqa: ARG001 - the periodic run's own
    """Forget what became of each row of files tried long ago."""
    operations.forget_outcomes(at=clock.now())
