"""The desk's first pages: what waits, what was done, what one set going; then one's own figures."""

from abc import abstractmethod
from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.audit import queries as audit
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts import queries as accounts
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.terminals import queries as terminals
from hengneng.telemetry.consumption.queries import progress
from hengneng.telemetry.journal import queries as journal
from hengneng.web.desk import acts, duty, naming, waiting
from hengneng.web.desk.views.units import district_names
from hengneng.web.parts import exports, frame, tags
from hengneng.web.parts.frame import Entry
from hengneng.web.parts.views import FrontView, PageView

PAGE_SIZE, FILE_MOST = 20, 10_000
TABS = {
    "desk": gettext_lazy("To do"),
    "desk-done": gettext_lazy("Done"),
    "desk-started": gettext_lazy("Set going by me"),
}
# Who keeps the platform running sees how its record stands.
KEEPERS = {Role.INSTITUTE_ENGINEER, Role.ADMINISTRATOR}
# Who speaks for the whole city's figures sees how many of them wait.
OF_THE_CITY = KEEPERS | {Role.CITY_OFFICIAL}


class ToDesk(FrontView):
    """The desk's address without its last stroke."""

    permission = Permission.VIEW_UNIT

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Lead to the desk."""
        return HttpResponseRedirect(reverse("desk"))


class DeskPage(PageView):
    """What the three lists have in common; ``?format=`` answers the list as a file."""

    permission = Permission.VIEW_UNIT
    template = "desk/home.html"
    tab: ClassVar[str]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the list, or answer it as a file.

        Raises:
            Http404: If there is no such format.
        """
        kind = request.GET.get("format")
        if kind is None:
            return TemplateResponse(request, self.template, self.context())
        if kind not in exports.FORMATS:
            raise Http404(kind)
        head, rows = self.listed()
        return exports.exported(kind, name=self.tab, head=head, rows=rows)

    def context(self) -> dict[str, Any]:
        """Return who is at the desk, its lists with their lengths, and the one chosen."""
        self.account = account = accounts.account(self.viewer.account_id or 0)
        self.todos = waiting.todos(self.viewer)
        self.started = naming.named(terminals.admitted_by(account.id, at=clock.now()))
        tally = {"desk": len(self.todos), "desk-started": len(self.started)}
        return {
            "account": account,
            "tabs": [
                Entry(reverse(name), label, name == self.tab, tally.get(name))
                for name, label in TABS.items()
            ],
            "tab": self.tab,
            "may_decide": self.viewer.may(Permission.ADMIT_TERMINAL)
            or self.viewer.may(Permission.CONFIRM_POINT)
            or self.viewer.may(Permission.CONFIRM_CHANGE)
            or self.viewer.may(Permission.EDIT_REGISTRY),
            **self.shown(frame.page_number(self.request)),
        }

    @abstractmethod
    def shown(self, number: int) -> dict[str, Any]:
        """Return a page of the list."""

    @abstractmethod
    def listed(self) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        """Return titles and rows of the whole list."""


class Desk(DeskPage):
    """What waits for the viewer, and the figures of one's own duty."""

    tab = "desk"

    def shown(self, number: int) -> dict[str, Any]:
        """Return a page of the to-dos, and the figures."""
        first = (number - 1) * PAGE_SIZE
        at = clock.now()
        roles = {row.role for row in self.account.roles}
        return {
            "todos": self.todos[first : first + PAGE_SIZE],
            "page": frame.place_of(number, size=PAGE_SIZE, total=len(self.todos)),
            "duty": duty.duty_of(self.viewer, at=at),
            "districts": district_names(),
            "journal": journal.standing() if roles & KEEPERS else None,
            **(_recompute(at) if roles & OF_THE_CITY else {}),
        }

    def listed(self) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        """Return the to-dos."""
        head = (_("What"), _("Unit"), _("Social credit code"), _("Waits since"))
        kinds = {
            "terminal": _("Terminal"),
            "point": _("Point"),
            "change": _("Change of a meter"),
            "instrument": _("Instrument"),
            "declaration": _("Declaration"),
        }
        rows = [
            (kinds[todo.kind], todo.unit_name, todo.unit_code, tags.moment(todo.since_at))
            for todo in waiting.todos(self.viewer)
        ]
        return head, rows


def _recompute(at: datetime) -> dict[str, Any]:
    """Return what waits to be worked out anew in the city, and when it will be done."""
    found = progress.waiting()
    return {"recompute": found, "recompute_done_at": found.done_at(at)}


class Done(DeskPage):
    """What the account did, from the record."""

    tab = "desk-done"

    def shown(self, number: int) -> dict[str, Any]:
        """Return a page of the acts."""
        found = audit.acts_of(
            self.viewer.account_id or 0, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        return {
            "acts": acts.done(found.rows),
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
        }

    def listed(self) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        """Return the acts."""
        head = (_("Number"), _("When"), _("What"), _("Unit"), _("Social credit code"), _("Of it"))
        found = audit.acts_of(self.viewer.account_id or 0, limit=FILE_MOST)
        rows = [
            (
                one.sequence,
                tags.moment(one.at),
                str(one.said),
                one.unit_name,
                one.unit_code,
                one.what,
            )
            for one in acts.done(found.rows)
        ]
        return head, rows


class Started(DeskPage):
    """What the account set going and others are to finish."""

    tab = "desk-started"

    def shown(self, number: int) -> dict[str, Any]:
        """Return a page of it."""
        first = (number - 1) * PAGE_SIZE
        return {
            "admitted": self.started[first : first + PAGE_SIZE],
            "page": frame.place_of(number, size=PAGE_SIZE, total=len(self.started)),
        }

    def listed(self) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        """Return all of it."""
        head = (_("Unit"), _("Social credit code"), _("Admitted at"), _("Due"))
        found = naming.named(terminals.admitted_by(self.viewer.account_id or 0, at=clock.now()))
        rows = [
            (row.unit_name, row.unit_code, tags.moment(row.admitted_at), tags.moment(row.due_at))
            for row in found
        ]
        return head, rows
