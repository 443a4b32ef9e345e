import pytest
from tests import two_districts

from hengneng.bench import ledger, messages
from hengneng.bench.messages import Flavour, source_key
from hengneng.kernel import clock
from hengneng.registry.points import queries as points
from hengneng.registry.points.models import Point
from hengneng.registry.terminals import queries as terminals
from hengneng.telemetry.journal.models import Message

SINCE = 20_700


@pytest.fixture
def three_units(db):
    two_districts.build()
    return ledger.enter_many(3, width=2, since=SINCE)


def test_many_units_are_entered_with_terminals_that_may_speak(three_units):
    for one in three_units:
        spoken_for = terminals.terminal_by_secret(one.sender.device_id)
        assert (spoken_for.unit_id, spoken_for.unit_code) == (one.unit_id, one.sender.code)
    assert [one.sender.number for one in three_units] == [0, 1, 2]


def test_their_points_are_fed_by_what_the_load_sends(three_units):
    of_one = Point.objects.filter(unit_id=three_units[1].unit_id).values_list("id", flat=True)

    spans = [span for point_id in of_one for span in points.spans_of_point(point_id)]

    assert {span.key for span in spans} == {source_key(Flavour.NATIONAL, n) for n in range(2)}
    assert {span.valid_from for span in spans} == {clock.instant(SINCE * 86_400)}


def test_a_message_of_one_is_kept(three_units):
    sender = three_units[0].sender

    ledger.keep(sender, messages.message(sender, (SINCE + 1) * 96, points=2))

    assert Message.objects.get().unit_id == three_units[0].unit_id
    with pytest.raises(LookupError):
        ledger.keep(sender, b"{}")
