"""Draft a notice, attach files to it, publish it, withdraw it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hengneng.kernel import states as workflow
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.files import operations as files
from hengneng.programme.notices.models import Attachment, Notice
from hengneng.programme.notices.queries import UnknownAttachment, UnknownNotice
from hengneng.programme.notices.states import TRANSITIONS, NoticeEvent, NoticeState
from hengneng.registry.bodies import queries as bodies

ATTACHMENT_BYTES_MAX = 20 * 1024 * 1024
ATTACHMENTS_MAX = 20
TEXT_MAX = 50_000
# What is handed out to anyone is of a kind that no browser runs.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "zip": "application/zip",
}


class NothingSaid(ValueError):
    """A notice has a title and a text, a withdrawal a reason."""


class TooLong(ValueError):
    """The text is longer than a notice may be."""


class FileRefused(ValueError):
    """The file is too large, of a kind that is not handed out, or one too many."""


@transaction.atomic
def draft_notice(
    *,
    title_zh: str,
    text: str,
    issuer_code: str,
    title_en: str = "",
    number: str = "",
    by: int | None,
    at: datetime,
) -> int:
    """Begin a notice and return its number in the house; nobody else reads it yet.

    Args:
        title_zh: Its title.
        text: Plain; empty lines part its paragraphs.
        issuer_code: Code of the body that issues it.
        title_en: Its title in English; empty: none.
        number: As the issuing body counts; empty: none.
        by: Account acting.
        at: When. Aware.

    Raises:
        NothingSaid: If title or text is empty.
        TooLong: If the text has more than ``TEXT_MAX`` characters.
        UnknownBody: If there is no such body.
    """
    _check_words(title_zh, text)
    row = Notice.objects.create(
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        number=number.strip(),
        text=text.strip(),
        issuer_id=bodies.body_by_code(issuer_code).code,
        state=NoticeState.DRAFT,
        drafted_at=at,
        drafted_by=by,
    )
    audit.record("notice.drafted", subject=f"notice:{row.id}", by=by, at=at)
    return row.id


@transaction.atomic
def edit_notice(
    *,
    notice_id: int,
    title_zh: str,
    text: str,
    issuer_code: str,
    title_en: str = "",
    number: str = "",
    by: int | None,
    at: datetime,
) -> None:
    """Write a draft anew.

    Args:
        notice_id: The notice, a draft.
        title_zh: Its title.
        text: Plain; empty lines part its paragraphs.
        issuer_code: Code of the body that issues it.
        title_en: Its title in English; empty: none.
        number: As the issuing body counts; empty: none.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownNotice: If there is none.
        EventOutOfTurn: If it is no draft any more.
        NothingSaid: If title or text is empty.
        TooLong: If the text has more than ``TEXT_MAX`` characters.
        UnknownBody: If there is no such body.
    """
    _check_words(title_zh, text)
    row = _stepped(notice_id, NoticeEvent.EDIT)
    row.title_zh, row.title_en = title_zh.strip(), title_en.strip()
    row.number, row.text = number.strip(), text.strip()
    row.issuer_id = bodies.body_by_code(issuer_code).code
    row.save(update_fields=["title_zh", "title_en", "number", "text", "issuer_id"])
    audit.record("notice.edited", subject=f"notice:{row.id}", by=by, at=at)


@transaction.atomic
def attach_file(*, notice_id: int, name: str, body: bytes, by: int | None, at: datetime) -> int:
    """Attach a file to a draft and return the attachment's id.

    Args:
        notice_id: The notice, a draft.
        name: The file's name; its ending says of what kind it is.
        body: Its bytes, at most ``ATTACHMENT_BYTES_MAX``.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownNotice: If there is none.
        EventOutOfTurn: If it is no draft any more.
        FileRefused: If the file is empty, too large, of another kind, or one too many.
    """
    row = _stepped(notice_id, NoticeEvent.EDIT)
    media_type = MEDIA_TYPES.get(name.rpartition(".")[2].lower())
    there = row.attachments.filter(removed_at__isnull=True).count()
    if media_type is None or not 0 < len(body) <= ATTACHMENT_BYTES_MAX or there >= ATTACHMENTS_MAX:
        raise FileRefused(f"{name}, {len(body)} bytes, at a notice with {there} files")
    kept = files.keep(name=name, body=body, media_type=media_type, by=by, at=at)
    attachment = Attachment.objects.create(notice=row, file_id=kept.id, added_at=at)
    details = {"file": kept.id, "name": kept.name}
    audit.record("notice.attached", subject=f"notice:{row.id}", by=by, at=at, details=details)
    return attachment.id


@transaction.atomic
def detach_file(*, notice_id: int, attachment_id: int, by: int | None, at: datetime) -> None:
    """Take a file off a draft; it stays kept.

    Args:
        notice_id: The notice, a draft.
        attachment_id: The attachment.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownNotice: If there is none.
        EventOutOfTurn: If it is no draft any more.
        UnknownAttachment: If it has no such attachment.
    """
    row = _stepped(notice_id, NoticeEvent.EDIT)
    there = row.attachments.filter(id=attachment_id, removed_at__isnull=True)
    if not there.update(removed_at=at):
        raise UnknownAttachment(f"no attachment {attachment_id} at notice {notice_id}")
    details = {"attachment": attachment_id}
    audit.record("notice.detached", subject=f"notice:{row.id}", by=by, at=at, details=details)


@transaction.atomic
def publish_notice(*, notice_id: int, by: int | None, at: datetime) -> None:
    """Publish a draft: anyone may read it from now on, and nobody changes it any more.

    Args:
        notice_id: The notice, a draft.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownNotice: If there is none.
        EventOutOfTurn: If it is no draft any more.
    """
    row = _stepped(notice_id, NoticeEvent.PUBLISH)
    row.published_at, row.published_by = at, by
    row.published_on = timezone.localdate(at)
    row.save(update_fields=["state", "published_at", "published_by", "published_on"])
    details = {"title": row.title_zh}
    audit.record("notice.published", subject=f"notice:{row.id}", by=by, at=at, details=details)


@transaction.atomic
def withdraw_notice(*, notice_id: int, because: str, by: int | None, at: datetime) -> None:
    """Withdraw a notice, or give a draft up; its page says since when and why.

    Args:
        notice_id: The notice, a draft or published.
        because: Why, in words for its readers.
        by: Account acting.
        at: When. Aware.

    Raises:
        UnknownNotice: If there is none.
        EventOutOfTurn: If it was withdrawn already.
        NothingSaid: If no reason is given.
    """
    if not because.strip():
        raise NothingSaid("a withdrawal has a reason")
    row = _stepped(notice_id, NoticeEvent.WITHDRAW)
    row.withdrawn_at, row.withdrawn_by = at, by
    row.withdrawn_because = because.strip()
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_because"])
    details = {"because": row.withdrawn_because}
    audit.record("notice.withdrawn", subject=f"notice:{row.id}", by=by, at=at, details=details)


def _check_words(title: str, text: str) -> None:
    """Refuse what says nothing, or too much.

    Raises:
        NothingSaid: If title or text is empty.
        TooLong: If the text has more than ``TEXT_MAX`` characters.
    """
    if not title.strip() or not text.strip():
        raise NothingSaid("a notice has a title and a text")
    if len(text) > TEXT_MAX:
        raise TooLong(f"{len(text)} characters, at most {TEXT_MAX}")


def _stepped(notice_id: int, event: NoticeEvent) -> Notice:
    """Return the notice, its row locked, in the state that follows; not saved yet.

    Raises:
        UnknownNotice: If there is none.
        EventOutOfTurn: If the step is not possible now.
    """
    row = Notice.objects.select_for_update().filter(id=notice_id).first()
    if row is None:
        raise UnknownNotice(f"no notice {notice_id}")
    row.state = workflow.after(TRANSITIONS, NoticeState(row.state), event)
    return row
