"""What the pages of one file brought have in common."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from hengneng.kernel import clock
from hengneng.kernel.imports import kinds, queries
from hengneng.kernel.imports.queries import RunView
from hengneng.kernel.imports.rules import Column
from hengneng.web.desk import bringing
from hengneng.web.parts.views import ActionView, FrontView


class OfRun(FrontView):
    """A view about a file that the viewer brought; of anybody else's it says that there is none."""

    permission = bringing.PERMISSION

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; where there is no such file, lead to those there are."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except bringing.NotYours:
            messages.error(request, bringing.GONE)
            return HttpResponseRedirect(reverse("imports"))

    def run(self) -> RunView:
        """Return the file as it stands.

        Raises:
            NotYours: If the viewer brought none such.
        """
        account_id = self.viewer.account_id
        try:
            return queries.run(self.kwargs["run_id"], account_id=account_id, at=clock.now())
        except ObjectDoesNotExist as error:
            raise bringing.NotYours from error

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the file's kind."""
        return tuple(kinds.importer(self.run().kind).columns)


class RunAction(OfRun, ActionView):
    """A button about a file; afterwards its page."""

    anticipated = bringing.ANTICIPATED

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Act if the viewer still reaches what the file may speak of."""
        self.afterwards = reverse("import-run", args=[kwargs["run_id"]])  # type: ignore[misc]
        self.run()
        return super().post(request, **kwargs)
