"""Notices as anyone reads them."""

import pytest
from django.test import Client
from tests import two_districts

from hengneng.kernel import clock
from hengneng.people.accounts.rules.roles import Role
from hengneng.programme.notices import operations as notices


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def draft(city) -> int:
    return notices.draft_notice(
        title_zh="关于开展采集工作的通知", title_en="Notice on collection",
        number="监计量〔2026〕1号", text="第一段。\n\n<b>第二段</b>。",
        issuer_code="REGULATOR-310101", by=7, at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def published(draft) -> int:
    notices.attach_file(notice_id=draft, name="附件1.pdf", body=b"%PDF", by=7, at=clock.now())
    notices.publish_notice(notice_id=draft, by=7, at=clock.now())
    return draft


def test_without_any_the_home_page_says_what_belongs_there(client, db):
    assert "尚未发布通知。" in client.get("/").text
    assert "尚未发布通知。" in client.get("/notices").text


def test_the_latest_stand_on_the_home_page_and_in_the_archive(client, published):
    for address in ("/", "/notices"):
        assert f'href="/notices/{published}"' in client.get(address).text


def test_the_archive_is_searched(client, published):
    assert [row.id for row in client.get("/notices?search=采集").context["rows"]] == [published]
    assert "没有符合条件的通知。" in client.get("/notices?search=培训").text


def test_its_text_is_paragraphs_and_no_markup(client, published):
    text = client.get(f"/notices/{published}").text
    assert "<p>第一段。</p>" in text
    assert "&lt;b&gt;第二段&lt;/b&gt;" in text
    assert "监计量〔2026〕1号" in text


def test_its_file_is_saved_and_never_shown_inside_the_site(client, published):
    text = client.get(f"/notices/{published}").context["notice"]
    answer = client.get(f"/notices/{published}/files/{text.files[0].id}")
    assert (answer.content, answer["Content-Type"]) == (b"%PDF", "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert client.get(f"/notices/{published}/files/999").status_code == 404


def test_a_draft_is_nobody_s_but_its_writers(client, draft, city):
    assert client.get(f"/notices/{draft}").status_code == 404
    writer = Client()
    writer.force_login(two_districts.account(Role.CITY_OFFICIAL, city.own))
    assert "草稿" in writer.get(f"/notices/{draft}").text
    reader = Client()
    reader.force_login(two_districts.account(Role.DISTRICT_OFFICIAL, city.own))
    assert reader.get(f"/notices/{draft}").status_code == 404


def test_one_withdrawn_says_why_and_no_more(client, published):
    (file,) = client.get(f"/notices/{published}").context["notice"].files
    notices.withdraw_notice(notice_id=published, because="另行通知。", by=7, at=clock.now())
    text = client.get(f"/notices/{published}").text
    assert "另行通知。" in text
    assert "第一段" not in text
    assert client.get(f"/notices/{published}/files/{file.id}").status_code == 404
    assert client.get("/notices").context["rows"] == []


@pytest.mark.parametrize("words", ["page=0", "page=x", "page=99", "search=%00"])
def test_nonsense_in_the_address_is_borne(client, published, words):
    assert client.get(f"/notices?{words}").status_code == 200
