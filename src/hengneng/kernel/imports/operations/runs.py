"""A file's way into the ledger by a page: brought, arranged, tried, committed by a job."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app

from hengneng.kernel import clock
from hengneng.kernel import states as workflows
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import queries as entries
from hengneng.kernel.files import operations as files
from hengneng.kernel.files import queries as kept
from hengneng.kernel.imports import kinds, queries, rules, tables, writing
from hengneng.kernel.imports.models import Outcome, Run
from hengneng.kernel.imports.operations import lists
from hengneng.kernel.imports.operations.lists import MEDIA_TYPES, File
from hengneng.kernel.imports.operations.watching import shown
from hengneng.kernel.imports.rules import Change, Reading, Report
from hengneng.kernel.imports.states import TRANSITIONS, RunEvent, RunState
from hengneng.kernel.jobs import operations as jobs

QUEUE = "imports"
JOBS = "hengneng.kernel.imports.jobs"
OUTCOMES_KEPT = timedelta(days=30)
# Why a file cannot be taken: each says it in a sentence for the one who brought it.
ANTICIPATED = (
    rules.NoHeader,
    rules.NotMended,
    rules.WrongColumns,
    tables.TooLarge,
    tables.UnreadableTable,
)
_BROKEN = "the platform failed at this; it is logged"


@transaction.atomic
def receive(
    *,
    kind: str,
    name: str,
    body: bytes,
    by: int | None,
    at: datetime,
    units: Collection[str] | None = None,
    districts: Collection[str] = (),
    is_own: bool = False,
) -> Run:
    """Keep a file that a person wants to import; nothing is imported yet.

    Args:
        kind: The kind of list.
        name: The file's name.
        body: Its bytes.
        by: Account acting.
        at: When. Aware.
        units: Codes of the only units that rows may speak of; None: any.
        districts: Codes of the districts in which rows may enter new units besides.
        is_own: Whether the unit itself brings it: what an official confirms is refused.

    Raises:
        UnknownKind: If there is no such kind, or a unit does not keep it itself.
        TooLarge, UnreadableTable, NoHeader, WrongColumns: If it can be no list.
    """
    tables.read(name, body, columns=kinds.importer(kind, is_own=is_own).columns)
    file = _kept(File(name, body), by=by, at=at)
    run = Run.objects.create(
        kind=kind,
        file_id=file,
        brought_by=by,
        brought_at=at,
        units=None if units is None else sorted(units),
        districts=sorted(districts),
        is_own=is_own,
    )
    details = {"kind": kind, "file": name}
    audit.record("import.received", subject=f"import:{run.pk}", by=by, at=at, details=details)
    return run


@transaction.atomic
def arrange(
    *,
    run_id: int,
    by: int | None,
    at: datetime,
    reading: Reading | None = None,
    mended: File | None = None,
) -> None:
    """Say how a file is to be read, or bring its refused rows mended; it must be tried again.

    Args:
        run_id: The run.
        by: Account acting; it brought the file.
        at: When. Aware.
        reading: Sheet, headings, columns, constants; None: as before.
        mended: The downloaded list of refused rows, mended; None: as before. Rows of an earlier
            one stay mended.

    Raises:
        Run.DoesNotExist: If the account brought none such.
        EventOutOfTurn: If it is being worked at, or committed.
        NotMended, TooLarge, UnreadableTable: If a later list of mended rows is none.
    """
    run = _step(run_id, RunEvent.ARRANGE, by=by)
    if reading is not None:
        header = reading.header
        run.sheet = reading.sheet
        run.header_first = header.first if header else None
        run.header_last = header.last if header else None
        run.mapping = None if reading.mapping is None else dict(reading.mapping)
        run.constants = dict(reading.constants)
    if mended is not None:
        run.mended_id = _kept(_with_earlier(run, mended), by=by, at=at)
    run.save()
    audit.record("import.arranged", subject=f"import:{run_id}", by=by, at=at)


@transaction.atomic
def ask_to_try(*, run_id: int, by: int | None, at: datetime) -> int:
    """Queue a trial of a file; return the progress to watch.

    Args:
        run_id: The run.
        by: Account acting; it brought the file.
        at: When. Aware.

    Raises:
        Run.DoesNotExist: If the account brought none such.
        EventOutOfTurn: If it is being worked at, or committed.
    """
    return _queue(run_id, RunEvent.TRY, "try_out", by=by, at=at)


@transaction.atomic
def ask_to_commit(*, run_id: int, by: int | None, at: datetime) -> int:
    """Queue the import of a file of which every row was found fit; return the progress to watch.

    Args:
        run_id: The run.
        by: Account acting; it brought the file.
        at: When. Aware.

    Raises:
        Run.DoesNotExist: If the account brought none such.
        EventOutOfTurn: If it was not found fit.
    """
    return _queue(run_id, RunEvent.COMMIT, "carry_out", by=by, at=at)


def try_out(*, run_id: int, at: datetime) -> None:
    """Tell what a file's import would do; a run that is not to be tried any more is left alone.

    Args:
        run_id: The run.
        at: Now. Aware.
    """
    run = Run.objects.get(id=run_id)
    if run.state != RunState.TRYING or run.progress_id is None:
        return
    with _guarded(run), shown(run.progress_id) as watcher:
        # Read before the ledger is: what is recorded meanwhile counts as later than the trial.
        run.decided_after = entries.last_sequence("entry")
        report = lists.preview(**_asked(run), watcher=watcher, at=at)
        with transaction.atomic():
            if _is_still(run, RunState.TRYING):
                _settle(run, report, RunEvent.FIND_FIT)


def carry_out(*, run_id: int, at: datetime) -> None:
    """Import a file, all rows or none; a run that is not to be committed is left alone.

    Args:
        run_id: The run.
        at: Now. Aware.
    """
    run = Run.objects.get(id=run_id)
    if run.state != RunState.COMMITTING or run.progress_id is None:
        return
    with _guarded(run), shown(run.progress_id) as watcher, transaction.atomic():
        # Locked to the end: a second worker that took the job over waits and finds it done.
        if _is_still(run, RunState.COMMITTING):
            run.decided_after = entries.last_sequence("entry")
            report = lists.commit(**_asked(run), watcher=watcher, by=run.brought_by, at=at)
            _settle(run, report, RunEvent.FINISH)


def forget_outcomes(*, at: datetime) -> int:
    """Forget what became of each row of files tried long ago; the files stay. Return how many.

    Args:
        at: Now. Aware.
    """
    old = Outcome.objects.filter(run__ended_at__lt=at - OUTCOMES_KEPT)
    return old.delete()[0]


def _kept(file: File, *, by: int | None, at: datetime) -> int:
    """Keep a file and return its id.

    Raises:
        UnreadableTable: If it is neither .csv nor .xlsx.
    """
    media_type = MEDIA_TYPES.get(PurePath(file.name).suffix.lower())
    if media_type is None:
        raise tables.UnreadableTable(f"{file.name} is neither .csv nor .xlsx")
    return files.keep(name=file.name, body=file.body, media_type=media_type, by=by, at=at).id


def _with_earlier(run: Run, mended: File) -> File:
    """Return a list of mended rows together with the one brought before.

    Raises:
        NotMended, TooLarge, UnreadableTable: If it is no list of mended rows.
    """
    if run.mended is None:
        return mended
    columns, reading = kinds.importer(run.kind).columns, queries.reading_of(run)
    body = kept.read(run.file_id)
    _, table = tables.read(run.file.name, body, columns=columns, reading=reading)
    _, before = tables.read(run.mended.name, kept.read(run.mended.pk))
    try:
        rules.mended(table, before)
    except rules.NotMended:  # the earlier one was none: this one stands in its place
        return mended
    now = tables.read(mended.name, mended.body)[1]
    rows = rules.mended_twice(table, before, now)
    report = Report(run.kind, [], rows, [], table.headings, False, [])
    return File("mended.csv", writing.refused_csv(report).encode("utf-8-sig"))


def _step(run_id: int, event: RunEvent, *, by: int | None) -> Run:
    """Return the account's run, locked, in the state after an event; it is not yet saved."""
    run = Run.objects.select_for_update().get(id=run_id, brought_by=by)
    run.state = workflows.after(TRANSITIONS, RunState(run.state), event)
    return run


