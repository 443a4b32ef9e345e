"""Alive, ready, and how it stands."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from tests import two_districts, waiting

from hengneng.kernel import clock
from hengneng.kernel.jobs import operations as jobs
from hengneng.people.accounts.rules.roles import Role
from hengneng.telemetry.journal import operations as journal
from hengneng.web.ops import checks

NOW = datetime(2026, 3, 15, tzinfo=UTC)
FAR_AWAY = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def mid_march(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def months_ahead(db, mid_march):
    journal.ensure_partitions(at=NOW)


class TestHealth:
    def test_is_alive_without_a_database(self, client):
        answer = client.get("/healthz")

        assert (answer.status_code, answer.content) == (200, b"ok\n")


class TestReadiness:
    def test_ready_with_tables_and_months_ahead(self, months_ahead, client):
        answer = client.get("/readyz")

        assert answer.status_code == 200
        assert answer.json() == {
            "ready": True,
            "checks": {
                "database": {"ok": True, "message": "reachable"},
                "migrations": {"ok": True, "message": "all applied"},
                "partitions": {"ok": True, "message": "made until 2026-07-01"},
                "workers": {"ok": True, "message": "none expected"},
            },
        }

    def test_not_ready_while_a_worker_hangs(self, months_ahead, client):
        jobs.expect(names=["recompute", "sealer"], at=NOW)
        jobs.beat(name="recompute", at=NOW - timedelta(seconds=95))

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"]["workers"] == {
            "ok": False,
            "message": "recompute: no sign of life for 95 s",
        }

    def test_ready_with_workers_that_give_signs_of_life(self, months_ahead, client):
        jobs.expect(names=["recompute", "sealer"], at=NOW)

        answer = client.get("/readyz")

        assert answer.status_code == 200
        assert answer.json()["checks"]["workers"]["message"] == "recompute, sealer: at work"

    def test_not_ready_without_a_month_ahead(self, months_ahead, monkeypatch, client):
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 1, tzinfo=UTC))

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"]["partitions"]["ok"] is False

    def test_not_ready_with_a_migration_to_apply(self, months_ahead, monkeypatch, client):
        expected = checks._expected_migrations() | {("journal", "9999_later")}
        monkeypatch.setattr(checks, "_expected_migrations", lambda: expected)

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"]["migrations"]["message"] == "1 not applied"

    def test_not_ready_without_its_database(self, db, monkeypatch, client):
        def unreachable():
            raise DatabaseError("connection to 10.0.0.7 refused")

        with monkeypatch.context() as patched:
            patched.setattr(connection, "cursor", unreachable)
            answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"] == {
            "database": {"ok": False, "message": "not reachable (DatabaseError)"}
        }


class TestMetrics:
    def test_tells_this_machine_how_it_stands(self, months_ahead, client):
        waiting.mark(1, NOW.date(), marked_at=datetime(2026, 3, 14, 23, 58, 30, tzinfo=UTC))
        jobs.expect(names=["recompute"], at=NOW)
        jobs.beat(name="recompute", at=NOW - timedelta(seconds=12), hourly=7200)
        journal.reject(endpoint="register", reason="NOT_JSON", body=b"x", at=NOW)

        answer = client.get("/metrics")

        assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        figures = dict(
            line.split() for line in answer.text.splitlines() if not line.startswith("#")
        )
        assert figures == {
            "hengneng_messages_total": "0",
            "hengneng_rejections_total": "1",
            "hengneng_stale_marks": "1",
            "hengneng_stale_days": "1",
            "hengneng_stale_units": "1",
            "hengneng_stale_oldest_seconds": "90.0",
            "hengneng_recompute_days_hourly": "7200",
            "hengneng_workers_silent_seconds": "12.0",
            "hengneng_unsealed_messages": "0",
            "hengneng_unsealed_messages_oldest_seconds": "0.0",
            "hengneng_unsealed_entries_oldest_seconds": "0.0",
            "hengneng_default_partition_rows": "0",
        }

    @pytest.mark.parametrize(
        "beyond", [FAR_AWAY, {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}, {"REMOTE_ADDR": ""}]
    )
    def test_asks_everybody_else_for_a_token(self, db, beyond):
        assert Client(**beyond).get("/metrics").status_code == 401

    @pytest.mark.parametrize(
        ("role", "status"), [(Role.ADMINISTRATOR, 200), (Role.CITY_OFFICIAL, 403)]
    )
    def test_an_administrators_token_opens_them(self, city, role, status):
        token = two_districts.token(two_districts.account(role, city.own))

        answer = Client(**FAR_AWAY).get("/metrics", headers={"authorization": f"Bearer {token}"})

        assert answer.status_code == status
