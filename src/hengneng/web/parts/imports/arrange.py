"""Say where a list stands in its file and which heading is which column; profiles."""

from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.imports import operations, queries, rules
from hengneng.kernel.imports.queries import Layout, RunView
from hengneng.kernel.imports.rules import Reading
from hengneng.web.parts import imported
from hengneng.web.parts.imports import bringing
from hengneng.web.parts.imports.base import OfRun, RunAction
from hengneng.web.parts.imports.forms import ColumnsForm, SheetForm
from hengneng.web.parts.views import FormView, words_for

ID_DIGITS = 18


class NoProfile(LookupError):
    """The account has no such profile."""


class Arrangement(OfRun, FormView):
    """A page on which a file is arranged; one that is being worked at leads to its own page."""

    anticipated = bringing.ANTICIPATED | dict.fromkeys(operations.ANTICIPATED, "")
    step: str
    seen: RunView
    layout: Layout | None = None
    flaw: str = ""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form while the file may be arranged."""
        if self.look():
            return super().get(request, **kwargs)
        return HttpResponseRedirect(self.way("run", self.seen.id))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Arrange it while it may be."""
        if self.look():
            return super().post(request, **kwargs)
        return HttpResponseRedirect(self.way("run", self.seen.id))

    def look(self) -> bool:
        """Read the file as it is arranged; answer whether it may be arranged."""
        self.seen = self.run()
        if self.seen.state in bringing.WORKING or self.seen.state == "COMMITTED":
            return False
        try:
            self.layout = queries.layout(self.seen.id, account_id=self.viewer.account_id)
        except operations.ANTICIPATED as error:
            self.flaw = imported.reason(str(error), self.columns())
        return True

    def context(self) -> dict[str, Any]:
        """Return the file as it is read now."""
        return self.head(self.seen, self.step) | {"layout": self.layout, "flaw": self.flaw}

    def arrange(self, reading: Reading) -> None:
        """Keep how the file is to be read, if it can be read so.

        Raises:
            EventOutOfTurn: If it has gone on meanwhile.
            NoHeader, TooLarge, UnreadableTable, WrongColumns: If it cannot.
        """
        by = self.viewer.account_id
        with transaction.atomic():
            operations.arrange(run_id=self.seen.id, reading=reading, by=by, at=clock.now())
            queries.layout(self.seen.id, account_id=by)

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong with the file, or what has happened meanwhile."""
        if isinstance(error, operations.ANTICIPATED):
            return imported.reason(str(error), self.columns())
        return words_for(self.anticipated, error)


class Sheet(Arrangement):
    """Sheet and rows of headings."""

    step = "sheet"

    def form(self) -> forms.Form:
        """Return the form, filled in with what was recognised or chosen."""
        there, now = self.layout, self.seen.reading
        header = there.header if there else now.header
        initial = {
            "sheet": there.sheet if there else now.sheet,
            "first": header.first if header else None,
            "last": header.last if header else None,
        }
        sheets = there.sheets if there else []
        return SheetForm(_sent(self.request), sheets=sheets, initial=initial)

    def act(self, form: forms.Form) -> Any:
        """Keep what was said, if anything was."""
        reading = form.reading(self.seen.reading)  # type: ignore[attr-defined]
        if reading != self.seen.reading:
            self.arrange(reading)
        return _("Sheet and headings are kept.")

    def leads_to(self) -> str:
        """Lead to the columns; with “look again” stay."""
        return self.way(
            self.step if "again" in self.request.POST else "columns", self.kwargs["run_id"]
        )


class Columns(Arrangement):
    """Which heading is which column; from here the file is tried."""

    step = "columns"
    form_class = ColumnsForm

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Arrange the columns, where the file can be read so far."""
        if self.look() and self.layout is None:
            return self.get(request, **kwargs)
        return super().post(request, **kwargs)

    def form(self) -> forms.Form:
        """Return the form; an empty one where the file cannot be read as it is arranged."""
        if self.layout is None:
            return forms.Form()
        columns, only = self.columns(), self.seen.units or ()
        return ColumnsForm(
            _sent(self.request),
            columns=columns,
            layout=self.layout,
            reading=self.seen.reading,
            own=rules.of_unit(columns, *only) if len(only) == 1 else {},
        )

    def context(self) -> dict[str, Any]:
        """Return the profiles there are, those that fit the file first."""
        account_id = self.viewer.account_id or 0
        body_code = bringing.body_of(account_id)
        found = queries.profiles(self.seen.kind, account_id=account_id, body_code=body_code)
        fit = queries.fitting(found, self.layout.headings) if self.layout else []
        others = [one for one in found if one not in fit]
        shown = {"fit": fit, "others": others, "has_body": bool(body_code)}
        return super().context() | shown

    def act(self, form: forms.Form) -> Any:
        """Keep the columns, and how they were read where a name is given; then try the list."""
        by, at = self.viewer.account_id, clock.now()
        self.check_reach(self.seen)
        with transaction.atomic():
            self.arrange(form.reading())  # type: ignore[attr-defined]
            self._keep(form)
            operations.ask_to_try(run_id=self.seen.id, by=by, at=at)
        return _("Handed over for trial; nothing is imported yet.")

    def leads_to(self) -> str:
        """Lead to the preview."""
        return self.way("run", self.kwargs["run_id"])

    def _keep(self, form: forms.Form) -> None:
        """Save the profile that a person named."""
        name = form.cleaned_data["profile"].strip()
        if not name:
            return
        own = bringing.owners(self.viewer.account_id or 0)
        operations.save_profile(
            kind=self.seen.kind,
            name=name,
            owner=own[-1] if form.cleaned_data["is_shared"] else own[0],
            reading=form.reading(),  # type: ignore[attr-defined]
            by=self.viewer.account_id,
            at=clock.now(),
        )


class UseProfile(RunAction):
    """Read the file as a profile says, or forget the profile."""

    anticipated = bringing.ANTICIPATED | {
        NoProfile: _("This way of reading is not yours, or is forgotten already.")
    }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Act, then lead back to the columns."""
        super().post(request, **kwargs)
        return HttpResponseRedirect(self.way("columns", kwargs["run_id"]))

    def act(self) -> Any:
        """Do what the button says.

        Raises:
            NoProfile: If there is no such profile.
        """
        text = self.request.POST.get("profile", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < ID_DIGITS else 0
        return self._forget(number) if "forget" in self.request.POST else self._use(number)

    def _use(self, profile_id: int) -> Any:
        run, account_id = self.run(), self.viewer.account_id or 0
        body_code = bringing.body_of(account_id)
        found = queries.profiles(run.kind, account_id=account_id, body_code=body_code)
        profile = next((one for one in found if one.id == profile_id), None)
        if profile is None:
            raise NoProfile
        operations.arrange(run_id=run.id, reading=profile.reading, by=account_id, at=clock.now())
        return _("The file is read as “%(name)s” says.") % {"name": profile.name}

    def _forget(self, profile_id: int) -> Any:
        account_id = self.viewer.account_id or 0
        for owner in bringing.owners(account_id):
            try:
                operations.forget_profile(
                    profile_id=profile_id, owner=owner, by=account_id, at=clock.now()
                )
            except ObjectDoesNotExist:
                continue
            return _("This way of reading is forgotten.")
        raise NoProfile


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
