"""What an official enters in a unit's card: dated, recorded, persons sealed and masked by role."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from tests import ledger_samples as samples
from tests import two_districts

from hengneng.kernel import clock
from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.units import queries

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
ANYWHERE = Viewer(city=frozenset({Permission.VIEW_UNIT, Permission.VIEW_PERSONAL}))
SAID = {
    "industry_code": "H6110", "industry_name": "旅游饭店", "sector": "商业",
    "department": "市商务委", "address": "中山东一路1号", "ground": "CHANGED",
    "since": "2026-03-01",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def unit(city):
    return city.own.unit


@pytest.fixture
def page(unit):
    return f"/desk/units/{unit.code}"


@pytest.fixture
def administrator(city) -> Client:
    """One who keeps records and sees persons masked."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(two_districts.account(Role.ADMINISTRATOR, city.own))
    return client


def card(unit, **more):
    return queries.unit_card(ANYWHERE, Permission.VIEW_UNIT, unit.code, **more)


class TestParticulars:
    def test_hold_from_their_day_on(self, official, unit, page):
        answer = official.post(f"{page}/particulars", SAID, follow=True)

        assert "The card says so now." in answer.text
        said = card(unit).particulars
        assert said[:5] == ("商业", "中山东一路1号", "H6110", "旅游饭店", "市商务委")
        before = card(unit, at=datetime(2026, 2, 28, 15, 59, tzinfo=UTC)).particulars
        assert (before.industry_code, before.department) == ("", "")
        entry = Entry.objects.get(action="unit.described")
        assert (entry.subject, entry.details["industry_code"]) == (f"unit:{unit.code}", "H6110")

    def test_entered_wrongly_are_corrected_for_as_long_as_they_stood(self, official, unit, page):
        official.post(f"{page}/particulars", SAID)
        then = facts.settle()

        sent = SAID | {"department": "市旅游局", "ground": "WRONG", "since": ""}
        official.post(f"{page}/particulars", sent)

        march = datetime(2026, 3, 1, 4, tzinfo=UTC)
        assert card(unit, at=march).particulars.department == "市旅游局"
        assert card(unit, at=march, as_of=then).particulars.department == "市商务委"
        assert Entry.objects.filter(action="unit.corrected").count() == 1

    def test_begin_with_what_the_card_says(self, official, page):
        official.post(f"{page}/particulars", SAID)

        form = official.get(f"{page}/particulars").context["form"]

        assert form.initial["department"] == "市商务委"

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"since": ""}, "since"),
            ({"since": "2026-03-11"}, "since"),
            ({"industry_code": "H61100"}, "industry_code"),
            ({"industry_code": "U6110"}, "industry_code"),
            ({"address": "路" * 201}, "address"),
            ({"ground": ""}, "ground"),
        ],
    )
    def test_that_cannot_be_stay_in_the_form(self, official, unit, page, changed, field):
        answer = official.post(f"{page}/particulars", SAID | changed)

        form = answer.context["form"]
        assert (answer.status_code, list(form.errors)) == (422, [field])
        for name, text in (SAID | changed).items():
            assert (form[name].value() or "") == text
        assert card(unit).particulars is None

    def test_of_today_are_taken(self, official, unit, page):
        official.post(f"{page}/particulars", SAID | {"since": "2026-03-10"})

        assert card(unit).particulars.industry_code == "H6110"

    def test_that_say_nothing_new_are_refused(self, official, page):
        official.post(f"{page}/particulars", SAID)

        answer = official.post(f"{page}/particulars", SAID)

        assert list(answer.context["form"].errors) == ["__all__"]
        assert Entry.objects.filter(action="unit.described").count() == 1

    def test_of_a_foreign_unit_are_out_of_reach(self, district_official, city):
        address = f"/desk/units/{city.foreign.unit.code}/particulars"

        assert district_official.get(address).status_code == 404
        assert district_official.post(address, SAID).status_code == 404

    def test_are_not_the_manager_s_to_change(self, manager, page):
        assert manager.post(f"{page}/particulars", SAID).status_code == 403


class TestLegalPerson:
    def test_is_named_from_a_day_on_and_masked_by_role(self, official, administrator, unit, page):
        sent = {"name": "欧阳修", "since": "2026-03-01"}
        official.post(f"{page}/legal-person", sent)

        assert card(unit).particulars.legal_person.name == "欧阳修"
        assert "欧阳修" in official.get(f"{page}/card").text
        assert "欧阳修" not in administrator.get(f"{page}/card").text
        assert "欧阳修" not in str(list(Entry.objects.values_list("details", flat=True)))

    @pytest.mark.parametrize(
        ("changed", "field"), [({"name": " "}, "name"), ({"since": "2026-03-11"}, "since")]
    )
    def test_needs_a_name_and_a_day_that_has_come(self, official, page, changed, field):
        sent = {"name": "欧阳修", "since": "2026-03-10"} | changed
        answer = official.post(f"{page}/legal-person", sent)

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert not Entry.objects.filter(action="unit.legal_person_named").exists()


