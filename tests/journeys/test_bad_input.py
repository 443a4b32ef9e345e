"""Whatever a client sends, the running server answers in the protocol's words and goes on.

ARCHITECTURE 5.1 case by case, over raw sockets: what is refused is refused whole and kept with its
bytes; everything else is accepted, a record that cannot count marked with its reason.
"""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from tests import inside, wire
from tests.product import Platform
from tests.wire import RECEIVED, Client, Terminal

REGISTER, VERSIONS = "/nhjc/register", "/nhjc/versionCheck"
CONFIGURATION, ENERGY = "/nhjc/uploadConfigData", "/nhjc/uploadEnergyData"
REGISTERS = "/devices/v1/registers"
EVERY_PATH = [REGISTER, VERSIONS, CONFIGURATION, ENERGY, REGISTERS]
DAY = datetime(2026, 4, 1)  # noqa: DTZ001 - as the city's clocks show it
CODE = "00-00-0000-023300-11"
KEPT_BYTES = 64 * 1024
LIMIT = 4 * 1024 * 1024
NOT_JSON, NO_ENVELOPE = "报文不是有效的JSON", "报文格式不正确"
NOT_ITS_UNIT, NO_RECORD = "序列号与企业统一社会信用代码不符", "没有可用的数据记录"
DEEP = 100_000


class Reply(NamedTuple):
    """What the server said on a raw connection."""

    status: int
    said: dict[str, str]


class Bench(NamedTuple):
    """A unit whose terminal was admitted, and another unit."""

    platform: Platform
    terminal: Terminal
    other_code: str

    def is_served(self) -> bool:
        """Send a good message, like none before it; the day's first quarter takes what it says."""
        value = f"{time.monotonic_ns()}"
        return self.terminal.send_increments([wire.increment(CODE, DAY, value)]) == (
            200,
            json.dumps(RECEIVED, separators=(",", ":")).encode(),
        )

    def rejections(self) -> list[tuple[str, str, int, bytes, bool]]:
        """Return what was refused: endpoint, reason, size, bytes, whether the unit is known."""
        found = inside.rows(
            self.platform,
            "SELECT endpoint, reason, size, body, unit_id IS NOT NULL FROM journal_rejection"
            " WHERE source_address = %s ORDER BY id",
            wire.HERE,
        )
        return [(*row[:3], bytes(row[3]), row[4]) for row in found]

    def flaws(self) -> dict[str, list[int]]:
        """Return the flawed records of the message that was kept last, places by reason."""
        found = inside.rows(
            self.platform,
            "SELECT reason, positions FROM journal_flawedrecord WHERE sequence ="
            " (SELECT max(sequence) FROM journal_message)",
        )
        return dict(found)


@pytest.fixture(scope="module")
def unwell(platform: Platform) -> Bench:
    """The running product and a terminal at which things go wrong."""
    code, other = inside.unit_code(11), inside.unit_code(12)
    inside.enter_units(platform, [code, other])
    inside.enter(
        platform,
        "points",
        [
            inside.point_row(code, code="E-01", data_code=CODE),
            inside.point_row(code, code="E-02", meter="M1"),
        ],
    )
    terminal = inside.admitted(platform, code, Client(platform.base_url))
    return Bench(platform, terminal, other)


@pytest.fixture
def bench(unwell: Bench) -> Iterator[Bench]:
    """The same, still serving after each test."""
    yield unwell
    assert unwell.is_served()


