"""Lists imported by the API: brought, arranged, tried, mended, committed by the worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import HttpResponse
from ninja import File, Form, Path, Query, Router, Status
from ninja.files import UploadedFile

from hengneng.kernel import clock
from hengneng.kernel.imports import kinds, operations, queries, tables, writing
from hengneng.kernel.imports.queries import RunView
from hengneng.kernel.imports.rules import Change
from hengneng.kernel.policy.rules import Permission, Viewer, require
from hengneng.kernel.states import EventOutOfTurn
from hengneng.people.accounts import queries as accounts
from hengneng.web.api import access, answers, spans
from hengneng.web.api import import_words as words
from hengneng.web.api.access import Asked
from hengneng.web.parts import exports
from hengneng.web.parts.imports import bringing, forms

router = Router(tags=["imports"])
PERMISSION = Permission.EDIT_REGISTRY
FILES = {"text/csv": {"schema": {"type": "string"}}, exports.XLSX: {"schema": {"type": "string"}}}

ImportId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The import.", examples=[7])]


class UnknownImport(answers.NotThere):
    """No such import was brought by this account's office."""

    code = "UNKNOWN_IMPORT"


class UnreadableList(answers.Refused):
    """The file is no list that can be read so."""

    code = "UNREADABLE_LIST"


class TooLarge(answers.Refused):
    """The file holds more than one import may."""

    status = 413
    code = "TOO_LARGE"


class UnknownColumn(answers.Refused):
    """The kind has no such column, or the file no such heading."""

    code = "UNKNOWN_COLUMN"


class OutOfTurn(answers.Refused):
    """The import is not where this could be done with it."""

    status = 409
    code = "OUT_OF_TURN"


class ReachShrunk(answers.Refused):
    """The account reaches other units than when the list was brought."""

    status = 409
    code = "REACH_SHRUNK"


@access.read(
    router,
    "imports",
    permission=PERMISSION,
    response=answers.Paged[words.Import],
    summary="Lists brought",
)
def list_imports(request: Asked, asked: Annotated[spans.Page, Query()]) -> dict[str, Any]:
    """Return the lists that the account brought by its office, here or on the desk, last first.

    Permission: EDIT_REGISTRY.
    """
    by = request.auth.account_id
    first = (asked.page - 1) * asked.page_size
    runs = queries.runs(account_id=by, at=clock.now(), first=first, limit=asked.page_size)
    outdated = queries.outdated(runs)
    items = [words.import_of(run, is_current=run.id not in outdated) for run in runs]
    return spans.paged(items, count=queries.count_runs(account_id=by), page=asked)


@access.write(
    router,
    "imports",
    permission=PERMISSION,
    response={201: words.Import},
    refusals=(413,),
    summary="Bring a list",
)
def bring_import(
    request: Asked, brought: Annotated[words.Brought, Form()], file: Annotated[UploadedFile, File()]
) -> Any:
    """Keep a file and recognise where its list stands; nothing is imported.

    .xlsx or .csv, at most 100 MB, without macros and formulas. Rows may speak of the units within
    the account's reach; others are refused. A list of units may enter new ones in a district within
    its reach. Where the reach is one unit, a row need not name it.

    Permission: EDIT_REGISTRY.
    """
    viewer = _writing(request)
    name, body = _received(file)
    with _as_refusals():
        run = operations.receive(
            kind=brought.kind,
            name=name,
            body=body,
            by=viewer.account_id,
            at=clock.now(),
            units=bringing.reach_of(viewer, PERMISSION),
            districts=bringing.districts_of(viewer, PERMISSION),
        )
    return Status(201, _told(_run(request.auth, run.pk)))


@access.read(
    router,
    "imports/{import_id}",
    permission=PERMISSION,
    response=words.Import,
    summary="One import",
)
def one_import(request: Asked, import_id: ImportId) -> dict[str, Any]:
    """Return where an import stands; ask again while the worker is at it.

    Permission: EDIT_REGISTRY, and the account brought it.
    """
    return _told(_run(request.auth, import_id))


