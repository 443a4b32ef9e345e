"""The verb ``import``: what it prints and its exit code."""

import argparse
import json

import pytest

from hengneng.kernel.imports import kinds, tables
from hengneng.protocol import codes
from hengneng.registry.units.models import Unit
from hengneng.script.verbs import import_

BASE = "91310000MA1F00001"
CODE = BASE + codes.credit_check_character(BASE)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "var"


def run(*words):
    parser = argparse.ArgumentParser()
    import_.arguments(parser)
    return import_.run(parser.parse_args([str(word) for word in words]))


@pytest.fixture
def good_file(tmp_path):
    path = tmp_path / "units.csv"
    path.write_text(f"code,name,备注\n{CODE},甲,x\n", encoding="utf-8")
    return path


@pytest.fixture
def bad_file(tmp_path):
    path = tmp_path / "units.csv"
    path.write_text(f"code,name\n{CODE},\n", encoding="utf-8")
    return path


def test_imports_and_says_so(db, good_file, capsys):
    assert run("units", good_file) == 0

    assert Unit.objects.get().code == CODE
    assert capsys.readouterr().out == (
        "units: 1 new, 0 changed, 0 unchanged, 0 refused; imported\ncolumns not used: 备注\n"
    )


def test_a_dry_run_changes_nothing(db, good_file, capsys):
    assert run("units", good_file, "--dry-run", "--json") == 0

    assert Unit.objects.count() == 0
    assert json.loads(capsys.readouterr().out) == {
        "kind": "units",
        "committed": False,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": [],
        "ignored_columns": ["备注"],
        "left_out_rows": [],
    }


def test_refused_rows_are_told_with_exit_code_one(db, bad_file, capsys):
    assert run("units", bad_file) == 1

    told = capsys.readouterr()
    assert told.out == "units: 0 new, 0 changed, 0 unchanged, 1 refused; not imported\n"
    assert told.err == f"row,reason,code,name\n2,name: required,{CODE},\n"


@pytest.mark.parametrize("kind", kinds.importers())
def test_columns_are_printed_one_a_line(kind, capsys):
    assert run(kind, "--columns") == 0

    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    columns = kinds.importers()[kind].columns
    assert [line[0] for line in lines] == [column.name for column in columns]
    assert all(len(line) == 4 and line[2] in ("required", "optional") for line in lines)


def test_columns_as_json_name_the_other_headings(capsys):
    assert run("units", "--columns", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert [told["kind"], told["columns"][0]["name"]] == ["units", "code"]
    assert isinstance(told["columns"][0]["aliases"], list)


def test_alone_it_lists_the_kinds(capsys):
    assert run() == 0

    assert {"units", "points", "instruments"} <= set(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("words", "refusal", "reason"),
    [
        (["ships"], kinds.UnknownKind, "there is no list of ships"),
        (["units"], import_.NoFile, "name the file"),
        (["units", "x.csv", "--map", "name"], import_.BadOption, "name is not like COLUMN=TEXT"),
        (["units", "x.csv", "--set", "=x"], import_.BadOption, "=x is not like COLUMN=TEXT"),
        (["units", "x.csv", "--map", "colour=x"], import_.BadOption, "no column colour"),
        (["units", "x.csv", "--header", "a"], import_.BadOption, "neither a row like 3"),
        (["units", "x.csv", "--header", "0"], import_.BadOption, "not in 0"),
        (["units", "x.csv", "--header", "4-3"], import_.BadOption, "not in 4-3"),
        (["units", "x.csv", "--header", "3-6"], import_.BadOption, "not in 3-6"),
        (["units", "x.csv", "--profile", "p"], import_.BadOption, "no profile p of units"),
    ],
)
def test_what_is_not_understood_is_refused(db, words, refusal, reason):
    with pytest.raises(refusal, match=reason):
        run(*words)


def test_a_file_too_large_is_not_read(monkeypatch, good_file):
    monkeypatch.setattr(tables, "BYTES_MAX", 10)

    with pytest.raises(tables.TooLarge):
        run("units", good_file)


class TestOtherHeadings:
    @pytest.fixture
    def messy_file(self, tmp_path):
        path = tmp_path / "units.csv"
        path.write_text(f"名录,\nUSCI,称呼\n{CODE},甲\n合计,1\n", encoding="gb18030")
        return path

    def test_are_mapped_by_hand_and_saved(self, db, messy_file, capsys):
        words = ["--header", "2", "--map", "code=USCI", "--map", "name=称呼"]
        assert run("units", messy_file, *words, "--save-profile", "乙", "--dry-run") == 0
        assert capsys.readouterr().out == (
            "units: 1 new, 0 changed, 0 unchanged, 0 refused; not imported\nrows left out: 4\n"
        )

        assert run("units", messy_file, "--profile", "乙") == 0

        assert Unit.objects.get().name == "甲"

    def test_are_shown_with_the_confidence(self, db, messy_file, capsys):
        messy_file.write_text(f"名录,,\n信用代码证,单位名称,x\n{CODE},甲,1\n", encoding="utf-8")

        assert run("units", messy_file, "--layout") == 0

        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "sheet -, headings in rows 2-2, 1 rows"
        assert "name\t单位名称\t100%\tname" in lines


class TestMending:
    def test_refused_rows_go_out_and_come_back(self, db, tmp_path, capsys):
        path, list_ = tmp_path / "units.csv", tmp_path / "refused.xlsx"
        path.write_text(f"code,name\n{CODE},甲\n{CODE[:-1]}?,乙\n", encoding="utf-8")
        assert run("units", path, "--refused", list_) == 1
        assert Unit.objects.count() == 0
        mended = tmp_path / "mended.csv"
        mended.write_text("row,reason,code,name\n3,,,\n", encoding="utf-8")

        assert run("units", path, "--mended", mended) == 0

        assert Unit.objects.get().name == "甲"
        sheet = tables.read("a.xlsx", list_.read_bytes())[1]
        assert sheet.headings == ["row", "reason", "code", "name"]
        assert [(n, cells[0]) for n, cells in sheet.lines] == [(2, "3")]

    def test_refused_rows_as_csv(self, db, bad_file, tmp_path, capsys):
        assert run("units", bad_file, "--refused", tmp_path / "refused.csv") == 1

        assert capsys.readouterr().err == (
            f"refused rows are in {tmp_path}/refused.csv; mend them there,"
            " then give them back with\n"
            f"  ./hengneng import units {bad_file} --mended {tmp_path}/refused.csv\n"
        )
        text = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
        assert text == f"row,reason,code,name\n2,name: required,{CODE},\n"


def test_a_template_can_be_filled_and_imported(db, tmp_path):
    assert run("units", "--template", tmp_path / "units.xlsx") == 0

    read = tables.read("a.xlsx", (tmp_path / "units.xlsx").read_bytes())[1]
    assert read.headings[:2] == ["统一社会信用代码*", "单位名称*"]


def test_differences_are_told_row_by_row(db, good_file, capsys):
    assert run("units", good_file, "--dry-run", "--diff", "--json") == 0

    assert json.loads(capsys.readouterr().out)["rows"] == [
        {"row": 2, "change": "NEW", "differences": {}}
    ]
    assert run("units", good_file, "--dry-run", "--diff") == 0
    assert "2\tnew\n" in capsys.readouterr().out
