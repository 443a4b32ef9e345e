"""Work off a unit's stale days: digests from messages, then figures from digests.

One transaction under the unit's advisory lock: read the marks, work, delete exactly the marks read
(SQL.md 6). What commits meanwhile leaves its own mark and is worked off next time, so nothing is
missed; what was read twice gives the same bytes, so nothing is doubled.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts import queries as changes
from hengneng.protocol.records import day_of
from hengneng.registry.points import queries as points
from hengneng.telemetry.consumption.operations import write
from hengneng.telemetry.consumption.queries import (
    months,
    nodes,
    parameters,
    shapes,
    stale,
    tables,
    tracks,
)
from hengneng.telemetry.consumption.rules import columns, digest, falls, sheets
from hengneng.telemetry.consumption.rules.columns import Columns
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.outliers import CONTEXT, REACH_DAYS
from hengneng.telemetry.consumption.rules.runs import neighbouring
from hengneng.telemetry.consumption.rules.tracks import Track
from hengneng.telemetry.journal import operations as journal_operations
from hengneng.telemetry.journal import queries as journal

# The first half of the unit's advisory lock, so that it meets no other lock of the platform.
_LOCK = 0x48454E47
# Marks of a share, about as many messages: bounds what is decoded together, whatever came.
_MARKS_MOST = 10_000
_EMPTY = columns.encode(columns.of_entries({}))  # the digest of a day of which nothing came


class Pass(NamedTuple):
    """What one pass did: days digested, days stitched, and whether more is waiting."""

    digested: int
    stitched: int
    is_more: bool


@transaction.atomic
def recompute(*, unit_id: int, at: datetime) -> Pass | None:
    """Work off the newest stale days of a unit; None where nothing waits that none else holds.

    Args:
        unit_id: The unit.
        at: Now. Aware.
    """
    if not _is_locked(unit_id):
        return None
    # The points are read after the edits: what an edit changes later leaves its own note.
    found, edits = _marks_of_share(unit_id), changes.changes_of(unit_id)
    if not found.marks and not edits and not stale.unstitched_of(unit_id):
        return None  # another worker was faster
    known = tracks.tracks_of(unit_id)
    kept = tables.Kept(unit_id)
    digested, more_digests = _digest_stale(unit_id, kept, known, found, edits, at)
    stitched, more_days = _stitch_stale(unit_id, kept, known, at)
    return Pass(digested, stitched, more_digests or more_days)


def _is_locked(unit_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, unit_id % 2**31])
        return bool(cursor.fetchone()[0])


class _Share(NamedTuple):
    """Marks of a unit's newest stale days.

    Attributes:
        marks: Number and day, the newest day first.
        is_more: Whether the unit has others.
        since: When the unit's oldest mark was made; None without any. Aware.
    """

    marks: list[tuple[int, date]]
    is_more: bool
    since: datetime | None


def _marks_of_share(unit_id: int) -> _Share:
    """Return no more marks than a share may hold, those of whole days where there are several."""
    found = journal.marks_of(unit_id, most=_MARKS_MOST)
    since = journal.marked_since(unit_id) if found else None
    if len(found) < _MARKS_MOST:
        return _Share(found, is_more=False, since=since)
    whole = [one for one in found if one[1] != found[-1][1]]
    return _Share(whole or found, is_more=True, since=since)


def _digest_stale(
    unit_id: int,
    kept: tables.Kept,
    known: Sequence[Track],
    found: _Share,
    edits: Sequence[changes.Change],
    at: datetime,
) -> tuple[int, bool]:
    """Make the digests of the newest stale days anew and note which days they touch."""
    days = sorted({clock.day_number(day) for _, day in found.marks}, reverse=True)
    taken = set(days[: parameters.days_most(len(known))])
    touched = _replace_digests(unit_id, kept, known, sorted(taken))
    touched |= _touched_by_edits(unit_id, known, edits)
    touched |= stale.takers_of(unit_id, touched)
    write.note_unstitched(unit_id, neighbouring(touched), since=found.since or at)
    done = [number for number, day in found.marks if clock.day_number(day) in taken]
    journal_operations.clear_marks(unit_id=unit_id, ids=done)
    facts.clear_changes(ids=[edit.id for edit in edits])
    return len(taken), found.is_more or len(days) > len(taken)


def _replace_digests(
    unit_id: int, kept: tables.Kept, known: Sequence[Track], days: list[int]
) -> set[int]:
    """Write the digests that changed; return the days between their outermost nodes."""
    if not days:
        return set()
    old = kept.bodies(days)
    new = tables.digests_from_messages(unit_id, days)
    bodies = {day: columns.encode(new[day]) for day in days}
    changed = [day for day in days if bodies[day] != old.get(day, _EMPTY)]
    shifts = {day: _shifted(columns.decode(old.get(day, _EMPTY)), new[day]) for day in changed}
    touched = set(changed) | _touched_by_shifts(unit_id, kept, known, shifts)
    write.digests(unit_id, {day: (columns.series_ids(new[day]), bodies[day]) for day in changed})
    kept.remember({day: new[day] for day in changed})
    return touched | _touched_by_shifts(unit_id, kept, known, shifts)


def _touched_by_shifts(
    unit_id: int,
    kept: tables.Kept,
    known: Sequence[Track],
    shifts: dict[int, "_Shift"],
) -> set[int]:
    """Return the days whose energy may hang on what shifted, as the digests are now."""
    near = {day: range(day - REACH_DAYS, day + REACH_DAYS + 1) for day in shifts}
    around = kept.columns({one for some in near.values() for one in some})
    ends = {day: falls.ends_of(digested) for day, digested in around.items()}
    touched = _between_nodes(nodes.Nodes(unit_id, known), shifts)
    for day, shift in shifts.items():
        fell = falls.falling([ends[one] for one in near[day] if one in ends])
        if fell & shift.changed:
            touched.update(near[day])
        if day in around and falls.has_early(around[day], parameters.on(day).limits.tolerance_s):
            touched.add(day + 1)
    return touched


class _Shift(NamedTuple):
    """How a day differs from before.

    Attributes:
        first: Register series whose first good readings are others.
        last: Register series whose last good readings are others.
        changed: Register series of which any reading is another.
    """

    first: set[str]
    last: set[str]
    changed: set[str]


def _shifted(old: Columns, new: Columns) -> _Shift:
    was, now = columns.Unfolded(old, "R"), columns.Unfolded(new, "R")
    if not was:
        good = set(columns.good_series(new)) & now.keys()
        return _Shift(good, good, good)
    ends = {name: (_ends(was.get(name, ())), _ends(now.get(name, ()))) for name in {*was, *now}}
    return _Shift(
        {name for name, (was, now) in ends.items() if was[0] != now[0]},
        {name for name, (was, now) in ends.items() if was[1] != now[1]},
        set(ends),
    )


def _ends(rows: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return the first and the last good readings, as many as other days can depend on."""
    first = digest.outermost(rows, CONTEXT, is_last=False)
    return first, digest.outermost(rows, CONTEXT, is_last=True)


