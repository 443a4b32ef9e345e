"""Whole gateways: meters of pymodbus's server on one side, a platform over HTTP on the other."""

import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from tests.unit.gateway import platforms
from tests.unit.gateway.conftest import a_config, a_meter, a_register, device, modbus_server

from hengneng import gateway
from hengneng.gateway import hosting, outbox, uploading
from hengneng.gateway.clock import Clock, SimulatedClock
from hengneng.gateway.outbox import OutboxInUse, looking_at
from hengneng.protocol import simulation

QUARTER_S = 900


@pytest.fixture
def platform():
    with platforms.serving() as running:
        yield running


@pytest.fixture(autouse=True)
def _gathers_quickly(monkeypatch):
    monkeypatch.setattr(uploading, "GATHER_S", 0.05)


def clock_at(text: str, rate: float = 1.0) -> Clock:
    return SimulatedClock(simulation.parse(f"{text}@{rate}"), time.time())


@contextmanager
def hosted(*configs, clock):
    """Gateways that run meanwhile; they end in order."""
    stop = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(gateway.run, configs, stop, clock=clock)
        try:
            yield
        finally:
            stop.set()
            running.result(15)


def test_a_reading_travels_from_another_makers_meter_to_the_platform(tmp_path, platform):
    meters = {1: {0: [0, 12_345]}, 2: {0: [1, 0]}}
    with modbus_server(*(device(number, words) for number, words in meters.items())) as port:
        config = a_config(
            tmp_path,
            a_meter("A-1", port=port),
            a_meter("A-2", port=port, modbus_id=2),
            platform=f"{platform.address}/nhjc/register",
        )
        with hosted(config, clock=clock_at("2026-11-21T08:14:59+08:00")):
            (body,) = platform.wait_for("registers")

    sent = json.loads(body)
    assert (sent["deviceId"], sent["enterpriseCode"]) == ("secret", "91310000MA1K35X16E")
    assert [(row["meter"], row["instant"], row["value"]) for row in sent["data"]] == [
        ("A-1", "2026-11-21 08:15:00", "123.45"),
        ("A-2", "2026-11-21 08:15:00", "655.36"),
    ]


def test_units_in_one_process_each_have_their_own(tmp_path, platform):
    with modbus_server(device(1, {0: [0, 1]})) as port:
        configs = [
            a_config(
                tmp_path / code,
                a_meter(f"{code}-1", port=port),
                unit_code=code,
                platform=f"{platform.address}/nhjc/register",
            )
            for code in ("UNITA", "UNITB", "UNITC")
        ]
        with hosted(*configs, clock=clock_at("2026-11-21T08:00:01+08:00")):
            bodies = platform.wait_for("registers", 3)

    said = {json.loads(body)["enterpriseCode"]: json.loads(body)["data"] for body in bodies}
    assert {code: [row["meter"] for row in rows] for code, rows in said.items()} == {
        "UNITA": ["UNITA-1"],
        "UNITB": ["UNITB-1"],
        "UNITC": ["UNITC-1"],
    }


def test_while_the_platform_is_away_reading_goes_on_and_all_arrives_in_order(tmp_path):
    with modbus_server(device(1, {0: [0, 7]})) as port, platforms.serving() as platform:
        platform.is_admitted = False
        config = a_config(
            tmp_path,
            a_meter("A-1", port=port),
            platform=f"{platform.address}/nhjc/register",
            retry_max_s=1,
        )
        # A quarter hour passes in half a second.
        with hosted(config, clock=clock_at("2026-11-21T08:00:00+08:00", rate=1800)):
            platform.wait_for("register", 3)
            assert platform.bodies("registers") == []
            platform.is_admitted = True
            platform.wait_for("registers", 2)

    instants = [
        row["instant"] for body in platform.bodies("registers") for row in json.loads(body)["data"]
    ]
    assert len(instants) >= 3
    assert instants == sorted(set(instants))


class TestStatus:
    def test_shows_what_it_does_to_this_machine(self, tmp_path, platform, unused_port):
        with modbus_server(device(1, {0: [0, 7]})) as port:
            config = a_config(
                tmp_path,
                a_meter("A-1", port=port),
                a_meter("A-2", port=port, modbus_id=9),
                platform=f"{platform.address}/nhjc/register",
                status_port=unused_port,
                attempts=1,
            )
            with hosted(config, clock=clock_at("2026-11-21T08:00:00+08:00")):
                platform.wait_for("registers")
                seen = self.until(
                    unused_port, lambda seen: seen["failures"] and not self.waiting(seen)
                )
                page = self.get(unused_port, "/").decode()
                with pytest.raises(urllib.error.HTTPError, match="404"):
                    self.get(unused_port, "/elsewhere")

        (meter,) = seen["meters"]
        assert (meter["meter"], meter["at"], meter["value"]) == (
            "A-1",
            "2026-11-21 08:00:00",
            "0.07",
        )
        assert [(one["meter"], one["reason"]) for one in seen["failures"]] == [
            ("A-2", "EXCEPTION_04")
        ]
        assert (seen["disk"], seen["platform"], seen["held_readings"]) == ("fine", "fine", 0)
        assert seen["backlog"]["channel"] == "registers"
        assert seen["backlog"]["last_acknowledged"].startswith("2026-11-21 08:00:0")
        assert "registered, channel registers" in page
        assert "A-1 total  2026-11-21 08:00:00  0.07" in page
        assert "secret" not in page + json.dumps(seen)

    def waiting(self, seen):
        return seen["backlog"]["waiting_readings"]

    def get(self, port, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read()

    def until(self, port, holds):
        for _ in range(100):
            if holds(seen := json.loads(self.get(port, "/status"))):
                return seen
            time.sleep(0.05)
        raise AssertionError(seen)


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TestEnd:
    def test_a_second_process_is_refused(self, tmp_path):
        held = outbox.Outbox(tmp_path)
        try:
            with pytest.raises(OutboxInUse):
                gateway.run([a_config(tmp_path)], threading.Event())
        finally:
            held.close()

    def test_a_taken_status_port_is_said(self, tmp_path, platform):
        config = a_config(tmp_path, status_port=platform.server_port)

        with pytest.raises(OSError, match="address already in use"):
            gateway.run([config], threading.Event())


class TestFullDisk:
    def test_readings_are_held_until_there_is_room(self, tmp_path, platform, monkeypatch):
        monkeypatch.setattr(hosting, "_DISK_AGAIN_S", 0.05)
        full = [sqlite3.OperationalError("database or disk is full")] * 2
        keep = outbox.Outbox.keep

        def refusing(self, readings, failures):
            if full:
                raise full.pop()
            return keep(self, readings, failures)

        monkeypatch.setattr(outbox.Outbox, "keep", refusing)
        with modbus_server(device(1, {0: [0, 7]})) as port:
            config = a_config(
                tmp_path, a_meter("A-1", a_register(), port=port),
                platform=f"{platform.address}/nhjc/register",
            )  # fmt: skip
            with hosted(config, clock=clock_at("2026-11-21T08:00:00+08:00")):
                platform.wait_for("registers")

        assert full == []
        with looking_at(tmp_path) as connection:
            assert connection.execute("SELECT count(*) FROM reading").fetchone() == (1,)
