"""What the pages of lists brought by a file have in common, and what each front says of its own."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.imports import kinds, queries
from hengneng.kernel.imports.queries import RunView
from hengneng.kernel.imports.rules import Column
from hengneng.kernel.imports.states import RunState
from hengneng.web.parts.frame import Entry
from hengneng.web.parts.imports import bringing
from hengneng.web.parts.views import ActionView, FrontView

# Routes about one file, by what templates call them; a front puts its own prefix before each.
WAYS = {
    "run": "import-run",
    "sheet": "import-sheet",
    "columns": "import-columns",
    "profile": "import-profile",
    "try": "try-import",
    "mend": "mend-import",
    "commit": "commit-import",
    "refused": "import-refused",
}
STEPS = {
    "sheet": _("1 Sheet and headings"),
    "columns": _("2 Columns"),
    "run": _("3 Preview and import"),
}


class OfFront(FrontView):
    """A view about lists brought by a file; a front says whose they are and where its pages stand.

    Attributes:
        prefix: What stands before the names of the front's routes.
    """

    prefix: ClassVar[str]

    @abstractmethod
    def place(self) -> list[str]:
        """Return what stands in the front's addresses before a file's number."""

    @abstractmethod
    def kinds(self) -> list[str]:
        """Return the kinds of list that are taken here."""

    @abstractmethod
    def reach(self) -> list[str] | None:
        """Return the codes of the units that rows may speak of; None: any."""

    def districts(self) -> list[str]:
        """Return the codes of the districts in which rows may enter new units besides."""
        return []

    @abstractmethod
    def unit_code(self) -> str | None:
        """Return the code of the unit that brings the list as its own; None: an office does."""

    @abstractmethod
    def check_reach(self, run: RunView) -> None:
        """Refuse to go on with a file whose bringer reaches less than at its bringing.

        Raises:
            ReachShrunk: If so.
        """

    @abstractmethod
    def frame(self) -> dict[str, Any]:
        """Return what the front's pages show around the list."""

    def start(self) -> str:
        """Return the address of the front's page on which lists are brought."""
        return reverse(f"{self.prefix}imports", args=self.place())

    def way(self, name: str, run_id: int) -> str:
        """Return the address of a step of a file."""
        return reverse(f"{self.prefix}{WAYS[name]}", args=[*self.place(), run_id])


class OfRun(OfFront):
    """A view about a file that the viewer brought here; of any other it says that there is none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; where there is no such file, lead to those there are."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except bringing.NotYours:
            messages.error(request, bringing.GONE)
            return HttpResponseRedirect(self.start())

    def run(self) -> RunView:
        """Return the file as it stands.

        Raises:
            NotYours: If the viewer brought none such here.
        """
        account_id, unit = self.viewer.account_id, self.unit_code()
        try:
            run = queries.run(self.kwargs["run_id"], account_id=account_id, at=clock.now())
        except ObjectDoesNotExist as error:
            raise bringing.NotYours from error
        own = None if unit is None else frozenset({unit})
        if run.is_own != (unit is not None) or (run.is_own and run.units != own):
            raise bringing.NotYours
        return run

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the file's kind."""
        return tuple(kinds.importer(self.run().kind).columns)

    def ways(self, run: RunView) -> dict[str, str]:
        """Return the addresses of a file's steps, as templates call them."""
        return {"start": self.start()} | {name: self.way(name, run.id) for name in WAYS}

    def steps(self, run: RunView, here: str) -> list[Entry]:
        """Return the steps of a file that may be taken now."""
        is_fixed = run.state in bringing.WORKING or run.state is RunState.COMMITTED
        named = {"run": STEPS["run"]} if is_fixed else STEPS
        return [Entry(self.way(n, run.id), label, n == here) for n, label in named.items()]

    def head(self, run: RunView, here: str) -> dict[str, Any]:
        """Return what stands at the head of each of a file's pages."""
        return self.frame() | {
            "run": run,
            "kind": bringing.kind_name(run.kind),
            "standing": bringing.STATES[run.state],
            "steps": self.steps(run, here),
            "ways": self.ways(run),
        }


class RunAction(OfRun, ActionView):
    """A button about a file; afterwards its page."""

    anticipated = bringing.ANTICIPATED

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Act if the viewer still reaches what the file may speak of."""
        self.afterwards = self.way("run", kwargs["run_id"])  # type: ignore[misc]
        self.run()
        return super().post(request, **kwargs)
