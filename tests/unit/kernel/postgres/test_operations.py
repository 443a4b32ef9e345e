"""The embedded server, really started: join, leave, kill, refuse."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from hengneng.kernel.postgres import operations, queries

HOLD = """
import sys, time
from pathlib import Path
from hengneng.kernel.postgres import operations
with operations.serving(data_dir=Path(sys.argv[1]), durable=False):
    print("serving", flush=True)
    sys.stdin.readline()
"""
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root gives the server to another account")


@pytest.fixture
def cluster(data_dir: Path) -> queries.Cluster:
    return queries.cluster_at(data_dir)


def hold(data_dir: Path) -> subprocess.Popen[str]:
    """Start another process that uses the server until it is told to go."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def go(holder: subprocess.Popen[str]) -> None:
    """Let the other process go and wait until it has gone."""
    holder.communicate("\n", timeout=60)


def one(address: str, question: str) -> object:
    """Return the one value a question has."""
    with psycopg.connect(address) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]


class TestServing:
    def test_makes_the_database_and_stops_after_the_last_one(self, data_dir, cluster):
        with operations.serving(data_dir=data_dir, durable=False) as address:
            assert one(address, "SELECT current_database()") == "hengneng"
            assert one(address, "SHOW server_encoding") == "UTF8"
            assert one(address, "SELECT lower('Ä衡能')") == "ä衡能"
            assert queries.is_running(cluster)

        assert queries.server_pid(cluster) is None

    def test_keeps_what_was_written(self, data_dir):
        with (
            operations.serving(data_dir=data_dir, durable=False) as address,
            psycopg.connect(address) as connection,
        ):
            connection.execute("CREATE TABLE kept AS SELECT 衡能 FROM (VALUES (7)) v(衡能)")

        with operations.serving(data_dir=data_dir, durable=False) as address:
            assert one(address, "SELECT 衡能 FROM kept") == 7

    def test_listens_on_no_network_and_only_to_its_owner(self, data_dir, cluster):
        with operations.serving(data_dir=data_dir, durable=False) as address:
            assert one(address, "SHOW listen_addresses") == ""
            assert cluster.sockets.stat().st_mode & 0o777 == 0o700
            assert cluster.data.stat().st_mode & 0o777 == 0o700

    def test_joins_a_server_that_runs_and_leaves_it_to_the_other(self, data_dir, cluster):
        other = hold(data_dir)
        assert other.stdout is not None
        assert other.stdout.readline() == "serving\n"
        first = queries.server_pid(cluster)

        with operations.serving(data_dir=data_dir, durable=False):
            assert queries.server_pid(cluster) == first
        assert queries.is_running(cluster)

        go(other)
        assert queries.server_pid(cluster) is None

    def test_outlives_the_one_who_started_it(self, data_dir, cluster):
        other = hold(data_dir)
        assert other.stdout is not None
        assert other.stdout.readline() == "serving\n"

        with operations.serving(data_dir=data_dir, durable=False) as address:
            go(other)
            assert one(address, "SELECT 1") == 1

        assert queries.server_pid(cluster) is None

    def test_makes_one_server_when_two_start_at_once(self, data_dir, cluster):
        both = [hold(data_dir), hold(data_dir)]

        assert [holder.stdout.readline() for holder in both] == ["serving\n", "serving\n"]
        assert queries.is_running(cluster)
        for holder in both:
            go(holder)
        assert [holder.returncode for holder in both] == [0, 0]
        assert queries.server_pid(cluster) is None

    def test_a_killed_user_does_not_hold_the_server_for_ever(self, data_dir, cluster):
        other = hold(data_dir)
        assert other.stdout is not None
        assert other.stdout.readline() == "serving\n"
        other.kill()
        other.communicate()

        with operations.serving(data_dir=data_dir, durable=False):
            assert queries.is_running(cluster)

        assert queries.server_pid(cluster) is None

    def test_makes_anew_what_an_interrupted_init_left(self, data_dir, cluster):
        (data_dir / "postgres.making").mkdir()
        (data_dir / "postgres.making" / "half").touch()

        with operations.serving(data_dir=data_dir, durable=False) as address:
            assert one(address, "SELECT 1") == 1

    def test_finds_a_short_path_for_the_socket_of_a_deep_folder(self, data_dir):
        deep = data_dir / ("deep" * 20) / ("deeper" * 10)

        with operations.serving(data_dir=deep, durable=False) as address:
            assert one(address, "SELECT 1") == 1
        shutil.rmtree(queries.cluster_at(deep).sockets)


