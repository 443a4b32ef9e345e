"""Verbs are read from their files without importing them."""

from pathlib import Path

import pytest

from hengneng.script import discovery

WITH_DATABASE = (
    '"""Do a thing.\n\nAt length.\n"""\n\nraise RuntimeError\nNEEDS_DATABASE: bool = True\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "__init__.py").write_text('"""Not a verb."""\n')
    (tmp_path / "verify_log.py").write_text(WITH_DATABASE)
    (tmp_path / "import_.py").write_text('"""Bring in."""\nNEEDS_DATABASE = False\n')
    (tmp_path / "bare.py").write_text('"""Bare."""\n')
    return tmp_path


def test_verbs_are_listed_by_name_with_their_first_line(folder):
    found = discovery.verbs(folder)

    assert {verb.name: verb.help for verb in found.values()} == {
        "bare": "Bare.",
        "import": "Bring in.",
        "verify-log": "Do a thing.",
    }
    assert list(found) == ["bare", "import", "verify-log"]


def test_a_verb_tells_whether_it_needs_the_database(folder):
    found = discovery.verbs(folder)

    assert {name: verb.needs_database for name, verb in found.items()} == {
        "bare": False,
        "import": False,
        "verify-log": True,
    }
    assert found["verify-log"].module == "hengneng.script.verbs.verify_log"


def test_every_verb_of_the_product_has_a_line_of_help():
    assert [verb.name for verb in discovery.verbs().values() if not verb.help] == []
