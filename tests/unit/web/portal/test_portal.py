"""A unit's own pages: whose they are, and their figures to the digit."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from tests import two_districts

from hengneng.insight.coverage.queries import Standing
from hengneng.kernel import clock
from hengneng.people.accounts.models import Membership
from hengneng.people.accounts.rules.roles import Role
from hengneng.protocol.national import write_energy
from hengneng.protocol.records import Content, Flaw, Record
from hengneng.registry.points.models import Source
from hengneng.registry.terminals.models import Terminal
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

from .conftest import YESTERDAY, signed_in

CHAPTERS = ["", "points", "completeness", "consumption", "devices", "rejected"]
LISTS = ["points", "completeness", "consumption", "devices", "rejected"]


def page(client, world, chapter="", words=""):
    answer = client.get(f"/portal/{world.code}/{chapter}?{words}")
    assert answer.status_code == 200
    return answer


def rows_of(answer) -> list[list[str]]:
    """Return the lines of a csv file below its head."""
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]


def exported(client, world, chapter, words=""):
    answer = client.get(f"/portal/{world.code}/{chapter}/file?format=csv&{words}")
    assert answer.status_code == 200
    return rows_of(answer)


class TestWhoseItIs:
    def test_one_unit_is_led_to(self, manager, world):
        assert manager.get("/portal/")["Location"] == f"/portal/{world.code}/"

    def test_of_several_one_chooses(self, manager, world, city):
        both = Membership.objects.get(unit_id=world.unit_id).account
        Membership.objects.create(
            account=both, role="ENERGY_MANAGER", unit=city.own.unit, since_at=two_districts.SINCE
        )
        answer = manager.get("/portal/")
        assert {row.code for row in answer.context["rows"]} == {world.code, city.own.unit.code}
        assert city.foreign.unit.code not in answer.text
        assert "My units" in page(manager, world).text

    @pytest.mark.parametrize("chapter", [*CHAPTERS, *(f"{one}/file" for one in LISTS)])
    def test_another_unit_is_not_there(self, manager, city, chapter):
        assert manager.get(f"/portal/{city.foreign.unit.code}/{chapter}").status_code == 404

    def test_another_unit_s_point_is_not_there(self, manager, world, city):
        place = f"/portal/{world.code}/points/{city.foreign.point.id}"
        assert manager.get(place).status_code == 404
        assert manager.get(f"{place}/file").status_code == 404

    def test_a_point_under_another_unit_s_address_is_not_there(self, world, city):
        official = signed_in(two_districts.account(Role.CITY_OFFICIAL, city.own))
        place = f"/portal/{city.own.unit.code}/points/{world.points[0]}"
        assert official.get(place).status_code == 404

    def test_nobody_signs_in_by_looking(self, client, world):
        assert client.get(f"/portal/{world.code}/")["Location"].startswith("/sign-in")


class TestOverview:
    def test_yesterday_stands_in_energy_and_coal(self, manager, world):
        answer = page(manager, world)
        day = answer.context["day"]
        assert str(day.period) == "2026-03-09"
        assert day.tonnes == Decimal("0.029496")
        assert day.types[0].total.amount == Decimal(240)
        assert "0.03\u2009tce" in answer.text
        assert answer.context["estimated"][day.period] == Decimal("0.004916")
        assert "16.7\u2009% estimated" in answer.text
        assert "provisional: factors not checked against the text" in answer.text

    def test_the_other_basis_has_no_factor_here(self, manager, world):
        assert page(manager, world, words="basis=EQUIVALENT").context["day"].tonnes is None

    def test_says_how_the_data_stand(self, manager, world):
        connection = page(manager, world).context["connection"]
        assert connection.standing is Standing.LIVE
        assert (connection.received, connection.expected) == (20, 2 * 7 * 24)

    def test_costs_so_many_queries_however_many_points(
        self, manager, world, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(45):
            page(manager, world)

    def test_a_unit_without_data_learns_how_to_begin(self, empty_manager, city):
        answer = empty_manager.get(f"/portal/{city.own.unit.code}/")
        assert "Nothing is known of the last fourteen days." in answer.text
        assert "Set up the monitoring device" in answer.text
        assert answer.context["day"].tonnes is None


class TestTodos:
    def own(self, client, world):
        return [todo.says for todo in page(client, world).context["todos"].own]

    def others(self, client, world):
        return [todo.says for todo in page(client, world).context["todos"].others]

    def test_nothing_waits_where_all_is_well(self, manager, world):
        assert (self.own(manager, world), self.others(manager, world)) == ([], [])

    def test_a_point_that_nothing_feeds(self, manager, world):
        Source.objects.filter(point_id=world.points[1]).delete()
        assert self.own(manager, world) == ["Nothing feeds: E2."]

    def test_records_that_do_not_count(self, manager, world):
        flawed(world, Flaw(4, "BAD_TIME"), Flaw(0, "BAD_TIME"))
        assert self.own(manager, world) == ["2 records of the last seven days do not count."]

    def test_a_device_that_waits(self, manager, world):
        Terminal.objects.create(
            unit_id=world.unit_id, state="PENDING", source_address="192.0.2.7",
            requested_at=clock.now(), asked_at=clock.now(),
        )  # fmt: skip
        assert self.others(manager, world) == ["1 device waits for admission."]

    def test_data_without_a_point(self, manager, world):
        world.send([Record("N0:0000000002330077", YESTERDAY + 3600, 5, 0, "M", YESTERDAY)])
        world.settle()
        assert self.others(manager, world) == ["Data of 1 source belongs to no point."]


def flawed(world, *flaws):
    """Send a message of which some records cannot count."""
    good = [Record("N0:0000000002330011", YESTERDAY + 3600, 5, 0, "M", YESTERDAY)]
    journal.accept(
        unit_id=world.unit_id, terminal_id=None, channel=Channel.NATIONAL,
        body=write_energy("0" * 32, world.code, good), content=Content(good, list(flaws)),
        at=clock.now(),
    )  # fmt: skip


class TestPoints:
    def test_each_stands_with_its_yesterday(self, manager, world):
        rows = page(manager, world, "points").context["rows"]
        told = [(row.point.code, row.line.amount and row.line.amount.amount) for row in rows]
        assert told == [("E1", Decimal(240)), ("E2", None)]

    def test_the_file_holds_what_is_listed(self, manager, world):
        first, second = exported(manager, world, "points")
        assert first[0] == "E1"
        assert (Decimal(first[10]), *first[11:]) == (Decimal(240), "20", "24")
        assert second[10:] == ["", "0", "24"]

    def test_a_file_in_no_such_format_is_not_there(self, manager, world):
        assert manager.get(f"/portal/{world.code}/points/file?format=exe").status_code == 404


class TestOnePoint:
    def curve(self, client, world, words):
        return page(client, world, f"points/{world.points[0]}", words).context["curve"]

    def test_a_day_has_every_slot(self, manager, world):
        curve = self.curve(manager, world, "day=2026-03-09")
        assert [step.value for step in curve.steps] == [Decimal(10)] * 24
        assert "".join(step.mark for step in curve.steps) == "M" * 8 + "E" * 4 + "M" * 12
        assert curve.marks == ["M", "E"]

    def test_says_how_a_gap_was_filled_and_that_no_text_was_checked(self, manager, world):
        place = f"points/{world.points[0]}"
        filled, empty = (page(manager, world, place, f"day=2026-03-0{day}").text for day in (9, 8))
        assert filled.count('data-word="Estimated, linear"') == 4
        assert "unchecked against an official text" in filled
        assert "unchecked against an official text" not in empty

    def test_today_ends_now(self, manager, world):
        curve = self.curve(manager, world, "")
        assert [step.label for step in curve.steps][-1] == "12:00"
        assert not curve.has_data

    def test_seven_days_stand_hour_by_hour(self, manager, world):
        curve = self.curve(manager, world, "span=week&day=2026-03-10")
        assert (str(curve.first), str(curve.last)) == ("2026-03-04", "2026-03-10")
        known = {step.label: (step.value, step.mark) for step in curve.steps}
        assert len(known) == 6 * 24 + 13
        assert known["03-09 07:00"] == (Decimal(10), "M")
        assert known["03-09 08:00"] == (Decimal(10), "E")
        assert known["03-08 23:00"] == (None, ".")

    def test_a_month_stands_day_by_day(self, manager, world):
        curve = self.curve(manager, world, "span=month&day=2026-03-10")
        known = {step.label: step for step in curve.steps}
        assert list(known) == [f"03-{day:02d}" for day in range(1, 11)]
        assert (known["03-09"].value, known["03-09"].estimated) == (Decimal(240), Decimal(40))
        assert (known["03-09"].mark, known["03-08"].mark) == ("E", ".")

    def test_the_file_holds_the_curve(self, manager, world):
        rows = exported(manager, world, f"points/{world.points[0]}", "day=2026-03-09")
        assert len(rows) == 24
        assert (rows[8][0], Decimal(rows[8][1]), rows[8][2]) == (
            "2026-03-09 08:00", Decimal(10), "Estimated, linear",
        )  # fmt: skip

    @pytest.mark.parametrize("words", ["day=x", "day=0001-01-01", "day=9999-12-31", "span=year"])
    def test_nonsense_in_the_address_is_borne(self, manager, world, words):
        self.curve(manager, world, words)


class TestCompleteness:
    def test_the_calendar_tells_full_part_empty_and_ahead_apart(self, manager, world):
        answer = page(manager, world, "completeness")
        cells = {cell.day.isoformat(): cell for week in answer.context["weeks"] for cell in week}
        assert (cells["2026-03-09"].received, cells["2026-03-09"].expected) == (20, 48)
        standings = {day: cells[day].standing for day in cells}
        assert standings["2026-03-09"] == "part"
        assert standings["2026-03-08"] == "empty"
        assert (standings["2026-03-10"], standings["2026-03-11"]) == ("running", "ahead")
        assert (cells["2026-03-09"].percent, cells["2026-03-09"].tenths) == (41, 4)
        assert (answer.context["received"], answer.context["expected"]) == (20, 9 * 48)

    def test_the_week_stands_by_point(self, manager, world):
        first, second = page(manager, world, "completeness").context["points"]
        assert (first.code, [cell.received for cell in first.cells]) == ("E1", [20] + [0] * 6)
        assert (second.code, [cell.received for cell in second.cells]) == ("E2", [0] * 7)

    def test_begins_on_a_monday_and_ends_on_a_sunday(self, manager, world):
        weeks = page(manager, world, "completeness", "day=2026-02-10").context["weeks"]
        assert (str(weeks[0][0].day), str(weeks[-1][-1].day)) == ("2026-01-26", "2026-03-01")

    def test_the_file_holds_a_row_for_each_point_and_day(self, manager, world):
        rows = exported(manager, world, "completeness")
        assert len(rows) == 2 * 10
        assert rows[16] == ["2026-03-09", "E1", "E1", "20", "24"]


class TestConsumption:
    def test_the_months_so_far_stand_latest_first(self, manager, world):
        answer = page(manager, world, "consumption")
        months = answer.context["months"]
        assert [str(month.total.period) for month in months] == [
            "2026-03-01", "2026-02-01", "2026-01-01",
        ]  # fmt: skip
        assert months[0].types[0].total.amount == Decimal(240)
        assert months[0].total.tonnes == Decimal("0.029496")
        assert (months[0].estimated, months[1].estimated) == (Decimal("0.004916"), Decimal(0))
        assert months[1].total.tonnes is None

    def test_the_file_names_the_factor(self, manager, world):
        rows = exported(manager, world, "consumption")
        assert rows[2][:2] == ["2026-03", "Electricity"]
        assert (Decimal(rows[2][2]), Decimal(rows[2][4])) == (Decimal(240), Decimal("0.029496"))
        assert rows[2][7:9] == ["GB/T 2589-2020", "no"]

    @pytest.mark.parametrize("words", ["year=1", "year=9999", "year=x", "basis=x"])
    def test_nonsense_in_the_address_is_borne(self, manager, world, words):
        page(manager, world, "consumption", words)


class TestDevices:
    def test_says_what_each_needs(self, empty_manager, city):
        answer = empty_manager.get(f"/portal/{city.own.unit.code}/devices")
        assert "Waiting for admission" in answer.text
        assert "Your district admits it." in answer.text

    def test_a_unit_without_a_device_learns_the_steps(self, manager, world):
        answer = page(manager, world, "devices")
        assert "No device has asked for admission." in answer.text
        assert "http://testserver/nhjc/" in answer.text
        assert world.code in answer.text

    def test_the_file_holds_them(self, empty_manager, city):
        (row,) = rows_of(empty_manager.get(f"/portal/{city.own.unit.code}/devices/file?format=csv"))
        assert row[:3] == ["Waiting for admission", "192.0.2.7", "2026-01-01 00:00"]


class TestRejected:
    def test_each_has_its_reason_and_what_to_do(self, manager, world):
        flawed(world, Flaw(4, "BAD_TIME"), Flaw(0, "BAD_CODE"))
        text = page(manager, world, "rejected").text
        assert "the time is missing, unreadable or not possible" in text
        assert "Set the device&#x27;s clock and time zone" in text
        assert sorted(row[3] for row in exported(manager, world, "rejected")) == ["1", "5"]

    def test_where_all_counts_it_says_so(self, manager, world):
        text = page(manager, world, "rejected", "page=1").text
        assert "Every record received counts." in text
        assert "No upload was refused." in text

    @pytest.mark.parametrize("words", ["page=0", "page=x", "page=99999"])
    def test_nonsense_in_the_address_is_borne(self, manager, world, words):
        page(manager, world, "rejected", words)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_page_costs_a_bounded_number_of_queries(
    manager, world, chapter, django_assert_max_num_queries
):
    with django_assert_max_num_queries(45):
        page(manager, world, chapter)