def connected(platform: Platform) -> socket.socket:
    """Return a raw connection to the server."""
    parts = urlsplit(platform.base_url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def head(path: str, *headers: str, method: str = "POST") -> bytes:
    """Return a request's head, the connection to be closed after it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: city.example", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def reply_on(connection: socket.socket) -> Reply:
    """Return what the server says until it closes."""
    received = bytearray()
    while block := connection.recv(65536):
        received += block
    top, _, body = bytes(received).partition(b"\r\n\r\n")
    return Reply(int(top.split()[1]), json.loads(body) if body.startswith(b"{") else {})


def raw(platform: Platform, path: str, body: bytes, *headers: str, method: str = "POST") -> Reply:
    """Send a body with its length and return the reply."""
    with connected(platform) as connection:
        connection.sendall(
            head(path, f"Content-Length: {len(body)}", *headers, method=method) + body
        )
        return reply_on(connection)


def failed(text: str, status: int = 200) -> Reply:
    """Return a refusal in the protocol's own form."""
    return Reply(status, {"responseCode": "1", "responseMessage": text})


def good(start: datetime = DAY, value: str = "1.5", **other: object) -> dict[str, object]:
    """Return a record that counts, unless something in it differs."""
    return wire.increment(CODE, start, value, **other)


def assert_refused(bench: Bench, path: str, body: bytes, reply: Reply, reason: str, *, known: bool):
    """Send a body; it must be refused so, and kept once with its reason and bytes."""
    before = bench.rejections()

    assert raw(bench.platform, path, body) == reply

    endpoint = {
        ENERGY: "upload_energy",
        REGISTERS: "upload_registers",
        CONFIGURATION: "upload_configuration",
        VERSIONS: "version_check",
        REGISTER: "register",
    }[path]
    assert bench.rejections() == [*before, (endpoint, reason, len(body), body[:KEPT_BYTES], known)]


class TestWhatIsNotAMessage:
    @pytest.mark.parametrize("path", EVERY_PATH)
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"hello",
            b"<?xml version='1.0'?><data/>",
            b"{",
            b'{"deviceId":"1","enterpriseCode":"2","data":[{"dataValue":1},]}',
            b'{"deviceId":"\xff\xfe","enterpriseCode":"2","data":[]}',
            '{"deviceId":"1"}'.encode("utf-16"),
            b'{"data":[NaN]}',
            b'{"data":[{"dataValue":NaN}]}',
            b'{"data":[-Infinity]}',
            b"\x00" * 64,
            b'{"deviceId":"1","enterpriseCode":"2","data":[]} {}',
            b'{"data":' + b"[" * DEEP,
            gzip.compress(b'{"deviceId":"1","enterpriseCode":"2","data":[]}'),
        ],
        ids=[
            "nothing", "words", "xml", "half an object", "a comma too many", "not UTF-8", "UTF-16",
            "NaN", "NaN in a record", "-Infinity", "zeros", "two objects", "nested without end",
            "compressed",
        ],
    )  # fmt: skip
    def test_is_not_json(self, unwell, path, body):
        assert_refused(unwell, path, body, failed(NOT_JSON), "NOT_JSON", known=False)

    @pytest.mark.parametrize("path", EVERY_PATH)
    @pytest.mark.parametrize(
        "body",
        [
            b"[]",
            b"null",
            b'"text"',
            b"17",
            b"{}",
            b'{"deviceId":1,"enterpriseCode":2,"data":3}',
            b'{"deviceId":"","enterpriseCode":"","data":[]}',
            b'{"deviceId":"a\\u0000","enterpriseCode":"a\\u0000","data":[]}',
            b'{"deviceId":{},"enterpriseCode":[],"data":null}',
        ],
    )
    def test_has_no_envelope(self, unwell, path, body):
        assert_refused(unwell, path, body, failed(NO_ENVELOPE), "NO_ENVELOPE", known=False)

    @pytest.mark.parametrize("path", EVERY_PATH)
    def test_goes_by_another_method(self, bench, path):
        before = bench.rejections()

        replies = [
            raw(bench.platform, path, b"{}", method=method)
            for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW")
        ]

        assert replies == [failed("请使用POST", 405)] * 6
        assert bench.rejections() == before

    @pytest.mark.parametrize(
        "path",
        ["/nhjc/", "/nhjc/uploadEnergyData/", "/nhjc/uploadenergydata", "/nhjc/../etc/passwd",
         "/devices/v1/", "/nhjc/%00", "/nhjc/%ff%fe", "/nhjc/" + "a" * 2000],
    )  # fmt: skip
    def test_goes_to_no_address_of_ours(self, bench, path):
        assert raw(bench.platform, path, b"{}") == failed("接口地址不存在", 404)

    def test_is_no_http(self, bench):
        with connected(bench.platform) as connection:
            connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
            connection.shutdown(socket.SHUT_WR)

            assert reply_on(connection) == (400, {})


class TestWhoMayNotSpeak:
    @pytest.mark.parametrize("path", [CONFIGURATION, ENERGY, REGISTERS])
    def test_an_unknown_terminal(self, bench, path):
        said = bench.terminal.envelope([good()]) | {"deviceId": "0" * 32}

        assert_refused(
            bench, path, json.dumps(said).encode(), failed(NOT_ITS_UNIT), "UNKNOWN_TERMINAL",
            known=False,
        )  # fmt: skip

    @pytest.mark.parametrize("path", [CONFIGURATION, ENERGY, REGISTERS])
    def test_a_terminal_for_another_unit(self, bench, path):
        said = bench.terminal.envelope([good()]) | {"enterpriseCode": bench.other_code}

        assert_refused(
            bench, path, json.dumps(said).encode(), failed(NOT_ITS_UNIT), "FOREIGN_TERMINAL",
            known=True,
        )  # fmt: skip

    def test_an_unknown_terminal_that_asks_for_versions(self, bench):
        assert_refused(
            bench, VERSIONS, b'{"deviceId":"0"}', failed(NOT_ITS_UNIT), "UNKNOWN_TERMINAL",
            known=False,
        )  # fmt: skip

    def test_a_unit_that_is_not_entered(self, bench):
        body = json.dumps({"enterpriseCode": inside.unit_code(13)}).encode()

        assert_refused(
            bench, REGISTER, body, failed("企业统一社会信用代码未登记"), "UNKNOWN_UNIT", known=False
        )


