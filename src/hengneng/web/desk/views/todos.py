"""The buttons of the to-dos: admit or refuse a terminal; confirm, merge or refuse a point."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.points import rules as point_rules
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.terminals import queries as terminal_queries
from hengneng.web.desk import naming, proposals
from hengneng.web.desk.forms import ConfirmPointForm, MergePointForm, ReasonForm
from hengneng.web.parts.views import ActionView, FormView

DECIDED = _("Somebody else has decided this in the meantime.")
DOUBTS = {
    "ZEROS": _("The code reaches below a part that it leaves 00, so no point can be fed by it."),
    "SCOPE": _("The terminal calls another scope than the zeros of the code."),
}
DOES_NOT_FIT = _("The data code does not fit such a point.")


class AdmitTerminal(ActionView):
    """Admit a terminal that waits."""

    permission = Permission.ADMIT_TERMINAL
    afterwards = "desk"
    anticipated = {terminals.NothingPending: DECIDED}

    def act(self) -> Any:
        """Admit it."""
        row = waiting_terminal(self.viewer, self.kwargs["terminal_id"])
        terminals.admit(terminal_id=row.terminal_id, by=self.viewer.account_id, at=clock.now())
        said = _("The terminal of %(unit)s is admitted; it gets its id when it asks again.")
        return said % {"unit": row.unit_name}


class TerminalForm(FormView):
    """A form about one terminal: why it is refused, or why its right to speak ends."""

    permission = Permission.ADMIT_TERMINAL
    form_class = ReasonForm
    not_there = (terminal_queries.UnknownTerminal,)

    def context(self) -> dict[str, Any]:
        """Return the terminal and its unit."""
        code, name, row = terminal_queries.terminal_row(
            self.viewer, self.permission, self.kwargs["terminal_id"]
        )
        return {"terminal": row, "unit_code": code, "unit_name": naming.name_of(code, name)}


class RefuseTerminal(TerminalForm):
    """Refuse a terminal that waits, with a reason."""

    template = "desk/refuse.html"
    afterwards = "desk"
    anticipated = {terminals.NothingPending: DECIDED}

    def act(self, form: forms.Form) -> Any:
        """Refuse it."""
        context = self.context()
        terminals.refuse(
            terminal_id=context["terminal"].terminal_id,
            reason=form.cleaned_data["reason"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The request for %(unit)s is refused.") % {"unit": context["unit_name"]}


class RevokeTerminal(TerminalForm):
    """End an admitted terminal's right to speak, with a reason."""

    template = "desk/revoke.html"
    anticipated = {EventOutOfTurn: _("This terminal may not upload anyway.")}

    def act(self, form: forms.Form) -> Any:
        """Revoke it."""
        context = self.context()
        terminals.revoke(
            terminal_id=context["terminal"].terminal_id,
            reason=form.cleaned_data["reason"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        said = _("The terminal of %(unit)s may not upload any more; what it sent stays.")
        return said % {"unit": context["unit_name"]}

    def leads_to(self) -> str:
        """Return to the unit."""
        return resolve_url("unit", self.context()["unit_code"])


class ConfirmPoint(FormView):
    """Make a point of a proposal."""

    permission = Permission.CONFIRM_POINT
    template = "desk/proposal.html"
    form_class = ConfirmPointForm
    afterwards = "desk"
    anticipated = {
        EventOutOfTurn: DECIDED,
        points.NotConvertible: _("The data code names no energy type; choose one."),
        points.KeyTaken: _("This data code feeds another point already."),
        points.PointExists: _("The unit has a point of that short name."),
        point_rules.CodeDoesNotFit: DOES_NOT_FIT,
        point_rules.BadDescription: DOES_NOT_FIT,
    }

    def form(self) -> forms.Form:
        """Return the form, filled in with the day on which the configuration came."""
        proposal = waiting_proposal(self.viewer, self.kwargs["proposal_id"])
        first = timezone.localdate(proposal.proposed_at)
        sent = self.request.POST if self.request.method == "POST" else None
        return ConfirmPointForm(sent, initial={"valid_from": first, "slot_seconds": 900})

    def context(self) -> dict[str, Any]:
        """Return the proposal and what its data code says."""
        proposal = waiting_proposal(self.viewer, self.kwargs["proposal_id"])
        return {
            "proposal": proposal,
            "said": proposals.said_by(proposal.key),
            "doubts": [DOUBTS[doubt] for doubt in proposal.doubts],
            "is_mergeable": bool(point_queries.merge_candidates(proposal)),
        }

    def act(self, form: forms.Form) -> Any:
        """Confirm it."""
        given = form.cleaned_data
        points.confirm_proposal(
            proposal_id=self.kwargs["proposal_id"],
            by=self.viewer.account_id,
            at=clock.now(),
            code=given["code"] or None,
            energy_type_id=given["energy_type"] or None,
            slot_seconds=given["slot_seconds"],
            valid_from=timezone.make_aware(datetime.combine(given["valid_from"], time())),
        )
        return _("The point is confirmed; its data are worked out now.")

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        if isinstance(error, points.NotConvertible):
            return "energy_type"
        return "code" if isinstance(error, points.PointExists) else None


class MergePoint(FormView):
    """Say that a proposed point is one that the unit has."""

    permission = Permission.CONFIRM_POINT
    template = "desk/merge.html"
    form_class = MergePointForm
    afterwards = "desk"
    anticipated = {
        EventOutOfTurn: DECIDED,
        points.KeyTaken: _("This data code feeds another point already."),
        points.PointFed: _("Something else feeds this point in that time already."),
        point_rules.CodeDoesNotFit: DOES_NOT_FIT,
    }

    def form(self) -> forms.Form:
        """Return the form, filled in with the day on which the configuration came."""
        proposal = waiting_proposal(self.viewer, self.kwargs["proposal_id"])
        there = point_queries.merge_candidates(proposal)
        return MergePointForm(
            self.request.POST if self.request.method == "POST" else None,
            points=[(row.id, f"{row.code} {row.name}") for row in there],
            initial={"valid_from": timezone.localdate(proposal.proposed_at)},
        )

    def context(self) -> dict[str, Any]:
        """Return the proposal."""
        return {"proposal": waiting_proposal(self.viewer, self.kwargs["proposal_id"])}

    def act(self, form: forms.Form) -> Any:
        """Merge it."""
        given = form.cleaned_data
        points.merge_proposal(
            proposal_id=self.kwargs["proposal_id"],
            point_id=given["point"],
            by=self.viewer.account_id,
            at=clock.now(),
            valid_from=timezone.make_aware(datetime.combine(given["valid_from"], time())),
        )
        return _("The terminal's data count for the point now; they are worked out.")

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return "point" if isinstance(error, points.PointFed) else None


class RefusePoint(ActionView):
    """Decide that a proposed point is none."""

    permission = Permission.CONFIRM_POINT
    afterwards = "desk"
    anticipated = {EventOutOfTurn: DECIDED}

    def act(self) -> Any:
        """Refuse it."""
        proposal = waiting_proposal(self.viewer, self.kwargs["proposal_id"])
        points.refuse_proposal(proposal_id=proposal.id, by=self.viewer.account_id, at=clock.now())
        return _("The proposed point is refused; its data stay kept.")


def waiting_terminal(viewer: Viewer, terminal_id: int) -> terminal_queries.AwaitingRow:
    """Return the request, if it waits for this viewer.

    Raises:
        Http404: If it does not.
    """
    for row in terminal_queries.awaiting(viewer):
        if row.terminal_id == terminal_id:
            return naming.named_one(row)
    raise Http404(f"no request {terminal_id} waits for this account")


def waiting_proposal(viewer: Viewer, proposal_id: int) -> point_queries.ProposalRow:
    """Return the proposal, if it waits for this viewer.

    Raises:
        Http404: If it does not.
    """
    for row in point_queries.awaiting(viewer):
        if row.id == proposal_id:
            return naming.named_one(row)
    raise Http404(f"no proposal {proposal_id} waits for this account")
