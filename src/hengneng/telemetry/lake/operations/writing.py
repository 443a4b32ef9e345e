"""Copy the closed months that are new or have changed since, an edition for each.

A month is read in one picture of the database. Its files lie on the disk, and have been read back
and held against PostgreSQL's own sums, before an edition names them; the edition's digest is in the
audit record before it is published.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import queries as facts
from hengneng.registry.units import queries as units
from hengneng.telemetry.consumption.queries import copies
from hengneng.telemetry.consumption.rules import EDITION as ARITHMETIC
from hengneng.telemetry.lake import parquet, store
from hengneng.telemetry.lake.queries import states, totals
from hengneng.telemetry.lake.queries.ground import Ground
from hengneng.telemetry.lake.rules import closing
from hengneng.telemetry.lake.rules.columns import FORM, NOWHERE
from hengneng.telemetry.lake.rules.manifest import Edition, File, Month, Units

Tell = Callable[[str], object]


class CopyDiffers(Exception):
    """A file that was just written does not hold what PostgreSQL does; it is not published."""


class Written(NamedTuple):
    """What a run did.

    Attributes:
        edition: The current edition's number; None: no month is closed yet.
        months: Closed months. [count]
        changed: The months that were new or had changed.
        files: Files written. [count]
        bytes: Their size. [bytes]
        readings: Slots with a value in them. [count]
    """

    edition: int | None
    months: int
    changed: list[date]
    files: int
    bytes: int
    readings: int


def write(*, by: int | None, at: datetime, tell: Tell = lambda _: None) -> Written:
    """Bring the copies of all closed months up to date; what did not change is left alone.

    Args:
        by: Account acting; None for the script or a job.
        at: Now. Aware.
        tell: Told of each month that is written.

    Raises:
        Busy: If another process is writing.
        BrokenEdition: If what is published is not whole.
        NotExact: If a figure cannot be held exactly.
        CopyDiffers: If a file does not hold what PostgreSQL does.
    """
    with store.writing():
        edition = store.published()
        months = _closed_months(at)
        pending, changed, files = list[Month](), list[date](), list[File]()
        for first in months:
            number = edition.edition + 1 if edition else 1
            known = edition.month(first) if edition else None
            made = _copied(first, known, number=number)
            if made == known:
                continue
            changed.append(first)
            pending.append(made)
            fresh = [file for file in made.files if file.edition == number]
            if fresh:
                # What is written is kept at once: a stop costs one month's work.
                edition = _publish(edition, pending, by=by, at=at)
                tell(f"{first:%Y-%m}: edition {number}, {len(fresh)} of {len(made.files)} anew")
                pending, files = [], files + fresh
        edition = _publish(edition, pending, by=by, at=at)
    readings = sum(one.readings for file in files for one in file.sums.values())
    number_now = edition.edition if edition else None
    size = sum(file.bytes for file in files)
    return Written(number_now, len(months), changed, len(files), size, readings)


def _closed_months(at: datetime) -> list[date]:
    """Return the first days of the months that are closed and not before the first figure."""
    first = copies.first_day()
    return [] if first is None else closing.closed_months(first, clock.day_of(at))


def _copied(first: date, known: Month | None, *, number: int) -> Month:
    """Return a month with its files, those anew whose points, places or figures changed."""
    until = closing.next_month(first)
    with copies.one_picture():
        ground = Ground(first, until)
        settled = facts.settled_until()
        waiting = len(copies.units_waiting(first=first, last=ground.last))
        old = {file.district: file for file in known.files} if known else {}
        files = []
        for district in ground.districts():
            file = old.get(district or NOWHERE)
            state = states.state_of(ground, district)
            if file is None or file.state != state:
                file = _new_file(ground, district, state, settled, waiting, number)
            if file is not None:
                files.append(file)
    return Month(first, tuple(files))


def _new_file(
    ground: Ground,
    district: str | None,
    state: str,
    settled: datetime | None,
    waiting: int,
    number: int,
) -> File | None:
    """Write a district's month; None where no day of it is known.

    Raises:
        CopyDiffers: If the file does not hold what PostgreSQL does.
    """
    lines, made = store.draft(".lines"), store.draft(".parquet")
    expected = totals.Totals()
    with lines.open("wb") as into:
        for part in ground.parts(district):
            copies.copy_days(part, first=ground.first, last=ground.last, into=into)
            expected.add(copies.sums_of_copies(part, first=ground.first, last=ground.last))
    if expected.rows:
        parquet.write(lines, made)
    lines.unlink()
    if not expected.rows:
        return None
    rows, held = parquet.sums_of(made)
    if (rows, held) != (expected.rows, expected.sums()):
        raise CopyDiffers(f"{ground.first:%Y-%m}, district {district or NOWHERE}")
    kept = store.keep_month(made, month=f"{ground.first:%Y-%m}", district=district or NOWHERE)
    return File(district or NOWHERE, *kept, rows, held, state, ARITHMETIC, settled, waiting, number)


def _publish(
    edition: Edition | None, made: Sequence[Month], *, by: int | None, at: datetime
) -> Edition | None:
    """Publish the edition that follows; without new months only where a unit changed.

    Args:
        edition: The current edition; None: there is none.
        made: Months that are new or other than before.
        by: Account acting.
        at: Now. Aware.
    """
    if edition is None and not made:
        return None
    months = {one.month: one for one in (*(edition.months if edition else ()), *made)}
    listed = _units_file()
    if edition is not None and not made and listed == edition.units:
        return edition
    return _follow(edition, tuple(months[n] for n in sorted(months)), listed, by=by, at=at)


def _follow(
    edition: Edition | None,
    months: tuple[Month, ...],
    listed: Units,
    *,
    by: int | None,
    at: datetime,
) -> Edition:
    """Publish an edition after the one that is current.

    An entry of the audit record without an edition, after a stop between the two, does no harm; an
    edition without an entry could not be told from a forged one.
    """
    number = edition.edition + 1 if edition else 1
    new = Edition(number, store.current(), at, FORM, listed, months)
    pointer = store.lay_down(new)
    with transaction.atomic():
        details = {"sha256": pointer.sha256, "months": len(months)}
        audit.record("lake.edition_made", subject=f"lake:{number}", by=by, at=at, details=details)
    store.publish(pointer)
    return new


def _units_file() -> Units:
    """Write the units as they are now; the same units give the same file."""
    lines, made = store.draft(".csv"), store.draft(".parquet")
    rows = units.sectors()
    _write_cells(lines, rows)
    parquet.write_units(lines, made)
    lines.unlink()
    return Units(*store.keep_units(made), len(rows))


def _write_cells(path: Path, rows: list[units.SectorRow]) -> None:
    """Write rows as quoted cells between commas."""
    with path.open("w", newline="\n", encoding="utf-8") as file:
        for row in rows:
            cells = (str(cell).replace('"', '""') for cell in row)
            file.write('"' + '","'.join(cells) + '"\n')
