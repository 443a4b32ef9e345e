import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol import glances, national, registers
from hengneng.protocol.records import extent_of

CODE = "91310000MA1FL00016"
OFFSET_S = 8 * 3600
INCREMENT = {
    "dataCode": "00-00-0000-023300-11", "dataValue": "12.5", "inputType": "4", "statType": "0",
    "statDate": "2026-11-21 00:15:00", "uploadDate": "2026-11-22 07:00:12", "scope": "1",
    "valid": "1",
}  # fmt: skip
READING = {
    "meter": "M-1", "register": "total", "instant": "2026-11-21 00:15:00", "value": "12.5",
    "status": "good", "uploadDate": "2026-11-22 07:00:12",
}  # fmt: skip

ODD = st.sampled_from([None, True, False, 0, 1, 7, 1.5, "", "9", "x", "1\n2", [], {}, "\ud800"])
FIELDS = {
    "dataCode": st.sampled_from(
        ["00-00-0000-023300-11", "0000000002330012", "00-00-0000-003300-11", "00-00", "１" * 16]
    ),
    "dataValue": st.one_of(
        st.decimals(0, 10**14, places=3, allow_nan=False).map(str),
        st.sampled_from(
            ["-1", "+1", "1e3", ".5", "5.", "9" * 12, "9" * 13, "9" * 19, "1.12345", "1.123456",
             "١٢", "1\n2", "12.5\n", " 1"]
        ),
    ),
    "inputType": st.sampled_from(["1", "4", "5", "6"]),
    "statType": st.sampled_from(["0", "1", "2", "3", "4"]),
    "statDate": st.sampled_from(
        ["2026-11-21 00:15:00", "2026-11-22T00:15:00", "2026-11-21", "2026-02-30 00:00:00"]
    ),
    "scope": st.sampled_from(["1", "2", "5"]),
    "valid": st.sampled_from(["1", "0", "true", "false", "TRUE"]),
    "uploadDate": st.sampled_from(["2026-11-22 07:00:12", "late"]),
    "meter": st.sampled_from(["M-1", "M-2", "M:3", "m" * 40, "m" * 41, "\u0007"]),
    "register": st.sampled_from(["total", "peak", ""]),
    "instant": st.sampled_from(
        ["2026-11-21 23:45:00", "2026-11-21T23:45:00Z", "2026-11-22T00:15:00+09:00", "2026-11-21"]
    ),
    "status": st.sampled_from(["good", "bad", "OK"]),
}  # fmt: skip
FIELDS["value"] = FIELDS["dataValue"]


def rows(plain):
    """Rows like the plain one with some fields changed, left out or of an odd kind."""
    changes = st.fixed_dictionaries(
        {}, optional={name: st.one_of(FIELDS[name], FIELDS[name], ODD) for name in plain}
    )
    without = st.sets(st.sampled_from(sorted(plain)), max_size=1)
    return st.builds(
        lambda changed, left_out: {
            name: value for name, value in (plain | changed).items() if name not in left_out
        },
        changes,
        without,
    )


def messages(plain):
    """Whole messages: mostly of plain rows, some with odd ones, some with another envelope."""
    row = st.one_of(st.just(plain), st.just(plain), rows(plain), st.sampled_from([None, 7, "x"]))
    envelope = st.fixed_dictionaries(
        {
            "deviceId": st.one_of(st.just("secret"), ODD),
            "enterpriseCode": st.one_of(st.just(CODE), ODD),
            "data": st.lists(row, max_size=4),
        },
        optional={"more": st.integers()},
    )
    return envelope.map(lambda wire: json.dumps(wire).encode())


def check(glance, read):
    """A glance sees nothing, or just what reading every record finds: all good."""
    if glance is None:
        return
    said = read()
    assert (glance.device_id, glance.enterprise_code) == said[:2]
    assert said.content.records
    assert not said.content.flaws
    assert glance.content == extent_of(said.content)


def of_increments(*records):
    wire = {"deviceId": "secret", "enterpriseCode": CODE, "data": list(records)}
    return glances.at_increments(json.dumps(wire).encode())


def of_readings(*records):
    wire = {"deviceId": "secret", "enterpriseCode": CODE, "data": list(records)}
    return glances.at_registers(json.dumps(wire).encode(), offset_s=OFFSET_S)


@given(messages(INCREMENT))
def test_increments_are_seen_as_they_are_read(body):
    check(glances.at_increments(body), lambda: national.read_energy(body))


@given(messages(READING))
def test_registers_are_seen_as_they_are_read(body):
    check(
        glances.at_registers(body, offset_s=OFFSET_S),
        lambda: registers.read_registers(body, offset_s=OFFSET_S),
    )


def test_a_plain_message_is_seen():
    other_day = INCREMENT | {"statDate": "2026-11-20 23:45:00", "valid": "0", "inputType": "5"}

    glance = of_increments(INCREMENT, other_day)

    assert glance.content == ((20777, 20778), [])


def test_what_terminals_may_leave_out_is_seen():
    bare = {name: INCREMENT[name] for name in ("dataCode", "dataValue", "statType", "statDate")}

    assert of_increments(bare).content.days == (20778,)
    assert of_readings({k: READING[k] for k in ("meter", "instant", "value")}) is not None


def test_a_readings_day_is_the_citys():
    assert of_readings(READING | {"instant": "2026-11-20T16:00:00Z"}).content.days == (20778,)


@pytest.mark.parametrize("value", ["999999999999.99999", "0", "0.10"])
def test_numbers_that_surely_fit_are_plain(value):
    assert of_increments(INCREMENT | {"dataValue": value}) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"dataValue": "1000000000000"},
        {"dataValue": "1.123456"},
        {"dataValue": "-1"},
        {"dataValue": 1},
        {"dataValue": "1\n2"},
        {"statType": "1"},
        {"scope": "2"},
        {"statDate": "2026-11-21"},
        {"dataCode": "00-00-0000-003300-11"},
        {"valid": "TRUE"},
    ],
)
def test_anything_else_is_left_to_reading(change):
    assert of_increments(INCREMENT, INCREMENT | change) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'\xef\xbb\xbf{"data":[]}', b"\xff"])
def test_so_is_what_is_no_message(body):
    assert glances.at_increments(body) is None
    assert glances.at_registers(body, offset_s=OFFSET_S) is None


def test_and_a_message_of_nothing():
    assert of_increments() is None
    assert of_readings() is None


def test_names_are_remembered_within_bounds(monkeypatch):
    monkeypatch.setattr(glances, "_REMEMBERED_MAX", 2)

    for number in range(5):
        assert of_readings(READING | {"meter": f"B-{number}"}) is not None

    assert len(glances._good_registers) <= 2
