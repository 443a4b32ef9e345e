"""A list's way in by the desk: brought, arranged, tried, mended, imported; whose and how far."""

import io
from datetime import UTC, datetime

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import two_districts
from tests.unit.web.conftest import signed_in

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.imports import operations, tables
from hengneng.kernel.imports.models import Profile, Run
from hengneng.kernel.jobs.models import Progress
from hengneng.kernel.policy.models import Grant
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts.models import Membership
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.units.models import Unit

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
# A trial shows its progress on a connection of its own, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
OWN, FOREIGN, FRESH = "91310000MA1FL00016", "91310000MA1FL00024", "91310000MA1FL00030"
START = "/desk/imports"


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def listing(*rows, head="统一社会信用代码,单位名称,单位地址"):
    return "\n".join([head, *rows]).encode()


GOOD = listing(f"{OWN},甲大饭店,南京路 1 号", f"{FRESH},丙厂,")
BAD = listing(f"{OWN},甲大饭店,", "9131,丙厂,南京路 2 号")


def bring(client, body=GOOD, name="a.csv", kind="units"):
    return client.post(START, {"kind": kind, "file": SimpleUploadedFile(name, body)})


def brought(client, **said):
    """Return the run's own address."""
    answer = bring(client, **said)
    assert answer.status_code == 302, answer.text
    return answer["Location"].removesuffix("/sheet")


def choices(page, **said):
    """Return what the columns' form sends as it is shown, but for what is said."""
    form = page.context["form"]
    shown = {field.html_name: field.initial or "" for field in form}
    return shown | {"is_shared": ""} | said


def tried(client, address, **said):
    page = client.get(f"{address}/columns")
    answer = client.post(f"{address}/columns", choices(page, **said))
    assert answer.status_code == 302, answer.text
    operations.try_out(run_id=number(address), at=AT)
    return client.get(address)


def number(address):
    return int(address.rpartition("/")[2])


class TestBring:
    def test_leads_to_the_sheet_and_stays_for_later(self, official):
        address = brought(official)

        page = official.get(START)
        assert f'href="{address}/sheet"' in page.text
        assert "Brought, not tried yet" in page.text
        assert not Unit.objects.filter(code=FRESH).exists()

    @pytest.mark.parametrize(
        ("name", "body", "said"),
        [
            ("a.xlsm", b"PK", ".xlsm may hold macros; save the file as .xlsx or .csv"),
            ("a.pdf", b"%PDF", ".pdf is neither .csv nor .xlsx"),
            ("a.csv", b"", "The submitted file is empty."),
            ("a.xlsx", b"no workbook", "not an .xlsx workbook"),
        ],
    )
    def test_says_why_a_file_cannot_be_taken(self, official, name, body, said):
        answer = bring(official, body=body, name=name)

        assert answer.status_code == 422
        assert said in answer.text
        assert not Run.objects.exists()

    def test_takes_no_file_over_the_bound(self, official, monkeypatch):
        monkeypatch.setattr(tables, "BYTES_MAX", len(GOOD) - 1)
        assert "The file is over 0 MB." in bring(official).text
        monkeypatch.setattr(tables, "BYTES_MAX", len(GOOD))
        assert bring(official).status_code == 302

    def test_keeps_what_was_chosen_when_the_file_is_forgotten(self, official):
        answer = official.post(START, {"kind": "points"})

        assert answer.status_code == 422
        assert '<option value="points" selected>' in answer.text

    @pytest.mark.parametrize("kind", ["units", "listings", "equipment", "points", "instruments",
                                      "certificates"])  # fmt: skip
    def test_has_a_template_of_every_kind(self, official, kind):
        answer = official.get(f"{START}/templates/{kind}")

        book = python_calamine.load_workbook(io.BytesIO(answer.content))
        assert book.sheet_names[0] == kind
        assert f"{START}/templates/{kind}" in official.get(START).text

    def test_has_none_of_another(self, official):
        assert official.get(f"{START}/templates/people").status_code == 404


