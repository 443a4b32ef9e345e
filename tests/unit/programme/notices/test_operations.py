from datetime import UTC, date, datetime

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn
from hengneng.programme.notices import operations, queries
from hengneng.programme.notices.models import Notice
from hengneng.programme.notices.states import NoticeState
from hengneng.registry.bodies.queries import UnknownBody

AT = datetime(2020, 7, 6, 17, tzinfo=UTC)  # the 7th in the city
WRITER = Viewer(account_id=7, city=frozenset({Permission.PUBLISH_NOTICE}))


def last_entry():
    entry = Entry.objects.latest("sequence")
    return entry.action, entry.subject, entry.by, entry.details


def attach(notice_id, name="annex.pdf", body=b"%PDF"):
    return operations.attach_file(notice_id=notice_id, name=name, body=body, by=7, at=AT)


class TestDraftNotice:
    def test_keeps_what_was_written(self, draft):
        text = queries.notice(draft, viewer=WRITER)
        assert (text.row.name_zh, text.row.number) == (
            "关于开展能源计量重点工作的通知", "沪市监计量〔2020〕321号",
        )  # fmt: skip
        assert (text.text, text.issuer_code, text.files) == (
            "各区：\n\n现通知如下。",
            "REGULATOR",
            [],
        )
        assert (text.row.state, text.row.published_on) == (NoticeState.DRAFT, None)

    def test_writes_one_entry(self, draft):
        assert last_entry() == ("notice.drafted", f"notice:{draft}", 7, {})

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            ({"title_zh": " "}, operations.NothingSaid),
            ({"text": "\n"}, operations.NothingSaid),
            ({"text": "字" * 50_001}, operations.TooLong),
            ({"issuer_code": "NOBODY"}, UnknownBody),
        ],
    )
    def test_refuses_what_is_no_notice(self, regulator, words, error):
        given = {"title_zh": "标题", "text": "正文", "issuer_code": "REGULATOR"} | words
        with pytest.raises(error):
            operations.draft_notice(**given, by=7, at=AT)
        assert not Notice.objects.exists()


class TestEditNotice:
    def test_writes_a_draft_anew(self, draft):
        operations.edit_notice(
            notice_id=draft, title_zh="新题", text="新文", issuer_code="REGULATOR", by=8, at=AT
        )
        text = queries.notice(draft, viewer=WRITER)
        assert (text.row.name_zh, text.row.name_en, text.text) == ("新题", "", "新文")
        assert last_entry()[:3] == ("notice.edited", f"notice:{draft}", 8)

    def test_leaves_what_is_published_alone(self, published):
        with pytest.raises(EventOutOfTurn):
            operations.edit_notice(
                notice_id=published, title_zh="新题", text="新文", issuer_code="REGULATOR",
                by=8, at=AT,
            )  # fmt: skip
        assert queries.notice(published).text == "各区：\n\n现通知如下。"


class TestAttachments:
    def test_a_file_is_kept_exactly(self, draft):
        attachment_id = attach(draft, "附件1.pdf", b"%PDF-1.7")
        (row,) = queries.notice(draft, viewer=WRITER).files
        assert (row.id, row.name, row.size) == (attachment_id, "附件1.pdf", 8)
        assert row.media_type == "application/pdf"
        assert files.read(row.file_id) == b"%PDF-1.7"
        assert last_entry()[0] == "notice.attached"

    @pytest.mark.parametrize(
        ("name", "body"), [("x.html", b"<p>"), ("x", b"x"), ("x.pdf", b""), (".svg", b"<svg>")]
    )
    def test_other_kinds_are_refused(self, draft, name, body):
        with pytest.raises(operations.FileRefused):
            attach(draft, name, body)
        assert queries.notice(draft, viewer=WRITER).files == []

    def test_a_file_over_the_limit_is_refused(self, draft, monkeypatch):
        monkeypatch.setattr(operations, "ATTACHMENT_BYTES_MAX", 3)
        assert attach(draft, body=b"123")
        with pytest.raises(operations.FileRefused):
            attach(draft, body=b"1234")

    def test_one_too_many_is_refused(self, draft, monkeypatch):
        monkeypatch.setattr(operations, "ATTACHMENTS_MAX", 1)
        attach(draft)
        with pytest.raises(operations.FileRefused):
            attach(draft)

    def test_one_taken_off_is_not_shown_and_stays_kept(self, draft):
        attachment_id = attach(draft)
        (row,) = queries.notice(draft, viewer=WRITER).files
        operations.detach_file(notice_id=draft, attachment_id=attachment_id, by=7, at=AT)
        assert queries.notice(draft, viewer=WRITER).files == []
        assert files.read(row.file_id) == b"%PDF"
        with pytest.raises(queries.UnknownAttachment):
            operations.detach_file(notice_id=draft, attachment_id=attachment_id, by=7, at=AT)

    def test_nothing_is_added_to_what_is_published(self, published):
        with pytest.raises(EventOutOfTurn):
            attach(published)


class TestPublishNotice:
    def test_opens_it_to_anyone_from_the_city_s_day_on(self, draft):
        operations.publish_notice(notice_id=draft, by=7, at=AT)
        row = queries.notice(draft).row
        assert (row.state, row.published_on) == (NoticeState.PUBLISHED, date(2020, 7, 7))
        details = {"title": "关于开展能源计量重点工作的通知"}
        assert last_entry() == ("notice.published", f"notice:{draft}", 7, details)

    def test_happens_once(self, published):
        with pytest.raises(EventOutOfTurn):
            operations.publish_notice(notice_id=published, by=7, at=AT)

    def test_wants_a_notice(self, db):
        with pytest.raises(queries.UnknownNotice):
            operations.publish_notice(notice_id=1, by=7, at=AT)


class TestWithdrawNotice:
    def test_says_since_when_and_why(self, published):
        operations.withdraw_notice(notice_id=published, because=" 另行通知 ", by=7, at=AT)
        text = queries.notice(published)
        assert (text.row.state, text.row.withdrawn_at) == (NoticeState.WITHDRAWN, AT)
        assert text.withdrawn_because == "另行通知"
        assert queries.published() == []

    def test_wants_a_reason(self, published):
        with pytest.raises(operations.NothingSaid):
            operations.withdraw_notice(notice_id=published, because=" ", by=7, at=AT)
        assert queries.notice(published).row.state == NoticeState.PUBLISHED
