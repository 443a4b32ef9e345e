"""What units declare of their ledgers: the list, one beside the record, confirm, or send back."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.declarations import operations as declarations
from hengneng.registry.declarations import queries
from hengneng.registry.declarations.queries import DeclarationRow, Wanted
from hengneng.registry.units import queries as units
from hengneng.web.desk import kept, naming
from hengneng.web.desk.instrument_forms import DeclarationBackForm
from hengneng.web.parts import declared, exports, frame, marks, papers, tags
from hengneng.web.parts.views import ActionView, FormView, FrontView, PageView

PAGE_SIZE, SEARCH_LONGEST = 50, 120
# What confirming brings about, by the kind of declaration.
FOLLOWS = {
    "NEW_POINT": gettext_lazy(
        "The point is in the ledger from its first day on, and what was sent of it since is worked"
        " out."
    ),
    "POINT": gettext_lazy(
        "The point is described so from that day on, until the next change that is known; the days"
        " since are worked out again."
    ),
    "HEAT_VALUE": gettext_lazy(
        "The measured value goes before every table's factor in these months; every sum in coal"
        " follows it."
    ),
    "PARTICULARS": gettext_lazy("The unit's card says so from that day on."),
    "LEGAL_PERSON": gettext_lazy("The unit's card names this person from that day on."),
    "FACILITY": gettext_lazy("The unit's card says so from that day on."),
    "SITE": gettext_lazy(
        "The site lies in that district from that day on; who sees the unit follows it."
    ),
    "STANDING": gettext_lazy("The unit's card says so in these days, with the document as proof."),
}


class Declarations(PageView):
    """The declarations of the units in reach; ``?format=`` answers the list as a file."""

    permission = Permission.EDIT_REGISTRY
    template = "desk/declarations.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page, or answer the list as a file.

        Raises:
            Http404: If there is no such format.
        """
        kind = request.GET.get("format")
        if kind is None:
            return TemplateResponse(request, self.template, self.context())
        if kind not in exports.FORMATS:
            raise Http404(kind)
        return exports.exported(
            kind, name="declarations", head=_head(), rows=self.listed(wanted(request))
        )

    def context(self) -> dict[str, Any]:
        """Return one page of what the filter shows."""
        number, asked, known = (
            frame.page_number(self.request),
            wanted(self.request),
            declared.names(),
        )
        rows, total = queries.declarations_reached(
            self.viewer, self.permission, asked, page=number, size=PAGE_SIZE
        )
        counts = queries.counts_reached(self.viewer, self.permission)
        return {
            "rows": [
                (row, declared.subject(row, known), declared.said(row, known))
                for row in naming.named(rows)
            ],
            "asked": asked,
            "states": [
                (code, one, counts.get(code, 0)) for code, one in marks.DECLARATIONS.items()
            ],
            "kinds": marks.DECLARED,
            "kept": kept.kept(self.viewer, "declarations", self.request.GET.dict()),
            "page": frame.place_of(number, size=PAGE_SIZE, total=total),
        }

    def listed(self, asked: Wanted) -> list[tuple[Any, ...]]:
        """Return every declaration that the filter shows."""
        rows, _total = queries.declarations_reached(self.viewer, self.permission, asked)
        known = declared.names()
        return [_cells(row, known) for row in naming.named(rows)]


class OneDeclaration(PageView):
    """A declaration beside what is on record, with the buttons that decide it."""

    permission = Permission.EDIT_REGISTRY
    template = "desk/declaration.html"
    not_there = (queries.UnknownDeclaration,)

    def context(self) -> dict[str, Any]:
        """Return the declaration, what is on record, and what waits after it."""
        row = naming.named_one(
            queries.declaration_by_id(self.viewer, self.permission, self.kwargs["declaration_id"])
        )
        following, waiting = queries.next_awaiting(self.viewer, row.id)
        preview = queries.preview(row, whole=units.sees_persons(self.viewer, row.unit_id))
        known = declared.names()
        return {
            "row": row,
            "subject": declared.subject(row, known),
            "lines": declared.lines(row, preview, known),
            "is_overtaken": preview.is_overtaken,
            "paper": files.kept([row.proof_id])[row.proof_id] if row.proof_id else None,
            "follows": FOLLOWS[row.kind],
            "next": following,
            "waiting": waiting,
        }


