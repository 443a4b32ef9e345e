"""Make, start, join, keep up and stop the embedded server.

Everyone who uses it holds a shared lock on ``run/postgres.users`` and passes ``run/postgres.door``
to come and go; whoever leaves last stops it. So two starts at once make one server, nobody's
server is stopped under him, and a killed user's lock is gone with him.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from hengneng.kernel.postgres import queries, rules
from hengneng.kernel.postgres.queries import CannotServe, Cluster, Keeper

_START_SECONDS = 600  # crash recovery of a full max_wal_size on a slow disk
_ORPHAN_SECONDS = 60  # a killed server's last backends end within one wait of theirs
_STOP_SECONDS = 120  # the last checkpoint of a full max_wal_size
_KILL_SECONDS = 60  # PostgreSQL itself kills after five what does not heed
_ENDING_SECONDS = 30  # a server that was told to end
_LOOK_SECONDS = 0.5
# What a new server says while a killed one's last processes end.
_STILL_ENDING = ("shared memory block", "already exists")


class NotStarted(CannotServe):
    """PostgreSQL did not start."""


class UnsafeServer(CannotServe):
    """The database server is set so that an acknowledged message could be lost."""


class OtherVersion(CannotServe):
    """The data folder was made by another version of PostgreSQL than the one found."""


class ForeignSockets(CannotServe):
    """The folder for the server's socket is not ours alone."""


@contextmanager
def serving(*, data_dir: Path, durable: bool = True) -> Iterator[str]:
    """Start or join the server of ``data_dir``; on leaving, stop it if nobody else uses it.

    Args:
        data_dir: The installation's data folder; made where missing.
        durable: False only for a test run's throw-away server.

    Yields:
        The connection address of the database ``hengneng``.

    Raises:
        NotStarted: If the server does not come up.
        UnsafeServer: If a running server is set so that it may lose data.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    cluster = queries.cluster_at(data_dir)
    cluster.run.mkdir(exist_ok=True)
    with (cluster.run / "postgres.users").open("a") as users:
        with _door(cluster):
            cluster = queries.cluster_at(data_dir)  # another may have made it while we waited
            fcntl.flock(users, fcntl.LOCK_SH)
            start(cluster=cluster, durable=durable)
        try:
            yield queries.url_of(cluster)
        finally:
            with _door(cluster):
                if _is_last(users):
                    stop(cluster=cluster)


@contextmanager
def _door(cluster: Cluster) -> Iterator[None]:
    """Let one come or go at a time."""
    with (cluster.run / "postgres.door").open("a") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    """Answer whether no other process holds the users' lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def keep_up(*, data_dir: Path, stop: threading.Event) -> None:
    """Start the server of ``data_dir`` again whenever it has died, until ``stop`` is set."""
    with serving(data_dir=data_dir):
        cluster = queries.cluster_at(data_dir)
        while not stop.wait(_LOOK_SECONDS):
            if queries.server_pid(cluster) is None:
                with _door(cluster):
                    start(cluster=cluster)


def init(*, cluster: Cluster, durable: bool = True) -> None:
    """Make the data folder, whole or not at all: an interrupted attempt is made anew.

    Raises:
        NotStarted: If ``initdb`` fails.
    """
    cluster.data.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    making = cluster.data.with_name("postgres.making")
    if making.exists():
        shutil.rmtree(making)
    making.mkdir(mode=0o700)
    _give(making, cluster.keeper)
    command: list[str | Path] = [
        programs_for(cluster) / "initdb",
        "-D",
        making,
        "-U",
        rules.ROLE,
        "--auth=peer",
    ]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    made = _run([*command, *([] if durable else ["--no-sync"])], cluster.keeper)
    if made.returncode != 0:
        raise NotStarted(f"PostgreSQL could not make its data folder: {_last_line(made.stderr)}")
    if cluster.place is not None:
        cluster.place.write_text(f"{cluster.data.parent}\n")
    making.rename(cluster.data)


