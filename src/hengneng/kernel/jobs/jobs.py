"""The queue's own upkeep."""

from procrastinate import JobContext
from procrastinate.contrib.django import app


# procrastinate passes the timestamp by name, its types say by position.
@app.periodic(cron="* * * * *")  # type: ignore[arg-type]
@app.task(queue="upkeep", queueing_lock="take_over_stalled", pass_context=True)
async def take_over_stalled(context: JobContext, *, timestamp: int) -> None:  # noqa: ARG001
    """Queue again the jobs of workers whose heartbeat has stopped."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
