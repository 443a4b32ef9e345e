"""A case goes through the committer and the recompute, and comes out exact."""

import pytest

from hengneng.bench.faults import board, playing
from hengneng.kernel import clock
from hengneng.registry.energy import operations as energy
from hengneng.telemetry.journal import operations as journal


@pytest.fixture
def city(transactional_db):
    """A database that commits for real, with the rules that ship."""
    energy.load_rules(by=None, at=clock.now())
    journal.ensure_partitions(at=clock.now())
    yield
    journal.stop()


@pytest.mark.usefixtures("city")
def test_an_outage_whose_readings_are_all_sent_again_loses_nothing():
    told = playing.play_all(
        board.chosen("outage-resent", board.SEED), seed=board.SEED, tell=lambda _: None
    )

    (row,) = told["cases"]
    assert row["computed_kwh"] == row["true_kwh"] != "0"
    assert (row["lost_kwh"], row["misplaced_kwh"], row["pass"]) == ("0", "0", True)
    assert (row["found_by"], row["delay_h"]) == ("mark .", 1)
    # Every slot was measured, and none is left without a value inside the days played.
    assert row["marks"].keys() == {"M"}


@pytest.mark.usefixtures("city")
def test_an_outage_is_estimated_between_good_registers():
    told = playing.play_all(
        board.chosen("outage", board.SEED), seed=board.SEED, tell=lambda _: None
    )

    (row,) = told["cases"]
    assert (row["lost_kwh"], row["misplaced_kwh"]) == ("0", "0")
    assert row["marks"]["E"] == 4 * 25