class TestWhatIsTooLarge:
    SAID = failed("报文超过4MB", 413)

    def test_by_its_announced_length_is_not_even_read(self, bench):
        before = bench.rejections()
        with connected(bench.platform) as connection:
            connection.sendall(head(ENERGY, f"Content-Length: {LIMIT + 1}"))

            assert reply_on(connection) == self.SAID

        kept = ("upload_energy", "TOO_LARGE", LIMIT + 1, b"", False)
        assert bench.rejections() == [*before, kept]

    def test_without_an_announced_length_is_read_no_further(self, bench):
        before = bench.rejections()
        block = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        with connected(bench.platform) as connection:
            connection.sendall(head(ENERGY, "Transfer-Encoding: chunked"))
            connection.sendall(block * 65 + b"0\r\n\r\n")

            assert reply_on(connection) == self.SAID

        (kept,) = bench.rejections()[len(before) :]
        assert (kept[:2], kept[3]) == (("upload_energy", "TOO_LARGE"), b" " * KEPT_BYTES)

    def test_exactly_at_the_limit_is_read(self, bench):
        said = json.dumps(bench.terminal.envelope([good()])).encode()

        reply = raw(bench.platform, ENERGY, said.ljust(LIMIT))

        assert reply == (200, RECEIVED)

    def test_an_absurd_length_is_refused(self, bench):
        with connected(bench.platform) as connection:
            connection.sendall(head(ENERGY, f"Content-Length: {10**18}"))

            assert reply_on(connection) == self.SAID


class TestWhatComesInPieces:
    def test_in_chunks_is_received_whole(self, bench):
        said = json.dumps(bench.terminal.envelope([good(value="2.5")])).encode()
        with connected(bench.platform) as connection:
            connection.sendall(head(ENERGY, "Transfer-Encoding: chunked"))
            for at in range(0, len(said), 7):
                piece = said[at : at + 7]
                connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            connection.sendall(b"0\r\n\r\n")

            assert reply_on(connection) == (200, RECEIVED)

    def test_slowly_is_received_whole_and_holds_up_nobody(self, bench):
        said = json.dumps(bench.terminal.envelope([good(value="3.5")])).encode()
        with connected(bench.platform) as connection:
            connection.sendall(head(ENERGY, f"Content-Length: {len(said)}"))
            for at in range(0, len(said), 32):
                connection.sendall(said[at : at + 32])
                assert bench.is_served()
                time.sleep(0.05)

            assert reply_on(connection) == (200, RECEIVED)

    @pytest.mark.parametrize("is_chunked", [True, False])
    def test_half_is_refused_and_its_half_kept(self, bench, is_chunked):
        before = bench.rejections()
        said = json.dumps(bench.terminal.envelope([good(value="4.5")])).encode()
        half = said[: len(said) // 2]
        with connected(bench.platform) as connection:
            if is_chunked:
                top = head(ENERGY, "Transfer-Encoding: chunked")
                connection.sendall(top + b"%x\r\n%b\r\n" % (len(half), half))
            else:
                connection.sendall(head(ENERGY, f"Content-Length: {len(said)}") + half)
            time.sleep(0.2)

        wire.until(
            lambda: len(bench.rejections()) > len(before), seconds=10, what="the half is kept"
        )
        # The server ends a body in chunks where its sender went, and half an object is no JSON.
        kept = ("NOT_JSON", len(half)) if is_chunked else ("CUT_OFF", len(said))
        assert bench.rejections() == [*before, ("upload_energy", *kept, half, False)]

    def test_many_that_never_end_hold_up_nobody(self, bench):
        waiting = [connected(bench.platform) for _ in range(40)]
        try:
            for connection in waiting:
                connection.sendall(head(ENERGY, "Content-Length: 1000") + b"{")

            began = time.monotonic()
            assert bench.is_served()
            assert time.monotonic() - began < 5
        finally:
            for connection in waiting:
                connection.close()


def send(bench: Bench, rows: list[object], path: str = ENERGY) -> Reply:
    """Upload rows and return the reply."""
    return raw(bench.platform, path, json.dumps(bench.terminal.envelope(rows)).encode())


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
        reading = wire.register("M1", DAY, "10.5")

        assert send(unwell, [reading | flaw, reading], REGISTERS) == (200, RECEIVED)
        assert unwell.flaws() == {reason: [0]}

    @pytest.mark.parametrize("path", [ENERGY, REGISTERS])
    @pytest.mark.parametrize("rows", [[], [{}], [None, 1], [{"dataValue": "1"}] * 3])
    def test_alone_makes_no_message(self, bench, path, rows):
        body = json.dumps(bench.terminal.envelope(rows)).encode()

        assert_refused(bench, path, body, failed(NO_RECORD), "NO_USABLE_RECORD", known=True)

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
