import json
import sqlite3
import threading

import pytest
from tests.unit.gateway.conftest import ADDRESSES, a_config, a_meter, a_register

from hengneng.gateway import batches
from hengneng.gateway.decoding import Number
from hengneng.gateway.outbox import Reading
from hengneng.gateway.posting import Said, Unreachable
from hengneng.gateway.uploading import Backoff, Misdirected, Uploader
from hengneng.protocol import national, times

DAY = times.local_seconds("2026-11-21")
CODE = "0000000002330011"


@pytest.fixture
def uploader(outbox, platform, tmp_path):
    meter = a_meter("A-1", a_register(data_code=CODE))
    made = Uploader(a_config(tmp_path, meter), outbox, lambda: DAY + 50.0)
    made._poster.post = platform.post
    return made


def keep(outbox, *instants, digits=100):
    outbox.keep(
        [Reading("A-1", "total", at, Number(digits + n, 2), "M", at)
         for n, at in enumerate(instants)],
        [],
    )  # fmt: skip


def state(outbox, *names):
    return tuple(outbox.recall(name) for name in names)


def count(outbox, of):
    with outbox.looking() as connection:
        return connection.execute(
            "SELECT count(*) FROM reading JOIN batch ON batch.id = batch WHERE batch.state = ?",
            [of],
        ).fetchone()[0]


def steps(uploader, outbox, most=40):
    """Step until nothing is left to send; the waits asked for on the way."""
    waits = []
    for _ in range(most):
        registered = outbox.recall("is_registered") == "1" and outbox.recall("checked_at")
        with outbox.looking() as connection:
            (left,) = connection.execute(
                "SELECT (SELECT count(*) FROM reading WHERE batch IS NULL)"
                " + (SELECT count(*) FROM batch WHERE state = 'PENDING')"
            ).fetchone()
        if registered and not left:
            return waits
        waits.append(uploader.step())
    raise AssertionError("it does not come to an end")


class TestRegister:
    def test_keeps_the_id_and_the_addresses(self, uploader, outbox, platform):
        assert uploader.step() == 0

        assert state(outbox, "device_id", "is_registered", *ADDRESSES) == (
            "secret",
            "1",
            *ADDRESSES.values(),
        )
        assert json.loads(platform.bodies("register")[0]) == {
            "enterpriseCode": "91310000MA1K35X16E",
            "region": "310104",
        }

    def test_waits_patiently_for_admission(self, uploader, outbox, platform):
        platform.registration = national.RegistrationAnswer("1", "等待审核")

        waits = [uploader.step() for _ in range(12)]

        assert state(outbox, "is_registered", "said") == ("", "等待审核")
        assert 0.5 <= waits[0] <= 1
        assert 30 <= waits[-1] <= 60
        assert uploader.standing().said == "等待审核"

    def test_refuses_to_carry_the_secret_over_plain_http(self, outbox, platform, tmp_path):
        config = a_config(tmp_path, platform="https://city.example/nhjc/register")
        uploader = Uploader(config, outbox, lambda: DAY)
        uploader._poster.post = platform.post

        with pytest.raises(Misdirected, match="not https"):
            uploader.step()

        assert state(outbox, "device_id", "is_registered") == ("", "")

    def test_takes_addresses_relative_to_the_platforms(self, uploader, outbox, platform):
        platform.registration = platform.register(registers_url="/devices/v2/registers")

        uploader.step()

        assert outbox.recall("registers_url") == "http://127.0.0.1:9/devices/v2/registers"

    def test_asks_for_the_addresses_anew_where_the_platform_has_moved(
        self, uploader, outbox, platform, tmp_path
    ):
        uploader.step()
        moved = Uploader(
            a_config(tmp_path, platform="http://127.0.0.1:10/nhjc/register"), outbox, lambda: DAY
        )
        moved._poster.post = platform.post
        elsewhere = "http://127.0.0.1:10/devices/v1/registers"
        platform.registration = platform.register(registers_url=elsewhere)
        keep(outbox, DAY)

        assert moved.standing().is_registered is False
        moved.step()

        assert json.loads(platform.bodies("register")[1])["deviceId"] == "secret"
        assert outbox.recall("registers_url") == elsewhere
        assert moved.standing().is_registered is True

    def test_shows_the_id_it_holds(self, uploader, outbox, platform):
        outbox.remember(device_id="held")
        platform.registration = platform.register(device_id=None)

        uploader.step()

        assert json.loads(platform.bodies("register")[0])["deviceId"] == "held"
        assert state(outbox, "device_id", "is_registered") == ("held", "1")


