"""Whatever a client sends, the running server answers in the protocol's words and goes on.

ARCHITECTURE 5.1 case by case, over raw sockets: what is refused whole is kept with its reason and
bytes. Records that cannot count have a journey of their own.
"""

import gzip
import json
import socket
import time

import pytest
from tests import inside, wire
from tests.bench import (
    CONFIGURATION,
    ENERGY,
    EVERY_PATH,
    KEPT_BYTES,
    METERING,
    REGISTER,
    REGISTERS,
    VERSIONS,
    assert_refused,
    connected,
    failed,
    good,
    head,
    raw,
    reply_on,
)
from tests.wire import RECEIVED

LIMIT = 4 * 1024 * 1024
NOT_JSON, NO_ENVELOPE = "报文不是有效的JSON", "报文格式不正确"
NOT_ITS_UNIT = "序列号与企业统一社会信用代码不符"
DEEP = 100_000


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
            b'{"data":' + b"[" * DEEP + b"]" * DEEP + b"}",
            gzip.compress(b'{"deviceId":"1","enterpriseCode":"2","data":[]}'),
        ],
        ids=[
            "nothing", "words", "xml", "half an object", "a comma too many", "not UTF-8", "UTF-16",
            "NaN", "NaN in a record", "-Infinity", "zeros", "two objects", "nested without end",
            "nested deeply", "compressed",
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
    @pytest.mark.parametrize("path", [CONFIGURATION, METERING, ENERGY, REGISTERS])
    def test_an_unknown_terminal(self, bench, path):
        said = bench.terminal.envelope([good()]) | {"deviceId": "0" * 32}

        assert_refused(
            bench, path, json.dumps(said).encode(), failed(NOT_ITS_UNIT), "UNKNOWN_TERMINAL",
            known=False,
        )  # fmt: skip

    @pytest.mark.parametrize("path", [CONFIGURATION, METERING, ENERGY, REGISTERS])
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