@access.read(
    router,
    "imports/{import_id}/layout",
    permission=PERMISSION,
    response=words.ImportLayout,
    refusals=(413,),
    summary="The file's layout and suggested mapping",
)
def import_layout(request: Asked, import_id: ImportId) -> dict[str, Any]:
    """Return where the list stands in its file, and which heading seems to be which column.

    Permission: EDIT_REGISTRY, and the account brought it.
    """
    return _layout(_run(request.auth, import_id), request.auth)


@access.write(
    router,
    "imports/{import_id}/layout",
    permission=PERMISSION,
    response={200: words.ImportLayout},
    refusals=(409, 413),
    summary="Say how the file is to be read",
)
def arrange_import(
    request: Asked, import_id: ImportId, arrangement: words.Arrangement
) -> dict[str, Any]:
    """Say sheet, headings, mapping and constants; it must be tried again.

    Permission: EDIT_REGISTRY, and the account brought it.
    """
    _run(request.auth, import_id)
    by = request.auth.account_id
    with _as_refusals(), transaction.atomic():
        reading = arrangement.reading()
        operations.arrange(run_id=import_id, reading=reading, by=by, at=clock.now())
        layout = _layout(_run(request.auth, import_id), request.auth)
        _check_names(arrangement, layout)
    return layout


@access.write(
    router,
    "imports/{import_id}/commit",
    permission=PERMISSION,
    response={202: words.Import},
    refusals=(409,),
    summary="Try a list, or import it",
)
def commit_import(
    request: Asked, import_id: ImportId, asked: Annotated[words.CommitAsked, Query()]
) -> Any:
    """Hand the list to the worker: for a dry run unless told otherwise; all rows or none.

    Ask for the import until its state is READY, REFUSED or COMMITTED, or `work.failed` says why it
    broke off.

    Permission: EDIT_REGISTRY, and the account brought it.
    """
    run, by = _run(request.auth, import_id), request.auth.account_id
    _check_reach(_writing(request), run)
    ask = operations.ask_to_try if asked.dry_run else operations.ask_to_commit
    with _as_refusals():
        ask(run_id=import_id, by=by, at=clock.now())
    return Status(202, _told(_run(request.auth, import_id)))


@access.read(
    router,
    "imports/{import_id}/rows",
    permission=PERMISSION,
    response=answers.Paged[words.ImportRow],
    refusals=(409,),
    summary="What the rows do",
)
def import_rows(
    request: Asked, import_id: ImportId, asked: Annotated[words.RowsAsked, Query()]
) -> dict[str, Any]:
    """Return what rows would do or did, or why they are refused, as decided once.

    Kept for 30 days after the list was last tried or committed.

    Permission: EDIT_REGISTRY, and the account brought it.
    """
    run = _decided(request.auth, import_id)
    first = (asked.page - 1) * asked.page_size
    found = queries.outcomes(
        run.id,
        Change(asked.change),
        account_id=request.auth.account_id,
        first=first,
        limit=asked.page_size,
    )
    items = [words.row_of(one) for one in found]
    return spans.paged(items, count=run.counts.get(asked.change.lower(), 0), page=asked)


@access.read(
    router,
    "imports/{import_id}/refused",
    permission=PERMISSION,
    response=None,
    refusals=(409,),
    content=FILES,
    summary="The refused rows as a file",
)
def refused_rows(
    request: Asked, import_id: ImportId, asked: Annotated[words.FileAsked, Query()]
) -> HttpResponse:
    """Return the refused rows with their numbers and reasons, to be mended and brought back.

    Permission: EDIT_REGISTRY, and the account brought it.
    """
    run = _decided(request.auth, import_id)
    report = queries.refused(run.id, account_id=request.auth.account_id)
    if asked.format == "csv":
        # With a mark, without which spreadsheets garble Chinese.
        body = writing.refused_csv(report).encode("utf-8-sig")
    else:
        body = writing.refused_xlsx(report)
    content_type = "text/csv; charset=utf-8" if asked.format == "csv" else exports.XLSX
    disposition = f'attachment; filename="refused-{run.id}.{asked.format}"'
    return HttpResponse(
        body, content_type=content_type, headers={"Content-Disposition": disposition}
    )