def _queue(run_id: int, event: RunEvent, job: str, *, by: int | None, at: datetime) -> int:
    """Begin a progress and queue a job, in the caller's transaction."""
    run = _step(run_id, event, by=by)
    run.progress_id = jobs.start(kind=f"import.{run.kind}", total=0, by=by, at=at)
    run.save(update_fields=["state", "progress"])
    app.configure_task(f"{JOBS}.{job}", queue=QUEUE).defer(run_id=run_id)
    subject = f"import:{run_id}"
    audit.record(f"import.{event.lower()}_asked", subject=subject, by=by, at=at)
    return run.progress_id


def _asked(run: Run) -> dict[str, Any]:
    """Return what a run asks for, by the names of ``lists.preview``."""
    ids = [run.file_id, *([run.mended_id] if run.mended_id else [])]
    names = kept.kept(ids)
    file, *mended = [File(names[one].name, kept.read(one)) for one in ids]
    return {
        "importer": kinds.importer(run.kind, is_own=run.is_own),
        "name": file.name,
        "body": file.body,
        "mended": mended[0] if mended else None,
        "reading": queries.reading_of(run),
        "units": None if run.units is None else frozenset(run.units),
        "districts": frozenset(run.districts),
    }


def _is_still(run: Run, state: RunState) -> bool:
    """Lock the run and answer whether it is still in that state."""
    return Run.objects.select_for_update().get(id=run.pk).state == state


