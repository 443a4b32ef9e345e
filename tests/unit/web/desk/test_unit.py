"""A unit's pages, their figures to the digit."""

import csv
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from urllib.parse import urlencode

import pytest
from tests.worlds import OPENING, World

from hengneng.kernel import clock
from hengneng.protocol.national import write_energy
from hengneng.protocol.records import Content, Flaw, Record
from hengneng.registry.energy.models import BalanceWeight, Factor
from hengneng.registry.units import operations as units
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries as journal_queries
from hengneng.telemetry.journal.rules import Channel
from hengneng.web.desk import evidence

DAY = "2025-11-08"


@pytest.fixture
def world(city) -> World:
    """A unit whose register ran 240.0 kWh on the opening day, its readings missing from 8 to 12."""
    made = World.made()
    Factor.objects.update(valid_from="2020-01-01")
    BalanceWeight.objects.update(valid_from="2020-01-01")
    hours = [hour for hour in range(25) if not 8 < hour < 12]
    made.send([
        Record("R:M1:total", OPENING + hour * 3600, 1000 + 100 * hour, 1, "M", 0) for hour in hours
    ])  # fmt: skip
    made.settle()
    return made


def page(client, world, words=f"day={DAY}", tab=""):
    answer = client.get(f"/desk/units/{world.code}{tab}?{words}")
    assert answer.status_code == 200
    return answer


def curves(client, world, words=f"day={DAY}"):
    return page(client, world, words, "/curves")


def values(answer):
    return answer.context["curve"].profile.values


def told(answer) -> list[list[str]]:
    """The rows of a file."""
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


class TestOverview:
    def test_says_what_the_month_stands_on(self, world, official):
        answer = page(official, world)
        assert "0.03\u2009tce" in answer.text
        assert "provisional: factors not checked against the text" in answer.text
        assert "GB/T 2589-2020" in answer.text
        assert "1 of 2 boundary points without figures" in answer.text

    def test_counts_what_was_received(self, world, official):
        received = page(official, world).context["received"]
        # Two points, 30 days of 24 slots; one register with 20 slots measured.
        assert (received.received, received.expected) == (20, 2 * 30 * 24)

    def test_has_every_day_of_the_month(self, world, official):
        days = page(official, world).context["days"]
        assert [day.tonnes for day in days[6:9]] == [None, Decimal("0.029496"), None]

    def test_has_no_factor_of_the_other_basis_here(self, world, official):
        answer = page(official, world, f"day={DAY}&basis=EQUIVALENT")
        assert answer.context["total"].tonnes is None
        assert "no factor" in answer.text

    def test_lists_what_waits_with_its_buttons(self, city, official, manager):
        own = city.own
        for client, count in ((official, 1), (manager, 0)):
            text = client.get(f"/desk/units/{own.unit.code}").text
            assert text.count(f"/desk/terminals/{own.terminal.id}/admit") == count
            assert text.count(f"/desk/proposals/{own.proposal.id}") == count

    def test_is_exported(self, world, official):
        rows = told(page(official, world, f"day={DAY}&format=csv"))
        assert len(rows) == 1 + 30
        assert rows[8] == [DAY, "0.029496", "0.004916", "no"]


class TestCurves:
    def test_have_every_slot(self, world, official):
        curve = curves(official, world).context["curve"]
        assert [slot.value for slot in curve.slots] == [Decimal(10)] * 24
        assert "".join(slot.mark for slot in curve.slots) == "M" * 8 + "E" * 4 + "M" * 12
        assert curve.marks == ["M", "E"]
        assert "".join(slot.method for slot in curve.slots) == "." * 8 + "L" * 4 + "." * 12
        assert curve.is_by_own_rule

    def test_have_a_table_with_the_numbers_of_the_drawing(self, world, official):
        text = curves(official, world).text
        assert text.count('data-at="') == 24 + 30
        assert '<tr data-at="08:00" data-value="10" data-mark="E"' in text

    def test_stand_in_energy_and_coal(self, world, official):
        line = curves(official, world).context["days"][7]
        assert (line.amount.amount, line.amount.estimated) == (Decimal(240), Decimal(40))
        assert line.tonnes == Decimal("0.029496")

    def test_are_exported_by_slot_and_by_day(self, world, official):
        slots = told(curves(official, world, f"day={DAY}&format=csv"))
        assert slots[9] == ["E1", DAY, "08:00", "10", "Estimated, linear"]
        days = told(curves(official, world, f"day={DAY}&format=csv&list=days"))
        assert days[8][:5] == [DAY, "E1", "ELECTRICITY", "240", "0.029496"]

    def test_of_a_day_without_data_say_so(self, world, official):
        answer = curves(official, world, f"day=2025-11-20&point={world.points[0]}")
        assert answer.context["curve"].profile is None
        assert "No reading of M1 · total has arrived for it." in answer.text

    def test_of_a_unit_without_points_tell_how_they_come(self, city, official):
        code = city.foreign.unit.code
        answer = official.get(f"/desk/units/{code}/curves?day=2024-01-01")
        assert "No metering point is described for this day." in answer.text


