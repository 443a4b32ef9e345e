"""A record that cannot count is kept and marked with its reason; it never blocks the good ones.

ARCHITECTURE 5.1 at the running server; and what is odd, and still good.
"""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from tests import inside, wire
from tests.bench import (
    CODE,
    DAY,
    ENERGY,
    METER,
    REGISTERS,
    assert_refused,
    failed,
    good,
    raw,
    send,
)
from tests.wire import RECEIVED

SHOWN = """
from hengneng.registry.units.models import Unit
from hengneng.telemetry.journal import queries
newest = queries.flawed_records(Unit.objects.get(code=%r).id, limit=2)
result = [(row.reason, row.positions) for row in newest]
"""
DAY_OF = """
SELECT day.amount FROM consumption_consumptionday AS day
JOIN units_unit AS unit ON unit.id = day.unit_id JOIN points_point AS point ON point.id = point_id
WHERE unit.code = %s AND day.day = %s AND point.code = 'E-01'
"""


class TestARecordThatCannotCount:
    @pytest.mark.parametrize(
        ("flaw", "reason"),
        [
            ({"dataCode": "99"}, "BAD_CODE"),
            ({"dataCode": None}, "BAD_CODE"),
            ({"dataCode": "00-00-0000-003300-11"}, "BAD_CODE"),
            ({"scope": "4"}, "BAD_SCOPE"),
            ({"scope": "9"}, "BAD_SCOPE"),
            ({"statDate": "2026-02-30 00:00:00"}, "BAD_TIME"),
            ({"statDate": "yesterday"}, "BAD_TIME"),
            ({"statDate": 20260401}, "BAD_TIME"),
            ({"statDate": "9999-12-31 00:00:00"}, "BAD_TIME"),
            ({"dataValue": "NaN"}, "BAD_NUMBER"),
            ({"dataValue": "1,5"}, "BAD_NUMBER"),
            ({"dataValue": ""}, "BAD_NUMBER"),
            ({"dataValue": None}, "BAD_NUMBER"),
            ({"dataValue": True}, "BAD_NUMBER"),
            ({"dataValue": "1e400"}, "BAD_NUMBER"),
            ({"dataValue": 10**400}, "BAD_NUMBER"),
            ({"dataValue": "9223372036854775808"}, "BAD_NUMBER"),
            ({"dataValue": "0.0000000001"}, "BAD_NUMBER"),
            ({"statType": "7"}, "BAD_STAT_TYPE"),
            ({"valid": "maybe"}, "BAD_VALID"),
            ({"valid": 2}, "BAD_VALID"),
            ({"inputType": "9"}, "BAD_RECORD"),
            ({"dataCode": {}}, "BAD_RECORD"),
            ({"valid": []}, "BAD_RECORD"),
        ],
    )
    def test_is_marked_and_the_rest_counts(self, unwell, flaw, reason):
        reply = send(unwell, [good(), good() | flaw, good(DAY + timedelta(minutes=15), "2")])

        assert reply == (200, RECEIVED)
        assert unwell.flaws() == {reason: [1]}

    @pytest.mark.parametrize(
        ("number", "reason"),
        [
            ("9" * 10_000, "BAD_RECORD"),  # so many digits that no reader takes it for a number
            ("-" + "9" * 10_000 + ".5", "BAD_NUMBER"),
            ("1e999999999", "BAD_NUMBER"),
        ],
    )
    def test_is_marked_where_its_number_is_huge(self, unwell, number, reason):
        said = json.dumps(unwell.terminal.envelope([good(), good(value="HUGE")]))

        reply = raw(unwell.platform, ENERGY, said.replace('"HUGE"', number).encode())

        assert reply == (200, RECEIVED)
        assert unwell.flaws() == {reason: [1]}

    @pytest.mark.parametrize("row", [None, 1, "text", [], [[]], True])
    def test_is_marked_where_it_is_no_object(self, unwell, row):
        assert send(unwell, [good(), row]) == (200, RECEIVED)
        assert unwell.flaws() == {"BAD_RECORD": [1]}

    @pytest.mark.parametrize(
        ("flaw", "reason"),
        [
            ({"meter": ""}, "BAD_CODE"),
            ({"meter": "a:b"}, "BAD_CODE"),
            ({"register": 7}, "BAD_CODE"),
            ({"instant": "2026-04-01"}, "BAD_TIME"),
            ({"instant": "2026-04-01T00:00:00+99"}, "BAD_TIME"),
            ({"value": "-1"}, "BAD_NUMBER"),
            ({"value": "12h"}, "BAD_NUMBER"),
        ],
    )
    def test_of_a_register_is_marked_too(self, unwell, flaw, reason):
        reading = wire.register(METER, DAY, "10.5")

        assert send(unwell, [reading | flaw, reading], REGISTERS) == (200, RECEIVED)
        assert unwell.flaws() == {reason: [0]}

    @pytest.mark.parametrize("path", [ENERGY, REGISTERS])
    @pytest.mark.parametrize("rows", [[], [{}], [None, 1], [{"dataValue": "1"}] * 3])
    def test_alone_makes_no_message(self, bench, path, rows):
        body = json.dumps(bench.terminal.envelope(rows)).encode()

        assert_refused(
            bench, path, body, failed("没有可用的数据记录"), "NO_USABLE_RECORD", known=True
        )

    def test_is_shown_to_the_unit(self, bench):
        send(bench, [good(), good() | {"dataValue": "seven"}, good() | {"dataCode": "7"}])

        shown = inside.result_of(bench.platform, SHOWN % bench.terminal.unit_code)

        assert shown == [["BAD_CODE", [2]], ["BAD_NUMBER", [1]]]

    def test_leaves_the_day_as_the_good_ones_say(self, bench):
        day = DAY + timedelta(days=1)
        rows = [
            good(day, "1.5"),
            good(day + timedelta(minutes=15), "NaN"),
            good(day + timedelta(minutes=30), "2.25"),
            good(day + timedelta(minutes=45), "100", valid="0"),
        ]
        assert send(bench, [*rows, "?"]) == (200, RECEIVED)

        wire.until(lambda: inside.is_settled(bench.platform), seconds=20, what="settled")
        ((amount,),) = inside.rows(bench.platform, DAY_OF, bench.terminal.unit_code, day.date())
        assert str(amount.normalize()) == "3.75"


