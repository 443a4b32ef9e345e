import pytest
from tests.worlds import electricity

from hengneng.bench import recompute, store
from hengneng.telemetry.journal import operations as journal


@pytest.fixture
def committing(transactional_db):
    """A database whose messages really commit."""
    electricity()
    yield
    journal.stop()


def test_measures_both_kinds_beside_the_same_entry_by_entry(committing, monkeypatch):
    monkeypatch.setattr(recompute, "DAYS", 1)

    told = recompute.measure(rounds=1, tell=lambda sentence: None)

    assert [one["name"] for one in told["results"]] == [
        "recompute_unit_days_s", "recompute_national_s", "recompute_registers_s",
    ]  # fmt: skip
    assert all(one["ratio"] > 0 for one in told["results"])
    assert store.is_behind() is False
    assert store.slot_count() == 100 * (96 + 95)  # registers leave the last slot open
