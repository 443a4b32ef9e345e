import argparse
import json

import pytest
from tests.worlds import OPENING, REGISTER, World

from hengneng.protocol.records import DAY_SECONDS, Record
from hengneng.script.verbs import recompute
from hengneng.telemetry.consumption.rules import EDITION
from hengneng.telemetry.journal import operations as journal

FIRST, LAST = "2025-11-08", "2025-11-10"


@pytest.fixture
def world(transactional_db):
    """A unit whose register rose by 24 on each of three days, worked out."""
    made = World.made()
    made.send(
        [
            Record(REGISTER, OPENING + n * DAY_SECONDS, 24 * n, 0, "M", OPENING + n * DAY_SECONDS)
            for n in range(4)
        ]
    )
    made.settle()
    yield made
    journal.stop()


def run(world, capsys, *words, last=LAST):
    parser = argparse.ArgumentParser()
    recompute.arguments(parser)
    asked = parser.parse_args(["--unit", world.code, "--from", FIRST, "--to", last, *words])
    capsys.readouterr()
    return recompute.run(asked), capsys.readouterr().out


def test_a_dry_run_counts_and_changes_nothing(world, capsys):
    before = world.tables()

    code, told = run(world, capsys, "--dry-run", "--json")

    assert code == 0
    found = json.loads(told)
    assert (found["days"], found["messages"], found["point_days_kept"]) == (3, 1, 3)
    assert "worked" not in found
    assert world.tables() == before
    assert world.rows("SELECT 1 FROM journal_stalemark WHERE unit_id = %s") == []


def test_comparing_finds_nothing_where_the_figures_follow(world, capsys):
    code, told = run(world, capsys, "--compare")

    assert (code, told.strip()) == (
        0,
        f"nothing would change: every figure kept is that of edition {EDITION}",
    )


def test_comparing_names_what_would_change_and_changes_nothing(world, capsys):
    world.rows(
        "UPDATE consumption_consumptionday SET amount = 25 WHERE unit_id = %s"
        f" AND day = '{FIRST}' RETURNING 1"
    )
    before = world.tables()

    code, told = run(world, capsys, "--compare", "--json")

    assert code == 1
    assert json.loads(told)["changed"] == [
        {"day": FIRST, "point": "E1", "before": "25", "after": "24", "more": "-1"}
    ]
    assert world.tables() == before


def test_a_recompute_mends_a_figure_that_does_not_follow(world, capsys):
    before = world.tables()
    world.rows(
        "UPDATE consumption_consumptionday SET amount = 25 WHERE unit_id = %s"
        f" AND day = '{FIRST}' RETURNING 1"
    )

    code, told = run(world, capsys, "--json")

    assert (code, json.loads(told)["worked"] >= 3) == (0, True)
    assert world.tables() == before


def test_an_unknown_unit_and_a_turned_span_are_refused(world, capsys):
    with pytest.raises(recompute.BadSpan):
        run(world, capsys, last="2025-11-07")
    world.code = "91310000MA0000000Y"
    with pytest.raises(recompute.UnknownUnit):
        run(world, capsys)
