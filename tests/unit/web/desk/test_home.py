"""The desk's first pages, and the figures of one's own duty."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from tests import two_districts

from hengneng.kernel import clock
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.terminals.models import Terminal
from hengneng.script import rooms
from hengneng.web.desk import acts


def told(answer) -> list[list[str]]:
    """The rows of a file."""
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def tallies(answer) -> list[int | None]:
    return [tab.tally for tab in answer.context["tabs"]]


class TestToDo:
    def test_joins_what_waits(self, city, official):
        answer = official.get("/desk/")
        assert tallies(answer) == [4, None, 0]
        assert f"/desk/terminals/{city.own.terminal.id}/admit" in answer.text
        assert f"/desk/proposals/{city.own.proposal.id}" in answer.text

    def test_shows_an_official_the_own_district_only(self, city, district_official):
        answer = district_official.get("/desk/")
        assert tallies(answer) == [2, None, 0]
        assert city.foreign.unit.name not in answer.text

    def test_puts_the_contested_first_and_alerts(self, city, official):
        Terminal.objects.filter(id=city.foreign.terminal.id).update(
            is_contested=True, requested_at=clock.now()
        )
        answer = official.get("/desk/")
        assert answer.context["todos"][0].unit_code == city.foreign.unit.code
        assert "check with the unit first" in answer.text

    def test_says_how_long_each_waits(self, city, official):
        Terminal.objects.update(requested_at=clock.now() - timedelta(days=3, hours=1))
        assert "waits 3 days" in official.get("/desk/").text

    def test_teaches_who_has_nothing_to_decide(self, manager):
        answer = manager.get("/desk/")
        assert "Nothing waits for you." in answer.text
        assert "Your role has nothing to decide yet" in answer.text

    def test_is_exported(self, city, district_official):
        rows = told(district_official.get("/desk/?format=csv"))
        assert sorted(row[:3] for row in rows[1:]) == [
            ["Point", "Unit 91310000MA1FL00016", "91310000MA1FL00016"],
            ["Terminal", "Unit 91310000MA1FL00016", "91310000MA1FL00016"],
        ]  # fmt: skip
        assert district_official.get("/desk/?format=exe").status_code == 404

    def test_is_found_without_the_last_stroke(self, official):
        assert official.get("/desk")["Location"] == "/desk/"

    def test_costs_a_bounded_number_of_queries(self, city, official, django_assert_max_num_queries):
        with django_assert_max_num_queries(31):
            official.get("/desk/")


class TestDone:
    def test_shows_one_s_own_acts_newest_first(self, city, official, district_official):
        official.post(f"/desk/terminals/{city.own.terminal.id}/refuse", {"reason": "not ours"})
        official.post(f"/desk/proposals/{city.foreign.proposal.id}/refuse")
        answer = official.get("/desk/done")
        assert [(str(one.said), one.unit_name, one.what) for one in answer.context["acts"]] == [
            ("refused a proposed point", "Unit 91310000MA1FL00024", "二号表"),
            ("refused a terminal", "Unit 91310000MA1FL00016", ""),
        ]  # fmt: skip
        assert district_official.get("/desk/done").context["acts"] == []

    def test_is_exported(self, city, official):
        official.post(f"/desk/terminals/{city.own.terminal.id}/refuse", {"reason": "not ours"})
        (row,) = told(official.get("/desk/done?format=csv"))[1:]
        assert row[2:] == [
            "refused a terminal",
            "Unit 91310000MA1FL00016",
            "91310000MA1FL00016",
            "",
        ]

    def test_says_that_nothing_is_done_yet(self, official):
        assert "Nothing done yet." in official.get("/desk/done").text


class TestSetGoing:
    def test_waits_for_the_terminal_until_it_is_due(self, city, official, district_official):
        official.post(f"/desk/terminals/{city.own.terminal.id}/admit")
        answer = official.get("/desk/started")
        (row,) = answer.context["admitted"]
        assert row.unit_code == city.own.unit.code
        assert row.due_at == row.admitted_at + timedelta(hours=24)
        assert tallies(answer) == [3, None, 1]
        assert district_official.get("/desk/started").context["admitted"] == []

    def test_ends_when_the_time_is_over(self, city, official):
        official.post(f"/desk/terminals/{city.own.terminal.id}/admit")
        Terminal.objects.update(admitted_at=clock.now() - timedelta(hours=25))
        answer = official.get("/desk/started")
        assert answer.context["admitted"] == []
        assert "Nothing of yours waits for others." in answer.text

    def test_is_exported(self, city, official):
        official.post(f"/desk/terminals/{city.own.terminal.id}/admit")
        (row,) = told(official.get("/desk/started?format=csv"))[1:]
        assert row[:2] == ["Unit 91310000MA1FL00016", "91310000MA1FL00016"]


class TestDuty:
    def test_counts_units_by_standing(self, city, official):
        whole = official.get("/desk/").context["duty"].whole
        assert (whole.units, dict(whole.standings)) == (
            2, {"LIVE": 0, "LATE": 0, "SILENT": 0, "NEVER": 2},
        )  # fmt: skip

    def test_shows_the_city_its_districts(self, city, official):
        lines = official.get("/desk/").context["duty"].districts
        assert [(line.code, line.reach.units, line.tonnes) for line in lines] == [
            ("310101", 1, None), ("310104", 1, None),
        ]  # fmt: skip

    def test_shows_a_district_itself_alone(self, district_official):
        duty = district_official.get("/desk/").context["duty"]
        assert (duty.whole.units, duty.districts) == (1, [])

    @pytest.mark.parametrize(
        ("role", "is_shown"),
        [(Role.INSTITUTE_ENGINEER, True), (Role.ADMINISTRATOR, True), (Role.CITY_OFFICIAL, False)],
    )
    def test_shows_the_record_to_who_keeps_it(self, city, role, is_shown):
        client = Client(headers={"accept-language": "en"})
        client.force_login(two_districts.account(role, city.own))
        assert (client.get("/desk/").context["journal"] is not None) == is_shown


def test_every_act_of_a_person_has_its_words():
    recorded = {
        action
        for path in rooms.sources()
        if path.name != "acts.py"
        for action in re.findall(
            r'(?:record|_record|_record_\w+)\(\s*"([a-z]+\.[a-z_]+)"', path.read_text()
        )
    }
    by_machines = {
        "instruments.proposed", "point.proposed", "terminal.requested", "terminal.issued",
        "terminal.configured",
    }  # fmt: skip
    assert recorded - by_machines - acts.ACTIONS.keys() == set()