class TestRecovery:
    def test_a_killed_server_comes_back_with_what_was_committed(self, data_dir, cluster):
        with operations.serving(data_dir=data_dir) as address:
            with psycopg.connect(address) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
            pid = queries.server_pid(cluster)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            while queries.server_pid(cluster) is not None:
                time.sleep(0.01)

            operations.start(cluster=cluster)

            assert one(address, "SELECT seven FROM kept") == 7

    def test_a_lock_file_with_another_program_s_number_is_removed(self, data_dir, cluster):
        with operations.serving(data_dir=data_dir, durable=False):
            pass
        bystander = subprocess.Popen(
            ["sleep", "60"],
            user=cluster.keeper.uid if cluster.keeper else None,
        )
        left_behind = f"{bystander.pid}\n{cluster.data}\n1600000000\n5432\n{cluster.sockets}\n"
        (cluster.data / "postmaster.pid").write_text(left_behind)
        try:
            with operations.serving(data_dir=data_dir, durable=False) as address:
                assert one(address, "SELECT 1") == 1
        finally:
            bystander.kill()
            bystander.wait()


class TestOneThatDoesNotEnd:
    """Its last checkpoint never comes, so no gentle stop ever ends it."""

    @pytest.fixture
    def stuck(self, data_dir, cluster, monkeypatch):
        monkeypatch.setattr(operations, "_STOP_SECONDS", 1)
        monkeypatch.setattr(operations, "_ENDING_SECONDS", 1)
        with operations.serving(data_dir=data_dir) as address:
            with psycopg.connect(address) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 7 AS one")
            asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
            os.kill(int(str(one(address, asked))), signal.SIGSTOP)
            yield address

    def test_is_stopped_all_the_same_and_loses_nothing(self, stuck, data_dir, cluster):
        operations.stop(cluster=cluster)

        assert queries.server_pid(cluster) is None
        operations.start(cluster=cluster)
        assert one(stuck, "SELECT one FROM kept") == 7

    def test_is_not_waited_for_for_ever_by_who_comes_next(self, stuck, data_dir, cluster):
        operations._tell_to_stop(cluster, "fast", seconds=1)
        assert queries.is_ending(cluster)

        operations.start(cluster=cluster)

        assert not queries.is_ending(cluster)
        assert one(stuck, "SELECT one FROM kept") == 7


class TestRefusals:
    def test_a_server_that_may_lose_data(self, data_dir):
        with (
            operations.serving(data_dir=data_dir, durable=False) as address,
            pytest.raises(operations.UnsafeServer) as refused,
        ):
            operations.refuse_unsafe(url=address)

        assert "fsync is off and full_page_writes is off" in str(refused.value)

    def test_data_of_another_version(self, data_dir, cluster):
        with operations.serving(data_dir=data_dir, durable=False):
            pass
        (cluster.data / "PG_VERSION").write_text("12\n")

        with (
            pytest.raises(operations.OtherVersion, match=r"made by PostgreSQL 12"),
            operations.serving(data_dir=data_dir, durable=False),
        ):
            pass

    def test_a_socket_folder_open_to_others(self, data_dir, cluster):
        cluster.sockets.mkdir(mode=0o755)

        with (
            pytest.raises(operations.ForeignSockets, match="is not ours alone"),
            operations.serving(data_dir=data_dir, durable=False),
        ):
            pass

        assert queries.server_pid(cluster) is None

    def test_another_s_data(self, data_dir, monkeypatch):
        with operations.serving(data_dir=data_dir, durable=False):
            pass
        monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)

        with pytest.raises(queries.ForeignData, match="belongs to the account"):
            queries.cluster_at(data_dir)


@as_root
class TestAClosedFolder:
    """Root's own home is closed to the account that runs PostgreSQL."""

    @pytest.fixture
    def closed_dir(self, monkeypatch, data_dir):
        monkeypatch.setattr(queries, "ELSEWHERE", data_dir / "elsewhere")
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)

    def test_the_data_is_placed_elsewhere_and_found_again(self, closed_dir, data_dir):
        with operations.serving(data_dir=closed_dir, durable=False) as address:
            assert one(address, "SELECT 1") == 1

        cluster = queries.cluster_at(closed_dir)
        assert (closed_dir / "postgres.place").read_text() == f"{cluster.data.parent}\n"
        assert cluster.data.is_relative_to(data_dir / "elsewhere")
        assert closed_dir.stat().st_mode & 0o777 == 0o700

    def test_programs_out_of_reach_are_copied(self, closed_dir, data_dir, monkeypatch):
        package = queries.programs().parents[1]
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, closed_dir / folder.name, symlinks=True)
        hidden = closed_dir / package.name / "pginstall" / "bin"
        monkeypatch.setattr(queries, "programs", lambda: hidden)

        with operations.serving(data_dir=data_dir, durable=False) as address:
            assert one(address, "SELECT 1") == 1

        used = operations.programs_for(queries.cluster_at(data_dir))
        assert used.is_relative_to(data_dir / "elsewhere" / "programs")

    def test_data_that_was_closed_later_is_refused_not_made_anew(self, data_dir):
        with operations.serving(data_dir=data_dir, durable=False):
            pass
        data_dir.chmod(0o700)

        with pytest.raises(queries.OutOfReach, match="may not enter"):
            queries.cluster_at(data_dir)
