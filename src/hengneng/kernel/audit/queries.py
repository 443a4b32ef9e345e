"""Where the chains stand, what is not sealed yet, and whether all of it still holds."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils import timezone

from hengneng.kernel.audit import rules, signing
from hengneng.kernel.audit.models import DayRoot, Entry, Link
from hengneng.kernel.audit.rules import Head
from hengneng.kernel.facts import queries as facts

ENTRIES = "entries"  # the chain of audit entries
ROWS_AT_ONCE = 2_000


class LinkRow(NamedTuple):
    """One link of a chain."""

    upto: int
    rows: int
    digest: bytes


class DayRootRow(NamedTuple):
    """A day's signed root, as reports print it."""

    day: date
    root: bytes
    links: int
    key_id: str
    signature: bytes


class Act(NamedTuple):
    """What an account did.

    Attributes:
        sequence: Number of the entry.
        at: When, as the operation was told. Aware.
        action: Which operation: ``terminal.admitted``.
        subject: To what: ``unit:CODE``.
        details: What the operation recorded beside.
    """

    sequence: int
    at: datetime
    action: str
    subject: str
    details: dict[str, Any]


class ActPage(NamedTuple):
    """One page of what an account did, newest first, and how much it is in all."""

    rows: list[Act]
    total: int


class Done(NamedTuple):
    """What was done to a subject, by whom, and when it was recorded.

    Attributes:
        recorded_at: When the entry was recorded. Aware.
        by: Account; None: the system or the script.
        action: Which operation: ``point.described``.
        subject: To what: ``point:17``.
    """

    recorded_at: datetime
    by: int | None
    action: str
    subject: str


class Counts(NamedTuple):
    """What the record holds. [count each]"""

    entries: int
    links: int
    day_roots: int


def heads(names: Iterable[str]) -> dict[str, Head]:
    """Return where each chain stands; a chain with nothing in it stands at its first head."""
    standing = {name: rules.first_head(name) for name in names}
    with connection.cursor() as cursor:
        # One index look-up a chain: DISTINCT ON would read every link ever made.
        cursor.execute(
            "SELECT named.chain, last.upto, last.digest FROM unnest(%s::text[]) AS named (chain)"
            " CROSS JOIN LATERAL (SELECT upto, digest FROM audit_link"
            " WHERE audit_link.chain = named.chain ORDER BY upto DESC LIMIT 1) AS last",
            [list(standing)],
        )
        standing |= {name: Head(upto, bytes(digest)) for name, upto, digest in cursor.fetchall()}
    return standing


def links_of(name: str) -> Iterator[LinkRow]:
    """Yield a chain's links from its first on."""
    rows = Link.objects.filter(chain=name).order_by("upto")
    for upto, count, digest in rows.values_list("upto", "count", "digest").iterator(ROWS_AT_ONCE):
        yield LinkRow(upto, count, bytes(digest))


def chains(*, prefix: str) -> list[str]:
    """Return the names of the chains that begin so."""
    rows = Link.objects.filter(chain__startswith=prefix).values_list("chain", flat=True)
    return list(rows.distinct().order_by("chain"))


def unsealed_since() -> datetime | None:
    """Return when the oldest entry outside the chain was recorded; None if all are in it."""
    return (
        Entry.objects.filter(sequence__gt=heads([ENTRIES])[ENTRIES].upto)
        .order_by("sequence")
        .values_list("recorded_at", flat=True)
        .first()
    )


def rooted_until() -> datetime | None:
    """Return the end of the last rooted day; None before the first root."""
    last = DayRoot.objects.aggregate(day=Max("day"))["day"]
    return end_of(last) if last else None


def last_root() -> DayRootRow | None:
    """Return the newest signed root; None before the first."""
    row = DayRoot.objects.order_by("-day").first()
    return _root_row(row) if row else None


def day_root(day: date) -> DayRootRow | None:
    """Return the day's signed root; None where the day is not rooted."""
    row = DayRoot.objects.filter(day=day).first()
    return _root_row(row) if row else None


