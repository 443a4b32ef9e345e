"""What units tell of changes of their meters: look, confirm, or send back with a reason."""

from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.queries import NoticeRow
from hengneng.registry.instruments.rules.changes import IncompleteChange
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.points import rules as point_rules
from hengneng.web.desk import changes, naming
from hengneng.web.desk.instrument_forms import SendBackForm
from hengneng.web.parts.views import ActionView, FormView, PageView

DECIDED = _("Somebody else has decided this in the meantime.")


class OneChange(PageView):
    """A change notice beside what is on record, with the buttons that decide it."""

    permission = Permission.CONFIRM_CHANGE
    template = "desk/change.html"
    not_there = (queries.UnknownNotice,)

    def context(self) -> dict[str, Any]:
        """Return the notice, what is on record, and what waits after it."""
        row = naming.named_one(
            queries.notice_by_id(self.viewer, self.permission, self.kwargs["change_id"])
        )
        waiting = [one for one in queries.awaiting(self.viewer) if one.id != row.id]
        return {
            "row": row,
            "told": changes.told(row.said),
            "record": changes.on_record(row),
            "follows": changes.FOLLOWS[row.kind],
            "next": next(iter(waiting), None),
            "waiting": len(waiting),
        }


class ConfirmChange(ActionView):
    """Let the registry's facts say what the unit told."""

    permission = Permission.CONFIRM_CHANGE
    afterwards = "desk"
    anticipated = {
        EventOutOfTurn: DECIDED,
        IncompleteChange: _("Something that this kind of change needs is missing. Send it back."),
        facts.NothingKnown: _("The point was not described yet when it changed. Send it back."),
        instruments.ExchangeExists: _("The point has an exchange of that instant already."),
        instruments.BadRegister: _("A reading cannot be so. Send it back."),
        instruments.ForeignInstrument: _("The instrument belongs to another unit. Send it back."),
        instruments.InstalledElsewhere: _(
            "The instrument stands at another point in that time, as far as is known. Correct that"
            " first, or send it back."
        ),
        instruments.InstrumentExists: _("The ledger holds an instrument of that number already."),
        instruments.IncompleteInstrument: _("The new meter has no name or no number."),
        instruments.StandsNowhere: _("The instrument stands at no point in that time."),
        points.KeyTaken: _("What is to feed the point feeds another one in that time."),
        point_rules.BadKey: _("The new meter's name in the data is none. Send it back."),
        point_rules.CodeDoesNotFit: _("The data code does not fit such a point."),
        point_rules.BadDescription: _("The point cannot be described so. Send it back."),
        point_queries.UnknownPoint: _("The unit has no such point any more. Send it back."),
    }

    def act(self) -> Any:
        """Confirm it."""
        row = notice_of(self.viewer, self.kwargs["change_id"])
        instruments.confirm_change(notice_id=row.id, by=self.viewer.account_id, at=clock.now())
        return _("The change is confirmed; the days that it touches are worked out anew.")


class SendBack(FormView):
    """Let the unit tell it again, for a reason."""

    permission = Permission.CONFIRM_CHANGE
    template = "desk/change_back.html"
    form_class = SendBackForm
    not_there = (queries.UnknownNotice,)
    anticipated = {
        EventOutOfTurn: DECIDED,
        instruments.NoReason: _("Say what the unit has to mend."),
    }

    def context(self) -> dict[str, Any]:
        """Return the notice."""
        row = naming.named_one(
            queries.notice_by_id(self.viewer, self.permission, self.kwargs["change_id"])
        )
        return {"row": row, "told": changes.told(row.said)}

    def act(self, form: forms.Form) -> Any:
        """Send it back."""
        row = naming.named_one(
            queries.notice_by_id(self.viewer, self.permission, self.kwargs["change_id"])
        )
        instruments.send_back(
            notice_id=row.id,
            reason=form.cleaned_data["reason"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The notice went back to %(unit)s with your reason.") % {"unit": row.unit_name}

    def leads_to(self) -> str:
        """Return to the notice."""
        return resolve_url("change", self.kwargs["change_id"])


def notice_of(viewer: Viewer, change_id: int) -> NoticeRow:
    """Return the notice, if it is the viewer's to decide on.

    Raises:
        Http404: If there is none, or it is not.
    """
    try:
        return queries.notice_by_id(viewer, Permission.CONFIRM_CHANGE, change_id)
    except queries.UnknownNotice as error:
        raise Http404(str(error)) from error
