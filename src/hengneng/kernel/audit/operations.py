"""Record what was done, chain what was recorded, root the days that have ended."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection, transaction

from hengneng.kernel.audit import queries, rules, signing
from hengneng.kernel.audit.models import DayRoot, Entry, Link
from hengneng.kernel.facts import operations as facts

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
    """Record an operation in the entry of its outermost transaction block, one for each.

    Call it as the operation's last act: the first call stamps the entry, and others that record
    wait from then to the commit (who edits facts too opens ``facts.edit()`` before, so that the
    two records are always locked in one order).

    An operation inside another shares the other's entry: the outermost gives it action, subject,
    person and details, those inside are listed under ``details["within"]`` as pairs of action and
    subject.

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
    block = _block()
    told = rules.plain({**(details or {}), **_attribution.get()})
    written = _written_in(block.scope)
    if written is None:
        stamp = facts.stamp(name="entry")
        row = rules.EntryRow(stamp.sequence, stamp.recorded_at, at, by, action, subject, told)
        _write(row, block, is_new=True)
        return
    row = queries.entry_row(written.sequence)
    if block.depth < written.block.depth:
        _write(_taken_over(row, at, by, action, subject, told), block, is_new=False)
    else:
        _write(_joined(row, action, subject), written.block, is_new=False)


class _Block(NamedTuple):
    """A transaction block: its outermost savepoint (None for the transaction) and its depth."""

    scope: str | None
    depth: int


@dataclass(frozen=True)
class _Written:
    """The note, kept among the transaction's commit hooks, that a block has its entry.

    Django drops it exactly when it undoes the entry: at the end of the transaction, or where the
    savepoint it was made under is rolled back.
    """

    sequence: int
    block: _Block

    def __call__(self) -> None:
        """Do nothing at the commit: the note is the purpose."""


def _block() -> _Block:
    """Return the operation's block; the blocks a test is wrapped in do not count.

    Raises:
        NotInTransaction: If there is none.
    """
    blocks = connection.atomic_blocks
    # Django marks a test's own blocks so, for the same purpose: ``atomic(durable=True)``.
    wrapping = sum(getattr(block, "_from_testcase", False) for block in blocks)
    if len(blocks) == wrapping:
        raise NotInTransaction("record() was called outside of a transaction")
    return _Block(connection.savepoint_ids[wrapping - 1] if wrapping else None, len(blocks))


def _written_in(scope: str | None) -> _Written | None:
    """Return the note of the scope's entry; the last one made is in force."""
    for noted in reversed(connection.run_on_commit):
        hook = noted[1]
        if isinstance(hook, _Written) and hook.block.scope == scope:
            return hook
    return None


def _write(row: rules.EntryRow, block: _Block, *, is_new: bool) -> None:
    """Write the entry as it stands now; until its transaction ends it may still change."""
    entry = Entry(**row._asdict(), digest=rules.entry_digest(row))
    entry.save(force_insert=is_new, force_update=not is_new)
    transaction.on_commit(_Written(row.sequence, block))


def _taken_over(
    row: rules.EntryRow, at: datetime, by: int | None, action: str, subject: str, told: Any
) -> rules.EntryRow:
    """Return the entry as that of an operation further out; the former one becomes a part of it."""
    within = [[row.action, row.subject], *row.details.get("within", [])]
    return rules.EntryRow(
        row.sequence, row.recorded_at, at, by, action, subject, {**told, "within": within}
    )


def _joined(row: rules.EntryRow, action: str, subject: str) -> rules.EntryRow:
    """Return the entry with one more operation listed in it."""
    within = [*row.details.get("within", []), [action, subject]]
    return row._replace(details={**row.details, "within": within})


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
