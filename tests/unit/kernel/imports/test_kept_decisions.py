"""What was decided of a file's rows is kept and told; lists of files ask little."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.unit.kernel.imports.running import (
    AT,
    BAD,
    LI,
    committed,
    outcomes,
    receive,
    tried,
    view,
)

from hengneng.kernel.files.models import KeptFile
from hengneng.kernel.imports import kinds, operations, queries, tables
from hengneng.kernel.imports.rules import Change, Reading
from hengneng.kernel.imports.states import RunState

pytestmark = pytest.mark.django_db(transaction=True)


class TestKeptDecisions:
    def test_pages_come_from_what_was_decided_and_not_from_the_file(self, meters, monkeypatch):
        rows = "".join(f"U1,N{number},水表,x\n" for number in range(120))
        run_id = receive(f"单位代码,编号,名称,备注\n{rows}".encode())
        tried(run_id)
        monkeypatch.setattr(tables, "opened", None)  # whoever reads the file again fails

        page = queries.outcomes(run_id, Change.NEW, account_id=LI, first=100, limit=50)

        assert [one.number for one in page] == list(range(102, 122))
        assert page[0].quoted == ["U1", "N100", "水表"]

    def test_tell_mended_rows_as_they_are_mended(self, meters):
        run_id = receive(BAD)
        tried(run_id)
        mended = operations.File("b.csv", "row,编号,名称\n2,A7,煤表\n".encode())
        operations.arrange(run_id=run_id, mended=mended, by=LI, at=AT)
        tried(run_id)

        assert outcomes(run_id, Change.NEW)[0].quoted == ["U1", "A7", "煤表"]
        assert outcomes(run_id, Change.REFUSED)[0].quoted == ["U1", "", "水表"]

    def test_go_out_of_date_when_the_ledger_changes(self, meters):
        run_id = receive()
        seen = tried(run_id)
        assert not queries.is_outdated(seen)

        receive()  # another file brought changes nothing
        assert not queries.is_outdated(view(run_id))
        other = receive("单位代码,编号,名称\nU1,A9,表\n".encode())
        tried(other)
        committed(other)
        assert queries.is_outdated(view(run_id))
        assert not queries.is_outdated(view(other))  # it tells what it did
        assert not queries.is_outdated(tried(run_id))

    def test_are_gone_when_the_file_is_read_otherwise(self, meters):
        run_id = receive()
        tried(run_id)
        reading = Reading(mapping={"name": ""})
        operations.arrange(run_id=run_id, reading=reading, by=LI, at=AT)

        assert view(run_id).state == RunState.BROUGHT
        tried(run_id)
        assert view(run_id).quoted == ["unit_code", "number"]

    def test_are_told_with_the_columns_they_were_quoted_in(self, meters):
        run_id = receive()
        stale = tried(run_id)
        operations.arrange(run_id=run_id, reading=Reading(mapping={"name": ""}), by=LI, at=AT)
        tried(run_id)

        row = outcomes(run_id, Change.NEW)[0]

        assert len(stale.quoted) == 3
        assert (row.columns, row.quoted) == (["unit_code", "number"], ["U1", "A2"])


class TestLists:
    def test_ask_no_more_for_many_files_than_for_one(self, meters):
        def asked():
            with CaptureQueriesContext(connection) as captured:
                found = queries.runs(account_id=LI, at=AT)
                queries.outdated(found)
            return len(found), len(captured)

        tried(receive())
        one, asked_for_one = asked()
        for _ in range(3):
            tried(receive())
        many, asked_for_many = asked()

        assert (one, many) == (1, 4)
        assert asked_for_many == asked_for_one == 3

    def test_tell_each_file_s_own_standing(self, meters):
        body = "单位代码,编号,名称\nU1,A9,表\n".encode()
        before, other, beside = receive(), receive(body), receive()
        for run_id in (before, other):
            tried(run_id)
        committed(other)
        after = receive()
        tried(after)

        found = queries.runs(account_id=LI, at=AT)

        assert [one.id for one in found] == [after, beside, other, before]
        assert queries.outdated(found) == {before}
        assert [one.progress is None for one in found] == [False, True, False, False]


class TestOwnRuns:
    def test_only_of_kinds_that_units_keep(self, meters, monkeypatch):
        with pytest.raises(kinds.UnknownKind):
            receive(units=["U1"], is_own=True)
        assert KeptFile.objects.count() == 0

        monkeypatch.setattr(meters, "is_own", False, raising=False)
        assert view(receive(units=["U1"], is_own=True)).is_own

    def test_stand_apart_by_unit(self, meters, monkeypatch):
        monkeypatch.setattr(meters, "is_own", False, raising=False)
        office, own = receive(), receive(units=["U1"], is_own=True)

        def found(unit):
            rows = queries.runs(account_id=LI, at=AT, unit=unit)
            assert queries.count_runs(account_id=LI, unit=unit) == len(rows)
            return [one.id for one in rows]

        assert (found(None), found("U1"), found("U2")) == ([office], [own], [])
