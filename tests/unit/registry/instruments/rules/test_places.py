"""Stays thought through in memory, against a plain list of what stood where hour by hour."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.instruments.rules.places import Places, Stay

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 12  # the hour numbered so stands for all the time after


def hour(number):
    return START + timedelta(hours=number)


SPANS = st.tuples(st.integers(0, HOURS - 1), st.none() | st.integers(1, HOURS)).filter(
    lambda span: span[1] is None or span[0] < span[1]
)
STAYS = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xyz"), SPANS), max_size=6)


def played(stays):
    """Put the stays that are possible; return the places and who stood where each hour."""
    places, stood = Places([]), {}
    for point, instrument, (start, end) in stays:
        until = None if end is None else hour(end)
        hours = range(start, HOURS + 1 if end is None else end)
        elsewhere = any(
            stood.get((other, at)) == instrument for other in "AB" if other != point for at in hours
        )
        assert places.elsewhere(instrument, point, hour(start), until) is elsewhere
        if not elsewhere:
            places.put(Stay(point, instrument, hour(start), until))
            stood |= {(point, at): instrument for at in hours}
    return places, stood


@given(STAYS, st.integers(0, HOURS - 1), st.sampled_from("xyz"))
def test_an_instrument_stands_where_it_was_put_last(stays, at, instrument):
    places, stood = played(stays)

    expected = [point for point in "AB" if stood.get((point, at)) == instrument]
    assert places.standing_from(instrument, hour(at))[0] == (expected[0] if expected else None)


@given(STAYS, st.integers(0, HOURS - 1), st.sampled_from("AB"))
def test_what_stands_stays_so_until_the_next_change(stays, at, point):
    places, stood = played(stays)

    until = places.changes_after(point, hour(at))
    ends = HOURS + 1 if until is None else int((until - START) / timedelta(hours=1))
    assert {stood.get((point, one)) for one in range(at, ends)} <= {stood.get((point, at))}
