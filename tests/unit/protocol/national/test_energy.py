import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol import national, times
from hengneng.protocol.records import DAY_SECONDS, Flaw, Record

WHOLE = "0000000002330011"
GOOD = {"dataCode": WHOLE, "dataValue": "1.5", "statType": "0", "statDate": "2026-11-21 00:15:00"}
AT = times.local_seconds("2026-11-21 00:15:00")
FIRST, LAST = times.local_seconds("2000-01-01"), times.local_seconds("2100-12-31 23:59:59")

CODES = st.from_regex(r"[0-9]{8}(?!00)[0-9]{8}", fullmatch=True)
RECORDS = st.builds(
    lambda kind, code, at, *rest: Record(f"{kind}:{code}", at, *rest),
    st.sampled_from(["N0"]),
    CODES,
    st.integers(FIRST, LAST),
    st.integers(-(2**63 - 1), 2**63 - 1),
    st.integers(0, 9),
    st.sampled_from("MHRW"),
    st.one_of(st.just(0), st.integers(FIRST, LAST)),
)


def read(*rows):
    body = json.dumps({"deviceId": "d", "enterpriseCode": "e", "data": rows}).encode()
    return national.read_energy(body).content


def only(**changes):
    """The one record that a row with these changes gives."""
    ((record,), flaws) = read(GOOD | changes)
    assert flaws == []
    return record


def flaw(**changes):
    """The reason for which a row with these changes cannot count; a good row beside it does."""
    records, flaws = read(GOOD | changes, GOOD)
    assert records == [Record(f"N0:{WHOLE}", AT, 15, 1, "M", 0)]
    assert [position for position, _ in flaws] == [0]
    return flaws[0].reason


@given(st.lists(RECORDS, max_size=5))
def test_what_is_written_is_read(records):
    said = national.read_energy(national.write_energy("d", "e", records))

    assert said == ("d", "e", (records, []))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
    st.sampled_from([*GOOD, "scope", "valid", "inputType", "uploadDate"]),
)
def test_no_value_of_a_field_blocks_the_record_beside_it(value, field):
    records, flaws = read(GOOD | {field: value}, GOOD)

    assert len(records) + len(flaws) == 2
    assert records[-1] == Record(f"N0:{WHOLE}", AT, 15, 1, "M", 0)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(national.NotJson, national.NoEnvelope):
        national.read_energy(body)


class TestVariants:
    @pytest.mark.parametrize("valid", [1, "1", True, "true", None])
    def test_valid(self, valid):
        assert only(valid=valid).mark == "M"

    @pytest.mark.parametrize("valid", [0, "0", False, "false"])
    def test_withdrawn(self, valid):
        assert only(valid=valid).mark == "R"
        assert only(valid=valid, inputType="5").mark == "W"

    @pytest.mark.parametrize("valid", [2, -1, "", "yes", 1.0, [], {}])
    def test_neither(self, valid):
        expected = "BAD_RECORD" if isinstance(valid, list | dict) else "BAD_VALID"
        assert flaw(valid=valid) == expected

    @pytest.mark.parametrize("code", [WHOLE, "00-00-0000-023300-11"])
    def test_dashed_or_not(self, code):
        assert only(dataCode=code).series == f"N0:{WHOLE}"

    @pytest.mark.parametrize("code", [None, 1, "", "0", True])
    def test_no_code(self, code):
        assert flaw(dataCode=code) == "BAD_CODE"

    @pytest.mark.parametrize(("value", "digits"), [("2.50", 250), ("-2.50", -250)])
    def test_numbers_as_text(self, value, digits):
        assert only(dataValue=value)[2:4] == (digits, 2)

    def test_numbers_as_sent_not_as_floats(self):
        body = b'{"deviceId":"d","enterpriseCode":"e","data":[{"dataCode":"%s","dataValue":' % (
            WHOLE.encode()
        )
        body += b'0.10000000,"statType":0,"statDate":"2026-11-21 00:15:00"}]}'

        assert national.read_energy(body).content.records[0][2:4] == (10_000_000, 8)

    @pytest.mark.parametrize("value", [None, "", True, "x", 10**19, 1e300])
    def test_no_number(self, value):
        assert flaw(dataValue=value) == "BAD_NUMBER"

    def test_a_number_of_thousands_of_digits_blocks_nothing(self):
        good = json.dumps(GOOD)
        rows = f'{{"dataCode":"{WHOLE}","dataValue":{"9" * 9000}}},{good}'
        body = f'{{"deviceId":"d","enterpriseCode":"e","data":[{rows}]}}'.encode()

        records, flaws = national.read_energy(body).content

        assert len(records) == 1
        assert flaws == [Flaw(0, "BAD_RECORD")]

    @pytest.mark.parametrize(
        ("input_type", "mark"),
        [("5", "H"), (5, "H"), ("1", "M"), (2, "M"), ("3", "M"), ("4", "M"), (None, "M")],
    )
    def test_by_hand_or_by_meter(self, input_type, mark):
        assert only(inputType=input_type).mark == mark

    @pytest.mark.parametrize("input_type", [0, 6, "", "hand", True])
    def test_neither_hand_nor_meter(self, input_type):
        assert flaw(inputType=input_type) == "BAD_RECORD"

    @pytest.mark.parametrize("scope", [None, 1, "1"])
    def test_scope_agrees(self, scope):
        assert only(scope=scope).series == f"N0:{WHOLE}"

    @pytest.mark.parametrize("scope", [0, 2, "3", 4, 5, "", True])
    def test_scope_does_not(self, scope):
        assert flaw(scope=scope) == "BAD_SCOPE"

    @pytest.mark.parametrize("stat_type", [None, True, False, -1, 4, "", "00", 0.5])
    def test_no_stat_type(self, stat_type):
        assert flaw(statType=stat_type) == "BAD_STAT_TYPE"


