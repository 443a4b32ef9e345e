"""Try an import, or do it: all rows or none, in one transaction, one entry, one kept file."""

from datetime import datetime
from pathlib import PurePath

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.files import operations as files
from hengneng.kernel.imports import rules, tables
from hengneng.kernel.imports.rules import (
    AnyImporter,
    Change,
    Decision,
    Importer,
    Refusal,
    Report,
    Row,
    RowImporter,
    Table,
)

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def preview(
    *, importer: AnyImporter, name: str, body: bytes, by: int | None, at: datetime
) -> Report:
    """Tell what an import would do: it is done and taken back, so nothing else can come of it.

    Args:
        importer: The kind of list, made for this import.
        name: The file's name.
        body: Its bytes.
        by: Account acting; None for the script.
        at: When. Aware.

    Raises:
        TooLarge, UnreadableTable: If the file is no table that can be read.
        WrongColumns: If its headings are not those of the kind.
    """
    return _run(importer, name, body, by=by, at=at, is_trial=True)


def commit(
    *, importer: AnyImporter, name: str, body: bytes, by: int | None, at: datetime
) -> Report:
    """Do what the rows say if every row can be taken; else nothing, with the reasons.

    Args:
        importer: The kind of list, made for this import.
        name: The file's name.
        body: Its bytes; kept.
        by: Account acting; None for the script.
        at: When. Aware.

    Raises:
        TooLarge, UnreadableTable: If the file is no table that can be read.
        WrongColumns: If its headings are not those of the kind.
    """
    return _run(importer, name, body, by=by, at=at, is_trial=False)


def _run(
    importer: AnyImporter, name: str, body: bytes, *, by: int | None, at: datetime, is_trial: bool
) -> Report:
    """Apply every row, then keep the file and the entry, or undo all of it."""
    table = tables.read(name, body)
    places = rules.places_of(importer.columns, table.headings)
    ignored = [h for place, h in enumerate(table.headings) if place not in places.values() and h]
    report = Report(importer.kind, [], [], ignored, table.headings, committed=not is_trial)
    with transaction.atomic():
        with facts.edit():
            if isinstance(importer, Importer):
                _decide(importer, table, places, report, at=at)
                if not is_trial and not report.refused:
                    importer.carry_out(by=by, at=at)
            else:
                _apply(importer, table, places, report, by=by, at=at)
        if is_trial or report.refused:
            transaction.set_rollback(True)
            return report._replace(committed=False)
        _keep(report, name, body, by=by, at=at)
    return report


def _decide(
    importer: Importer, table: Table, places: dict[str, int], report: Report, *, at: datetime
) -> None:
    """Note what would become of each row; a row whose cells cannot be read is not asked about."""
    cells = {line.number: line.cells for line in table.lines}
    rows = []
    for line in table.lines:
        try:
            rows.append(Row(line.number, rules.values_of(importer.columns, places, line.cells)))
        except rules.BadCell as error:
            report.refused.append(Refusal(line.number, str(error), line.cells))
    for decision in importer.decide(rows, at=at):
        if decision.change is Change.REFUSED:
            number = decision.number
            report.refused.append(Refusal(number, decision.reason, cells[number]))
        else:
            report.outcomes.append(decision)
    report.refused.sort()


def _apply(
    importer: RowImporter,
    table: Table,
    places: dict[str, int],
    report: Report,
    *,
    by: int | None,
    at: datetime,
) -> None:
    """Apply each row under its own savepoint and note what became of it."""
    refusing: tuple[type[Exception], ...] = (rules.BadCell, *importer.anticipated)
    for line in table.lines:
        try:
            values = rules.values_of(importer.columns, places, line.cells)
            with transaction.atomic():
                change = importer.apply(values, by=by, at=at)
        except refusing as error:
            report.refused.append(Refusal(line.number, str(error), line.cells))
        else:
            report.outcomes.append(Decision(line.number, change))


def _keep(report: Report, name: str, body: bytes, *, by: int | None, at: datetime) -> None:
    """Keep the file and record the import."""
    media_type = _MEDIA_TYPES[PurePath(name).suffix.lower()]
    kept = files.keep(name=name, body=body, media_type=media_type, by=by, at=at)
    taken = (Change.NEW, Change.CHANGED, Change.UNCHANGED)
    counts = {change.value.lower(): report.count(change) for change in taken}
    details = {"kind": report.kind, "file": kept.name, "sha256": bytes(kept.sha256).hex(), **counts}
    audit.record("import.committed", subject=f"file:{kept.id}", by=by, at=at, details=details)
