import json

import pytest
from tests.unit.telemetry.lake.conftest import AT, data_dir, six_units  # noqa: F401 fixtures

from hengneng.kernel import clock
from hengneng.telemetry.lake import queries, store


@pytest.fixture
def lake(six_units, monkeypatch, capsys):  # noqa: F811
    """Run the verb on a city with two closed months."""
    import argparse

    from hengneng.script.verbs import lake as verb

    monkeypatch.setattr(clock, "now", lambda: AT)

    def run(*words):
        parser = argparse.ArgumentParser()
        verb.arguments(parser)
        code = verb.run(parser.parse_args(words))
        return code, capsys.readouterr().out

    return run


def test_writes_then_has_nothing_to_write(lake):
    code, out = lake("write")
    assert (code, out.split(",")[0]) == (0, "edition 2: 2 of 2 closed months copied")

    assert lake("write") == (0, "edition 2: nothing to copy, 2 closed months are current\n")


def test_checks_and_names_the_first_broken_file(lake):
    lake("write")
    code, out = lake("check")
    assert (code, out.splitlines()[-1]) == (0, "nothing is broken")

    path = next(file.path for _, file in store.published().files())
    store.place(path).unlink()
    code, out = lake("check", "--json")

    assert code == 1
    assert json.loads(out)["broken"] == [f"{path} is missing"]


def test_asks_both_stores(lake):
    lake("write")

    code, out = lake("query", "--json", "--months", "1")

    told = json.loads(out)
    assert (code, told["agree"], len(told["answers"])) == (0, True, 5)
    assert lake("query")[1].count(" equal;") == 5


def test_of_nothing_copied_says_what_to_do(lake):
    with pytest.raises(queries.NothingCopied, match="lake write"):
        lake("query")
