"""Write, publish and withdraw notices."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.kernel.states import EventOutOfTurn
from hengneng.people.accounts import queries as accounts
from hengneng.programme.notices import operations as notices
from hengneng.programme.notices import queries
from hengneng.programme.notices.states import NoticeState
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.bodies.queries import UnknownBody
from hengneng.web.parts import frame, marks
from hengneng.web.parts.tags import name
from hengneng.web.parts.views import ActionView, FormView, PageView

PAGE_SIZE = 30
TITLE_LONGEST, NUMBER_LONGEST, REASON_LONGEST = 200, 60, 400
ID_DIGITS = 18
NO_DRAFT = _("This notice is no draft any more.")
REFUSED = _(
    "The file was not taken: at most 20 files of at most 20 MB each, of the kinds pdf, ofd, doc,"
    " docx, xls, xlsx, csv, txt, png, jpg, zip."
)


class NoFile(Exception):
    """No file was chosen."""


class TooLongReason(ValueError):
    """The reason is longer than is kept."""


def issuers() -> list[tuple[str, str]]:
    """Return the bodies that may issue a notice, the city's before the districts'."""
    there = sorted(bodies.bodies(), key=lambda body: (body.district_id or "", body.code))
    return [(body.code, name(body)) for body in there]


class NoticeForm(forms.Form):
    """A notice's words."""

    title_zh = forms.CharField(label=_("Title"), max_length=TITLE_LONGEST)
    number = forms.CharField(
        label=_("Document number"),
        help_text=_("As the issuing body counts its papers."),
        max_length=NUMBER_LONGEST,
        required=False,
    )
    issuer = forms.ChoiceField(label=_("Issued by"), choices=issuers)
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Plain text; an empty line begins a new paragraph."),
        max_length=notices.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 18, "class": "prose"}),
    )
    title_en = forms.CharField(
        label=_("Title in English"), max_length=TITLE_LONGEST, required=False
    )

    def words(self) -> dict[str, Any]:
        """Return what was written, as the operations take it."""
        given = self.cleaned_data
        plain = {key: given[key] for key in ("title_zh", "title_en", "number", "text")}
        return plain | {"issuer_code": given["issuer"]}


class Notices(PageView):
    """Every notice: drafts, those in force, those withdrawn."""

    permission = Permission.PUBLISH_NOTICE
    template = "desk/notices.html"

    def context(self) -> dict[str, Any]:
        """Return one page of them."""
        asked = self.request.GET.get("state", "")
        state = asked if asked in NoticeState.__members__ else ""
        number = frame.page_number(self.request)
        found = queries.written(state=state, page=number, size=PAGE_SIZE)
        return {
            "rows": [(row, marks.NOTICES[row.state]) for row in found.rows],
            "state": state,
            "states": marks.NOTICES.items(),
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
        }


class NewNotice(FormView):
    """Begin a notice."""

    permission = Permission.PUBLISH_NOTICE
    template = "desk/notice.html"
    form_class = NoticeForm
    anticipated = {
        notices.NothingSaid: _("A notice has a title and a text."),
        UnknownBody: _("Choose the body that issues it."),
    }
    drafted: int = 0

    def form(self) -> forms.Form:
        """Return the form; whoever writes does so for the own body unless another is chosen."""
        if self.request.method == "POST":
            return NoticeForm(self.request.POST)
        own = accounts.body_acting(self.viewer.account_id or 0, self.permission)
        return NoticeForm(initial={"issuer": own})

    def act(self, form: forms.Form) -> Any:
        """Keep the draft."""
        words = form.words()  # type: ignore[attr-defined]
        self.drafted = notices.draft_notice(**words, by=self.viewer.account_id, at=clock.now())
        return _("The draft is saved. Add its files, read it over, then publish it.")

    def leads_to(self) -> str:
        """Lead to the draft."""
        return reverse("edit-notice", args=[self.drafted])


