"""The server's configuration as text."""

from pathlib import Path

import pytest

from hengneng.kernel.postgres import rules

SAFE = {
    "server_version_num": "150000",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}


class TestUnsafeSettings:
    def test_finds_nothing_in_a_safe_server_of_the_least_version(self):
        assert rules.unsafe_settings(SAFE) == []

    @pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
    def test_names_the_setting_that_is_off(self, name):
        assert rules.unsafe_settings(SAFE | {name: "off"}) == [f"{name} is off"]

    def test_names_a_version_too_old(self):
        found = rules.unsafe_settings(SAFE | {"server_version_num": "140012"})

        assert found == ["it is PostgreSQL 14, older than 15"]

    def test_accepts_a_stricter_commit(self):
        assert rules.unsafe_settings(SAFE | {"synchronous_commit": "remote_apply"}) == []


class TestConfiguration:
    def test_listens_nowhere_and_keeps_everything_durable(self):
        lines = rules.configuration(sockets=Path("/run/here")).splitlines()

        assert "listen_addresses = ''" in lines
        assert "unix_socket_directories = '/run/here'" in lines
        assert {"fsync = 'on'", "full_page_writes = 'on'", "synchronous_commit = 'on'"} <= {*lines}

    def test_quotes_an_apostrophe_in_the_path(self):
        lines = rules.configuration(sockets=Path("/it's here")).splitlines()

        assert "unix_socket_directories = '/it''s here'" in lines

    def test_gives_up_durability_only_when_told(self):
        lines = rules.configuration(sockets=Path("/run/here"), durable=False).splitlines()

        assert "fsync = 'off'" in lines


def test_only_the_named_accounts_may_act_as_the_owner():
    told = rules.identity_map(accounts={"root", "alice"})

    assert told == 'hengneng "alice" hengneng\nhengneng "root" hengneng\n'