class TestWhatIsOddAndStillGood:
    def test_ten_thousand_records_in_a_message(self, bench):
        rows: list[Any] = [good(DAY + timedelta(minutes=15 * n), f"{n}.5") for n in range(10_000)]

        assert send(bench, rows) == (200, RECEIVED)
        assert bench.flaws() == {}

    @pytest.mark.parametrize(
        "variant",
        [
            {"dataCode": CODE.replace("-", "")},
            {"dataValue": 1.5, "scope": 1, "valid": True, "statType": 0, "inputType": 4},
            {"dataValue": 15, "valid": 1},
            {"dataValue": "1.5E1", "valid": "true"},
            {"uploadDate": "never"},
            {"extra": {"deep": [[[[{}]]]]}},
        ],
    )
    def test_a_documented_variant(self, unwell, variant):
        assert send(unwell, [good() | variant]) == (200, RECEIVED)
        assert unwell.flaws() == {}

    def test_a_byte_order_mark(self, bench):
        body = b"\xef\xbb\xbf" + json.dumps(bench.terminal.envelope([good()])).encode()

        assert raw(bench.platform, ENERGY, body) == (200, RECEIVED)

    def test_a_key_that_stands_twice(self, bench):
        said = json.dumps(bench.terminal.envelope([good(value="5.5")]))
        body = said.replace('"dataValue":', '"dataValue": "1", "dataValue":').encode()

        assert raw(bench.platform, ENERGY, body) == (200, RECEIVED)
        assert bench.flaws() == {}

    def test_nesting_in_one_record_only(self, bench):
        good_one = json.dumps(good(value="6.5"))
        body = json.dumps(bench.terminal.envelope([])).encode()
        deep = b"[" * 900 + b"]" * 900
        rows = b'"data": [' + good_one.encode() + b', {"dataValue": ' + deep + b"}]"

        reply = raw(bench.platform, ENERGY, body.replace(b'"data": []', rows))

        assert reply == (200, RECEIVED)
        assert bench.flaws() == {"BAD_STAT_TYPE": [1]}

    def test_the_same_message_again_is_stored_once(self, bench):
        rows: list[Any] = [good(value=f"{time.monotonic_ns()}")]
        assert send(bench, rows) == (200, RECEIVED)
        before = inside.rows(bench.platform, "SELECT count(*) FROM journal_message")

        assert send(bench, rows) == (200, RECEIVED)

        assert inside.rows(bench.platform, "SELECT count(*) FROM journal_message") == before
