import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests import waiting

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.models import ConsumptionDay, Profile


def today() -> date:
    return clock.date_of(clock.local_second(clock.now()) // DAY_SECONDS)


def known_day(place, day: date, amount: str, *, received: int = 96) -> None:
    ConsumptionDay.objects.create(
        unit_id=place.unit.id, day=day, point_id=place.point.id, amount=amount, late=0,
        estimated=0, manual=0, supplied=0, expected=96, received=received, known=received,
        basis="REALTIME",
    )  # fmt: skip


@pytest.fixture
def known_city(city):
    """Both units known today and yesterday: 1 and 3 tce today by the factor 0.1229."""
    for place, thousands in ((city.own, 1), (city.foreign, 3)):
        for day in (today(), today() - timedelta(days=1)):
            known_day(place, day, str(Decimal(thousands * 10_000_000) / 1229))
    return city


class TestTheCitysBoard:
    def test_says_what_belongs_there_where_nothing_is_known(self, official):
        page = official.get("/boards/").content.decode()

        assert "nothing known of today yet" in page
        assert "no slot is known on both days" in page

    def test_adds_up_the_districts(self, official, known_city):
        shown = official.get("/boards/").context["sheet"]

        assert [row.name for row in shown.rows] == ["310104", "310101"]
        assert shown.live.today.tonnes == sum(row.today.tonnes for row in shown.rows)
        assert [round(row.today.tonnes, 6) for row in shown.rows] == [3, 1]

    def test_names_what_is_missing(self, official, city):
        known_day(city.own, today(), "100")

        shown = official.get("/boards/").context["sheet"]

        assert shown.live.today.shares.units == 2
        assert (shown.live.today.whole.points, shown.live.today.whole.missing) == (2, 1)

    def test_says_that_figures_will_rise_while_data_waits(self, official, known_city):
        assert "still being worked out" not in official.get("/boards/").content.decode()
        an_hour_ago = clock.now() - timedelta(hours=1)
        waiting.mark(known_city.own.unit.id, today(), marked_at=an_hour_ago)

        assert "Data of 1 unit came a while ago" in official.get("/boards/").content.decode()

    def test_says_that_factors_were_not_checked(self, official, known_city):
        page = official.get("/boards/").content.decode()

        assert "provisional: factors not checked against the text" in page

    def test_shows_twelve_months_where_asked(self, official, known_city):
        shown = official.get("/boards/?span=months").context["sheet"]

        assert len(shown.months) == 12

    def test_asks_no_more_for_more_units(self, official, city, django_assert_max_num_queries):
        official.get("/boards/")
        with django_assert_max_num_queries(24):
            official.get("/boards/")

    def test_fetches_itself_anew_on_a_wall_alone(self, official, known_city):
        assert "hx-trigger" not in official.get("/boards/").content.decode()
        wall = official.get("/boards/?wall=1").content.decode()
        assert 'hx-trigger="every 60s"' in wall
        assert 'data-theme="bigscreen"' in wall


class TestADistrictsBoard:
    def test_is_its_officials_first(self, district_official, known_city):
        shown = district_official.get("/boards/").context["sheet"]

        assert shown.district.code == "310101"
        assert round(shown.live.today.tonnes, 6) == 1

    def test_has_a_row_for_each_unit(self, official, known_city):
        shown = official.get("/boards/310104").context["sheet"]

        assert [row.address for row in shown.rows] == [
            f"/desk/units/{known_city.foreign.unit.code}"
        ]
        assert shown.units == 1

    @pytest.mark.parametrize("code", ["310104", "999999"])
    def test_is_not_there_for_others(self, district_official, known_city, code):
        assert district_official.get(f"/boards/{code}").status_code == 404


class TestTheFile:
    def test_holds_what_the_board_shows(self, official, known_city):
        got = official.get("/boards/file?format=csv").content.decode("utf-8-sig")

        rows = list(csv.reader(io.StringIO(got)))
        assert [row[0] for row in rows[1:]] == ["310104", "310101"]
        assert round(Decimal(rows[1][1]), 6) == 3

    def test_has_no_other_format(self, official):
        assert official.get("/boards/file?format=exe").status_code == 404


class TestTheSameHours:
    def test_counts_only_slots_known_on_both_days(self, official, city, monkeypatch):
        noon = clock.instant(clock.day_number(today()) * DAY_SECONDS + 12 * 3600)
        monkeypatch.setattr(clock, "now", lambda: noon)
        two, four = [2000] * 48 + [None] * 48, [4000] * 24 + [None] * 24 + [4000] * 48
        for day, values in ((today(), two), (today() - timedelta(days=1), four)):
            Profile.objects.create(
                unit_id=city.own.unit.id, day=day, point_id=city.own.point.id, slot_seconds=900,
                scale=3, values=values, marks="".join("." if v is None else "M" for v in values),
            )  # fmt: skip

        against = official.get("/boards/").context["sheet"].live.yesterday

        assert (against.slots, against.elapsed) == (24, 96)
        assert against.tonnes == Decimal("48") * Decimal("0.0001229")
        assert against.other_tonnes == Decimal("96") * Decimal("0.0001229")
        assert against.change == Decimal("-0.5")