@access.write(
    router,
    "imports/{import_id}/mended",
    permission=PERMISSION,
    response={202: words.Import},
    refusals=(409, 413),
    summary="Bring the refused rows mended",
)
def mend_import(request: Asked, import_id: ImportId, file: Annotated[UploadedFile, File()]) -> Any:
    """Put the mended rows in their places and try the list again.

    The downloaded list of refused rows, corrected; a row of which only the number is left is taken
    out.

    Permission: EDIT_REGISTRY, and the account brought it.
    """
    run, by, at = _run(request.auth, import_id), request.auth.account_id, clock.now()
    _check_reach(_writing(request), run)
    mended = operations.File(*_received(file))
    with _as_refusals(), transaction.atomic():
        operations.arrange(run_id=import_id, mended=mended, by=by, at=at)
        operations.ask_to_try(run_id=import_id, by=by, at=at)
    return Status(202, _told(_run(request.auth, import_id)))


def _writing(request: Asked) -> Viewer:
    """Return who asks as they stand now; what a token reaches is believed for seconds otherwise.

    Raises:
        NotAllowed: If the account does not hold the permission any more.
    """
    viewer = accounts.viewer_of(request.auth.account_id)
    require(viewer, PERMISSION)
    return viewer


def _received(file: UploadedFile) -> tuple[str, bytes]:
    """Return an upload's name and bytes, unless it is larger than may be."""
    if (file.size or 0) > tables.BYTES_MAX:
        raise TooLarge(f"The file is over {tables.BYTES_MAX // 1024**2} MB.")
    return forms.brought(file)


def _run(viewer: Viewer, import_id: int) -> RunView:
    """Return an import that the account brought by its office."""
    try:
        run = queries.run(import_id, account_id=viewer.account_id, at=clock.now())
    except ObjectDoesNotExist as error:
        raise UnknownImport("This account has brought no such list.") from error
    if run.is_own:
        raise UnknownImport("This account has brought no such list.")
    return run


def _decided(viewer: Viewer, import_id: int) -> RunView:
    """Return an import whose rows are decided."""
    run = _run(viewer, import_id)
    if run.state not in ("READY", "REFUSED", "COMMITTED"):
        raise OutOfTurn(f"Its rows are not decided yet; its state is {run.state}.")
    return run


def _told(run: RunView) -> dict[str, Any]:
    return words.import_of(run, is_current=not queries.is_outdated(run))


def _layout(run: RunView, viewer: Viewer) -> dict[str, Any]:
    """Return an import's layout in the form of ``ImportLayout``."""
    with _as_refusals():
        layout = queries.layout(run.id, account_id=viewer.account_id)
    return words.layout_of(run, layout, tuple(kinds.importer(run.kind).columns))


def _check_names(arrangement: words.Arrangement, layout: dict[str, Any]) -> None:
    """Refuse columns that the kind has not, and headings that the file has not."""
    mapping = arrangement.mapping or {}
    strange = {*mapping, *arrangement.constants} - {one["name"] for one in layout["columns"]}
    if strange:
        raise UnknownColumn(f"There is no column {', '.join(sorted(strange))}.")
    lacking = set(mapping.values()) - {"", *layout["headings"]}
    if lacking:
        raise UnknownColumn(f"The file has no heading {', '.join(sorted(lacking))}.")


def _check_reach(viewer: Viewer, run: RunView) -> None:
    """Refuse to go on with a list whose bringer reaches less than at its bringing."""
    try:
        bringing.check_reach(viewer, PERMISSION, run)
    except bringing.ReachShrunk as error:
        told = "You reach other units than when the list was brought; bring it again."
        raise ReachShrunk(told) from error


@contextmanager
def _as_refusals() -> Iterator[None]:
    """Answer what is wrong with a list, or with the moment, as a refusal."""
    try:
        yield
    except tables.TooLarge as error:
        raise TooLarge(str(error)) from error
    except operations.ANTICIPATED as error:
        raise UnreadableList(str(error)) from error
    except EventOutOfTurn as error:
        raise OutOfTurn(
            "The import is being worked at, was not found fit by a dry run, or is committed."
        ) from error
