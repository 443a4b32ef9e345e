"""What figures were measured on, without its name, and what processes used."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    """Return cores, memory, architecture, system and Python."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(pages * size / 1e9, 1),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def peak_mb(pid: int) -> float:
    """Return the most memory that a process ever held. [MB]"""
    status = Path(f"/proc/{pid}/status").read_text()
    lines = dict(line.partition(":")[::2] for line in status.splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024 / 1e6


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time that processes have used; 0 where the machine does not tell. [s]"""
    found = [Path(f"/proc/{pid}/stat") for pid in pids]
    # The name, in brackets, may hold anything: fields are counted behind it.
    fields = [path.read_text().rpartition(")")[2].split() for path in found if path.exists()]
    return sum(int(user) + int(system) for *_, user, system in (f[:13] for f in fields)) / _TICKS


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that live; none where nobody tells."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in path.read_text().split()] if path.exists() else []
