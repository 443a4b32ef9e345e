"""The verb ``import``: what it prints and its exit code."""

import argparse
import json

import pytest

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
    }


def test_refused_rows_are_told_with_exit_code_one(db, bad_file, capsys):
    assert run("units", bad_file) == 1

    told = capsys.readouterr()
    assert told.out == "units: 0 new, 0 changed, 0 unchanged, 1 refused; not imported\n"
    assert told.err == f"row,reason,code,name\n2,name: required,{CODE},\n"


@pytest.mark.parametrize("kind", import_.KINDS)
def test_columns_are_printed_one_a_line(kind, capsys):
    assert run(kind, "--columns") == 0

    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == [column.name for column in import_.KINDS[kind].columns]
    assert all(len(line) == 4 and line[2] in ("required", "optional") for line in lines)


def test_points_have_the_canonical_columns(capsys):
    run("points", "--columns", "--json")

    columns = json.loads(capsys.readouterr().out)["columns"]
    assert [column["name"] for column in columns] == [
        "unit_code", "code", "name", "energy_type", "level", "flow", "kind", "slot_minutes",
        "data_code", "meter", "register", "capacity", "ratio", "site_code", "valid_from",
        "instrument_number",
    ]  # fmt: skip


def test_without_a_file_it_says_what_to_do():
    with pytest.raises(import_.NoFile, match="name the file"):
        run("units")


def test_too_large_a_file_is_not_read(good_file, monkeypatch):
    monkeypatch.setattr(import_.tables, "BYTES_MAX", 3)

    with pytest.raises(import_.tables.TooLarge):
        run("units", good_file)
