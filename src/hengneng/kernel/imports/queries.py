"""Files on their way into the ledger, for those who brought them; saved ways to read files."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from hengneng.kernel.audit import queries as audit
from hengneng.kernel.files import queries as files
from hengneng.kernel.imports import kinds, models, rules, tables
from hengneng.kernel.imports.models import Profile, Run
from hengneng.kernel.imports.rules import (
    Change,
    Header,
    Line,
    Match,
    Reading,
    Refusal,
    Report,
)
from hengneng.kernel.imports.states import RunState
from hengneng.kernel.jobs import queries as jobs
from hengneng.kernel.jobs.queries import ProgressRow

SAMPLE_LINES = 8
# Acts that leave the ledger as it is, by the beginning of their names; of an act not known it is
# better said that the ledger may have changed.
_BESIDE_THE_LEDGER = (
    "account.",
    "file.",
    "import.arranged",
    "import.commit_asked",
    "import.profile_",
    "import.received",
    "import.try_asked",
    "notice.",
    "package.",
    "terminal.",
    "token.",
    "view.",
)


class RunView(NamedTuple):
    """A file on its way into the ledger.

    Attributes:
        id: The run.
        kind: The kind of list.
        name: The file's name.
        state: How far it has come.
        reading: How it is to be read.
        counts: Rows by what they change, and those refused, as last tried. [count]
        ignored: Headings of the file that are not used, as last tried.
        left_out: Numbers of the filled rows that are none of the list, as last tried.
        brought_at: When it was brought. Aware.
        ended_at: When the last trial or the commit ended. Aware.
        progress: How far the work at it is; None before any.
        units: Codes of the only units it may speak of; None: any.
        districts: Codes of the districts in which it may enter new units besides.
        is_own: Whether the unit itself brought it.
        quoted: Canonical columns that its outcomes quote.
        decided_after: Last audit entry before what its outcomes tell was decided.
    """

    id: int
    kind: str
    name: str
    state: RunState
    reading: Reading
    counts: dict[str, int]
    ignored: list[str]
    left_out: list[int]
    brought_at: datetime
    ended_at: datetime | None
    progress: ProgressRow | None
    units: frozenset[str] | None
    districts: frozenset[str]
    is_own: bool
    quoted: list[str]
    decided_after: int | None


class Outcome(NamedTuple):
    """What a row would do, or did, as it was decided once.

    Attributes:
        number: The row's number in the file.
        change: What it would do.
        differences: Column to what is known and what the row says, as a person reads them.
        reason: Why the row is refused; empty where it is not.
        quoted: What it says in these columns, mended where it was.
        columns: The canonical columns that its trial quoted; read together with the row, for a
            later trial may quote others.
    """

    number: int
    change: Change
    differences: dict[str, tuple[str, str]]
    reason: str
    quoted: list[str]
    columns: list[str]


class Layout(NamedTuple):
    """What a file looks like, and how its columns may be those of the kind.

    Attributes:
        sheets: Names of its sheets.
        sheet: The one read.
        header: Where its headings stand.
        headings: Its headings, in its order.
        matches: The likeliest heading for each canonical column, with the confidence.
        sample: Its first rows.
        rows: How many rows it has. [count]
        left_out: Filled rows that are none of the list.
    """

    sheets: list[str]
    sheet: str
    header: Header
    headings: list[str]
    matches: list[Match]
    sample: list[Line]
    rows: int
    left_out: list[Line]


class ProfileRow(NamedTuple):
    """A saved way to read files."""

    id: int
    name: str
    reading: Reading


def run(run_id: int, *, account_id: int | None, at: datetime) -> RunView:
    """Return a file on its way; another account's is not found.

    Args:
        run_id: The run.
        account_id: Who asks; None: the script.
        at: Now, for the time that is left. Aware.

    Raises:
        Run.DoesNotExist: If the account brought none such.
    """
    found = Run.objects.select_related("file").get(id=run_id, brought_by=account_id)
    return _views([found], at)[0]


def runs(
    *,
    account_id: int | None,
    at: datetime,
    unit: str | None = None,
    first: int = 0,
    limit: int = 20,
) -> list[RunView]:
    """Return the files that an account brought, the last ones first; two queries.

    Args:
        account_id: Who asks.
        at: Now. Aware.
        unit: Code of the unit that brought them by it as its own; None: those it brought by its
            office.
        first: How many to leave out. [count]
        limit: How many at most. [count]
    """
    found = _runs(account_id, unit).select_related("file")
    return _views(list(found.order_by("-brought_at", "-id")[first : first + limit]), at)


def count_runs(*, account_id: int | None, unit: str | None = None) -> int:
    """Return how many files an account brought. [count]

    Args:
        account_id: Who asks.
        unit: As in ``runs``.
    """
    return _runs(account_id, unit).count()


def is_outdated(found: RunView) -> bool:
    """Answer whether the ledger may have changed since the outcomes of a run were decided.

    The pages of a preview show what was decided once; a commit decides anew.

    Args:
        found: The run; one that was committed tells what it did and is never outdated.
    """
    return found.id in outdated([found])


def outdated(found: Iterable[RunView]) -> set[int]:
    """Return which of some runs ``is_outdated`` is true of; one query.

    Args:
        found: The runs.
    """
    decided = {
        one.id: one.decided_after
        for one in found
        if one.state in (RunState.READY, RunState.REFUSED) and one.decided_after is not None
    }
    if not decided:
        return set()
    last = audit.last_act(after=min(decided.values()), besides=_BESIDE_THE_LEDGER)
    return set() if last is None else {run for run, after in decided.items() if after < last}


def outcomes(
    run_id: int, change: Change, *, account_id: int | None, first: int = 0, limit: int = 50
) -> list[Outcome]:
    """Return what rows would do, or why they are refused, as last tried; the file is not read.

    Args:
        run_id: The run.
        change: Which rows; of those that change nothing there is none.
        account_id: Who asks; another's run has no rows.
        first: How many to leave out. [count]
        limit: How many at most. [count]
    """
    rows = _outcomes(run_id, account_id).filter(change=change.value).select_related("run")
    rows = rows.only("number", "differences", "reason", "quoted", "run__quoted")
    return [
        Outcome(
            row.number,
            change,
            {column: (before, after) for column, (before, after) in row.differences.items()},
            row.reason,
            row.quoted,
            row.run.quoted,
        )
        for row in rows[first : first + limit]
    ]


def refused(run_id: int, *, account_id: int | None) -> Report:
    """Return the refused rows as last tried, for ``writing.refused_xlsx`` and ``refused_csv``.

    Args:
        run_id: The run.
        account_id: Who asks.

    Raises:
        Run.DoesNotExist: If the account brought none such.
    """
    found = Run.objects.get(id=run_id, brought_by=account_id)
    rows = _outcomes(run_id, account_id).filter(change=Change.REFUSED.value)
    refusals = [Refusal(row.number, row.reason, row.cells or []) for row in rows]
    return Report(found.kind, [], refusals, found.ignored, found.headings, False, [])


def layout(run_id: int, *, account_id: int | None) -> Layout:
    """Return what a file looks like, read as it is arranged.

    Args:
        run_id: The run.
        account_id: Who asks.

    Raises:
        Run.DoesNotExist: If the account brought none such.
        NoHeader, TooLarge, UnreadableTable, WrongColumns: If it cannot be read so.
    """
    found = Run.objects.select_related("file").get(id=run_id, brought_by=account_id)
    body = files.read(found.file_id)
    return layout_of(found.kind, found.file.name, body, reading_of(found))


def layout_of(kind: str, name: str, body: bytes, reading: Reading) -> Layout:
    """Return what a file looks like.

    Args:
        kind: The kind of list it is meant to be.
        name: The file's name.
        body: Its bytes.
        reading: What a person said of sheet and headings.

    Raises:
        NoHeader, TooLarge, UnreadableTable, WrongColumns: If it cannot be read so.
    """
    columns = kinds.importer(kind).columns
    sheet, table = tables.read(name, body, columns=columns, reading=reading)
    sample = [line.cells for line in table.lines[: rules.SAMPLE_ROWS]]
    return Layout(
        tables.opened(name, body).sheets,
        sheet,
        table.header,
        table.headings,
        rules.suggested(columns, table.headings, sample),
        table.lines[:SAMPLE_LINES],
        len(table.lines),
        table.left_out,
    )


def profiles(kind: str, *, account_id: int | None, body_code: str = "") -> list[ProfileRow]:
    """Return the saved ways to read files that a person may use, by name.

    Args:
        kind: The kind of list.
        account_id: Who asks.
        body_code: Their body; empty where they have none.
    """
    own = Q(account_id__isnull=True, body_code="")
    if account_id is not None:
        own |= Q(account_id=account_id)
    if body_code:
        own |= Q(body_code=body_code)
    rows = Profile.objects.filter(own, kind=kind).order_by("name", "id")
    return [ProfileRow(row.pk, row.name, reading_of(row)) for row in rows]


def fitting(found: Sequence[ProfileRow], headings: Sequence[str]) -> list[ProfileRow]:
    """Return the profiles all of whose headings a file has, those that use most of them first.

    Args:
        found: Profiles.
        headings: The file's headings.
    """
    there = set(headings)
    fit = [one for one in found if set((one.reading.mapping or {}).values()) <= there]
    return sorted(fit, key=lambda one: -len(one.reading.mapping or {}))


def reading_of(row: Profile | Run) -> Reading:
    """Return how a profile or a run says that a file is to be read."""
    has_header = row.header_first is not None and row.header_last is not None
    header = Header(row.header_first, row.header_last) if has_header else None  # type: ignore[arg-type]
    return Reading(row.sheet, header, row.mapping, row.constants)


def _views(rows: Sequence[Run], at: datetime) -> list[RunView]:
    """Return runs with how far the work at them is; one query."""
    work = jobs.progresses([row.progress_id for row in rows if row.progress_id], at=at)
    return [_view(row, work[row.progress_id] if row.progress_id else None) for row in rows]


def _view(row: Run, progress: ProgressRow | None) -> RunView:
    return RunView(
        row.pk,
        row.kind,
        row.file.name,
        RunState(row.state),
        reading_of(row),
        row.counts,
        row.ignored,
        row.left_out,
        row.brought_at,
        row.ended_at,
        progress,
        None if row.units is None else frozenset(row.units),
        frozenset(row.districts),
        row.is_own,
        row.quoted,
        row.decided_after,
    )


def _runs(account_id: int | None, unit: str | None) -> QuerySet[Run]:
    found = Run.objects.filter(brought_by=account_id, is_own=unit is not None)
    return found if unit is None else found.filter(units=[unit])


def _outcomes(run_id: int, account_id: int | None) -> QuerySet[models.Outcome]:
    found = models.Outcome.objects.filter(run_id=run_id, run__brought_by=account_id)
    return found.order_by("number")