def start(*, cluster: Cluster, durable: bool = True) -> None:
    """Start the server, unless it runs, on data that is made where missing.

    Recovery after a crash is PostgreSQL's own; this waits for a killed server's last backends, and
    for one that is ending, and removes the lock files that it left behind.

    Raises:
        NotStarted: If the server does not come up.
        OtherVersion: If its data is another version's.
        UnsafeServer: If it may lose data.
    """
    _see_off_one_ending(cluster)
    if queries.server_pid(cluster) is None:
        if not (cluster.data / "PG_VERSION").exists():
            init(cluster=cluster, durable=durable)
        _refuse_other_version(cluster)
        _configure(cluster, durable=durable)
        _launch(cluster)
    _wait_until_answering(cluster)
    if durable:
        refuse_unsafe(url=queries.url_of(cluster, database="postgres"))
    _make_database(cluster)


def stop(*, cluster: Cluster) -> None:
    """Stop the server, letting it write everything down; one that does not run is left alone.

    One that does not heed is ended at once (``_end_at_once``).

    Raises:
        NotStarted: If it does not stop.
    """
    if queries.server_pid(cluster) is not None:
        _tell_to_stop(cluster, "fast", seconds=_STOP_SECONDS)
    if queries.server_pid(cluster) is not None:
        _end_at_once(cluster)


def _end_at_once(cluster: Cluster) -> None:
    """End the server without letting it write everything down; it recovers at its next start.

    What was committed is in its log, so nothing acknowledged is lost. A server of version 18 that
    is told to stop while it recovers from a crash waits for ever (seen with 18.6).

    Raises:
        NotStarted: If it does not stop.
    """
    stopped = _tell_to_stop(cluster, "immediate", seconds=_KILL_SECONDS)
    if stopped.returncode != 0 and queries.server_pid(cluster) is not None:
        raise NotStarted(f"PostgreSQL did not stop: {_last_line(stopped.stderr)}")


def _tell_to_stop(cluster: Cluster, mode: str, *, seconds: int) -> subprocess.CompletedProcess[str]:
    """Tell the server to stop in one of PostgreSQL's modes, and wait for it."""
    command: list[str | Path] = [programs_for(cluster) / "pg_ctl", "-D", cluster.data, "-s", "-w"]
    return _run([*command, "-t", str(seconds), "-m", mode, "stop"], cluster.keeper)


def _see_off_one_ending(cluster: Cluster) -> None:
    """Wait until a server that was told to end has ended; help it where it does not."""
    until = time.monotonic() + _ENDING_SECONDS
    while queries.is_ending(cluster):
        if time.monotonic() > until:
            _end_at_once(cluster)
            return
        time.sleep(_LOOK_SECONDS)


def refuse_unsafe(*, url: str) -> None:
    """Refuse a server, ours or another, that may lose what was acknowledged or is too old.

    Raises:
        UnsafeServer: If it is.
        psycopg.OperationalError: If it does not answer.
    """
    reasons = rules.unsafe_settings(queries.settings_of(url))
    if reasons:
        raise UnsafeServer(
            f"The database server cannot hold evidence: {' and '.join(reasons)}; set that right"
            " on the server, then start again."
        )


def programs_for(cluster: Cluster) -> Path:
    """Return programs that the keeper can reach, copying them where he cannot reach them here."""
    if cluster.keeper is None or queries.may_enter(cluster.programs, cluster.keeper):
        return cluster.programs
    package = cluster.programs.parent.parent
    wanted = queries.copy_of(cluster.programs)
    if not wanted.exists():
        wanted.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        with tempfile.TemporaryDirectory(dir=wanted.parent) as making:
            for folder in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(folder, Path(making) / "whole" / folder.name, symlinks=True)
            _open_to_all(Path(making) / "whole")
            (Path(making) / "whole").rename(wanted)
    return wanted / cluster.programs.relative_to(package.parent)


