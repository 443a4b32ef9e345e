"""What a unit tells of changes of its meters: report, look at, tell again, withdraw."""

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.queries import NoticeRow
from hengneng.registry.instruments.rules.changes import IncompleteChange, Said
from hengneng.registry.instruments.rules.deadlines import NoDeadline
from hengneng.registry.points import queries as points
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import frame, marks, tags
from hengneng.web.portal import asked, change_forms, own, term
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage
from hengneng.web.portal.own import Aim, OwnAct, OwnForm

PAGE_SIZE = 50
OPEN = ("REPORTED", "SENT_BACK")  # what may still be withdrawn
# How each field of what is told is called beside its value.
TOLD = {
    "before_value": gettext_lazy("Old meter, last reading"),
    "after_value": gettext_lazy("New meter, first reading"),
    "ratio": gettext_lazy("New ratio"),
    "new_point_code": gettext_lazy("Point it stands at now"),
    "new_place": gettext_lazy("Place it stands at now"),
    "new_number": gettext_lazy("New meter, number in your ledger"),
    "new_serial_number": gettext_lazy("New meter, maker's number"),
    "new_name": gettext_lazy("New meter, name"),
    "new_model": gettext_lazy("New meter, model"),
    "new_maker": gettext_lazy("New meter, maker"),
    "new_class": gettext_lazy("New meter, accuracy class"),
    "new_key": gettext_lazy("New meter, name in the data"),
    "remark": gettext_lazy("Remark"),
}
# One button each: its route, and its word.
WAYS = {
    "portal-change-exchange": pgettext_lazy("tell of a change", "Meter exchanged"),
    "portal-change-ratio": pgettext_lazy("tell of a change", "Ratio changed"),
    "portal-change-move": pgettext_lazy("tell of a change", "Instrument moved"),
    "portal-change-stop": pgettext_lazy("tell of a change", "Put out of use"),
}


class Told(NamedTuple):
    """A change notice, and how its clock stands; None: it does not run any more."""

    notice: NoticeRow
    term: term.Term | None


class Changes(UnitPage):
    """The unit's change notices."""

    template = "portal/changes.html"
    chapter = "portal-changes"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return one page of the notices, and by when a change of today is to be told."""
        every = queries.notices_of(unit.id)
        state = state_of(self.request)
        there = [row for row in every if state in ("", row.state)]
        page = frame.place_of(frame.page_number(self.request), size=PAGE_SIZE, total=len(there))
        today = asked.today()
        due, rule = term.term_from(today, today=today)
        return {
            "rows": [told(row) for row in there[page.first - 1 : page.last]],
            "page": page,
            "counts": [
                (one, sum(row.state == one for row in every)) for one in marks.CHANGE_NOTICES
            ],
            "state": state,
            "total": len(every),
            "due": due,
            "rule": rule,
            "ways": [(resolve_url(route, unit.code), word) for route, word in WAYS.items()],
            "may_keep": own.may_keep(self.viewer, unit.id),
        }


class ChangesFile(UnitFile):
    """The change notices as a file, as the filter shows them."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the notices."""
        state = state_of(self.request)
        head = (
            pgettext("meter", "Change"), _("Point"), _("Instrument"), _("When it changed"),
            _("Told at"),
            _("Last day to tell it"), _("Told late"), _("Standing"), _("What is told"), _("Reason"),
        )  # fmt: skip
        rows = [
            (
                str(marks.CHANGES[row.kind]), row.point_code, row.instrument_number,
                tags.moment(row.happened_at), tags.moment(row.reported_at), row.due_on,
                _("yes") if row.is_late else _("no"),
                str(marks.CHANGE_NOTICES[row.state].word),
                _("; ").join(f"{label}: {value}" for label, value in told_of(row.said)), row.reason,
            )
            for row in queries.notices_of(unit.id)
            if state in ("", row.state)
        ]  # fmt: skip
        return Listing("changes", head, rows)