class EditNotice(FormView):
    """A notice's page for those who write: its words while it is a draft, and its next step."""

    permission = Permission.PUBLISH_NOTICE
    template = "desk/notice.html"
    form_class = NoticeForm
    not_there = (queries.UnknownNotice,)
    anticipated = {
        EventOutOfTurn: NO_DRAFT,
        notices.NothingSaid: _("A notice has a title and a text."),
        UnknownBody: _("Choose the body that issues it."),
    }

    def form(self) -> forms.Form:
        """Return the form, filled in with what is written."""
        if self.request.method == "POST":
            return NoticeForm(self.request.POST)
        try:
            text = queries.notice(self.kwargs["notice_id"], viewer=self.viewer)
        except queries.UnknownNotice:
            return NoticeForm()
        row = text.row
        return NoticeForm(
            initial={
                "title_zh": row.name_zh,
                "title_en": row.name_en,
                "number": row.number,
                "issuer": text.issuer_code,
                "text": text.text,
            }
        )

    def context(self) -> dict[str, Any]:
        """Return the notice as it stands."""
        text = queries.notice(self.kwargs["notice_id"], viewer=self.viewer)
        return {
            "notice": text,
            "standing": marks.NOTICES[text.row.state],
            "is_draft": text.row.state == NoticeState.DRAFT,
            "is_withdrawn": text.row.state == NoticeState.WITHDRAWN,
            "reason_longest": REASON_LONGEST,
        }

    def act(self, form: forms.Form) -> Any:
        """Keep what was written."""
        words = form.words()  # type: ignore[attr-defined]
        notices.edit_notice(
            notice_id=self.kwargs["notice_id"], **words, by=self.viewer.account_id, at=clock.now()
        )
        return _("The draft is saved.")

    def leads_to(self) -> str:
        """Stay with the draft."""
        return reverse("edit-notice", args=[self.kwargs["notice_id"]])


class AttachFile(ActionView):
    """Attach a file to a draft."""

    permission = Permission.PUBLISH_NOTICE
    afterwards = "desk-notices"
    anticipated = {
        EventOutOfTurn: NO_DRAFT,
        notices.FileRefused: REFUSED,
        NoFile: _("Choose a file first."),
        queries.UnknownNotice: _("There is no such notice."),
    }

    def act(self) -> Any:
        """Keep the file.

        Raises:
            NoFile: If none was sent.
            FileRefused: If it is too large, or not of a kind that is handed out.
        """
        upload = self.request.FILES.get("file")
        if upload is None:
            raise NoFile
        if (upload.size or 0) > notices.ATTACHMENT_BYTES_MAX:
            raise notices.FileRefused(f"{upload.name}: {upload.size} bytes")
        notices.attach_file(
            notice_id=self.kwargs["notice_id"],
            name=upload.name or "",
            body=upload.read(),
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("%(name)s is attached.") % {"name": upload.name}


class DetachFile(ActionView):
    """Take a file off a draft."""

    permission = Permission.PUBLISH_NOTICE
    afterwards = "desk-notices"
    anticipated = {
        EventOutOfTurn: NO_DRAFT,
        queries.UnknownAttachment: _("The file was taken off already."),
        queries.UnknownNotice: _("There is no such notice."),
    }

    def act(self) -> Any:
        """Take it off.

        Raises:
            UnknownAttachment: If the number sent is none.
        """
        text = self.request.POST.get("attachment", "")
        if not (text.isascii() and text.isdigit() and len(text) <= ID_DIGITS):
            raise queries.UnknownAttachment(text)
        notices.detach_file(
            notice_id=self.kwargs["notice_id"],
            attachment_id=int(text),
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The file is taken off.")


class Publish(ActionView):
    """Publish a draft."""

    permission = Permission.PUBLISH_NOTICE
    afterwards = "desk-notices"
    anticipated = {
        EventOutOfTurn: NO_DRAFT,
        queries.UnknownNotice: _("There is no such notice."),
    }

    def act(self) -> Any:
        """Publish it."""
        notices.publish_notice(
            notice_id=self.kwargs["notice_id"], by=self.viewer.account_id, at=clock.now()
        )
        return _("The notice is published; anyone may read it.")


class Withdraw(ActionView):
    """Withdraw a notice, or give a draft up."""

    permission = Permission.PUBLISH_NOTICE
    afterwards = "desk-notices"
    anticipated = {
        EventOutOfTurn: _("This notice was withdrawn already."),
        notices.NothingSaid: _("Say why it is withdrawn."),
        TooLongReason: _("The reason is too long; 400 characters at most."),
        queries.UnknownNotice: _("There is no such notice."),
    }

    def act(self) -> Any:
        """Withdraw it.

        Raises:
            TooLongReason: If the reason is longer than is kept.
        """
        because = self.request.POST.get("because", "").replace("\x00", "")
        if len(because.strip()) > REASON_LONGEST:
            raise TooLongReason
        notices.withdraw_notice(
            notice_id=self.kwargs["notice_id"],
            because=because,
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The notice is withdrawn; its page says since when and why.")
