"""A killed worker's job is taken over."""

import asyncio
from types import SimpleNamespace

from procrastinate import App, testing

from hengneng.kernel.jobs import jobs


def test_a_stalled_job_is_queued_again_and_a_finished_one_is_not():
    connector = testing.InMemoryConnector()
    app = App(connector=connector)

    @app.task(name="long_work")
    async def long_work() -> None: ...

    async def play() -> None:
        async with app.open_async():
            stalled = await long_work.defer_async()
            finished = await long_work.defer_async()
            connector.jobs[stalled] |= {"status": "doing", "worker_id": None}
            connector.jobs[finished] |= {"status": "succeeded", "worker_id": None}
            await jobs.take_over_stalled.func(SimpleNamespace(app=app), timestamp=1_601_424_000)
            assert connector.jobs[stalled]["status"] == "todo"
            assert connector.jobs[finished]["status"] == "succeeded"

    asyncio.run(play())


def test_looking_twice_queues_a_stalled_job_once():
    connector = testing.InMemoryConnector()
    app = App(connector=connector)

    @app.task(name="long_work")
    async def long_work() -> None: ...

    async def play() -> None:
        async with app.open_async():
            stalled = await long_work.defer_async()
            connector.jobs[stalled] |= {"status": "doing", "worker_id": None}
            for second in (0, 60):
                await jobs.take_over_stalled.func(SimpleNamespace(app=app), timestamp=second)
            assert list(connector.jobs) == [stalled]
            assert connector.jobs[stalled]["status"] == "todo"

    asyncio.run(play())
