"""A job taken over while its first worker still lives: the file is imported once."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.imports import operations, queries
from hengneng.kernel.imports.states import RunState
from hengneng.kernel.jobs import operations as jobs

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BODY = "单位代码,编号,名称\nU1,A9,水表\n".encode()


@pytest.mark.django_db(transaction=True)
def test_the_second_worker_waits_and_finds_it_done(meters, monkeypatch):
    run_id = operations.receive(kind="meters", name="a.csv", body=BODY, by=7, at=AT).pk
    operations.ask_to_try(run_id=run_id, by=7, at=AT)
    operations.try_out(run_id=run_id, at=AT)
    operations.ask_to_commit(run_id=run_id, by=7, at=AT)
    writing, go_on, failures = threading.Event(), threading.Event(), []
    write = meters.carry_out
    times = []

    def slow(self, *, by, at):
        times.append(at)
        writing.set()
        assert go_on.wait(20)
        write(self, by=by, at=at)

    monkeypatch.setattr(meters, "carry_out", slow)

    def work():
        try:
            operations.carry_out(run_id=run_id, at=AT)
        except jobs.AlreadyFinished as error:
            failures.append(error)
        finally:
            connection.close()

    first, second = threading.Thread(target=work), threading.Thread(target=work)
    first.start()
    assert writing.wait(20)
    second.start()
    second.join(timeout=0.3)
    assert second.is_alive()  # held back by the first, which has not committed
    go_on.set()
    first.join()
    second.join()

    assert len(times) == 1
    assert Entry.objects.filter(action="import.committed").count() == 1
    assert queries.run(run_id, account_id=7, at=AT).state == RunState.COMMITTED
    # The one that came second finds the progress ended by the first.
    assert [type(one).__name__ for one in failures] in ([], ["AlreadyFinished"])