def entry_row(sequence: int) -> rules.EntryRow:
    """Return one entry."""
    return rules.EntryRow(*Entry.objects.values_list(*rules.EntryRow._fields).get(pk=sequence))


def last_act(*, after: int, besides: Iterable[str]) -> int | None:
    """Return the number of the last thing done after an entry; None where nothing was.

    Args:
        after: The entry's number.
        besides: Beginnings of the names of acts that do not count.
    """
    other = Q()
    for beginning in besides:
        other |= Q(action__startswith=beginning)
    acts = Entry.objects.filter(~other, sequence__gt=after).order_by("-sequence")
    return acts.values_list("sequence", flat=True).first()


def acts_of(account_id: int, *, offset: int = 0, limit: int = 50) -> ActPage:
    """Return a page of what an account did, newest first; two queries.

    Args:
        account_id: The account.
        offset: How many to leave out.
        limit: Entries on the page.
    """
    own = Entry.objects.filter(by=account_id)
    rows = own.order_by("-sequence").values_list(*Act._fields)[offset : offset + limit]
    return ActPage([Act(*row) for row in rows], own.count())


def done_to(subjects: Iterable[str], *, first: datetime, last: datetime) -> list[Done]:
    """Return what was done to any of the subjects, in the record's order.

    Args:
        subjects: As the operations name them: ``point:17``, ``points``.
        first: Recorded then or later. Aware.
        last: Recorded then or earlier. Aware.
    """
    rows = Entry.objects.filter(
        subject__in=list(subjects), recorded_at__gte=first, recorded_at__lte=last
    )
    return [Done(*row) for row in rows.order_by("sequence").values_list(*Done._fields)]


def counts() -> Counts:
    """Return how many entries, links and day roots there are."""
    return Counts(Entry.objects.count(), Link.objects.count(), DayRoot.objects.count())


def start_of(day: date) -> datetime:
    """Return the instant at which a local day begins. Aware."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def end_of(day: date) -> datetime:
    """Return the instant at which a local day ends: the start of the next. Aware."""
    return start_of(day + timedelta(days=1))


def day_of(moment: datetime) -> date:
    """Return the local day that holds an instant."""
    return moment.astimezone(timezone.get_default_timezone()).date()


def next_day_to_root(*, after: date | None) -> date | None:
    """Return the first local day later than ``after`` on which a link was sealed."""
    links = (
        Link.objects.all() if after is None else Link.objects.filter(sealed_at__gte=end_of(after))
    )
    first = links.aggregate(at=Min("sealed_at"))["at"]
    return day_of(first) if first else None


def recomputed_root(day: date) -> tuple[bytes, int]:
    """Return the Merkle root over the day's links, by chain and number, and how many they are."""
    links = Link.objects.filter(sealed_at__gte=start_of(day), sealed_at__lt=end_of(day))
    rows = links.order_by("chain", "upto").values_list("digest", flat=True)
    return rules.merkle_root(bytes(digest) for digest in rows.iterator(ROWS_AT_ONCE))


def broken_links(*, progress: Callable[[int], object] = lambda _: None) -> Iterator[str]:
    """Recompute entries, their chain and the day roots; yield a sentence for each break.

    Memory stays bounded; call it inside one transaction to keep the server's side bounded too.

    Args:
        progress: Told the number of entries checked so far, now and then.
    """
    yield from _broken_entries(progress)
    yield from broken_chain(ENTRIES, _entry_digests())
    yield from _broken_days()


def broken_chain(name: str, digests: Iterable[tuple[int, bytes]]) -> Iterator[str]:
    """Recompute a chain from its rows; yield a sentence for each link that does not hold.

    After a break it goes on from the link as stored, so one break is told once. Rows behind the
    last link are not sealed yet and are no break.

    Args:
        name: The chain.
        digests: Sequence number and digest of its rows, ascending.
    """
    links = links_of(name)
    # The first link is fetched before the first row: rows recorded meanwhile are merely unsealed.
    link = next(links, None)
    head, count = rules.first_head(name), 0
    for sequence, digest in digests:
        while link and sequence > link.upto:
            yield from _broken_link(name, link, head, count)
            head, count, link = Head(link.upto, link.digest), 0, next(links, None)
        head, count = rules.extended(head, [(sequence, digest)]), count + 1
    while link:
        yield from _broken_link(name, link, head, count)
        head, count, link = Head(link.upto, link.digest), 0, next(links, None)


