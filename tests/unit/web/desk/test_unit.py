"""A unit's page, its figures to the digit."""

from decimal import Decimal
from urllib.parse import urlencode

import pytest
from tests.worlds import OPENING, World

from hengneng.kernel import clock
from hengneng.protocol.national import write_energy
from hengneng.protocol.records import Content, Flaw, Record
from hengneng.registry.energy.models import BalanceWeight, Factor
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel

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


def page(client, world, words=f"day={DAY}"):
    answer = client.get(f"/desk/units/{world.code}?{words}")
    assert answer.status_code == 200
    return answer


def values(answer):
    return answer.context["sheet"].curve.profile.values


class TestFigures:
    def test_the_curve_has_every_slot(self, world, official):
        curve = page(official, world).context["sheet"].curve
        assert [slot.value for slot in curve.slots] == [Decimal(10)] * 24
        assert "".join(slot.mark for slot in curve.slots) == "M" * 8 + "E" * 4 + "M" * 12
        assert curve.marks == ["M", "E"]

    def test_the_table_holds_the_numbers_of_the_drawing(self, world, official):
        text = page(official, world).text
        assert text.count('data-at="') == 24 + 30
        assert '<tr data-at="08:00" data-value="10" data-mark="E"' in text

    def test_the_day_stands_in_energy_and_coal(self, world, official):
        line = page(official, world).context["sheet"].days[7]
        assert (line.amount.amount, line.amount.estimated) == (Decimal(240), Decimal(40))
        assert line.tonnes == Decimal("0.029496")

    def test_the_month_says_what_it_stands_on(self, world, official):
        answer = page(official, world)
        assert "0.03\u2009tce" in answer.text
        assert "provisional: factors not checked against the text" in answer.text
        assert "GB/T 2589-2020" in answer.text
        assert "1 of 2 boundary points without figures" in answer.text

    def test_completeness_counts_what_was_received(self, world, official):
        received = page(official, world).context["sheet"].received
        # Two points, 30 days of 24 slots; one register with 20 slots measured.
        assert (received.received, received.expected) == (20, 2 * 30 * 24)

    def test_the_other_basis_has_no_factor_here(self, world, official):
        answer = page(official, world, f"day={DAY}&basis=EQUIVALENT")
        assert answer.context["sheet"].total.tonnes is None
        assert "no factor" in answer.text


class TestWhatIsMissing:
    def test_a_day_without_data_says_so(self, world, official):
        answer = page(official, world, f"day=2025-11-20&point={world.points[0]}")
        assert answer.context["sheet"].curve.profile is None
        assert "No reading of M1 · total has arrived for it." in answer.text

    def test_a_unit_without_points_learns_how_they_come(self, city, official):
        city.foreign.unit.refresh_from_db()
        answer = official.get(f"/desk/units/{city.foreign.unit.code}?day=2024-01-01")
        assert "No metering point is described for this day." in answer.text

    def test_data_without_a_point_is_listed(self, world, official):
        world.send([Record("N0:0000000002330077", OPENING + 3600, 5, 0, "M", OPENING)])
        world.settle()
        answer = page(official, world)
        assert [one.key for one in answer.context["unclaimed"]] == ["N:0000000002330077"]
        assert "00-00-0000-023300-77" in answer.text

    def test_flawed_records_are_listed_with_their_reason(self, world, official):
        good = [Record("N0:0000000002330011", OPENING + 3600, 5, 0, "M", OPENING)]
        journal.accept(
            unit_id=world.unit_id, terminal_id=None, channel=Channel.NATIONAL,
            body=write_energy("0" * 32, world.code, good),
            content=Content(good, [Flaw(4, "BAD_TIME"), Flaw(0, "BAD_TIME")]), at=clock.now(),
        )  # fmt: skip
        (stray,) = page(official, world).context["strays"]
        assert (stray.reason, stray.records, sorted(stray.places)) == ("BAD_TIME", 2, [1, 5])


class TestAsKnownAt:
    def test_leaves_out_what_came_later(self, world, official):
        before = clock.now()
        world.send([Record("R:M1:total", OPENING + 10 * 3600, 2010, 1, "M", 0)])
        world.settle()
        now = page(official, world)
        then = page(official, world, urlencode({"day": DAY, "as_of": before.isoformat()}))
        assert values(now)[9:11] == [Decimal("10.5"), Decimal("9.5")]
        assert values(then)[9:11] == [Decimal(10), Decimal(10)]
        assert "This page shows what was known at" in then.text

    @pytest.mark.parametrize("instant", ["2999-01-01T00:00", "yesterday", "0001-01-01T00:00"])
    def test_says_where_an_instant_cannot_be_shown(self, world, official, instant):
        answer = page(official, world, f"day={DAY}&as_of={instant}")
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "words",
    ["day=x", "day=9999-12-31", "day=0001-01-01", "point=x", "point=" + "9" * 40, "basis=x"],
)
def test_nonsense_in_the_address_is_borne(world, official, words):
    page(official, world, words)


class TestWhoSees:
    def test_the_own_energy_manager(self, city, manager):
        answer = manager.get(f"/desk/units/{city.own.unit.code}")
        assert answer.status_code == 200
        # Who cannot confirm is shown no button for it.
        assert f"/desk/proposals/{city.own.proposal.id}" not in answer.text

    def test_nobody_else_s(self, city, manager):
        assert manager.get(f"/desk/units/{city.foreign.unit.code}").status_code == 404

    def test_in_a_bounded_number_of_queries(self, world, official, django_assert_max_num_queries):
        with django_assert_max_num_queries(40):
            page(official, world)