def _settle(run: Run, report: Report, event: RunEvent) -> None:
    """Write what became of the rows, and step on."""
    found = RunEvent.FIND_REFUSALS if report.refused else event
    run.state = workflows.after(TRANSITIONS, RunState(run.state), found)
    run.counts = report.counts() | {"refused": len(report.refused)}
    run.headings, run.ignored = report.headings, report.ignored
    run.quoted = report.quoted.columns
    run.left_out = [line.number for line in report.left_out]
    run.ended_at = clock.now()
    run.save()
    Outcome.objects.filter(run_id=run.pk).delete()
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY imports_outcome"
            " (run_id, number, change, differences, reason, cells, quoted) FROM STDIN"
        ) as copy,
    ):
        for row in _outcomes(run.pk, report):
            copy.write_row(row)


def _outcomes(run_id: int, report: Report) -> Iterator[tuple[object, ...]]:
    """Yield the rows that are kept of a report: all but those that change nothing."""
    said = report.quoted.cells
    for decision in report.outcomes:
        if decision.change is not Change.UNCHANGED:
            number, differences = decision.number, _json(dict(decision.differences))
            yield run_id, number, decision.change.value, differences, "", None, _json(said[number])
    for refusal in report.refused:
        number, cells = refusal.number, _json([str(cell) for cell in refusal.cells])
        quoted = _json(said[number])
        yield run_id, number, Change.REFUSED.value, "{}", refusal.reason, cells, quoted


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def _guarded(run: Run) -> Iterator[None]:
    """End the run's progress with the work, and tell why where it failed."""
    try:
        yield
    except ANTICIPATED as refusal:
        _fail(run, str(refusal))
    except Exception:
        _fail(run, _BROKEN)
        raise
    else:
        if run.progress_id is not None:
            jobs.finish(progress_id=run.progress_id, at=clock.now())


@transaction.atomic
def _fail(run: Run, reason: str) -> None:
    """Step back, unless the work itself was done, and say why on the progress."""
    now = Run.objects.select_for_update().get(id=run.pk)
    if now.state in (RunState.TRYING, RunState.COMMITTING):
        now.state = workflows.after(TRANSITIONS, RunState(now.state), RunEvent.FAIL)
        now.save(update_fields=["state"])
    if run.progress_id is not None:
        jobs.fail(progress_id=run.progress_id, reason=reason, at=clock.now())
