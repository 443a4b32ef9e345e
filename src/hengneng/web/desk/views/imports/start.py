"""Bring a list; the files one brought; templates."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.imports import kinds, operations, queries
from hengneng.web.desk import bringing
from hengneng.web.desk.import_forms import BringForm, brought
from hengneng.web.parts import exports, imported
from hengneng.web.parts.views import FormView, FrontView

RUNS_SHOWN = 20


class Imports(FormView):
    """Bring a file; below it those brought before, to go on with."""

    permission = bringing.PERMISSION
    template = "desk/imports/start.html"
    form_class = BringForm
    anticipated = dict.fromkeys(operations.ANTICIPATED, "")
    run_id = 0

    def form(self, request: HttpRequest, **kwargs: Any) -> forms.Form:  # noqa: ARG002
        """Return the form, with its file where one was sent."""
        if request.method == "POST":
            return BringForm(request.POST, request.FILES)
        return BringForm(initial={"kind": request.GET.get("kind", "")})

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return the kinds of list and the files brought."""
        runs = queries.runs(account_id=self.viewer.account_id, at=clock.now(), limit=RUNS_SHOWN)
        return {
            "kinds": bringing.offered(),
            "runs": [
                (run, bringing.kind_name(run.kind), bringing.STATES[run.state]) for run in runs
            ],
            "is_bounded": bringing.reach_of(self.viewer) is not None,
        }

    def act(self, request: HttpRequest, form: forms.Form, **kwargs: Any) -> Any:  # noqa: ARG002
        """Keep the file."""
        name, body = brought(form.cleaned_data["file"])
        run = operations.receive(
            kind=form.cleaned_data["kind"],
            name=name,
            body=body,
            by=self.viewer.account_id,
            at=clock.now(),
            units=bringing.reach_of(self.viewer),
        )
        self.run_id = run.pk
        return _("The file is kept; nothing is imported yet. You may leave and come back.")

    def leads_to(self, request: HttpRequest, **kwargs: Any) -> str:  # noqa: ARG002
        """Lead to the sheet and the headings."""
        return reverse("import-sheet", args=[self.run_id])

    def field_of(self, error: Exception) -> str | None:  # noqa: ARG002
        """Put what is wrong with a file beside it."""
        return "file"

    def words_of(self, error: Exception) -> Any:
        """Say why the file cannot be taken."""
        return imported.reason(str(error))


class Template(FrontView):
    """An empty list of a kind with explanations."""

    permission = bringing.PERMISSION

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Return the workbook.

        Raises:
            Http404: If there is no such kind.
        """
        kind = kwargs["list_kind"]
        try:
            body = imported.template(kinds.importer(kind))
        except kinds.UnknownKind as error:
            raise Http404(str(error)) from error
        disposition = f'attachment; filename="{kind}.xlsx"'
        return HttpResponse(
            body, content_type=exports.XLSX, headers={"Content-Disposition": disposition}
        )