class TestAsKnownAt:
    def test_leaves_out_what_came_later(self, world, official):
        before = clock.now()
        world.send([Record("R:M1:total", OPENING + 10 * 3600, 2010, 1, "M", 0)])
        world.settle()
        now = curves(official, world)
        then = curves(official, world, urlencode({"day": DAY, "as_of": before.isoformat()}))
        assert values(now)[9:11] == [Decimal("10.5"), Decimal("9.5")]
        assert values(then)[9:11] == [Decimal(10), Decimal(10)]
        assert "This page shows what was known at" in then.text

    def test_goes_along_to_the_tabs_that_heed_it(self, world, official):
        then = urlencode({"day": DAY, "as_of": clock.now().isoformat()})
        tabs = {t.address.split("?")[0].rsplit("/", 1)[-1]: t.address
                for t in page(official, world, then).context["tabs"]}  # fmt: skip
        assert "as_of=" in tabs["consumption"]
        assert "as_of=" not in tabs["evidence"]

    @pytest.mark.parametrize("instant", ["2999-01-01T00:00", "yesterday", "0001-01-01T00:00"])
    def test_says_where_an_instant_cannot_be_shown(self, world, official, instant):
        answer = curves(official, world, f"day={DAY}&as_of={instant}")
        assert answer.status_code == 200

    def test_heeds_an_offset_that_no_zone_has(self, world, official):
        asked = urlencode({"day": DAY, "as_of": "2026-01-01T00:00+23:59"})
        answer = curves(official, world, asked)
        assert answer.context["asked"].as_of == datetime(2025, 12, 31, 0, 1, tzinfo=UTC)

    def test_expects_nothing_of_days_that_had_not_come(self, world, official):
        then = urlencode({"day": DAY, "as_of": "2025-11-09T12:00"})
        asked = page(official, world, then).context["asked"]

        assert (asked.today, asked.month_end) == (date(2025, 11, 9), date(2025, 11, 9))


class TestConsumption:
    def test_has_the_month_by_point(self, world, official):
        month = page(official, world, tab="/consumption").context["month"]
        assert [(line.code, line.tonnes) for line in month] == [
            ("E1", Decimal("0.029496")), ("E2", None),
        ]  # fmt: skip

    def test_has_the_year_by_month(self, world, official):
        years = page(official, world, tab="/consumption").context["years"]
        assert [(total.period.isoformat(), total.tonnes) for total, _ in years[:2]] == [
            ("2025-11-01", Decimal("0.029496")), ("2025-10-01", None),
        ]  # fmt: skip

    def test_is_exported_by_month_and_by_year(self, world, official):
        month = told(page(official, world, f"day={DAY}&format=csv", "/consumption"))
        year = told(page(official, world, f"day={DAY}&format=csv&list=year", "/consumption"))
        assert (len(month), len(year)) == (1 + 2, 1 + 2 * 12)
        assert month[1][:5] == ["2025-11-01", "E1", "ELECTRICITY", "240", "0.029496"]