class TestFacilities:
    SENT = {"kind": "DATA_CENTRE", "is_run": "yes", "since": "2026-03-01", "last": ""}

    def test_are_run_in_a_span_of_days(self, official, unit, page):
        official.post(f"{page}/facilities", self.SENT | {"last": "2026-03-05"})

        def kinds(day):
            at = datetime(2026, 3, day, 4, tzinfo=UTC)
            return [one.kind for one in card(unit, at=at).facilities]

        assert (kinds(1), kinds(5), kinds(6)) == (["DATA_CENTRE"], ["DATA_CENTRE"], [])

    def test_are_run_no_more_from_a_day_on(self, official, unit, page):
        official.post(f"{page}/facilities", self.SENT)
        official.post(f"{page}/facilities", self.SENT | {"is_run": "no", "since": "2026-03-09"})

        assert card(unit).facilities == []
        (one,) = card(unit, at=datetime(2026, 3, 8, 15, tzinfo=UTC)).facilities
        assert one.valid_until == datetime(2026, 3, 8, 16, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"kind": "CASTLE"}, "kind"),
            ({"last": "2026-02-28"}, "last"),
            ({"since": "2026-03-11"}, "since"),
        ],
    )
    def test_that_cannot_be_stay_in_the_form(self, official, unit, page, changed, field):
        answer = official.post(f"{page}/facilities", self.SENT | changed)

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert answer.context["form"]["kind"].value() == (self.SENT | changed)["kind"]
        assert card(unit).facilities == []

    def test_of_one_day_are_taken(self, official, unit, page):
        official.post(f"{page}/facilities", self.SENT | {"last": "2026-03-01"})

        assert len(card(unit, at=datetime(2026, 3, 1, 4, tzinfo=UTC)).facilities) == 1


class TestContacts:
    SENT = {
        "role": "DATA_CONTACT", "name": "苏轼", "phone": "13812345678", "email": "su@example.com",
        "post": "设备主管", "training": "", "since": "2026-03-01",
    }  # fmt: skip

    @pytest.fixture
    def named(self, official, unit, page):
        official.post(f"{page}/contacts", self.SENT)
        (one,) = card(unit).contacts
        return one

    def at(self, page, one, tail=""):
        return f"{page}/contacts/{one.person.id}/{one.role}{tail}"

    def test_are_named_from_a_day_on(self, named):
        assert (named.person.name, named.person.phone, named.post) == (
            "苏轼", "13812345678", "设备主管",
        )  # fmt: skip
        assert clock.day_of(named.valid_from) == date(2026, 3, 1)

    def test_without_a_name_stay_in_the_form(self, official, unit, page):
        answer = official.post(f"{page}/contacts", self.SENT | {"name": ""})

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
        assert answer.context["form"]["phone"].value() == "13812345678"
        assert card(unit).contacts == []

    def test_are_corrected_whole_by_whom_sees_them_whole(self, named, official, unit, page):
        form = official.get(self.at(page, named)).context["form"]
        assert form.initial["phone"] == "13812345678"

        official.post(self.at(page, named), self.SENT | {"phone": "13900000000"})

        (one,) = card(unit).contacts
        assert (one.person.phone, one.person.name) == ("13900000000", "苏轼")

    def test_keep_what_an_administrator_does_not_see(self, named, administrator, unit, page):
        answer = administrator.get(self.at(page, named))
        assert set(answer.context["form"].fields) == {"post", "training"}
        assert "13812345678" not in answer.text
        assert "苏轼" not in answer.text

        administrator.post(self.at(page, named), {"post": "值班长", "training": "2026"})

        (one,) = card(unit).contacts
        assert (one.person.phone, one.person.name, one.post) == ("13812345678", "苏轼", "值班长")

    def test_are_given_another_role(self, named, official, unit, page):
        sent = {"role": "METERING_LEAD", "post": "主管", "since": "2026-03-05"}
        official.post(self.at(page, named, "/another"), sent)

        assert {one.role: one.post for one in card(unit).contacts} == {
            "DATA_CONTACT": "设备主管", "METERING_LEAD": "主管",
        }  # fmt: skip

    def test_have_a_role_no_more(self, named, official, unit, page):
        official.post(self.at(page, named, "/end"), {"ended_on": "2026-03-10"})

        assert card(unit).contacts == []
        assert len(card(unit, at=datetime(2026, 3, 9, 15, tzinfo=UTC)).contacts) == 1
        assert Entry.objects.filter(action="unit.contact_ended").count() == 1

    @pytest.mark.parametrize("tail", ["", "/another", "/end"])
    def test_in_another_role_or_unit_are_not_there(self, named, official, page, city, tail):
        foreign = samples.person_of(city.foreign)

        assert official.get(f"{page}/contacts/{foreign}/{samples.ROLE}{tail}").status_code == 404
        assert official.get(f"{page}/contacts/{named.person.id}/GENERAL{tail}").status_code == 404


def test_only_who_keeps_records_is_led_to_the_forms(official, manager, page):
    assert f"{page}/particulars" in official.get(f"{page}/card").text
    assert f"{page}/particulars" not in manager.get(f"{page}/card").text
