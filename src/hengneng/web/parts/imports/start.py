"""Bring a list; the files one brought; templates."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.imports import kinds, operations, queries
from hengneng.kernel.imports.queries import RunView
from hengneng.kernel.imports.states import RunState
from hengneng.web.parts import exports, imported
from hengneng.web.parts.imports import bringing
from hengneng.web.parts.imports.base import OfFront
from hengneng.web.parts.imports.forms import BringForm, brought
from hengneng.web.parts.views import FormView

RUNS_SHOWN = 20


class Imports(OfFront, FormView):
    """Bring a file; below it those brought before, to go on with."""

    form_class = BringForm
    anticipated = dict.fromkeys(operations.ANTICIPATED, "")
    step = "sheet"
    run_id = 0

    def form(self) -> forms.Form:
        """Return the form, with its file where one was sent."""
        offered = bringing.offered(self.kinds())
        if self.request.method == "POST":
            return BringForm(self.request.POST, self.request.FILES, offered=offered)
        return BringForm(initial={"kind": self.request.GET.get("kind", "")}, offered=offered)

    def context(self) -> dict[str, Any]:
        """Return the kinds of list and the files brought."""
        runs = queries.runs(
            account_id=self.viewer.account_id,
            at=clock.now(),
            unit=self.unit_code(),
            limit=RUNS_SHOWN,
        )
        return self.frame() | {
            "kinds": [(*one, self._template(one[0])) for one in bringing.offered(self.kinds())],
            "runs": [self._line(run) for run in runs],
            "is_bounded": self.reach() is not None,
            "enters_units": bool(self.districts()),
        }

    def act(self, form: forms.Form) -> Any:
        """Keep the file."""
        name, body = brought(form.cleaned_data["file"])
        run = operations.receive(
            kind=form.cleaned_data["kind"],
            name=name,
            body=body,
            by=self.viewer.account_id,
            at=clock.now(),
            units=self.reach(),
            districts=self.districts(),
            is_own=self.unit_code() is not None,
        )
        self.run_id = run.pk
        return _("The file is kept; nothing is imported yet. You may leave and come back.")

    def leads_to(self) -> str:
        """Lead to the sheet and the headings."""
        return self.way(self.step, self.run_id)

    def field_of(self, error: Exception) -> str | None:  # noqa: ARG002
        """Put what is wrong with a file beside it."""
        return "file"

    def words_of(self, error: Exception) -> Any:
        """Say why the file cannot be taken."""
        return imported.reason(str(error))

    def _line(self, run: RunView) -> tuple[Any, ...]:
        """Return a file brought, as the list shows it, with where to go on."""
        step = self.step if run.state == RunState.BROUGHT else "run"
        standing = bringing.STATES[run.state]
        return run, bringing.kind_name(run.kind), standing, self.way(step, run.id)

    def _template(self, kind: str) -> str:
        return reverse(f"{self.prefix}import-template", args=[*self.place(), kind])


class Template(OfFront):
    """An empty list of a kind with explanations."""

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the workbook.

        Raises:
            Http404: If no such kind is taken here.
        """
        kind = kwargs["list_kind"]
        if kind not in self.kinds():
            raise Http404(f"no list of {kind} is taken here")
        disposition = f'attachment; filename="{kind}.xlsx"'
        return HttpResponse(
            imported.template(kinds.importer(kind)),
            content_type=exports.XLSX,
            headers={"Content-Disposition": disposition},
        )
