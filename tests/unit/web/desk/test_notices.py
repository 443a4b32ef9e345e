"""Writing, publishing and withdrawing notices at the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.people.accounts.models import Membership
from hengneng.programme.notices import queries
from hengneng.programme.notices.models import Notice
from hengneng.programme.notices.states import NoticeState

WRITER = Viewer(account_id=7, city=frozenset({Permission.PUBLISH_NOTICE}))
WORDS = {"title_zh": "采集通知", "text": "正文。", "issuer": "REGULATOR-310101"}


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def draft(official) -> int:
    answer = official.post("/desk/notices/new", WORDS)
    notice_id = Notice.objects.latest("id").id
    assert answer["Location"] == f"/desk/notices/{notice_id}"
    return notice_id


def stands(notice_id) -> queries.NoticeText:
    return queries.notice(notice_id, viewer=WRITER)


def test_begins_for_the_writer_s_own_body(official, city):
    own = Membership.objects.get(account__name="a city_official").body.code

    assert f'<option value="{own}" selected>' in official.get("/desk/notices/new").text


def test_a_draft_is_saved_and_changed(official, draft):
    changed = WORDS | {"text": "新正文。", "number": "1号"}
    assert official.post(f"/desk/notices/{draft}", changed).status_code == 302
    assert (stands(draft).text, stands(draft).row.number) == ("新正文。", "1号")
    assert 'value="1号"' in official.get(f"/desk/notices/{draft}").text


def test_what_is_missing_is_said_beside_its_field(official, city):
    answer = official.post("/desk/notices/new", WORDS | {"title_zh": ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["title_zh"])


def test_files_come_and_go_while_it_is_a_draft(official, draft):
    upload = SimpleUploadedFile("附件1.pdf", b"%PDF")
    official.post(f"/desk/notices/{draft}/attach", {"file": upload})
    (file,) = stands(draft).files
    assert file.name == "附件1.pdf"
    official.post(f"/desk/notices/{draft}/detach", {"attachment": file.id})
    assert stands(draft).files == []


@pytest.mark.parametrize("name", ["x.exe", "x.html"])
def test_a_file_of_another_kind_is_refused_in_words(official, draft, name):
    sent = {"file": SimpleUploadedFile(name, b"MZ")}
    answer = official.post(f"/desk/notices/{draft}/attach", sent, follow=True)
    assert "The file was not taken" in answer.text
    assert stands(draft).files == []


def test_published_it_is_changed_no_more(official, draft):
    official.post(f"/desk/notices/{draft}/publish")
    assert stands(draft).row.state == NoticeState.PUBLISHED
    answer = official.post(f"/desk/notices/{draft}", WORDS | {"text": "x"})
    assert answer.status_code == 422
    assert "This notice is no draft any more." in answer.text
    assert stands(draft).text == "正文。"


@pytest.mark.parametrize("because", ["", "字" * 401])
def test_a_withdrawal_has_a_reason(official, draft, because):
    official.post(f"/desk/notices/{draft}/withdraw", {"because": because})
    assert stands(draft).row.state == NoticeState.DRAFT


def test_withdrawn_it_says_why(official, draft):
    official.post(f"/desk/notices/{draft}/publish")
    official.post(f"/desk/notices/{draft}/withdraw", {"because": "有误"})
    assert stands(draft).withdrawn_because == "有误"
    assert "有误" in official.get(f"/desk/notices/{draft}").text


def test_the_list_is_narrowed_by_standing(official, draft, city):
    every = official.get("/desk/notices").context["rows"]
    assert {row.id for row, _ in every} == {draft, city.own.notice.id, city.foreign.notice.id}
    assert official.get("/desk/notices?state=PUBLISHED").context["rows"] == []
    assert len(official.get("/desk/notices?state=x").context["rows"]) == 3


@pytest.mark.parametrize("act", ["publish", "withdraw", "attach", "detach"])
def test_a_notice_that_is_not_there_changes_nothing(official, city, act):
    assert official.get("/desk/notices/999").status_code == 404
    sent = {"because": "x", "attachment": "1", "file": SimpleUploadedFile("a.pdf", b"%PDF")}
    assert official.post(f"/desk/notices/999/{act}", sent)["Location"] == "/desk/notices"
