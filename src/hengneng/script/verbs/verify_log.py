"""Recompute all digests, chains and day roots; name the first that are broken.

Exit code 1 where something is broken. What is not sealed yet is checked against its own digest.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hengneng.kernel.audit import queries as audit
from hengneng.telemetry.journal import queries as journal

NEEDS_DATABASE = True
NEEDS_CITY = True
TOLD = 20  # broken links named; the others are counted

Told = Callable[[int], object]


@dataclass
class Verified:
    """What was gone through, and what is broken in it."""

    entries: int
    links: int
    day_roots: int
    messages: int
    unsealed_since: datetime | None
    last_root: audit.DayRootRow | None
    broken_count: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Answer whether nothing is broken."""
        return self.broken_count == 0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Verify, print what was found, exit 1 where something is broken."""
    # Inside a transaction the server hands rows over as they are asked for, and keeps none.
    with transaction.atomic():
        verified = _verify()
    print(_as_json(verified) if options.json else _as_text(verified))
    return 0 if verified.is_whole else 1


def _verify() -> Verified:
    """Go through everything once."""
    counts, standing = audit.counts(), journal.standing()
    since = [at for at in (audit.unsealed_since(), standing.unsealed_since) if at is not None]
    verified = Verified(
        **counts._asdict(),
        messages=standing.messages,
        unsealed_since=min(since, default=None),
        last_root=audit.last_root(),
    )
    for sentence in _breaks(verified):
        verified.broken_count += 1
        if len(verified.broken) < TOLD:
            verified.broken.append(sentence)
    return verified


def _breaks(verified: Verified) -> Iterator[str]:
    """Yield the breaks of entries and messages, showing how far it came."""
    with _Progress("entries", verified.entries) as told:
        yield from audit.broken_links(progress=told)
    with _Progress("messages", verified.messages) as told:
        yield from journal.broken_links(progress=told)


class _Progress:
    """A line on the error stream: how many of how many; on a terminal it is kept up to date."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._checked = 0

    def __enter__(self) -> Told:
        self._tell(0)
        return self._tell if sys.stderr.isatty() else self._count

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        # Rows are told every so many: the last of them are in when nothing went wrong.
        self._tell(self._checked if failed else self._total)
        print(file=sys.stderr)

    def _count(self, checked: int) -> None:
        self._checked = checked

    def _tell(self, checked: int) -> None:
        self._count(checked)
        line = f"checking {self._what}: {checked:,} of {self._total:,}"
        print(f"\r{line}", end="", file=sys.stderr, flush=True)


def _as_json(verified: Verified) -> str:
    """Return the finding for a program."""
    since = verified.unsealed_since
    told = asdict(verified) | {
        "is_whole": verified.is_whole,
        "unsealed_since": since.isoformat() if since else None,
        "last_root": _root_told(verified.last_root),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _root_told(root: audit.DayRootRow | None) -> dict[str, object] | None:
    """Return a day's signed root for a program."""
    if root is None:
        return None
    return {
        "day": root.day.isoformat(),
        "root": root.root.hex(),
        "links": root.links,
        "key_id": root.key_id,
        "signature": root.signature.hex(),
    }


def _as_text(verified: Verified) -> str:
    """Return the finding for a person."""
    counted = (
        f"{verified.entries:,} entries, {verified.messages:,} messages,"
        f" {verified.links:,} links, {verified.day_roots:,} day roots"
    )
    head = f"{counted}{_unsealed(verified.unsealed_since)}{_rooted(verified.last_root)}"
    if verified.is_whole:
        return f"{head}\nnothing is broken"
    rest = verified.broken_count - len(verified.broken)
    more = [f"and {rest:,} more"] if rest else []
    return "\n".join([head, f"BROKEN ({verified.broken_count:,}):", *verified.broken, *more])


def _rooted(root: audit.DayRootRow | None) -> str:
    """Return the last day's root as lines that can be printed and kept elsewhere."""
    if root is None:
        return "\nno day is rooted yet: a day's root is made once the day has ended"
    return (
        f"\nroot of {root.day}: {root.root.hex()}"
        f"\n  over {root.links:,} links, signed with key {root.key_id}: {root.signature.hex()}"
    )


def _unsealed(since: datetime | None) -> str:
    """Return from when on nothing is sealed yet, as the end of a sentence."""
    if since is None:
        return ""
    return (
        f"; not sealed yet: what was recorded since {timezone.localtime(since):%Y-%m-%d %H:%M:%S}"
    )
