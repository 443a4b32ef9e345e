"""Record what was done, chain what was recorded, root the days that have ended."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db import connection, transaction

from hengneng.kernel.audit import queries, rules, signing
from hengneng.kernel.audit.models import DayRoot, Entry, Link
from hengneng.kernel.facts import operations as facts

if TYPE_CHECKING:
    from hengneng.kernel.audit.engine.base import DatabaseWrapper

# The sealers' advisory lock, in the space of two-number keys (units lock in that of one number).
SEALING_LOCK = (7301, 1)
ENTRIES_AT_ONCE = 10_000

_attribution: ContextVar[Mapping[str, Any]] = ContextVar(
    "audit_attribution", default=MappingProxyType({})
)


class NotInTransaction(Exception):
    """An entry is recorded inside the transaction of what it tells of, or not at all."""


class OutOfSequence(ValueError):
    """The rows to chain are not in ascending order of their sequence numbers."""


@contextmanager
def attributed(**details: Any) -> Iterator[None]:
    """Add these details to every entry recorded inside; the script names its user so."""
    token = _attribution.set({**_attribution.get(), **details})
    try:
        yield
    finally:
        _attribution.reset(token)


def record(
    action: str,
    *,
    subject: str,
    by: int | None,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record an operation; its entry is written as the last act of the outermost transaction.

    An operation inside another shares the other's entry: the outer one gives it action, subject,
    person and details, those inside are listed under ``details["within"]`` as pairs of action and
    subject. What is rolled back is forgotten with what it did.

    Args:
        action: What was done, like ``unit.created``.
        subject: To what, like ``unit:91310000MA1FL00000``.
        by: Account acting; None for the system or the script.
        at: When it was done. Aware.
        details: More, plain values as ``rules.plain`` takes them.

    Raises:
        NotInTransaction: If no transaction is open.
        NotPlain: If the details have no exact JSON form.
    """
    if all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise NotInTransaction("record() was called outside of a transaction")
    told = rules.plain({**(details or {}), **_attribution.get()})
    act = _Act(tuple(connection.savepoint_ids), at, by, action, subject, told)
    # What cannot be written must fail here, not in the commit.
    rules.entry_digest(act.row(sequence=0, recorded_at=at, within=[]))
    # Django drops a hook exactly when it undoes what was done under the same savepoint.
    transaction.on_commit(act)
    cast("DatabaseWrapper", connection).last_act = _write_entries


@dataclass(frozen=True)
class _Act:
    """An operation told of in this transaction, kept among the commit hooks until it is written.

    Attributes:
        path: The savepoints it was told under, outermost first: those of an operation inside
            another begin with the other's.
    """

    path: tuple[str | None, ...]
    at: datetime
    by: int | None
    action: str
    subject: str
    details: Mapping[str, Any]

    def __call__(self) -> None:
        """Do nothing after the commit: the act is written by then."""

    def holds(self, other: "_Act") -> bool:
        """Answer whether the other was told of in this one's transaction block."""
        return other.path[: len(self.path)] == self.path

    def row(
        self, *, sequence: int, recorded_at: datetime, within: list[list[str]]
    ) -> rules.EntryRow:
        """Return the entry."""
        details = {**self.details, "within": within} if within else self.details
        return rules.EntryRow(
            sequence, recorded_at, self.at, self.by, self.action, self.subject, details
        )


class _Told(NamedTuple):
    """An operation that is inside no other, and those inside it."""

    act: _Act
    within: list[list[str]]


def _write_entries() -> None:
    """Write an entry for each operation of this transaction that is inside no other."""
    hooks = connection.run_on_commit
    acts = [hook[1] for hook in hooks if isinstance(hook[1], _Act)]
    connection.run_on_commit = [hook for hook in hooks if not isinstance(hook[1], _Act)]
    outermost = _gathered(acts)
    if not outermost:
        return
    sequence, recorded_at = facts.stamp(name="entry", count=len(outermost))
    rows = [
        told.act.row(sequence=number, recorded_at=recorded_at, within=told.within)
        for number, told in enumerate(outermost, start=sequence)
    ]
    # Not by the model: Django takes the block for ended already and would open another.
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit_entry"
            " (sequence, recorded_at, at, by, action, subject, details, digest)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [_columns(row) for row in rows],
        )


def _columns(row: rules.EntryRow) -> list[Any]:
    """Return an entry's columns as the database takes them."""
    *columns, details = row
    return [*columns, json.dumps(details, ensure_ascii=False), rules.entry_digest(row)]


