"""How the embedded server is configured, and which settings no server may have."""

from collections.abc import Mapping
from pathlib import Path

VERSION_MIN = 15
ROLE = "hengneng"
DATABASE = "hengneng"
MAP = "hengneng"

# SOURCE: unix(7): sun_path holds 108 bytes with the closing zero; the name is PostgreSQL's.
SOCKET_PATH_MAX = 107
SOCKET_NAME = ".s.PGSQL.5432"

# Sizes for one small machine (4 GB and up). The embedded build has pglz, no lz4 (SQL.md 10).
_SIZES = {
    "max_connections": "250",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_locks_per_transaction": "128",
}
_LOG = {
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # a week, then over again
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def configuration(*, sockets: Path, durable: bool = True) -> str:
    """Return the content of ``postgresql.conf``.

    Args:
        sockets: Folder of the private socket; nothing listens on a network.
        durable: False only for a test run's throw-away server.
    """
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        **_SIZES,
        **_LOG,
        **(_DURABLE if durable else dict.fromkeys(_DURABLE, "off")),
    }
    lines = (f"{name} = '{_quoted(value)}'" for name, value in settings.items())
    return "# Written anew at every start.\n" + "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    """Return the value as the inside of a configuration string."""
    return value.replace("\\", "\\\\").replace("'", "''")


def access_rules() -> str:
    """Return the content of ``pg_hba.conf``: only peers whom the kernel knows."""
    return f"local all all peer map={MAP}\n"


def identity_map(*, accounts: set[str]) -> str:
    """Return the content of ``pg_ident.conf``.

    Args:
        accounts: Accounts of the operating system that may act as the database's owner.
    """
    return "".join(f'{MAP} "{account}" {ROLE}\n' for account in sorted(accounts))


def unsafe_settings(settings: Mapping[str, str]) -> list[str]:
    """Return why a server may not hold evidence; empty where it may.

    Args:
        settings: ``server_version_num``, ``fsync``, ``full_page_writes``, ``synchronous_commit``.

    >>> unsafe_settings({"server_version_num": "150004", "fsync": "off",
    ...                  "full_page_writes": "on", "synchronous_commit": "on"})
    ['fsync is off']
    """
    reasons = [f"{name} is off" for name in _DURABLE if settings[name] == "off"]
    version = int(settings["server_version_num"]) // 10_000
    if version < VERSION_MIN:
        reasons.append(f"it is PostgreSQL {version}, older than {VERSION_MIN}")
    return reasons