class ConfirmDeclaration(ActionView):
    """Let the registry's facts say what the unit declared, if it is what the official read."""

    permission = Permission.EDIT_REGISTRY
    afterwards = "desk"
    anticipated = declared.REFUSED

    def act(self) -> Any:
        """Confirm it."""
        row = declaration_of(self.viewer, self.kwargs["declaration_id"])
        declarations.confirm(
            declaration_id=row.id,
            seen_at=seen_at(self.request.POST.get("seen_at", "")),
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("It is confirmed and on record; the days that it touches are worked out anew.")


class SendDeclarationBack(FormView):
    """Let the unit declare it again, for a reason."""

    permission = Permission.EDIT_REGISTRY
    template = "desk/declaration_back.html"
    form_class = DeclarationBackForm
    not_there = (queries.UnknownDeclaration,)
    anticipated = {
        EventOutOfTurn: declared.REFUSED[EventOutOfTurn],
        declarations.DeclaredAnew: declared.REFUSED[declarations.DeclaredAnew],
        declarations.NoReason: gettext_lazy("Say what the unit has to mend."),
    }

    def context(self) -> dict[str, Any]:
        """Return the declaration."""
        row = naming.named_one(
            queries.declaration_by_id(self.viewer, self.permission, self.kwargs["declaration_id"])
        )
        known = declared.names()
        return {
            "row": row,
            "subject": declared.subject(row, known),
            "said": declared.said(row, known),
        }

    def form(self) -> forms.Form:
        """Return the form, which remembers which declaration the official read."""
        if self.request.method == "POST":
            return super().form()
        row = declaration_of(self.viewer, self.kwargs["declaration_id"])
        read = self.request.GET.get("seen_at") or row.declared_at.isoformat()
        return self.form_class(initial={"seen_at": read})

    def act(self, form: forms.Form) -> Any:
        """Send it back."""
        row = naming.named_one(
            queries.declaration_by_id(self.viewer, self.permission, self.kwargs["declaration_id"])
        )
        declarations.send_back(
            declaration_id=row.id,
            seen_at=seen_at(form.cleaned_data["seen_at"]),
            reason=form.cleaned_data["reason"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        said = _("The declaration went back to %(unit)s with your reason.")
        return said % {"unit": row.unit_name}

    def leads_to(self) -> str:
        """Return to the declaration."""
        return resolve_url("declaration", self.kwargs["declaration_id"])


class DeclarationProof(FrontView):
    """What shows it, always to be saved, never shown inside this site."""

    permission = Permission.EDIT_REGISTRY

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such declaration in reach, or nothing shows it.
        """
        row = declaration_of(self.viewer, kwargs["declaration_id"])
        if row.proof_id is None:
            raise Http404(f"declaration {row.id} has no paper")
        return papers.saved(row.proof_id)


def declaration_of(viewer: Viewer, declaration_id: int) -> DeclarationRow:
    """Return the declaration, if it is the viewer's to decide on.

    Raises:
        Http404: If there is none, or it is not.
    """
    try:
        return queries.declaration_by_id(viewer, Permission.EDIT_REGISTRY, declaration_id)
    except queries.UnknownDeclaration as error:
        raise Http404(str(error)) from error


def seen_at(said: str) -> datetime:
    """Return when the declaration that a page showed was declared. Aware.

    Raises:
        DeclaredAnew: If it does not say so.
    """
    try:
        return datetime.fromisoformat(said)
    except ValueError as error:
        raise declarations.DeclaredAnew(f"no instant: {said!r}") from error


def wanted(request: HttpRequest) -> Wanted:
    """Return which declarations an address asks for; a word that means nothing is left out."""
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    search = request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LONGEST]
    return Wanted(
        state=state if state in marks.DECLARATIONS else "",
        kind=kind if kind in marks.DECLARED else "",
        search=search,
    )


def _head() -> tuple[Any, ...]:
    return (
        _("Unit"),
        _("Social credit code"),
        _("Declaration"),
        _("About"),
        _("So from"),
        _("What is declared"),
        _("Declared at"),
        _("Standing"),
        _("Decided at"),
        _("Reason"),
    )


def _cells(row: DeclarationRow, known: declared.Names) -> tuple[Any, ...]:
    return (
        row.unit_name,
        row.unit_code,
        str(marks.DECLARED[row.kind]),
        declared.subject(row, known),
        row.first,
        declared.said(row, known),
        tags.moment(row.declared_at),
        str(marks.DECLARATIONS[row.state].word),
        tags.moment(row.decided_at),
        str(tags.reason(row.reason)),
    )
