from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.programme.notices import operations, queries

DRAFTED_AT = datetime(2020, 7, 6, 1, tzinfo=UTC)
WRITER = Viewer(account_id=7, city=frozenset({Permission.PUBLISH_NOTICE}))


def publish(title, days, text="正文"):
    at = DRAFTED_AT + timedelta(days=days)
    notice_id = operations.draft_notice(
        title_zh=title, text=text, issuer_code="REGULATOR", by=7, at=at
    )
    operations.publish_notice(notice_id=notice_id, by=7, at=at)
    return notice_id


class TestWhoReads:
    def test_a_draft_is_its_writers(self, draft):
        assert queries.notice(draft, viewer=WRITER).row.id == draft
        with pytest.raises(queries.UnknownNotice):
            queries.notice(draft, viewer=VISITOR)

    def test_a_draft_given_up_stays_with_its_writers(self, draft):
        operations.withdraw_notice(notice_id=draft, because="重复", by=7, at=DRAFTED_AT)
        with pytest.raises(queries.UnknownNotice):
            queries.notice(draft)

    def test_files_of_what_is_withdrawn_are_not_handed_out(self, draft):
        attachment_id = operations.attach_file(
            notice_id=draft, name="a.pdf", body=b"%PDF", by=7, at=DRAFTED_AT
        )
        operations.publish_notice(notice_id=draft, by=7, at=DRAFTED_AT)
        assert queries.attachment(draft, attachment_id).name == "a.pdf"
        operations.withdraw_notice(notice_id=draft, because="有误", by=7, at=DRAFTED_AT)
        with pytest.raises(queries.UnknownAttachment):
            queries.attachment(draft, attachment_id)
        assert queries.attachment(draft, attachment_id, viewer=WRITER).name == "a.pdf"


class TestPublished:
    def test_newest_first_and_no_more_than_asked_for(self, draft):
        ids = [publish(f"第{day}号", day) for day in (2, 3, 1)]
        assert [row.id for row in queries.published(2)] == [ids[1], ids[0]]

    def test_pages_and_their_total(self, regulator):
        ids = [publish(f"第{day}号", day) for day in range(3)]
        page = queries.published_page(page=2, size=2)
        assert ([row.id for row in page.rows], page.total) == ([ids[0]], 3)
        assert queries.published_page(page=9, size=2).rows == []

    def test_searches_title_and_text(self, regulator):
        first, second = publish("审查", 1), publish("采集", 2, text="附件见官网")
        assert [row.id for row in queries.published_page(search="审查").rows] == [first]
        assert [row.id for row in queries.published_page(search="官网").rows] == [second]

    def test_costs_three_queries_whatever_it_holds(self, regulator):
        for day in range(5):
            publish(f"第{day}号", day)
        with CaptureQueriesContext(connection) as caught:
            queries.published_page()
        assert len(caught) == 3


def test_written_tells_drafts_from_the_rest(draft):
    there = publish("已发布", 1)
    assert [row.id for row in queries.written().rows] == [there, draft]
    assert [row.id for row in queries.written(state="DRAFT").rows] == [draft]