class TestPeriods:
    @pytest.mark.parametrize(
        ("stat_type", "series", "start"),
        [
            (0, "N0", "2026-11-21 13:45:00"),
            ("1", "N1", "2026-11-21 00:00:00"),
            (2, "N2", "2026-11-01 00:00:00"),
            ("3", "N3", "2026-01-01 00:00:00"),
        ],
    )
    def test_begin_where_the_stat_type_says(self, stat_type, series, start):
        record = only(statType=stat_type, statDate="2026-11-21 13:45:00")

        assert record.series == f"{series}:{WHOLE}"
        assert times.text_of(record.at) == start

    @pytest.mark.parametrize("stat_type", [1, 2, 3])
    def test_of_days_and_more_need_no_clock(self, stat_type):
        assert only(statType=stat_type, statDate="2026-11-21").at % DAY_SECONDS == 0

    @pytest.mark.parametrize(
        "text", ["2026-11-21", None, 0, "", "2026-11-21 25:00:00", "1999-12-31"]
    )
    def test_of_no_time(self, text):
        assert flaw(statDate=text) == "BAD_TIME"

    def test_sent_at(self):
        assert only(uploadDate="2026-11-21T00:15:00").sent_at == AT

    @pytest.mark.parametrize("text", [None, "", "soon", 7, [], {"a": 1}])
    def test_sent_at_no_time_that_can_be_read(self, text):
        assert only(uploadDate=text).sent_at == 0


class TestEnvelope:
    @pytest.mark.parametrize(
        "body",
        [
            b"null", b"[]", b"{}", b'{"deviceId":"d","enterpriseCode":"e"}',
            b'{"deviceId":"d","enterpriseCode":"e","data":{}}',
            b'{"deviceId":"","enterpriseCode":"e","data":[]}',
            b'{"deviceId":1,"enterpriseCode":"e","data":[]}',
            b'{"deviceId":"d","enterpriseCode":null,"data":[]}',
            b'{"deviceId":"d\\n","enterpriseCode":"e","data":[]}',
        ],
    )  # fmt: skip
    def test_missing(self, body):
        with pytest.raises(national.NoEnvelope):
            national.read_energy(body)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"data":[]',
            b'{"data":1} x',
            b"{'a':1}",
            b'{"data":[],"deviceId":"\xff"}',
            b"\xff\xfe",
        ],
    )
    def test_not_json(self, body):
        with pytest.raises(national.NotJson):
            national.read_energy(body)

    def test_a_byte_order_mark_is_no_harm(self):
        body = national.write_energy("d", "e", [Record(f"N0:{WHOLE}", AT, 1, 0, "M", 0)])

        assert national.read_energy(b"\xef\xbb\xbf" + body) == national.read_energy(body)

    def test_empty_is_an_envelope(self):
        assert read() == ([], [])


@pytest.mark.parametrize(
    "record",
    [Record("R:m:total", AT, 1, 0, "M", 0), Record(f"N0:{WHOLE}", AT, 1, 0, "S", 0)],
)
def test_what_has_no_place_on_this_wire_is_not_written(record):
    with pytest.raises(ValueError, match="no place on this wire"):
        national.write_energy("d", "e", [record])