def _open_to_all(folder: Path) -> None:
    """Let every account read a folder of programs."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))


def _refuse_other_version(cluster: Cluster) -> None:
    """Refuse data that these programs cannot read."""
    made_by = int((cluster.data / "PG_VERSION").read_text())
    found = queries.version_of(cluster.programs)
    if made_by != found:
        raise OtherVersion(
            f"The data in {cluster.data} was made by PostgreSQL {made_by}, but PostgreSQL {found}"
            f" was found: install {made_by}, or move the data with pg_dump and pg_restore."
        )


def _configure(cluster: Cluster, *, durable: bool) -> None:
    """Write the server's settings and access rules anew, and its socket's folder."""
    _make_sockets(cluster)
    _log_file(cluster).unlink(missing_ok=True)
    accounts = {"root", queries.name_of(cluster.data.stat().st_uid)}
    contents = {
        "postgresql.conf": rules.configuration(sockets=cluster.sockets, durable=durable),
        "pg_hba.conf": rules.access_rules(),
        "pg_ident.conf": rules.identity_map(accounts=accounts),
    }
    for name, content in contents.items():
        with tempfile.NamedTemporaryFile("w", dir=cluster.data, delete=False) as file:
            file.write(content)
        _give(Path(file.name), cluster.keeper)
        Path(file.name).replace(cluster.data / name)


def _make_sockets(cluster: Cluster) -> None:
    """Make the socket's folder; one that others could have prepared is refused.

    Raises:
        ForeignSockets: If it is not the keeper's, or open to others.
    """
    if not cluster.sockets.is_symlink() and not cluster.sockets.exists():
        cluster.sockets.mkdir(mode=0o700)
        _give(cluster.sockets, cluster.keeper)
    found = cluster.sockets.lstat()
    owner = cluster.keeper.uid if cluster.keeper else os.geteuid()
    if found.st_mode != 0o040700 or found.st_uid != owner:
        raise ForeignSockets(
            f"The folder {cluster.sockets} is not ours alone: remove it, then start again."
        )


def _launch(cluster: Cluster) -> None:
    """Start the server's process and wait until it is ready."""
    command: list[str | Path] = [programs_for(cluster) / "pg_ctl", "-D", cluster.data, "-s", "-w"]
    command += ["-l", _log_file(cluster), "-t", str(_START_SECONDS), "start"]
    until = time.monotonic() + _ORPHAN_SECONDS
    while True:
        _clear_locks(cluster)
        began = time.time()
        if _run(command, cluster.keeper).returncode == 0:
            return
        told = _told_since(began, cluster)
        if not any(sign in told for sign in _STILL_ENDING) or time.monotonic() > until:
            raise NotStarted(f"PostgreSQL did not start: {_last_line(told)} (see {cluster.data})")
        time.sleep(_LOOK_SECONDS)


def _clear_locks(cluster: Cluster) -> None:
    """Remove a killed server's lock files once no process of it is left.

    PostgreSQL does so itself, but not where the number in them lives on: as another program's, or
    as a dead process that nobody has buried (a container without an init).
    """
    if queries.is_abandoned(cluster):
        (cluster.data / "postmaster.pid").unlink(missing_ok=True)
        (cluster.sockets / f"{rules.SOCKET_NAME}.lock").unlink(missing_ok=True)


def _told_since(began: float, cluster: Cluster) -> str:
    """Return what the server said since an instant, in its own log if it came so far."""
    logs = [_log_file(cluster), *(cluster.data / "log").glob("*.log")]
    fresh = [log for log in logs if log.exists() and log.stat().st_mtime >= began]
    fresh.sort(key=lambda log: log.stat().st_mtime)
    return "\n".join(log.read_text(errors="replace")[-4000:] for log in fresh)


def _wait_until_answering(cluster: Cluster) -> None:
    """Wait for a server that is coming up or recovering."""
    until = time.monotonic() + _START_SECONDS
    while not queries.is_answering(cluster):
        if queries.server_pid(cluster) is None or time.monotonic() > until:
            raise NotStarted(f"PostgreSQL does not answer (see {cluster.data / 'log'})")
        time.sleep(_LOOK_SECONDS / 5)


def _make_database(cluster: Cluster) -> None:
    """Make the database where the cluster is new."""
    url = queries.url_of(cluster, database="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [rules.DATABASE]
        ).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(rules.DATABASE)))


def _log_file(cluster: Cluster) -> Path:
    """Return the file that takes what the server says before it has its own log."""
    return cluster.data / "start.log"


def _give(path: Path, keeper: Keeper | None) -> None:
    """Make ``keeper`` the owner of a path that we made."""
    if keeper is not None:
        os.chown(path, keeper.uid, keeper.gid, follow_symlinks=False)


def _run(command: list[str | Path], keeper: Keeper | None) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the keeper, in an environment of its own."""
    return subprocess.run(
        command,
        user=keeper.uid if keeper else None,
        group=keeper.gid if keeper else None,
        extra_groups=[] if keeper else None,
        umask=0o077,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _last_line(told: str) -> str:
    """Return the last thing a program said."""
    lines = [line for line in told.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it gave no reason"
