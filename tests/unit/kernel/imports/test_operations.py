"""All rows or none, one entry, one kept file; a trial leaves no trace."""

from datetime import UTC, datetime

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import Tail
from hengneng.kernel.files import queries as files
from hengneng.kernel.files.models import KeptFile
from hengneng.kernel.imports import operations, rules, writing
from hengneng.protocol import codes
from hengneng.registry.units.imports import UnitImporter
from hengneng.registry.units.models import Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def credit_code(number):
    base = f"91310000MA1F{number:05}"
    return base + codes.credit_check_character(base)


FIRST, SECOND = credit_code(1), credit_code(2)
GOOD = f"统一社会信用代码,单位名称,备注\n{FIRST},甲,x\n{SECOND},乙,y\n".encode()
ONE_BAD = f"code,name\n{FIRST},甲\n{FIRST[:-1]}?,乙\n{SECOND},\n".encode()


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def run(act, body):
    said = {} if act is operations.preview else {"by": 7}
    return act(importer=UnitImporter(), name="units.csv", body=body, at=AT, **said)


class TestCommit:
    def test_takes_every_row_with_one_entry_and_keeps_the_file(self, db):
        report = run(operations.commit, GOOD)

        assert (report.committed, report.count(rules.Change.NEW), report.refused) == (True, 2, [])
        assert report.ignored == ["备注"]
        assert [unit.code for unit in Unit.objects.order_by("code")] == [FIRST, SECOND]
        assert files.read(KeptFile.objects.get().id) == GOOD
        entry = Entry.objects.get()
        assert (entry.action, entry.by, entry.details["new"]) == ("import.committed", 7, 2)

    def test_one_refused_row_refuses_all(self, db):
        report = run(operations.commit, ONE_BAD)

        assert not report.committed
        assert [(r.number, r.reason) for r in report.refused] == [
            (
                3,
                (
                    f"{FIRST[:-1]}? is not a unified social credit code:"
                    " it holds a character that stands in no such code"
                ),
            ),
            (4, "name: required"),
        ]
        for model in (Unit, Entry, KeptFile, Tail):
            assert model.objects.count() == 0

    def test_the_same_file_again_changes_nothing(self, db):
        run(operations.commit, GOOD)

        report = run(operations.commit, GOOD)

        assert [o.change for o in report.outcomes] == [rules.Change.UNCHANGED] * 2
        assert KeptFile.objects.count() == 2

    def test_a_row_twice_in_a_file_is_new_once(self, db):
        body = f"code,name\n{FIRST},甲\n{FIRST},甲\n".encode()

        report = run(operations.commit, body)

        assert [o.change for o in report.outcomes] == [rules.Change.NEW, rules.Change.UNCHANGED]


class TestPreview:
    def test_tells_the_same_and_leaves_no_trace(self, db, tmp_path):
        report = run(operations.preview, GOOD)

        assert (report.committed, report.count(rules.Change.NEW)) == (False, 2)
        for model in (Unit, Entry, KeptFile, Tail):
            assert model.objects.count() == 0
        assert not list(tmp_path.iterdir())


class TestColumns:
    @pytest.mark.parametrize(
        ("headings", "reason"),
        [
            (b"code\n", r"columns missing: name \(单位名称\)"),
            ("code,name,单位名称\n".encode(), "name stands there twice"),
        ],
    )
    def test_wrong_headings_are_refused(self, db, headings, reason):
        with pytest.raises(rules.WrongColumns, match=reason):
            run(operations.preview, headings)

    def test_case_stars_and_notes_of_headings_do_not_matter(self, db):
        body = f"Code*,单位名称（全称）\n{FIRST},甲\n".encode()

        assert run(operations.preview, body).count(rules.Change.NEW) == 1


def test_refused_rows_come_back_as_csv_that_no_spreadsheet_runs(db):
    report = run(operations.preview, f'code,name\n"=HYPERLINK(1)",甲\n{FIRST},甲\n'.encode())

    assert writing.refused_csv(report) == (
        "row,reason,code,name\n2,code: a formula; enter its value,'=HYPERLINK(1),甲\n"
    )