class TestEvidence:
    def test_lists_messages_newest_first(self, world, official):
        world.send([Record("N0:0000000002330011", OPENING, 5, 0, "M", OPENING)])
        answer = official.get(f"/desk/units/{world.code}/evidence")
        assert [row.channel for row in answer.context["kept"]] == [1, 2]
        assert answer.context["page"].total == 2

    def test_leaves_messages_of_one_day(self, world, official):
        for day, count in ((DAY, 1), ("2025-11-09", 1), ("2025-11-10", 0)):
            answer = page(official, world, f"day={day}", "/evidence")
            assert answer.context["page"].total == count

    def test_lists_data_without_a_point(self, world, official):
        world.send([Record("N0:0000000002330077", OPENING + 3600, 5, 0, "M", OPENING)])
        world.settle()
        answer = page(official, world, tab="/evidence")
        assert [one.key for one in answer.context["unclaimed"]] == ["N:0000000002330077"]
        assert "00-00-0000-023300-77" in answer.text

    def test_lists_flawed_records_with_their_reason(self, world, official):
        flawed(world)
        (stray,) = page(official, world, tab="/evidence").context["strays"]
        assert (stray.reason, stray.records, sorted(stray.places)) == ("BAD_TIME", 2, [1, 5])

    def test_has_no_list_that_a_phone_must_push_sideways(self, world, official):
        world.send([Record("N0:0000000002330011", OPENING, 5, 0, "M", OPENING)])
        flawed(world)
        text = official.get(f"/desk/units/{world.code}/evidence").text
        tables = re.findall(r"<table[^>]*>", text)
        assert tables
        assert [one for one in tables if 'role="table"' not in one or "cards" not in one] == []

    def test_lists_what_was_refused(self, city, official):
        journal.reject(
            endpoint="uploadEnergyData", reason="TOO_LARGE", body=b"{}", size=5_000_000,
            source_address="192.0.2.7", unit_id=city.own.unit.id, at=clock.now(),
        )  # fmt: skip
        answer = official.get(f"/desk/units/{city.own.unit.code}/evidence")
        assert [one.size for one in answer.context["rejections"]] == [5_000_000]
        assert "the message is larger than 4 MB" in answer.text

    def test_is_exported(self, world, official):
        rows = told(official.get(f"/desk/units/{world.code}/evidence?format=csv"))
        (message,) = journal_queries.message_page(world.unit_id).rows
        assert rows[1][4] == message.sha256.hex()
        assert official.get(f"/desk/units/{world.code}/evidence?format=exe").status_code == 404
        none = f"/desk/units/{world.code}/evidence?format=csv&list=none"
        assert official.get(none).status_code == 404


class TestAMessage:
    def test_says_what_it_holds_and_hides_the_terminal_s_id(self, world, official):
        (kept,) = journal_queries.message_page(world.unit_id).rows
        answer = official.get(f"/desk/units/{world.code}/messages/{kept.sequence}")
        assert len(answer.context["all_records"]) == 22
        assert kept.sha256.hex() in answer.text
        assert "0" * 32 not in answer.text
        assert evidence.HIDDEN in answer.text

    def test_is_given_out_as_received_to_who_admits_terminals(self, world, official):
        (kept,) = journal_queries.message_page(world.unit_id).rows
        answer = official.get(f"/desk/units/{world.code}/messages/{kept.sequence}/raw")
        assert sha256(answer.content).digest() == kept.sha256
        assert answer["Content-Disposition"].startswith("attachment")

    def test_of_another_unit_is_not_there(self, world, city, official):
        (kept,) = journal_queries.message_page(world.unit_id).rows
        other = city.own.unit.code
        assert official.get(f"/desk/units/{other}/messages/{kept.sequence}").status_code == 404
        assert official.get(f"/desk/units/{other}/messages/{kept.sequence}/raw").status_code == 404


class TestAPointsDay:
    def test_opens_down_to_the_messages(self, world, official):
        answer = official.get(f"/desk/units/{world.code}/points/{world.points[0]}/{DAY}")
        (kept,) = journal_queries.message_page(world.unit_id).rows
        (one,) = answer.context["told"]
        assert (one.sequence, one.sha256, one.records) == (kept.sequence, kept.sha256.hex(), 21)
        assert (one.first_at, one.last_at) == (0, 23 * 3600)
        assert answer.context["line"].amount.amount == Decimal(240)

    def test_says_that_no_message_told_of_it(self, world, official):
        answer = official.get(f"/desk/units/{world.code}/points/{world.points[1]}/{DAY}")
        assert answer.context["told"] == []
        assert "No message tells of this point on this day." in answer.text

    @pytest.mark.parametrize("day", ["x", "9999-12-31", "2019-01-01"])
    def test_that_cannot_be_is_not_there(self, world, official, day):
        address = f"/desk/units/{world.code}/points/{world.points[0]}/{day}"
        assert official.get(address).status_code == 404


