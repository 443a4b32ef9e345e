"""A usual message in columns says what it says record by record."""

import json

from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol import blocks, numbers, registers
from hengneng.protocol.national import read_energy
from hengneng.protocol.records import Record

EAST = 28_800


def told(block):
    """Return a block's records; those whose number is none are left out, as the readers do."""
    count = len(block.values)
    at, sent = ([t] * count if isinstance(t, int) else t for t in (block.at, block.sent_at))
    found = []
    for series, second, value, sent_at in zip(block.series, at, block.values, sent, strict=True):
        try:
            digits, scale = numbers.parse(value)
        except numbers.BadNumber:
            continue
        if series[0] != "R" or digits >= 0:
            found.append(Record(series, second, digits, scale, "M", sent_at))
    return found


def message(rows, **head):
    return json.dumps({"deviceId": "0" * 32, "enterpriseCode": "X" * 18, "data": rows} | head)


times = st.sampled_from(
    ["2026-11-02 00:15:00", "2026-11-02 00:15:00", "2026-11-02T00:30:00", "2026-11-02", "soon"]
)
values = st.sampled_from(["12.50", "7", "-1.5", "1e2", "x", 3, 2.5, None, True])


def row(**fields):
    return st.fixed_dictionaries({}, optional=fields)


increments = row(
    dataCode=st.sampled_from(["00-00-0000-023300-11", "00-00-0000-023300-11", "0-0"]),
    dataValue=values, statType=st.sampled_from(["0", "0", "0", "0", "1", 0]), statDate=times,
    scope=st.sampled_from(["1", "3", "1", None]), valid=st.sampled_from(["1", "1", True, "0"]),
    inputType=st.sampled_from(["4", "4", "5", None]), uploadDate=times,
)  # fmt: skip
readings = row(
    meter=st.sampled_from(["M1", "M2", "M:3", 4]), value=values, instant=times,
    register=st.sampled_from(["total", None]), status=st.sampled_from(["good", None, "bad"]),
    uploadDate=times,
)  # fmt: skip
whole_increment = {
    "dataCode": "00-00-0000-023300-11", "dataValue": "1.5", "statType": "0",
    "statDate": "2026-11-02 00:15:00", "scope": "1",
}  # fmt: skip
whole_reading = {"meter": "M1", "value": "1.5", "instant": "2026-11-02T00:15:00+09:00"}


@given(st.lists(st.one_of(increments, increments.map(lambda one: whole_increment | one)),
                max_size=4))  # fmt: skip
def test_increments(rows):
    body = message(rows).encode()
    block = blocks.Reader(offset_s=EAST).increments(body)

    assert block is None or told(block) == read_energy(body).content.records


@given(st.lists(st.one_of(readings, readings.map(lambda one: whole_reading | one)), max_size=4))
def test_registers(rows):
    body = message(rows).encode()
    block = blocks.Reader(offset_s=EAST).registers(body)

    found = registers.read_registers(body, offset_s=EAST).content.records
    assert block is None or told(block) == found


def test_a_usual_message_is_read_in_columns():
    body = message([whole_increment] * 3).encode()
    block = blocks.Reader(offset_s=EAST).increments(body)

    assert block is not None
    assert told(block) == read_energy(body).content.records
    assert len(told(block)) == 3


def test_names_that_come_again_are_the_same_object():
    reader = blocks.Reader(offset_s=EAST)
    one = reader.registers(message([whole_reading]).encode())
    two = reader.registers(message([whole_reading | {"value": "2"}]).encode())

    assert one.series is two.series


def test_names_that_differ_behind_the_first_are_told_apart():
    reader = blocks.Reader(offset_s=EAST)
    for meter in ("M2", "M3"):
        block = reader.registers(
            message([whole_reading, whole_reading | {"meter": meter}]).encode()
        )
        assert block.series == ("R:M1:total", f"R:{meter}:total")


def test_a_message_with_readings_under_its_other_name_is_left_to_the_general_way():
    body = json.dumps({"registers": [whole_reading]}).encode()

    assert blocks.Reader(offset_s=EAST).registers(body) is None
