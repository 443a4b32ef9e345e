import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol import national, registers, times
from hengneng.protocol.records import Record

GOOD = {"meter": "E-01", "instant": "2026-11-21 00:15:00", "value": "1.5"}
AT = times.local_seconds("2026-11-21 00:15:00")
FIRST, LAST = times.local_seconds("2000-01-01"), times.local_seconds("2100-12-31 23:59:59")
NAMES = st.text(
    st.characters(categories=["L", "N", "P"], exclude_characters=":"), min_size=1, max_size=40
)
RECORDS = st.builds(
    lambda meter, register, *rest: Record(f"R:{meter}:{register}", *rest),
    NAMES,
    NAMES,
    st.integers(FIRST, LAST),
    st.integers(0, 2**63 - 1),
    st.integers(0, 9),
    st.sampled_from("MR"),
    st.one_of(st.just(0), st.integers(FIRST, LAST)),
)


def read(*rows, name="data"):
    body = json.dumps({"deviceId": "d", "enterpriseCode": "e", name: rows}).encode()
    return registers.read_registers(body, offset_s=28_800).content


def only(**changes):
    ((record,), flaws) = read(GOOD | changes)
    assert flaws == []
    return record


def flaw(**changes):
    records, flaws = read(GOOD | changes, GOOD)
    assert records == [Record("R:E-01:total", AT, 15, 1, "M", 0)]
    return flaws[0].reason


@given(st.lists(RECORDS, max_size=5))
def test_what_is_written_is_read(records):
    body = registers.write_registers("d", "e", records)

    assert registers.read_registers(body, offset_s=0) == ("d", "e", (records, []))


def test_the_list_may_be_called_registers():
    assert read(GOOD, name="registers") == read(GOOD)


def test_a_list_there_must_be():
    with pytest.raises(national.NoEnvelope):
        read(name="else")


@pytest.mark.parametrize("status", [None, "", "0", 0, "good", "OK", " valid ", "Good"])
def test_good(status):
    assert only(status=status).mark == "M"


@pytest.mark.parametrize("status", [1, "1", "bad", False, True, 0.5, [], {}])
def test_withdrawn(status):
    assert only(status=status).mark == "R"


@pytest.mark.parametrize("meter", ["E-01", "m" * 40, "一号表", "a b"])
def test_a_meter(meter):
    assert only(meter=meter).series == f"R:{meter}:total"


@pytest.mark.parametrize("meter", [None, "", "m" * 41, "a:b", "a\nb", "a\0", 7, []])
def test_no_meter(meter):
    assert flaw(meter=meter) == "BAD_CODE"


@pytest.mark.parametrize("register", ["", "r" * 41, "a\tb", 7, {}])
def test_no_register(register):
    assert flaw(register=register) == "BAD_CODE"


def test_a_register_may_hold_a_colon():
    assert only(register="1.8.0:255").series == "R:E-01:1.8.0:255"


@pytest.mark.parametrize("value", [None, "", "-0.1", -1, "x", True, 10**19, []])
def test_no_value_of_a_register(value):
    assert flaw(value=value) == "BAD_NUMBER"


def test_zero_is_a_value():
    assert only(value=0)[2:4] == (0, 0)


@pytest.mark.parametrize("instant", [None, "", "2026-11-21", 7, "now"])
def test_no_instant(instant):
    assert flaw(instant=instant) == "BAD_TIME"


@pytest.mark.parametrize(
    "record",
    [Record("N0:0000000002330011", AT, 1, 0, "M", 0), Record("R:m:total", AT, 1, 0, "H", 0)],
)
def test_what_has_no_place_on_this_wire_is_not_written(record):
    with pytest.raises(ValueError, match="no place on this wire"):
        registers.write_registers("d", "e", [record])
