"""A journal to write to: content made by hand, committers ended before the database goes."""

from datetime import UTC, datetime

import pytest

from hengneng.protocol.records import DAY_SECONDS, Content, Flaw, Record
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
SERIES = "N0:0000000002330011"


@pytest.fixture
def one_day():
    """Two records of one day, which is 1970-01-11 as local seconds go."""
    first, second = (Record(SERIES, 10 * DAY_SECONDS + s, 1, 0, "M", 0) for s in (0, 900))
    return Content([first, second], [])


@pytest.fixture
def two_days_and_flaws():
    """Records of two days and three flaws of two kinds."""
    records = [Record(SERIES, day * DAY_SECONDS, 1, 0, "M", 0) for day in (11, 10)]
    flaws = [Flaw(1, "BAD_TIME"), Flaw(2, "BAD_NUMBER"), Flaw(4, "BAD_TIME")]
    return Content(records, flaws)


@pytest.fixture
def keep(one_day):
    """Accept a body for a unit with what matters stated and the rest boring."""

    def accept(body=b"{}", *, unit_id=1, content=one_day, at=AT, channel=Channel.NATIONAL):
        return journal.accept(
            unit_id=unit_id, terminal_id=7, channel=channel, body=body, content=content, at=at
        )

    return accept


@pytest.fixture
def committed_journal(transactional_db):
    """The journal with real commits; the committer's connection is handed back afterwards."""
    yield
    journal.stop()