def _between_nodes(pinned: nodes.Nodes, shifts: dict[int, _Shift]) -> set[int]:
    """Return the days from each shifted reading to its neighbouring nodes, as they are now."""
    touched: set[int] = set()
    for day, shift in shifts.items():
        touched.update(range(pinned.before(shift.first, day), pinned.after(shift.last, day) + 1))
    return touched


def _touched_by_edits(
    unit_id: int, known: Sequence[Track], edits: Sequence[changes.Change]
) -> set[int]:
    """Return the days between the nodes around what edits of facts changed."""
    pinned = nodes.Nodes(unit_id, known)
    bounds = pinned.bounds() if edits else None
    if bounds is None:
        return set()
    touched: set[int] = set()
    for edit in edits:
        keys = {key for key in points.keys_ever(unit_id, point_id=edit.point_id) if key[0] == "R"}
        edited = [t.point_id for t in known if edit.point_id in (None, t.point_id)]
        touched.update(pinned.around_points(edited, keys, _days_of(edit, bounds)))
    return touched


def _days_of(edit: changes.Change, bounds: tuple[int, int]) -> range:
    """Return the days an edit speaks of, within those that have a node; at least one day."""
    first = day_of(clock.local_second(edit.changed_from))
    until = edit.changed_until
    last = bounds[1] if until is None else day_of(clock.local_second(until))
    first = min(max(first, bounds[0]), bounds[1])
    return range(first, max(first, min(last, bounds[1])) + 1)


def _stitch_stale(
    unit_id: int, kept: tables.Kept, known: Sequence[Track], at: datetime
) -> tuple[int, bool]:
    """Write the figures of the newest days that do not follow from their digests yet."""
    found = stale.unstitched_of(unit_id)
    touched = {day for note in found for day in range(note.first, note.last + 1)}
    days = sorted(touched, reverse=True)
    most = parameters.days_most(len(known))
    taken, left = days[:most], days[most:]
    if taken:
        _stitch_days(unit_id, kept, known, sorted(taken), at)
    write.clear_unstitched(unit_id, [note.id for note in found])
    if left:
        since = min(note.since for note in found)
        write.note_unstitched(unit_id, neighbouring(left), since=since)
    return len(taken), bool(left)


def _stitch_days(
    unit_id: int, kept: tables.Kept, known: Sequence[Track], days: list[int], at: datetime
) -> None:
    """Write the days' profiles, and the days' and months' consumption, of all points of a unit."""
    regular: list[sheets.Sheet] = []
    tasks: list[shapes.Task] = []
    for limits, run in parameters.runs(days, most=parameters.days_most(len(known))):
        window = tables.window_of(kept, known, run, tolerance_s=limits.tolerance_s)
        found = sheets.sort_out(known, window, days=run, limits=limits)
        regular += found.sheets
        rows = columns.Unfolded(window)
        tasks += [shapes.Task(known[n], rows, some, limits) for n, some in found.others.items()]
    write.point_days(unit_id, days, regular, shapes.work_out(kept, tasks))
    write.point_months(unit_id, months.inputs(kept, known, days))
    write.revisions(unit_id, days, at)
