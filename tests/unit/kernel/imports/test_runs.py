"""A file brought, arranged, tried, mended and committed by jobs, with a progress that is seen."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from tests.unit.kernel.imports.running import (
    AT,
    BAD,
    GOOD,
    LI,
    WANG,
    committed,
    outcomes,
    receive,
    tried,
    view,
)

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.files.models import KeptFile
from hengneng.kernel.imports import jobs, operations, queries, rules, tables
from hengneng.kernel.imports.models import Outcome, Run
from hengneng.kernel.imports.operations import runs
from hengneng.kernel.imports.rules import Change, Reading
from hengneng.kernel.imports.states import RunState
from hengneng.kernel.states import EventOutOfTurn

pytestmark = pytest.mark.django_db(transaction=True)


def queued():
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args->'run_id' FROM procrastinate_jobs ORDER BY id")
        return [(name.rpartition(".")[2], int(run_id)) for name, run_id in cursor]


class TestTryOut:
    def test_tells_what_the_file_would_do(self, meters):
        run_id = receive()
        seen = tried(run_id)

        assert (seen.state, seen.name, seen.ignored, seen.left_out) == (
            RunState.READY, "a.csv", ["备注"], [5],
        )  # fmt: skip
        assert seen.counts == {"new": 1, "changed": 1, "unchanged": 1, "refused": 0}
        assert seen.quoted == ["unit_code", "number", "name"]
        assert outcomes(run_id, Change.NEW) == [
            (3, Change.NEW, {}, "", ["U1", "A2", "气表"], ["unit_code", "number", "name"])
        ]
        assert outcomes(run_id, Change.CHANGED) == [
            (
                2, Change.CHANGED, {"name": ("电表", "水表")}, "", ["U1", "A1", "水表"],
                ["unit_code", "number", "name"],
            )
        ]  # fmt: skip
        assert (seen.progress.done, seen.progress.total) == (6, 6)
        assert seen.progress.finished_at is not None
        assert meters.known == {"A1": "电表"}

    def test_is_queued_with_the_entry(self, meters):
        run_id = receive()
        operations.ask_to_try(run_id=run_id, by=LI, at=AT)

        assert queued()[-1] == ("try_out", run_id)
        assert [e.action for e in Entry.objects.order_by("sequence")] == [
            "import.received",
            "import.try_asked",
        ]

    def test_run_twice_tells_the_same(self, meters):
        run_id = receive()
        first = tried(run_id)

        jobs.try_out(run_id=run_id)

        assert view(run_id) == first

    def test_what_cannot_be_read_so_is_said_on_the_progress(self, meters):
        run_id = receive()
        reading = Reading(mapping={"unit_code": ""})
        operations.arrange(run_id=run_id, reading=reading, by=LI, at=AT)

        seen = tried(run_id)

        assert (seen.state, seen.reading) == (RunState.BROUGHT, reading)
        assert seen.progress.failed_reason == "columns missing: unit_code (单位代码)"

    def test_only_the_units_it_may_speak_of(self, meters):
        run_id = receive(GOOD.replace(b"U1,A1", b"U2,A1"), units=["U1"])

        assert tried(run_id).state == RunState.REFUSED
        assert [(row.number, row.reason) for row in outcomes(run_id, Change.REFUSED)] == [
            (2, "the unit is none of yours")
        ]


class TestRefusedRows:
    def test_are_told_mended_and_taken(self, meters):
        run_id = receive(BAD)
        assert tried(run_id).counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 2}
        report = queries.refused(run_id, account_id=LI)
        assert (report.headings, report.refused) == (
            ["单位代码", "编号", "名称"],
            [(2, "no name ?", ["U1", "A1", "?"]), (4, "number: required", ["U1", "", "水表"])],
        )

        mended = "row,reason,单位代码,编号,名称\n2,,U1,A1,煤表\n4,,,,\n".encode()
        file = operations.File("b.csv", mended)
        operations.arrange(run_id=run_id, mended=file, by=LI, at=AT)
        assert tried(run_id).counts == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}

        assert committed(run_id).state == RunState.COMMITTED
        assert meters.known == {"A1": "煤表", "A2": "气表"}
        assert KeptFile.objects.filter(name="b.csv").exists()

    def test_nothing_is_committed_with_them(self, meters):
        run_id = receive(BAD)
        tried(run_id)

        with pytest.raises(EventOutOfTurn):
            operations.ask_to_commit(run_id=run_id, by=LI, at=AT)


class TestCarryOut:
    def test_imports_once_with_one_entry(self, meters):
        run_id = receive()
        tried(run_id)

        seen = committed(run_id)

        assert (seen.state, seen.progress.done, seen.progress.total) == (RunState.COMMITTED, 9, 9)
        assert meters.known == {"A1": "水表", "A2": "气表"}
        entry = Entry.objects.get(action="import.committed")
        assert (entry.by, entry.details["new"], entry.details["changed"]) == (LI, 1, 1)

    def test_run_twice_imports_once(self, meters):
        run_id = receive()
        tried(run_id)
        first = committed(run_id)

        jobs.carry_out(run_id=run_id)

        assert view(run_id) == first
        assert Entry.objects.filter(action="import.committed").count() == 1

    def test_decides_anew(self, meters):
        run_id = receive()
        tried(run_id)
        meters.known["A1"] = "水表"

        assert committed(run_id).counts["unchanged"] == 2

    def test_a_failure_leaves_it_ready_and_says_so(self, meters):
        run_id = receive("单位代码,编号,名称\nU1,A9,boom\n".encode())
        tried(run_id)

        with pytest.raises(ZeroDivisionError):
            committed(run_id)

        seen = view(run_id)
        assert (seen.state, seen.progress.failed_reason) == (RunState.READY, runs._BROKEN)
        assert not Entry.objects.filter(action="import.committed").exists()

    def test_a_second_attempt_counts_from_nothing_again(self, meters):
        run_id = receive()
        tried(run_id)
        progress_id = operations.ask_to_commit(run_id=run_id, by=LI, at=AT)
        # What a killed worker left behind.
        runs.jobs.begin(progress_id=progress_id, total=9, at=AT)
        runs.jobs.advance(progress_id=progress_id, count=9)

        operations.carry_out(run_id=run_id, at=AT)

        assert view(run_id).state == RunState.COMMITTED


class TestReceive:
    @pytest.mark.parametrize(
        ("name", "body", "refusal"),
        [
            ("a.csv", b"", tables.UnreadableTable),
            ("a.xlsm", b"PK", tables.UnreadableTable),
            ("a.csv", "编号,表号,编号\n".encode(), None),
        ],
    )
    def test_what_is_no_list_is_not_kept(self, meters, name, body, refusal):
        if refusal is None:
            operations.receive(kind="meters", name=name, body=body, by=LI, at=AT)
            return
        with pytest.raises(refusal):
            operations.receive(kind="meters", name=name, body=body, by=LI, at=AT)
        assert KeptFile.objects.count() == Run.objects.count() == Entry.objects.count() == 0

    def test_another_account_does_not_find_it(self, meters):
        run_id = receive(BAD)
        tried(run_id)

        for ask in (
            lambda: view(run_id, WANG),
            lambda: queries.refused(run_id, account_id=WANG),
            lambda: queries.layout(run_id, account_id=WANG),
            lambda: operations.ask_to_try(run_id=run_id, by=WANG, at=AT),
            lambda: operations.arrange(run_id=run_id, by=WANG, at=AT),
        ):
            with pytest.raises(Run.DoesNotExist):
                ask()
        assert queries.outcomes(run_id, Change.REFUSED, account_id=WANG) == []
        assert [one.id for one in queries.runs(account_id=WANG, at=AT)] == []
        assert [one.id for one in queries.runs(account_id=LI, at=AT)] == [run_id]


class TestLayout:
    def test_shows_columns_with_confidence_and_the_first_rows(self, meters):
        seen = queries.layout(receive("t,,\n单位代码,表号,品名\nU1,A1,x\n".encode()), account_id=LI)

        assert (seen.header, seen.headings, seen.rows) == ((2, 2), ["单位代码", "表号", "品名"], 1)
        assert [(m.column, m.heading, m.confidence) for m in seen.matches] == [
            ("unit_code", "单位代码", 1.0),
            ("number", "表号", 0.95),
        ]
        assert seen.sample == [(3, ["U1", "A1", "x"])]


class TestForgetOutcomes:
    @pytest.mark.parametrize(("later", "left"), [(timedelta(), 1), (timedelta(seconds=1), 0)])
    def test_thirty_days_after_the_last_trial_and_twice_the_same(
        self, meters, monkeypatch, later, left
    ):
        ended = AT + timedelta(days=20)  # brought at AT
        run_id = receive(BAD.replace(b"U1,,", b"U1,A3,"))
        monkeypatch.setattr(runs.clock, "now", lambda: ended)
        tried(run_id)
        Outcome.objects.filter(change=Change.NEW).delete()
        monkeypatch.setattr(jobs.clock, "now", lambda: ended + timedelta(days=30) + later)

        jobs.forget_outcomes(timestamp=0)
        jobs.forget_outcomes(timestamp=0)

        assert Outcome.objects.count() == left
        assert Run.objects.filter(id=run_id).exists()


def test_profiles_are_their_owners(meters):
    reading = Reading("表2", rules.Header(2, 3), {"number": "表号"}, {"unit_code": "U1"})
    owners = [operations.Owner(account_id=LI), operations.Owner(body_code="3"), operations.Owner()]
    for owner, name in zip(owners, ("b", "a", "c"), strict=True):
        for _ in range(2):
            operations.save_profile(
                kind="meters", name=name, owner=owner, reading=reading, by=LI, at=AT
            )

    def names(account_id, body_code):
        found = queries.profiles("meters", account_id=account_id, body_code=body_code)
        return [one.name for one in found]

    assert (names(LI, 3), names(WANG, 3), names(WANG, None)) == (["a", "b", "c"], ["a", "c"], ["c"])
    mine = queries.profiles("meters", account_id=LI, body_code="")
    assert mine[0].reading == reading
    assert queries.fitting(mine, ["表号"]) == mine
    assert queries.fitting(mine, ["编号"]) == []
    with pytest.raises(queries.Profile.DoesNotExist):
        operations.forget_profile(profile_id=mine[0].id, owner=owners[1], by=LI, at=AT)
    operations.forget_profile(profile_id=mine[0].id, owner=owners[0], by=LI, at=AT)
    assert names(LI, None) == ["c"]


@pytest.mark.parametrize(("name", "taken"), [("", False), ("x" * 80, True), ("x" * 81, False)])
def test_a_profile_has_a_name(meters, name, taken):
    said = {"kind": "meters", "owner": operations.Owner(), "reading": Reading(), "by": LI, "at": AT}
    if taken:
        assert operations.save_profile(name=name, **said).name == name
        return
    with pytest.raises(operations.NoName):
        operations.save_profile(name=name, **said)


@pytest.mark.parametrize("job", ["try_out", "carry_out"])
def test_what_is_queued_is_a_job_of_the_worker(job):
    assert app.tasks[f"{runs.JOBS}.{job}"].queue == runs.QUEUE


def test_rows_mended_once_stay_mended(meters):
    body = "单位代码,编号,名称\nU1,A1,?\nU1,,水表\nU1,,气表\nU1,A4,热表\n".encode()
    run_id = receive(body)
    assert tried(run_id).counts["refused"] == 3

    def mend(text):
        file = operations.File("m.csv", text.encode())
        operations.arrange(run_id=run_id, mended=file, by=LI, at=AT)
        return tried(run_id).counts

    assert mend("row,编号,名称\n2,A1,电表\n3,A2,水表\n")["refused"] == 1
    # The later list says of row 3 what counts, and takes row 4 out; of row 2 it says nothing.
    assert mend("行号,编号,名称\n3,A3,水表\n4,,\n") == {
        "new": 2, "changed": 0, "unchanged": 1, "refused": 0,
    }  # fmt: skip
    committed(run_id)
    assert meters.known == {"A1": "电表", "A3": "水表", "A4": "热表"}


def test_a_list_that_is_none_does_not_bind_the_next(meters):
    run_id = receive(BAD)
    tried(run_id)
    strange = operations.File("m.csv", b"x,y\n1,2\n")
    operations.arrange(run_id=run_id, mended=strange, by=LI, at=AT)
    assert tried(run_id).state is RunState.BROUGHT

    mended = operations.File("m.csv", "row,编号,名称\n2,A1,电表\n4,A3,水表\n".encode())
    operations.arrange(run_id=run_id, mended=mended, by=LI, at=AT)
    assert tried(run_id).counts["refused"] == 0