class TestArrange:
    def test_shows_where_the_headings_were_found(self, official):
        body = (
            "用能单位名录,,\n统一社会信用代码,单位名称,单位地址\n".encode()
            + (f"{OWN},甲,\n").encode()
        )
        page = official.get(f"{brought(official, body=body)}/sheet")

        assert page.context["form"].initial == {"sheet": "", "first": 2, "last": 2}

    def test_keeps_other_rows_of_headings(self, official):
        address = brought(official)
        answer = official.post(f"{address}/sheet", {"first": "2", "last": "3", "again": "1"})

        assert answer["Location"] == f"{address}/sheet"
        assert (Run.objects.get().header_first, Run.objects.get().header_last) == (2, 3)

    @pytest.mark.parametrize(
        ("first", "last", "status"),
        [("2", "1", 422), ("1", "3", 302), ("1", "4", 422), ("0", "1", 422), ("99", "99", 422)],
    )
    def test_refuses_rows_that_are_no_headings(self, official, first, last, status):
        address = brought(official)
        answer = official.post(f"{address}/sheet", {"first": first, "last": last})

        assert answer.status_code == status
        assert Run.objects.get().header_first == (None if status == 422 else 1)

    def test_recognises_columns_and_says_how_surely(self, official):
        page = official.get(f"{brought(official)}/columns")

        form = page.context["form"]
        assert form["at_code"].initial == "统一社会信用代码"
        assert "100 %" in page.text

    def test_asks_for_required_columns_and_keeps_what_was_typed(self, official):
        address = brought(official)
        page = official.get(f"{address}/columns")
        answer = official.post(
            f"{address}/columns", choices(page, at_code="", given_address="南京路")
        )

        assert answer.status_code == 422
        assert "Choose a heading, or say what counts for every row." in answer.text
        assert 'value="南京路"' in answer.text
        assert Run.objects.get().mapping is None

    def test_says_of_a_heading_that_stands_there_twice(self, official):
        body = listing(f"{OWN},甲,乙", head="统一社会信用代码,单位名称,单位名称")
        address = brought(official, body=body)

        for step in ("sheet", "columns"):
            page = official.get(f"{address}/{step}")
            assert "the column name stands there twice" in page.text
        assert official.post(f"{address}/columns", {}).status_code == 200

    def test_keeps_a_profile_and_reads_the_next_file_by_it(self, official):
        address = brought(official)
        tried(official, address, at_address="", profile="市级系统", is_shared="on")
        profile = Profile.objects.get()
        assert profile.body_code == "MUNICIPAL_REGULATOR"

        later = brought(official)
        assert "市级系统" in official.get(f"{later}/columns").text
        official.post(f"{later}/profile", {"profile": profile.pk})
        page = official.get(f"{later}/columns")
        assert page.context["form"]["at_address"].initial == ""

        official.post(f"{later}/profile", {"profile": profile.pk, "forget": "1"})
        assert not Profile.objects.exists()

    def test_uses_no_profile_of_others(self, official, city):
        two_districts.account(Role.DISTRICT_OFFICIAL, city.own)
        other = Profile.objects.create(kind="units", name="x", account_id=1, saved_at=AT)
        address = brought(official)

        for said in ({}, {"forget": "1"}):
            answer = official.post(f"{address}/profile", {"profile": other.pk} | said, follow=True)
            assert "is not yours" in answer.text
        assert Profile.objects.exists()


class TestPreview:
    def test_shows_what_is_new_and_changed(self, official):
        page = tried(official, brought(official))

        assert page.context["counts"] == {"refused": 0, "changed": 1, "new": 1, "unchanged": 0}
        assert "<del>甲饭店</del>" in page.text
        assert "<ins>甲大饭店</ins>" in page.text
        new = official.get(f"{page.request['PATH_INFO']}?show=new")
        assert "丙厂" in new.text
        assert "Import now" in new.text

    def test_shows_the_work_while_it_goes_on(self, official):
        address = brought(official)
        page = official.get(f"{address}/columns")
        official.post(f"{address}/columns", choices(page))
        assert "Waits for its turn." in official.get(address).text

        Progress.objects.update(total=40, done=10, started_at=AT)
        working = official.get(address)
        assert "10 of 40 steps" in working.text
        assert 'hx-trigger="every 2s"' in working.text
        # Nobody arranges what is being worked at.
        assert official.get(f"{address}/columns")["Location"] == address

    def test_imports_once(self, official):
        address = brought(official)
        tried(official, address)
        official.post(f"{address}/commit")
        operations.carry_out(run_id=number(address), at=AT)

        assert Unit.objects.get(code=FRESH).name == "丙厂"
        assert "Imported" in official.get(address).text
        again = official.post(f"{address}/commit", follow=True)
        assert "has gone on meanwhile" in again.text
        assert Entry.objects.filter(action="import.committed").count() == 1

    def test_says_why_it_broke_off(self, official, monkeypatch):
        address = brought(official)
        tried(official, address)
        official.post(f"{address}/commit")
        monkeypatch.setattr(tables, "ROWS_MAX", 1)
        operations.carry_out(run_id=number(address), at=AT)

        assert "the file has over 1 rows" in official.get(address).text


