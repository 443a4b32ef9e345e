"""What follows from newly loaded cycles is counted in a worker."""

from procrastinate.contrib.django import app

from hengneng.kernel import clock
from hengneng.registry.instruments import operations


@app.task(queue="upkeep")
def count_due_days_anew(*, by: int | None) -> None:
    """Count the due days anew that no certificate states; counted twice, nothing changes."""
    operations.count_due_days_anew(by=by, at=clock.now())
