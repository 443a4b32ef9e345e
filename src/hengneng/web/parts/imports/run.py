"""What a list would change row by row, its refused rows to mend, its import, what came of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.imports import operations, queries
from hengneng.kernel.imports.operations import File
from hengneng.kernel.imports.queries import Outcome, RunView
from hengneng.kernel.imports.rules import Change, Column
from hengneng.kernel.imports.states import RunState
from hengneng.web.parts import exports, frame, imported
from hengneng.web.parts.frame import Entry
from hengneng.web.parts.imports import bringing
from hengneng.web.parts.imports.base import OfRun, RunAction
from hengneng.web.parts.imports.forms import MendedForm, brought
from hengneng.web.parts.views import PageView

PAGE_SIZE, LEFT_OUT_SHOWN = 50, 20
# The order in which a person should look.
SHOWN = {
    "refused": (Change.REFUSED, pgettext_lazy("rows", "Refused")),
    "changed": (Change.CHANGED, _("Changed")),
    "new": (Change.NEW, _("New")),
}
NO_LIST = _("This is no list of refused rows of this file; download it again and mend it there.")


class Run(OfRun, PageView):
    """A file's page: the work at it, the preview, or what came of it."""

    def context(self) -> dict[str, Any]:
        """Return the file as it stands, and a page of its rows."""
        run, at = self.run(), clock.now()
        counts = {name: run.counts.get(name, 0) for name in (*SHOWN, "unchanged")}
        first = next((name for name in SHOWN if counts[name]), "new")
        asked = self.request.GET.get("show", "")
        show = asked if asked in SHOWN else first
        progress = run.progress
        failed = bringing.failure(run)
        return self.head(run, "run") | {
            "is_outdated": queries.is_outdated(run),
            "is_working": run.state in bringing.WORKING,
            "has_begun": bool(progress and progress.total),
            "left": bringing.time_left(run, at),
            "failed": imported.reason(failed, self.columns()) if failed else "",
            "counts": counts,
            "rows_tried": sum(counts.values()),
            "left_out": run.left_out[:LEFT_OUT_SHOWN],
            "left_out_more": len(run.left_out) - LEFT_OUT_SHOWN,
            "form": MendedForm(),
            **self._rows(run, show, counts, frame.page_number(self.request)),
        }

    def _rows(self, run: RunView, show: str, counts: dict[str, int], number: int) -> dict[str, Any]:
        """Return a page of the rows that would do one thing, as they stand in the file."""
        is_told = run.state in (RunState.READY, RunState.REFUSED, RunState.COMMITTED)
        if not is_told:
            return {"is_told": False}
        own = self.viewer.account_id
        first = (number - 1) * PAGE_SIZE
        found = queries.outcomes(
            run.id, SHOWN[show][0], account_id=own, first=first, limit=PAGE_SIZE
        )
        columns = self.columns()
        heads = {column.name: imported.heading(column) for column in columns}
        lines = [(one, one.quoted, _said(one, columns)) for one in found]
        return {
            "is_told": True,
            "sorts": [
                Entry(f"?show={name}", label, name == show, counts[name])
                for name, (_change, label) in SHOWN.items()
            ],
            "show": show,
            "heads": [heads[name] for name in (found[0].columns if found else run.quoted)],
            "lines": lines,
            "page": frame.place_of(number, size=PAGE_SIZE, total=counts[show]),
        }


class Try(RunAction):
    """Try the list again: the ledger may have changed since."""

    def act(self) -> Any:
        """Queue the trial."""
        self.check_reach(self.run())
        operations.ask_to_try(
            run_id=self.kwargs["run_id"], by=self.viewer.account_id, at=clock.now()
        )
        return _("Handed over for trial; nothing is imported yet.")


class Commit(RunAction):
    """Import the list."""

    def act(self) -> Any:
        """Queue the import."""
        self.check_reach(self.run())
        operations.ask_to_commit(
            run_id=self.kwargs["run_id"], by=self.viewer.account_id, at=clock.now()
        )
        return _("Handed over for import. You may leave; this page shows how far it is.")


class Mend(RunAction):
    """Bring the mended list of refused rows, and try again."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the list; say what is wrong with it where it cannot be one."""
        form = MendedForm(request.POST, request.FILES)
        self.run()
        if form.is_valid():
            self.form = form
            return super().post(request, **kwargs)
        messages.error(request, " ".join(str(one) for one in form.errors["mended"]))
        return HttpResponseRedirect(self.way("run", kwargs["run_id"]) + "#mend")

    anticipated = bringing.ANTICIPATED | dict.fromkeys(operations.ANTICIPATED, NO_LIST)
    form: forms.Form

    def act(self) -> Any:
        """Keep the list and queue the trial."""
        self.check_reach(self.run())
        number, by, at = self.kwargs["run_id"], self.viewer.account_id, clock.now()
        file = File(*brought(self.form.cleaned_data["mended"]))
        operations.arrange(run_id=number, mended=file, by=by, at=at)
        operations.ask_to_try(run_id=number, by=by, at=at)
        return _("The mended rows are put in their places; the list is handed over for trial.")


class Refused(OfRun):
    """The refused rows as a file to mend."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format.
        """
        kind = exports.asked_format(request)
        run = self.run()
        report = queries.refused(run.id, account_id=self.viewer.account_id)
        body = imported.refused(report, self.columns(), kind)
        content_type = "text/csv; charset=utf-8" if kind == "csv" else exports.XLSX
        disposition = f'attachment; filename="refused-{kwargs["run_id"]}.{kind}"'
        return HttpResponse(
            body, content_type=content_type, headers={"Content-Disposition": disposition}
        )


def _said(one: Outcome, columns: tuple[Column, ...]) -> Any:
    """Return what a row would change, by the columns' headings; or why it is refused."""
    if one.change is Change.REFUSED:
        return imported.reason(one.reason, columns)
    heads = {column.name: imported.heading(column) for column in columns}
    return [(heads.get(n, n), before, after) for n, (before, after) in one.differences.items()]