class TestMend:
    def test_refused_rows_are_mended_and_imported(self, official):
        address = brought(official, body=BAD)
        page = tried(official, address)
        assert page.context["counts"]["refused"] == 1
        assert "Import now" not in page.text

        answer = official.get(f"{address}/refused?format=csv")
        mended = answer.content.replace(b"9131,", FRESH.encode() + b",")
        file = SimpleUploadedFile("refused.csv", mended)
        assert official.post(f"{address}/mend", {"mended": file})["Location"] == address
        operations.try_out(run_id=number(address), at=AT)
        assert official.get(address).context["counts"]["new"] == 1

    def test_rows_mended_before_stay_mended(self, official):
        body = listing("9131,丙厂,", "9132,丁厂,", f"{OWN},甲大饭店,")
        address = brought(official, body=body)
        tried(official, address)
        first = official.get(f"{address}/refused?format=csv").content
        self.mend(official, address, first.replace(b"9131,", FRESH.encode() + b","))
        assert official.get(address).context["counts"] | {} == {
            "refused": 1, "changed": 1, "new": 1, "unchanged": 0,
        }  # fmt: skip

        second = official.get(f"{address}/refused?format=csv").content
        assert second.count("厂".encode()) == 1
        self.mend(official, address, second.replace(b"9132,", b","))
        counts = official.get(address).context["counts"]
        assert (counts["refused"], counts["new"], counts["changed"]) == (1, 1, 1)

        self.mend(official, address, "行号\n3\n".encode())
        counts = official.get(address).context["counts"]
        assert (counts["refused"], counts["new"], counts["changed"]) == (0, 1, 1)

    def test_a_second_list_that_is_none_leaves_the_first(self, official):
        address = brought(official, body=BAD)
        tried(official, address)
        first = official.get(f"{address}/refused?format=csv").content
        self.mend(official, address, first)
        file = SimpleUploadedFile("b.csv", GOOD)

        answer = official.post(f"{address}/mend", {"mended": file}, follow=True)
        assert "This is no list of refused rows of this file" in answer.text
        assert Run.objects.get().state == "REFUSED"

    def mend(self, official, address, body):
        official.post(f"{address}/mend", {"mended": SimpleUploadedFile("refused.csv", body)})
        operations.try_out(run_id=number(address), at=AT)

    def test_a_refused_list_is_a_workbook_too(self, official):
        address = brought(official, body=BAD)
        tried(official, address)

        book = python_calamine.load_workbook(io.BytesIO(official.get(f"{address}/refused").content))
        rows = book.get_sheet_by_index(0).to_python()
        assert rows[1][0] == "3"
        assert rows[1][2:4] == ["9131", "丙厂"]

    def test_asks_for_the_file(self, official):
        address = brought(official, body=BAD)
        tried(official, address)

        assert "This field is required." in official.post(f"{address}/mend", follow=True).text

    def test_says_what_is_wrong_with_a_strange_list(self, official):
        address = brought(official, body=BAD)
        tried(official, address)
        official.post(f"{address}/mend", {"mended": SimpleUploadedFile("b.csv", GOOD)})
        operations.try_out(run_id=number(address), at=AT)

        assert "mend the downloaded list of refused rows" in official.get(address).text


class TestReach:
    def test_another_accounts_file_is_not_there(self, official, district_official):
        address = brought(official, body=BAD)
        tried(official, address)

        for part in ("", "/sheet", "/columns", "/refused"):
            answer = district_official.get(address + part)
            assert (answer.status_code, answer["Location"]) == (302, START)
        for part in ("/profile", "/try", "/mend", "/commit", "/sheet", "/columns"):
            assert district_official.post(address + part)["Location"] == START
        assert OWN not in district_official.get(START).text

    def test_a_district_brings_its_own_units_only(self, district_official):
        body = listing(f"{OWN},甲大饭店,", f"{FOREIGN},乙大商场,")
        page = tried(district_official, brought(district_official, body=body))

        assert page.context["counts"] | {} == {
            "refused": 1, "changed": 1, "new": 0, "unchanged": 0,
        }  # fmt: skip
        assert "the unit is none of yours" in page.text
        assert "乙商场" not in page.text

    def test_a_manager_may_bring_lists_where_it_is_granted(self, city, manager):
        assert manager.get(START).status_code == 403
        holder = Membership.objects.get(role=Role.ENERGY_MANAGER).account_id
        Grant.objects.create(
            account_id=holder, unit_id=city.own.unit.id, permission=Permission.EDIT_REGISTRY,
            granted_at=two_districts.SINCE,
        )  # fmt: skip

        assert 'href="/desk/imports"' in manager.get(START).text
        body = listing(f"{OWN},甲大饭店,", f"{FOREIGN},乙大商场,")
        page = tried(manager, brought(manager, body=body))
        assert page.context["counts"]["refused"] == 1

    def test_nothing_goes_on_with_less_reach(self, city, official):
        address = brought(official)
        tried(official, address)
        Membership.objects.filter(role=Role.CITY_OFFICIAL).update(ended_at=AT)
        holder = Membership.objects.get(role=Role.CITY_OFFICIAL).account_id
        Grant.objects.create(
            account_id=holder, unit_id=city.own.unit.id, permission=Permission.EDIT_REGISTRY,
            granted_at=two_districts.SINCE,
        )  # fmt: skip

        for part in ("/commit", "/try"):
            assert "bring it again" in official.post(address + part, follow=True).text
        assert Run.objects.get().state == "READY"


def test_the_wizard_is_chinese(city):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(two_districts.account(Role.CITY_OFFICIAL, city.own))
    address = brought(client, body=BAD)
    page = tried(client, address)

    assert "导入名单" in client.get(START).text
    assert "“9131”不是统一社会信用代码：应为 18 位" in page.text
    assert signed_in(Role.ADMINISTRATOR, city).get(START).status_code == 200