class TestFacts:
    def test_show_every_version_and_what_it_changed(self, world, official):
        world.change_ratio(OPENING + 86400, 7)
        found = official.get(f"/desk/units/{world.code}/facts").context["versions"]
        newest = found[0]
        assert newest.version.subject == "E1"
        assert [(str(label), value) for label, value in newest.said] == [("Ratio", "7")]
        superseded = [one for one in found if one.version.superseded_at]
        assert [one.version.kind for one in superseded] == ["DESCRIPTION"]

    def test_are_exported(self, world, official):
        rows = told(official.get(f"/desk/units/{world.code}/facts?format=csv"))
        assert len(rows) == 1 + 6
        assert {row[0] for row in rows[1:]} == {
            "Name of the unit",
            "Particulars of the unit",
            "Description of the point",
            "What feeds the point",
        }

    def test_of_the_unit_are_told_in_words(self, world, official):
        since = datetime(2025, 11, 1, tzinfo=UTC)
        told_of = {"unit_id": world.unit_id, "by": None, "at": clock.now()}
        units.record_facility(kind="RAIL", valid_from=since, **told_of)
        units.record_business(state="IN_BUSINESS", valid_from=since, **told_of)
        units.record_level(year=2024, tce=Decimal("12000.5"), source="年报", **told_of)

        rows = told(official.get(f"/desk/units/{world.code}/facts?format=csv"))
        said = {row[0]: row[1:3] for row in rows[1:]}
        assert said["Facility of the unit"] == ["RAIL", "Facility: Rail"]
        assert said["Whether the unit works"] == [world.code, "Works: In business"]
        assert said["Stated consumption of the year"] == [
            "2024",
            "Overall consumption (tce): 12000.5; Stated by: 年报; Compared with its source: no",
        ]


class TestPeople:
    def test_are_shown_to_who_keeps_the_records(self, city, official, manager):
        address = f"/desk/units/{city.own.unit.code}/people"
        ((person),) = official.get(address).context["people"]
        assert (person.role, person.ended_at) == ("ENERGY_MANAGER", None)
        assert manager.get(address).status_code == 403


TABS = ("", "/network", "/instruments", "/curves", "/consumption", "/evidence", "/facts", "/people")


# The network tells what is owed by which rules besides; the facts ask each kind of fact once.
QUERIES = {"/network": 42, "/facts": 36}


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_costs_a_bounded_number_of_queries(
    world, official, tab, django_assert_max_num_queries
):
    with django_assert_max_num_queries(QUERIES.get(tab, 32)):
        page(official, world, tab=tab)


def flawed(world):
    """Send a message of which two records bear impossible times."""
    good = [Record("N0:0000000002330011", OPENING + 3600, 5, 0, "M", OPENING)]
    journal.accept(
        unit_id=world.unit_id, terminal_id=None, channel=Channel.NATIONAL,
        body=write_energy("0" * 32, world.code, good),
        content=Content(good, [Flaw(4, "BAD_TIME"), Flaw(0, "BAD_TIME")]), at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ["day=x", "day=9999-12-31", "day=0001-01-01", "point=x", "point=" + "9" * 40, "basis=x"],
)
def test_nonsense_in_the_address_is_borne(world, official, words):
    page(official, world, words)
    curves(official, world, words)


class TestWhoSees:
    def test_the_own_energy_manager(self, city, manager):
        answer = manager.get(f"/desk/units/{city.own.unit.code}")
        assert answer.status_code == 200
        # Who cannot confirm is shown no button for it.
        assert f"/desk/proposals/{city.own.proposal.id}" not in answer.text

    def test_nobody_else_s(self, city, manager):
        assert manager.get(f"/desk/units/{city.foreign.unit.code}").status_code == 404
