"""What stands in an outbox, for the status pages and for ``backlog``."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from hengneng.protocol import numbers, times

_RECENT = 20

Seen = dict[str, Any]


def backlog(connection: sqlite3.Connection) -> Seen:
    """Return how much waits, how much was refused, and how the gateway stands with the platform."""
    free = connection.execute("SELECT count(*), min(at) FROM reading WHERE batch IS NULL")
    counts, oldest = dict.fromkeys(("PENDING", "REFUSED", "UNSENDABLE"), 0), []
    unsent, first = free.fetchone()
    oldest.append(first)
    for state in counts:
        counts[state], first = connection.execute(
            "SELECT count(*), min(at) FROM reading WHERE batch IN"
            " (SELECT id FROM batch WHERE state = ?)",
            [state],
        ).fetchone()
        oldest += [first] if state == "PENDING" else []
    known = dict(connection.execute("SELECT name, value FROM state WHERE name != 'device_id'"))
    return {
        "waiting_readings": unsent + counts["PENDING"],
        "oldest_waiting": _time(min((one for one in oldest if one is not None), default=None)),
        "refused_readings": counts["REFUSED"],
        "unsendable_readings": counts["UNSENDABLE"],
        "refusals": _refusals(connection),
        "is_registered": known.get("is_registered") == "1",
        "channel": "registers" if known.get("registers_url") else "national",
        "platform_said": known.get("said", ""),
        "last_acknowledged": _time(_whole(known.get("acknowledged_at"))),
    }


def meters(connection: sqlite3.Connection) -> list[Seen]:
    """Return each register's last reading."""
    rows = connection.execute(
        "SELECT meter, register, at, digits, scale, mark, read_at FROM series"
        " JOIN reading ON reading.series = series.id AND reading.at ="
        " (SELECT max(at) FROM reading AS later WHERE later.series = series.id)"
        " ORDER BY meter, register"
    )
    return [
        {
            "meter": meter,
            "register": register,
            "at": _time(at),
            "read_at": _time(read_at),
            "value": numbers.text_of(digits, scale),
            "is_good": mark == "M",
        }
        for meter, register, at, digits, scale, mark, read_at in rows
    ]


def failures(connection: sqlite3.Connection) -> list[Seen]:
    """Return the last failures, newest first."""
    rows = connection.execute(
        "SELECT at, meter, register, reason, detail FROM failure ORDER BY id DESC LIMIT ?",
        [_RECENT],
    )
    return [
        {"at": _time(at), "meter": meter, "register": register, "reason": reason, "detail": detail}
        for at, meter, register, reason, detail in rows
    ]


def everything(connection: sqlite3.Connection) -> Seen:
    """Return backlog, meters and failures."""
    return {
        "backlog": backlog(connection),
        "meters": meters(connection),
        "failures": failures(connection),
    }


def as_text(seen: Seen) -> str:
    """Return backlog, and meters and failures where they are there, for a person."""
    found = seen["backlog"]
    standing = "registered" if found["is_registered"] else "not registered"
    said = f"; the platform said: {found['platform_said']}" if found["platform_said"] else ""
    lines = [
        f"{standing}, channel {found['channel']}{said}",
        f"waiting {found['waiting_readings']} readings, the oldest of {found['oldest_waiting']}",
        f"refused {found['refused_readings']}, unsendable {found['unsendable_readings']}",
        f"last acknowledged {found['last_acknowledged']}",
        *(f"  refused {one['formed_at']}: {one['said']}" for one in found["refusals"]),
    ]
    for one in seen.get("meters", []):
        bad = "" if one["is_good"] else "  not to be trusted"
        lines.append(f"{one['meter']} {one['register']}  {one['at']}  {one['value']}{bad}")
    lines += [
        f"{one['at']}  {one['meter'] or 'gateway'}  {one['reason']}: {one['detail']}"
        for one in seen.get("failures", [])
    ]
    return "\n".join(lines) + "\n"


def _refusals(connection: sqlite3.Connection) -> list[Seen]:
    """Return the last batches that the platform, or the channel, would not have."""
    rows = connection.execute(
        "SELECT id, state, formed_at, said, sha256 FROM batch"
        " WHERE state IN ('REFUSED', 'UNSENDABLE') ORDER BY id DESC LIMIT ?",
        [_RECENT],
    )
    return [
        {"batch": id_, "state": state, "formed_at": _time(at), "said": said, "sha256": digest}
        for id_, state, at, said, digest in rows
    ]


def _time(second: int | None) -> str | None:
    """Return a local second as text; outside the protocol's years too, as a wrong clock may be."""
    if second is None:
        return None
    if 0 <= second < times.local_seconds(f"{times.YEAR_MAX}-12-31"):
        return times.text_of(second)
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _whole(text: str | None) -> int | None:
    return int(text) if text else None