class OneChange(UnitPage):
    """One change notice: what is told, and what became of it."""

    template = "portal/change.html"
    chapter = "portal-changes"
    not_there = own.NOT_THERE

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the notice."""
        notice = notice_of(self, unit, self.kwargs["change_id"])
        return {
            "row": told(notice),
            "said": list(told_of(notice.said)),
            "may_keep": notice.state in OPEN and own.may_keep(self.viewer, unit.id),
        }


class _Tell(OwnForm):
    """Tell of a change."""

    chapter = "portal-changes"
    kind: ClassVar[str]
    anticipated = {
        IncompleteChange: gettext_lazy(
            "Something that such a change needs is missing; see the fields."
        ),
        instruments.BadRegister: gettext_lazy(
            "A register shows a number that is not negative, with nine places at most."
        ),
        instruments.NotYet: gettext_lazy("This moment is yet to come."),
        NoDeadline: gettext_lazy("So long ago nobody has to tell of it; ask your district."),
        instruments.ForeignInstrument: gettext_lazy("This is not one of your unit's."),
        EventOutOfTurn: gettext_lazy("This notice does not wait for you any more."),
    }

    def there(self, unit: UnitRow) -> change_forms.There:
        """Return what the unit has that a change can be about."""
        return change_forms.There(points.points_of(unit.id), queries.instruments_of(unit.id))

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        if isinstance(error, (instruments.NotYet, NoDeadline)):
            return "happened_at"
        return "new_place" if isinstance(error, IncompleteChange) and self.moves() else None

    def words_of(self, error: Exception) -> Any:
        """Return the words of an error; a move lacks where to."""
        if isinstance(error, IncompleteChange) and self.moves():
            return _("Say at which point or place it stands now.")
        return super().words_of(error)

    def moves(self) -> bool:
        """Answer whether it tells of a move."""
        return self.kind == "MOVE"


class ReportChange(_Tell):
    """Tell of a change for the first time."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        today = asked.today()
        due, rule = term.term_from(today, today=today)
        advice = _("What changed today is told by %(day)s: within %(count)d working days.")
        return Aim(
            marks.CHANGES[self.kind],
            pgettext("tell of a change", "Report"),
            (
                advice % {"day": due.due_on.isoformat(), "count": rule.within_working_days},
                _("Your district confirms it; it counts from the moment it happened, not before."),
            ),
        )

    def form(self) -> forms.Form:
        """Return the form; a link may name what it is about."""
        kind = change_forms.FORMS[self.kind]
        initial = {kind.subject: self.request.GET.get(kind.subject, "")}
        return kind(self.sent()[0], there=self.there(self.unit), initial=initial)

    def act(self, form: Any) -> Any:
        """Report it."""
        unit, now = self.unit, clock.now()
        notice = instruments.report_change(
            unit_id=unit.id,
            kind=self.kind,
            happened_at=form.cleaned_data["happened_at"],
            said=form.said(),
            by=self.viewer.account_id,
            at=now,
            **form.about(),
        )
        said = _("The change is told; your district confirms it. Told in time until %(day)s.")
        return said % {"day": notice.due_on.isoformat()}


class ReportExchange(ReportChange):
    """A meter was exchanged."""

    kind = "EXCHANGE"


class ReportRatio(ReportChange):
    """A ratio changed."""

    kind = "RATIO"


class ReportMove(ReportChange):
    """An instrument was moved."""

    kind = "MOVE"


class ReportStop(ReportChange):
    """An instrument was put out of use."""

    kind = "STOP"


class TellAgain(_Tell):
    """Tell a change that came back once more, mended."""

    def notice(self) -> NoticeRow:
        """Return the notice."""
        return notice_of(self, self.unit, self.kwargs["change_id"])

    def aim(self) -> Aim:
        """Return what the form is for, and why it came back."""
        row = self.notice()
        why = _("Sent back: %(reason)s") % {"reason": row.reason}
        advice = (why,) if row.reason else ()
        about = " · ".join(filter(None, (row.point_code, row.instrument_number)))
        return Aim(marks.CHANGES[row.kind], _("Tell again"), advice, about)

    def form(self) -> forms.Form:
        """Return the form, filled in with what was told."""
        row = self.notice()
        return change_forms.FORMS[row.kind](
            self.sent()[0],
            there=self.there(self.unit),
            is_told=True,
            initial=change_forms.initial_of(row.said, happened_at=row.happened_at),
        )

    def act(self, form: Any) -> Any:
        """Tell it again."""
        row = self.notice()
        instruments.report_again(
            notice_id=row.id,
            happened_at=form.cleaned_data["happened_at"],
            said=form.said(),
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The change is told again; your district confirms it.")

    def moves(self) -> bool:
        """Answer whether it tells of a move."""
        return self.notice().kind == "MOVE"

    def leads_to(self) -> str:
        """Return to the notice."""
        return resolve_url("portal-change", self.kwargs["code"], self.kwargs["change_id"])


class WithdrawChange(OwnAct):
    """Take back what was told of a change."""

    anticipated = {
        EventOutOfTurn: gettext_lazy(
            "It is confirmed or withdrawn already. What is confirmed is corrected by your district."
        )
    }

    def act(self) -> Any:
        """Withdraw it."""
        row = notice_of(self, self.unit, self.kwargs["change_id"])
        instruments.withdraw_notice(notice_id=row.id, by=self.viewer.account_id, at=clock.now())
        return _("The notice is withdrawn; it never counted.")


def notice_of(view: Any, unit: UnitRow, notice_id: int) -> NoticeRow:
    """Return the unit's notice.

    Raises:
        UnknownNotice: If there is none, or it is another unit's.
    """
    row = queries.notice_by_id(view.viewer, view.permission, notice_id)
    if row.unit_id != unit.id:
        raise queries.UnknownNotice(f"no change notice {notice_id} at unit {unit.code}")
    return row


def told(row: NoticeRow) -> Told:
    """Return a notice with its clock, which runs while it is the unit's turn."""
    runs = row.state == "SENT_BACK"
    return Told(row, term.term_until(row.due_on, today=asked.today()) if runs else None)


def told_of(said: Said) -> Iterator[tuple[Any, str]]:
    """Yield what is told: its name, and its value as text."""
    for field, label in TOLD.items():
        value = getattr(said, field)
        if value not in (None, ""):
            yield label, f"{value:f}" if field.endswith("_value") else str(value)


def state_of(request: HttpRequest) -> str:
    """Return the standing that a list is asked for; empty: any."""
    state = request.GET.get("state", "")
    return state if state in marks.CHANGE_NOTICES else ""
