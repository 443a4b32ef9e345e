"""What a unit declares: the list, one of them, and withdrawing it; its paper."""

from collections import Counter
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.declarations import operations as declarations
from hengneng.registry.declarations import queries
from hengneng.registry.declarations.queries import OPEN, DeclarationRow, Wanted
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import declared, frame, marks, papers, tags
from hengneng.web.parts.views import FrontView
from hengneng.web.portal import own
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.own import OwnAct

PAGE_SIZE = 50
# One button each: its route, and its word. A change of a point begins at the point.
WAYS = {
    "portal-declare-new-point": gettext_lazy("New metering point"),
    "portal-declare-heat-value": gettext_lazy("Measured heat value"),
    "portal-declare-particulars": gettext_lazy("Particulars of the unit"),
    "portal-declare-legal-person": gettext_lazy("Legal person"),
    "portal-declare-site": gettext_lazy("Site"),
    "portal-declare-facility": gettext_lazy("Facility"),
    "portal-declare-standing": gettext_lazy("Suspended, closed or at work again"),
}


class Listed(NamedTuple):
    """A declaration in a list, and what it is about in words."""

    row: DeclarationRow
    subject: str
    said: str


class Declarations(UnitPage):
    """The unit's declarations."""

    template = "portal/declarations.html"
    chapter = "portal-declarations"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return one page of the declarations, and the ways to make one."""
        number, ask, known = frame.page_number(self.request), wanted(self.request), declared.names()
        rows, total = queries.declarations_of(unit.id, ask, page=number, size=PAGE_SIZE)
        states, kinds = Counter[str](), Counter[str]()
        for (state, kind), count in queries.counts_of(unit.id).items():
            states[state] += count
            kinds[kind] += count
        return {
            "rows": [listed(row, known) for row in rows],
            "page": frame.place_of(number, size=PAGE_SIZE, total=total),
            "counts": [(one, states[one]) for one in marks.DECLARATIONS],
            "kinds": [(one, kinds[one]) for one in marks.DECLARED],
            "state": ask.state,
            "kind": ask.kind,
            "total": states.total(),
            "ways": [(resolve_url(route, unit.code), word) for route, word in WAYS.items()],
            "may_keep": own.may_keep(self.viewer, unit.id),
        }


class DeclarationsFile(UnitFile):
    """The declarations as a file, as the filter shows them."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the declarations."""
        known = declared.names()
        told, _total = queries.declarations_of(unit.id, wanted(self.request))
        head = (
            _("Declaration"), _("About"), _("So from"), _("What is declared"), _("Declared at"),
            _("Standing"), _("Decided at"), _("Reason"),
        )  # fmt: skip
        rows = [
            (
                str(marks.DECLARED[row.kind]), declared.subject(row, known), row.first,
                declared.said(row, known), tags.moment(row.declared_at),
                str(marks.DECLARATIONS[row.state].word), tags.moment(row.decided_at),
                str(tags.reason(row.reason)),
            )
            for row in told
        ]  # fmt: skip
        return Listing("declarations", head, rows)


class OneDeclaration(UnitPage):
    """One declaration: what was, what is declared, and what became of it."""

    template = "portal/declaration.html"
    chapter = "portal-declarations"
    not_there = own.NOT_THERE

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the declaration."""
        row, known = declaration_of(self, unit, self.kwargs["declaration_id"]), declared.names()
        preview = queries.preview(row, whole=units.sees_persons(self.viewer, unit.id))
        return {
            "row": row,
            "subject": declared.subject(row, known),
            "lines": declared.lines(row, preview, known),
            "paper": files.kept([row.proof_id])[row.proof_id] if row.proof_id else None,
            "may_keep": row.state in OPEN and own.may_keep(self.viewer, unit.id),
        }


class WithdrawDeclaration(OwnAct):
    """Take back what was declared."""

    anticipated = {
        EventOutOfTurn: gettext_lazy(
            "It is confirmed or withdrawn already. What is confirmed is changed by another"
            " declaration."
        )
    }

    def act(self) -> Any:
        """Withdraw it."""
        row = declaration_of(self, self.unit, self.kwargs["declaration_id"])
        declarations.withdraw(declaration_id=row.id, by=self.viewer.account_id, at=clock.now())
        return _("The declaration is withdrawn; it never counted.")


class DeclarationProof(FrontView):
    """What shows it, always to be saved, never shown inside this site."""

    permission = Permission.VIEW_READINGS

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such declaration in reach, or nothing shows it.
        """
        try:
            unit = units.unit_row(self.viewer, self.permission, kwargs["code"])
            row = declaration_of(self, unit, kwargs["declaration_id"])
        except own.NOT_THERE as error:
            raise Http404(str(error)) from error
        if row.proof_id is None:
            raise Http404(f"declaration {row.id} has no paper")
        return papers.saved(row.proof_id)


def declaration_of(view: Any, unit: UnitRow, declaration_id: int) -> DeclarationRow:
    """Return the unit's declaration.

    Raises:
        UnknownDeclaration: If there is none, or it is another unit's.
    """
    row = queries.declaration_by_id(view.viewer, view.permission, declaration_id)
    if row.unit_id != unit.id:
        raise queries.UnknownDeclaration(f"no declaration {declaration_id} at unit {unit.code}")
    return row


def listed(row: DeclarationRow, known: declared.Names) -> Listed:
    """Return a declaration as a list shows it."""
    return Listed(row, declared.subject(row, known), declared.said(row, known))


def wanted(request: HttpRequest) -> Wanted:
    """Return which declarations an address asks for; a word that means nothing is left out."""
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    return Wanted(
        state=state if state in marks.DECLARATIONS else "",
        kind=kind if kind in marks.DECLARED else "",
    )