class TestUpload:
    def test_sends_registers_where_they_are_offered(self, uploader, outbox, platform):
        keep(outbox, DAY, DAY + 900)

        steps(uploader, outbox)

        (body,) = platform.bodies("registers")
        assert [row["value"] for row in json.loads(body)["data"]] == ["1.00", "1.01"]
        assert count(outbox, "ACKNOWLEDGED") == 2
        assert outbox.recall("acknowledged_at") == str(DAY + 50)

    def test_sends_increments_elsewhere(self, uploader, outbox, platform):
        platform.registration = platform.register(registers_url=None)
        keep(outbox, DAY, DAY + 900)

        steps(uploader, outbox)

        (body,) = platform.bodies("uploadEnergyData")
        (row,) = json.loads(body)["data"]
        assert (row["dataCode"], row["dataValue"], row["statDate"]) == (
            "00-00-0000-023300-11",
            "0.01",
            "2026-11-21 00:00:00",
        )

    @pytest.mark.parametrize(
        "trouble",
        [
            Unreachable("cut"),
            Said(503, b"busy"),
            Said(429, b""),
            Said(200, b"<html>a captive portal</html>"),
        ],
    )
    def test_sends_the_same_bytes_again(self, uploader, outbox, platform, trouble):
        keep(outbox, DAY)
        platform.uploads = [trouble, national.RECEIVED]
        with pytest.raises((Unreachable, Misdirected)):
            steps(uploader, outbox)
        keep(outbox, DAY + 900)

        steps(uploader, outbox)

        first, second, third = platform.bodies("registers")
        assert first == second
        assert b"00:15:00" not in second
        assert b"00:15:00" in third

    def test_asks_for_the_addresses_again_where_they_no_longer_hold(
        self, uploader, outbox, platform
    ):
        keep(outbox, DAY)
        platform.uploads = [Said(404, b"gone"), national.RECEIVED]
        with pytest.raises(Misdirected):
            steps(uploader, outbox)

        steps(uploader, outbox)

        assert len(platform.bodies("register")) == 2
        assert len(set(platform.bodies("registers"))) == 1
        assert count(outbox, "ACKNOWLEDGED") == 1

    def test_forms_messages_anew_for_another_id(self, uploader, outbox, platform):
        keep(outbox, DAY)
        platform.uploads = [national.Answer("1", "序列号与企业统一社会信用代码不符")] * 1 + [
            national.RECEIVED
        ]
        platform.versions = [
            national.Versions("0", "", "1", "1"),
            national.Versions("1", "unknown"),
        ]
        platform.registration = [platform.register("one"), platform.register("two")]

        steps(uploader, outbox)

        assert [json.loads(body)["deviceId"] for body in platform.bodies("registers")] == [
            "one",
            "two",
        ]
        assert count(outbox, "ACKNOWLEDGED") == 1
        assert count(outbox, "REFUSED") == 0

    @pytest.mark.parametrize("ago_s", [86_400, -86_500], ids=["a day ago", "by a clock put back"])
    def test_registers_again_for_another_registration_version(
        self, uploader, outbox, platform, ago_s
    ):
        keep(outbox, DAY)
        steps(uploader, outbox)
        outbox.remember(checked_at=str(DAY - ago_s))
        platform.versions = national.Versions("0", "RECEIVE SUCCESS", "2", "1")
        uploader.step()

        assert outbox.recall("is_registered") == "0"

        uploader.step()

        assert len(platform.bodies("register")) == 2
        assert outbox.recall("registration_version") == "2"

    def test_tells_once_what_increments_come_where_the_platform_asks(
        self, uploader, outbox, platform
    ):
        platform.registration = platform.register(
            registers_url=None, configuration_url="http://127.0.0.1:9/nhjc/uploadConfigData"
        )
        keep(outbox, DAY, DAY + 900)
        steps(uploader, outbox)
        keep(outbox, DAY + 1800, digits=200)
        steps(uploader, outbox)

        (body,) = platform.bodies("uploadConfigData")
        said = national.read_configuration(body)
        assert [(item.code, item.name) for item in said.items] == [(CODE, "A-1 total")]
        assert [name for name, _ in platform.heard][-3:] == [
            "uploadConfigData",
            "uploadEnergyData",
            "uploadEnergyData",
        ]

    def test_tells_nothing_of_codes_where_registers_go_out(self, uploader, outbox, platform):
        platform.registration = platform.register(
            configuration_url="http://127.0.0.1:9/nhjc/uploadConfigData"
        )
        keep(outbox, DAY)

        steps(uploader, outbox)

        assert platform.bodies("uploadConfigData") == []

    def test_a_version_check_that_fails_holds_up_nothing(self, uploader, outbox, platform):
        platform.versions = Said(404, b"not served")
        keep(outbox, DAY)

        steps(uploader, outbox)

        assert count(outbox, "ACKNOWLEDGED") == 1


