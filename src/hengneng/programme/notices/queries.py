"""Notices as the public reads them, and as those who write them do."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.programme.notices.models import Attachment, Notice
from hengneng.programme.notices.states import NoticeState

PAGE_SIZE = 20


class UnknownNotice(LookupError):
    """There is no such notice, or it is not the viewer's to read."""


class UnknownAttachment(LookupError):
    """The notice has no such attachment."""


class NoticeRow(NamedTuple):
    """A notice as lists show it.

    Attributes:
        id: The notice.
        name_zh: Its title.
        name_en: Its title in English; empty: none.
        number: As the issuing body counts; empty: none.
        issuer_zh: The body that issues it.
        issuer_en: The same in English.
        state: Where it stands.
        drafted_at: When it was begun. Aware.
        published_on: The day of publication; None: not yet.
        withdrawn_at: When it was withdrawn; None: it was not. Aware.
        attachments: Files at it. [count]
    """

    id: int
    name_zh: str
    name_en: str
    number: str
    issuer_zh: str
    issuer_en: str
    state: NoticeState
    drafted_at: datetime
    published_on: date | None
    withdrawn_at: datetime | None
    attachments: int


class AttachmentRow(NamedTuple):
    """A file at a notice."""

    id: int
    file_id: int
    name: str
    size: int  # [bytes]
    media_type: str


class NoticePage(NamedTuple):
    """One page of a list of notices, and how many the whole list holds."""

    rows: list[NoticeRow]
    total: int


class NoticeText(NamedTuple):
    """A notice whole.

    Attributes:
        row: What lists show of it.
        text: Plain; empty lines part its paragraphs.
        issuer_code: Code of the body that issues it.
        withdrawn_because: Why it was withdrawn; empty: it was not.
        files: Its attachments, in the order in which they were added.
    """

    row: NoticeRow
    text: str
    issuer_code: str
    withdrawn_because: str
    files: list[AttachmentRow]


def visible_to(viewer: Viewer) -> QuerySet[Notice]:
    """Return the notices a viewer may read: what was ever published; all, for those who write.

    A draft that was given up was never published and stays with those who write.
    """
    if viewer.may(Permission.PUBLISH_NOTICE):
        return Notice.objects.all()
    return Notice.objects.filter(published_at__isnull=False)


def published(limit: int = 5) -> list[NoticeRow]:
    """Return the latest notices in force, newest first."""
    return _rows(_in_force()[:limit])


def published_page(*, search: str = "", page: int = 1, size: int = PAGE_SIZE) -> NoticePage:
    """Return one page of the notices in force, newest first.

    Args:
        search: Part of title, number or text; empty: all.
        page: Which page, from 1; pages beyond the last are empty.
        size: Notices on a page. [count]
    """
    found = _in_force()
    if search:
        found = found.filter(
            Q(title_zh__icontains=search)
            | Q(title_en__icontains=search)
            | Q(number__icontains=search)
            | Q(text__icontains=search)
        )
    return _page(found, page, size)


def written(*, state: str = "", page: int = 1, size: int = PAGE_SIZE) -> NoticePage:
    """Return one page of all notices for those who write them, last drafted first.

    Args:
        state: A code of ``NoticeState``; empty: all.
        page: Which page, from 1.
        size: Notices on a page. [count]
    """
    found = Notice.objects.order_by("-drafted_at", "-id")
    return _page(found.filter(state=state) if state else found, page, size)


def notice(notice_id: int, *, viewer: Viewer = VISITOR) -> NoticeText:
    """Return one notice whole; one that was withdrawn with its reason.

    Raises:
        UnknownNotice: If there is none, or the viewer may not read it.
    """
    found = visible_to(viewer).filter(id=notice_id).select_related("issuer").first()
    if found is None:
        raise UnknownNotice(f"no notice {notice_id}")
    there = _attachments(notice_id)
    return NoticeText(
        row=_row(found, len(there)),
        text=found.text,
        issuer_code=found.issuer_id,
        withdrawn_because=found.withdrawn_because,
        files=there,
    )


def attachment(notice_id: int, attachment_id: int, *, viewer: Viewer = VISITOR) -> AttachmentRow:
    """Return one attachment of a notice that stands open to the viewer.

    What was withdrawn is no longer handed out, except to those who write.

    Raises:
        UnknownNotice: If there is no such notice, or the viewer may not read it.
        UnknownAttachment: If it has no such attachment, or was withdrawn.
    """
    text = notice(notice_id, viewer=viewer)
    is_open = text.row.state != NoticeState.WITHDRAWN or viewer.may(Permission.PUBLISH_NOTICE)
    for row in text.files if is_open else ():
        if row.id == attachment_id:
            return row
    raise UnknownAttachment(f"no attachment {attachment_id} at notice {notice_id}")


def _in_force() -> QuerySet[Notice]:
    """Return the notices that are published and not withdrawn, newest first."""
    return Notice.objects.filter(state=NoticeState.PUBLISHED).order_by("-published_at", "-id")


def _page(found: QuerySet[Notice], page: int, size: int) -> NoticePage:
    start = (max(page, 1) - 1) * size
    return NoticePage(_rows(found[start : start + size]), found.count())


def _rows(found: QuerySet[Notice]) -> list[NoticeRow]:
    """Return the rows of some notices; two queries."""
    shown = list(found.select_related("issuer"))
    there = Attachment.objects.filter(
        notice_id__in=[one.id for one in shown], removed_at__isnull=True
    )
    counts = dict(there.values_list("notice_id").annotate(Count("id")))
    return [_row(one, counts.get(one.id, 0)) for one in shown]


def _row(one: Notice, attachments: int) -> NoticeRow:
    return NoticeRow(
        id=one.id,
        name_zh=one.title_zh,
        name_en=one.title_en,
        number=one.number,
        issuer_zh=one.issuer.name_zh,
        issuer_en=one.issuer.name_en,
        state=NoticeState(one.state),
        drafted_at=one.drafted_at,
        published_on=one.published_on,
        withdrawn_at=one.withdrawn_at,
        attachments=attachments,
    )


def _attachments(notice_id: int) -> list[AttachmentRow]:
    """Return a notice's attachments in the order in which they were added."""
    there = Attachment.objects.filter(notice_id=notice_id, removed_at__isnull=True)
    ids = list(there.order_by("id").values_list("id", "file_id"))
    kept = files.kept([file_id for _, file_id in ids])
    return list(_described(ids, kept))


def _described(
    ids: Iterable[tuple[int, int]], kept: dict[int, files.KeptRow]
) -> Iterable[AttachmentRow]:
    for attachment_id, file_id in ids:
        row = kept[file_id]
        yield AttachmentRow(attachment_id, file_id, row.name, row.size, row.media_type)