def _broken_link(name: str, link: LinkRow, head: Head, count: int) -> Iterator[str]:
    """Yield what is wrong with a link, given where its rows lead."""
    if count != link.rows:
        yield (
            f"chain {name}, link up to {link.upto}: it was made over {link.rows} rows,"
            f" of which {count} are there"
        )
    elif head != Head(link.upto, link.digest):
        yield (
            f"chain {name}, link up to {link.upto}: its {count} rows, or the link, are not"
            " what was sealed"
        )


def _entry_digests() -> Iterator[tuple[int, bytes]]:
    """Yield number and stored digest of every entry; ``_broken_entries`` judges the digests."""
    rows = Entry.objects.order_by("sequence").values_list("sequence", "digest")
    for sequence, digest in rows.iterator(ROWS_AT_ONCE):
        yield sequence, bytes(digest)


def _broken_entries(progress: Callable[[int], object]) -> Iterator[str]:
    """Yield what is wrong with entries and their numbers."""
    last = facts.last_sequence("entry")
    fields = (*rules.EntryRow._fields, "digest")
    rows = Entry.objects.order_by("sequence").values_list(*fields).iterator(ROWS_AT_ONCE)
    expected = 1
    for checked, (*values, digest) in enumerate(rows, start=1):
        row = rules.EntryRow(*values)
        yield from _missing(expected, row.sequence)
        yield from _broken_entry(row, bytes(digest))
        expected = row.sequence + 1
        if checked % ROWS_AT_ONCE == 0:
            progress(checked)
    yield from _missing(expected, last + 1)


def _missing(expected: int, found: int) -> Iterator[str]:
    """Yield that entries are missing, where the next number found is not the one expected."""
    if found == expected + 1:
        yield f"entry {expected} is missing"
    elif found > expected:
        yield f"entries {expected} to {found - 1} are missing"


def _broken_entry(row: rules.EntryRow, digest: bytes) -> Iterator[str]:
    """Yield that an entry's row does not give its digest."""
    if rules.entry_digest(row) != digest:
        yield (
            f"entry {row.sequence} ({row.action}, {row.subject}): its row is not what its"
            " digest was made of"
        )


def _broken_days() -> Iterator[str]:
    """Yield what is wrong with day roots, from the first day with links to the last rooted."""
    last = DayRoot.objects.aggregate(day=Max("day"))["day"]
    if last is None:
        return
    day: date | None = _first_day()
    previous = b""
    while day is not None and day <= last:
        root = DayRoot.objects.filter(day=day).first()
        if root:
            yield from _broken_day(_root_row(root), previous)
            previous = bytes(root.root)
        elif recomputed_root(day)[1]:
            yield f"day {day}: its root is missing"
        day += timedelta(days=1)


def _first_day() -> date | None:
    """Return the first day that has a link or a root."""
    rooted = DayRoot.objects.aggregate(day=Min("day"))["day"]
    linked = next_day_to_root(after=None)
    return min((day for day in (rooted, linked) if day), default=None)


def _broken_day(row: DayRootRow, previous: bytes) -> Iterator[str]:
    """Yield what is wrong with one day's root."""
    root, count = recomputed_root(row.day)
    if count != row.links:
        yield f"day {row.day}: its root was made over {row.links} links, {count} are there"
    elif root != row.root:
        yield f"day {row.day}: its root is not that of its links"
    text = rules.signed_text(day=row.day, root=row.root, count=row.links, previous=previous)
    fault = signing.fault_of(text, signing.Signature(row.key_id, row.signature))
    if fault:
        yield f"day {row.day}: {fault}"


def _root_row(root: DayRoot) -> DayRootRow:
    """Return the row of a root, bytes as bytes."""
    return DayRootRow(root.day, bytes(root.root), root.count, root.key_id, bytes(root.signature))
