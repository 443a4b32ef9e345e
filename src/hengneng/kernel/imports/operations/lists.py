"""Try an import, or do it: all rows or none, in one transaction, one entry, one kept file."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any, NamedTuple, Protocol

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.files import operations as files
from hengneng.kernel.imports import rules, tables
from hengneng.kernel.imports.rules import (
    Change,
    EntersUnits,
    Importer,
    NamesUnits,
    Quoted,
    Reading,
    Refusal,
    Report,
    Row,
    Table,
)

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NOT_OF_YOURS = "the unit is none of yours"
QUOTED_COLUMNS = 4


class Watcher(Protocol):
    """Who is told how far an import has come; a row is a part in each step of the work."""

    def begin(self, parts: int) -> None:
        """Hear how many parts of work there are. [count]"""

    def advance(self, count: int) -> None:
        """Hear how many parts were done just now. [count]"""


class _Nobody:
    """A watcher that does not look."""

    def begin(self, parts: int) -> None:
        """Hear nothing."""

    def advance(self, count: int) -> None:
        """Hear nothing."""


class File(NamedTuple):
    """A file to import.

    Attributes:
        name: Its name; the ending says what it is.
        body: Its bytes.
    """

    name: str
    body: bytes


class _Listing(NamedTuple):
    """A list found in a file, and where its columns stand."""

    table: Table
    places: dict[str, int]
    constants: Mapping[str, str]


class _Reach(NamedTuple):
    """Codes of the units that rows may speak of, None: any; of districts for new ones."""

    units: Collection[str] | None
    districts: Collection[str]


def preview(
    *,
    importer: Importer,
    name: str,
    body: bytes,
    at: datetime,
    reading: Reading | None = None,
    mended: File | None = None,
    units: Collection[str] | None = None,
    districts: Collection[str] = (),
    watcher: Watcher | None = None,
) -> Report:
    """Tell what an import would do, and change nothing.

    Args:
        importer: The kind of list, made for this import.
        name: The file's name.
        body: Its bytes.
        at: When. Aware.
        reading: What a person said of sheet, headings and columns; None: nothing.
        mended: The downloaded list of refused rows, mended; None: there is none.
        units: Codes of the only units that rows may speak of; None: any.
        districts: Codes of the districts in which rows may enter new units besides.
        watcher: Told how far it has come; None: nobody is.

    Raises:
        TooLarge, UnreadableTable, NoHeader: If the file is no table that can be read.
        WrongColumns: If its headings are not those of the kind.
        NotMended: If the mended rows are not those of this file.
    """
    watcher = watcher or _Nobody()
    reach = _Reach(units, districts)
    listing = _listing(importer, File(name, body), _of_unit(importer, reading, units), mended)
    watcher.begin(2 * len(listing.table.lines))
    with transaction.atomic():
        return _decided(importer, listing, reach, at=at, watcher=watcher)


def commit(
    *,
    importer: Importer,
    name: str,
    body: bytes,
    by: int | None,
    at: datetime,
    reading: Reading | None = None,
    mended: File | None = None,
    units: Collection[str] | None = None,
    districts: Collection[str] = (),
    watcher: Watcher | None = None,
) -> Report:
    """Do what the rows say if every row can be taken; else nothing, with the reasons.

    Args:
        importer: The kind of list, made for this import.
        name: The file's name.
        body: Its bytes; kept.
        by: Account acting; None for the script.
        at: When. Aware.
        reading: What a person said of sheet, headings and columns; None: nothing.
        mended: The downloaded list of refused rows, mended; kept. None: there is none.
        units: Codes of the only units that rows may speak of; None: any.
        districts: Codes of the districts in which rows may enter new units besides.
        watcher: Told how far it has come; None: nobody is.

    Raises:
        TooLarge, UnreadableTable, NoHeader: If the file is no table that can be read.
        WrongColumns: If its headings are not those of the kind.
        NotMended: If the mended rows are not those of this file.
    """
    watcher = watcher or _Nobody()
    reach = _Reach(units, districts)
    listing = _listing(importer, File(name, body), _of_unit(importer, reading, units), mended)
    watcher.begin(3 * len(listing.table.lines))
    with transaction.atomic():
        with facts.edit():
            report = _decided(importer, listing, reach, at=at, watcher=watcher)
            if not report.refused:
                importer.carry_out(by=by, at=at)
        if report.refused:
            transaction.set_rollback(True)
            return report
        _keep(report, [File(name, body), *([mended] if mended else [])], by=by, at=at)
    watcher.advance(len(listing.table.lines))
    return report._replace(committed=True)


def _of_unit(importer: Importer, reading: Reading | None, units: Collection[str] | None) -> Reading:
    """Return how to read a list: one of a single unit need not say whose it is."""
    reading = reading or Reading()
    if units is None or len(units) != 1:
        return reading
    constants = rules.of_unit(importer.columns, next(iter(units)))
    return reading._replace(constants={**constants, **reading.constants})


def _listing(importer: Importer, file: File, reading: Reading, mended: File | None) -> _Listing:
    """Find the list and its columns."""
    _, table = tables.read(file.name, file.body, columns=importer.columns, reading=reading)
    if mended is not None:
        table = rules.mended(table, tables.read(mended.name, mended.body)[1])
    places = rules.places_of(
        importer.columns,
        table.headings,
        sample=[line.cells for line in table.lines[: rules.SAMPLE_ROWS]],
        mapping=reading.mapping,
        constants=reading.constants,
    )
    return _Listing(table, places, reading.constants)


def _decided(
    importer: Importer,
    listing: _Listing,
    reach: _Reach,
    *,
    at: datetime,
    watcher: Watcher,
) -> Report:
    """Tell what would become of each row; one whose cells cannot be read is not asked about."""
    report = _blank(importer, listing)
    lines = {line.number: line.cells for line in listing.table.lines}
    rows = _readable(importer.columns, listing, report.refused)
    rows, strange = _reached(importer, rows, reach)
    report.refused.extend(Refusal(n, reason, lines[n]) for n, reason in strange.items())
    watcher.advance(len(lines))
    for decision in importer.decide(rows, at=at):
        if decision.change is Change.REFUSED:
            cells = lines[decision.number]
            report.refused.append(Refusal(decision.number, decision.reason, cells))
        else:
            report.outcomes.append(decision)
    report.refused.sort(key=lambda refusal: refusal.number)
    watcher.advance(len(lines))
    return report._replace(quoted=_quoted(importer, listing, report))


def _quoted(importer: Importer, listing: _Listing, report: Report) -> Quoted:
    """Return by what a person knows the rows again that change anything or are refused."""
    shown = [c.name for c in importer.columns if c.name in listing.places][:QUOTED_COLUMNS]
    places = [listing.places[name] for name in shown]
    told = {one.number for one in report.outcomes if one.change is not Change.UNCHANGED}
    told |= {refusal.number for refusal in report.refused}
    cells = {
        line.number: [_cell(line.cells, place) for place in places]
        for line in listing.table.lines
        if line.number in told
    }
    return Quoted(shown, cells)


def _cell(cells: Sequence[str], place: int) -> str:
    return str(cells[place]) if place < len(cells) else ""


def _readable(
    columns: Sequence[rules.Column], listing: _Listing, refused: list[Refusal]
) -> list[Row]:
    """Return the rows whose cells can be read."""
    cells = rules.Cells(columns, listing.places, listing.constants)
    rows = []
    for line in listing.table.lines:
        try:
            rows.append(Row(line.number, cells.values(line.cells)))
        except rules.BadCell as error:
            refused.append(Refusal(line.number, str(error), line.cells))
    return rows


def _reached(
    importer: Importer, rows: Sequence[Row], reach: _Reach
) -> tuple[list[Row], Mapping[int, str]]:
    """Return the rows that may be taken, and why the others may not, by their numbers."""
    if reach.units is None:
        return list(rows), {}
    own = _within(importer, rows, reach.units)
    numbers = {row.number for row in own}
    others = [row for row in rows if row.number not in numbers]
    if not reach.districts or not isinstance(importer, EntersUnits):
        return own, dict.fromkeys((row.number for row in others), NOT_OF_YOURS)
    strange = importer.not_enterable(others, reach.districts)
    own += [row for row in others if row.number not in strange]
    return sorted(own, key=lambda row: row.number), strange


def _within(importer: Importer, rows: Sequence[Row], units: Collection[str]) -> list[Row]:
    """Return the rows that speak of units they may speak of, each with its unit's code.

    Judged by the code alone: a name is put into its code here, once, so that no importer finds
    another unit by it. Rows that name no unit are of the only one there is, if there is one.
    """
    column = next((c.name for c in importer.columns if c.name == "unit_code"), "code")
    only = next(iter(units)) if len(units) == 1 else None
    names = {name for row in rows if not row.values[column] and (name := _name(row))}
    named = importer.codes_by_name(names) if names and isinstance(importer, NamesUnits) else {}
    kept = []
    for row in rows:
        name = _name(row)
        code = row.values[column] or (named.get(name) if name else only)
        if code is not None and code.upper() in units:
            kept.append(Row(row.number, {**row.values, column: code}))
    return kept


def _name(row: Row) -> str | None:
    """Return the unit's name that a row tells, where its kind has such a column."""
    name: str | None = row.values.get("unit_name")
    return name


def _blank(importer: Importer, listing: _Listing) -> Report:
    """Return a report of no row yet."""
    headings = listing.table.headings
    used = set(listing.places.values())
    ignored = [h for place, h in enumerate(headings) if h and place not in used]
    left_out = listing.table.left_out
    return Report(importer.kind, [], [], ignored, headings, committed=False, left_out=left_out)


def _keep(report: Report, brought: Sequence[File], *, by: int | None, at: datetime) -> None:
    """Keep the files and record the import."""
    kept = [
        files.keep(
            name=file.name,
            body=file.body,
            media_type=MEDIA_TYPES[PurePath(file.name).suffix.lower()],
            by=by,
            at=at,
        )
        for file in brought
    ]
    first, *more = kept
    details: dict[str, Any] = {"kind": report.kind, "file": first.name}
    details |= {"sha256": bytes(first.sha256).hex(), **report.counts()}
    details |= {"mended_by": more[0].name} if more else {}
    audit.record("import.committed", subject=f"file:{first.id}", by=by, at=at, details=details)