class TestRefusal:
    def test_one_bad_reading_keeps_no_good_one_from_going_out(self, uploader, outbox, platform):
        platform.is_refused = lambda body: b'"1.05"' in body
        keep(outbox, *(DAY + 900 * n for n in range(16)))

        waits = steps(uploader, outbox)

        assert count(outbox, "ACKNOWLEDGED") == 15
        assert count(outbox, "REFUSED") == 1
        with outbox.looking() as connection:
            assert connection.execute(
                "SELECT digits, said FROM reading JOIN batch ON batch.id = batch"
                " WHERE batch.state = 'REFUSED'"
            ).fetchall() == [(105, "no")]
        assert max(waits) <= 4

    def test_what_the_platform_refuses_wholly_is_tried_ever_more_slowly(
        self, uploader, outbox, platform
    ):
        platform.is_refused = lambda _body: True
        keep(outbox, *(DAY + 900 * n for n in range(16)))

        waits = steps(uploader, outbox, most=80)

        assert count(outbox, "REFUSED") == 16
        assert max(waits) >= 30

    def test_a_message_too_large_is_halved(self, uploader, outbox, platform):
        keep(outbox, DAY, DAY + 900)
        platform.uploads = [Said(413, b""), national.RECEIVED, national.RECEIVED]

        steps(uploader, outbox)

        assert [len(json.loads(body)["data"]) for body in platform.bodies("registers")] == [2, 1, 1]
        assert count(outbox, "ACKNOWLEDGED") == 2

    def test_messages_grow_again(self, uploader, outbox, platform):
        platform.is_refused = lambda body: b'"1.00"' in body
        keep(outbox, *(DAY + 900 * n for n in range(8)))

        steps(uploader, outbox)

        # Halved to one; then one, two and four went out.
        assert uploader._most == 8
        keep(outbox, *(DAY - 900 * n for n in range(1, 30)), digits=200)
        steps(uploader, outbox)
        assert uploader._most == 64 < batches.READINGS_MAX


class TestRun:
    def test_ends_soon_though_it_rests(self, uploader, outbox):
        thread = threading.Thread(target=uploader.run)
        thread.start()
        uploader.end()
        thread.join(5)

        assert not thread.is_alive()

    def test_breaks_off_without_complaint(self, uploader, monkeypatch, caplog):
        def broken_off(_url, _body):
            uploader.end()
            raise Unreachable("127.0.0.1: the gateway stops")

        monkeypatch.setattr(uploader._poster, "post", broken_off)

        uploader.run()

        assert caplog.records == []

    def test_says_what_hinders_it(self, uploader, platform, monkeypatch):
        platform.registration = Unreachable("127.0.0.1:9: refused")
        monkeypatch.setattr(uploader._over, "wait", lambda _s: uploader._over.set())

        uploader.run()

        assert uploader.standing().trouble == "127.0.0.1:9: refused"

    def test_waits_for_room_on_the_disk(self, uploader, outbox, monkeypatch):
        def full(**_said):
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(outbox, "remember", full)
        monkeypatch.setattr(uploader._over, "wait", lambda _s: uploader._over.set())

        uploader.run()

        assert uploader.standing().trouble == "database or disk is full"


class TestBackoff:
    def test_doubles_up_to_its_longest_and_begins_again(self):
        backoff = Backoff(longest_s=4)

        waits = [backoff.next() for _ in range(4)]

        assert [0.5 * top <= wait <= top for wait, top in zip(waits, [1, 2, 4, 4], strict=True)]
        backoff.reset()
        assert backoff.next() <= 1