def _gathered(acts: Iterable[_Act]) -> list[_Told]:
    """Return the operations that are inside no other, each with those inside it.

    Args:
        acts: In the order told. An operation tells of itself before or after those inside it.
    """
    outermost: list[_Told] = []
    for act in acts:
        last = outermost[-1].act if outermost else None
        if last and last.path != act.path and last.holds(act):
            outermost[-1].within.append([act.action, act.subject])
            continue
        inside = len(outermost)
        while inside and act.holds(outermost[inside - 1].act):
            inside -= 1
        parts = outermost[inside:]
        within = [
            pair for told in parts for pair in ([told.act.action, told.act.subject], *told.within)
        ]
        outermost[inside:] = [_Told(act, within)]
    return outermost


def extend_chain(*, name: str, digests: Sequence[tuple[int, bytes]], at: datetime) -> int:
    """Chain rows to one chain; see ``extend_chains``."""
    return extend_chains(batches={name: digests}, at=at)


@transaction.atomic
def extend_chains(*, batches: Mapping[str, Sequence[tuple[int, bytes]]], at: datetime) -> int:
    """Chain rows to their chains, one link for each chain that grows.

    Rows chained before are left out, so the same call again, or two sealers at once, chain each
    row once. Sealing is its own evidence and writes no entry.

    Args:
        batches: Per chain, sequence number and digest of its next rows, ascending.
        at: Now. Aware.

    Returns:
        The rows chained. [count]

    Raises:
        OutOfSequence: If a batch does not ascend.
    """
    _lock_sealing()
    sealed_at = max(at, queries.rooted_until() or at)
    heads = queries.heads(batches)
    links = [
        link
        for name, digests in batches.items()
        if (link := _link(name, heads[name], digests, sealed_at))
    ]
    Link.objects.bulk_create(links)
    return sum(link.count for link in links)


def _link(
    name: str, head: rules.Head, digests: Sequence[tuple[int, bytes]], sealed_at: datetime
) -> Link | None:
    """Return the link that the chain's new rows make; None where none is new."""
    numbers = [sequence for sequence, _ in digests]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise OutOfSequence(f"the rows for the chain {name} do not ascend")
    fresh = [row for row in digests if row[0] > head.upto]
    if not fresh:
        return None
    upto, digest = rules.extended(head, fresh)
    return Link(chain=name, upto=upto, count=len(fresh), digest=digest, sealed_at=sealed_at)


class Sealed(NamedTuple):
    """What one call of ``seal`` did: entries chained, days rooted."""

    entries: int
    days: int


def seal(*, at: datetime) -> Sealed:
    """Chain the entries recorded since the last time and root the local days that have ended.

    Each step is a transaction of its own under the sealers' lock: killed at any moment it is
    resumed by the next call, and two at once do each step once.

    Args:
        at: Now. Aware.
    """
    entries = days_rooted = 0
    while chained := _chain_entries(at=at):
        entries += chained
    while _root_day(at=at):
        days_rooted += 1
    return Sealed(entries, days_rooted)


@transaction.atomic
def _chain_entries(*, at: datetime) -> int:
    """Chain the next entries, at most ``ENTRIES_AT_ONCE``; return how many."""
    _lock_sealing()
    head = queries.heads([queries.ENTRIES])[queries.ENTRIES]
    rows = Entry.objects.filter(sequence__gt=head.upto).order_by("sequence")
    digests = [
        (sequence, bytes(digest))
        for sequence, digest in rows.values_list("sequence", "digest")[:ENTRIES_AT_ONCE]
    ]
    return extend_chain(name=queries.ENTRIES, digests=digests, at=at) if digests else 0


@transaction.atomic
def _root_day(*, at: datetime) -> bool:
    """Root the earliest ended day with links and no root; answer whether there was one."""
    _lock_sealing()
    last = DayRoot.objects.order_by("-day").first()
    day = queries.next_day_to_root(after=last.day if last else None)
    if day is None or queries.end_of(day) > at:
        return False
    root, count = queries.recomputed_root(day)
    previous = bytes(last.root) if last else b""
    signed = signing.sign(_text_to_sign(day, root, count, previous))
    DayRoot.objects.create(day=day, root=root, count=count, sealed_at=at, **signed._asdict())
    return True


def _text_to_sign(day: date, root: bytes, count: int, previous: bytes) -> bytes:
    """Return the text of the day's signature."""
    return rules.signed_text(day=day, root=root, count=count, previous=previous)


def _lock_sealing() -> None:
    """Wait until no other sealer is at work; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", SEALING_LOCK)
