"""Consumption by month of the city and a district, as known now or at an instant."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests import two_districts

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.registry.units.models import Particulars, Placement, Site, Unit
from hengneng.telemetry.consumption.models import ConsumptionMonth, Revision
from hengneng.telemetry.consumption.queries import retold
from hengneng.web.boards import reported, reported_views

EVER = datetime(2020, 1, 1, tzinfo=UTC)


def this_month():
    return timezone.localdate(clock.now()).replace(day=1)


def keep_month(place, amount):
    ConsumptionMonth.objects.create(
        unit_id=place.unit.id, month=this_month(), point_id=place.point.id, amount=amount, late=0,
        estimated=amount, manual=0, supplied=0, expected=2976, received=2232, known=2976,
        basis="DAYS",
    )  # fmt: skip


@pytest.fixture
def two_units(city):
    """1000 kWh of a hotel in one district, and 3000 kWh of no sector in another."""
    keep_month(city.own, Decimal(1000))
    keep_month(city.foreign, Decimal(3000))
    Particulars.objects.create(unit=city.own.unit, sector="酒店", valid_from=EVER, recorded_at=EVER)
    return city


@pytest.fixture
def an_hour_ago():
    """An instant as the page's field holds it, up to which the record is settled."""
    facts.settle()
    return f"{timezone.localtime(clock.now() - timedelta(hours=1)):%Y-%m-%dT%H:%M}"


def changed_since(place):
    """The unit's months were worked out just now, from what came after the instant."""
    Revision.objects.create(
        unit_id=place.unit.id, day=this_month(), revision=1, computed_at=clock.now()
    )


@pytest.fixture
def one_unit_at_once(monkeypatch):
    """Of what changed since one unit is worked out in each asking, and nothing is remembered."""
    monkeypatch.setattr(retold, "_kept", {})
    as_reported = reported.statistics.as_reported
    monkeypatch.setattr(
        reported.statistics,
        "as_reported",
        lambda *args, **kwargs: as_reported(*args, **kwargs, most=1),
    )


def rows_of(page):
    return {row.name: row.tonnes for row in page.context["page"].rows}


class TestReported:
    def test_shows_each_sector_with_what_of_it_is_estimated(self, official, two_units):
        page = official.get("/boards/reported")

        # 1000 and 3000 kWh × 0.1229 kgce/kWh ÷ 1000.
        assert rows_of(page) == {"酒店": Decimal("0.1229"), "": Decimal("0.3687")}
        assert [row.estimated_share for row in page.context["page"].rows] == [1, 1]

    def test_shows_a_district_its_own_alone(self, district_official, two_units):
        page = district_official.get("/boards/reported?by=unit")

        assert rows_of(page) == {two_units.own.unit.name_en: Decimal("0.1229")}
        foreign = two_units.foreign.district.code
        assert district_official.get(f"/boards/{foreign}/reported").status_code == 404
        assert district_official.get(f"/boards/{foreign}/reported/file").status_code == 404

    def test_is_refused_without_an_account(self, client, two_units):
        assert client.get("/boards/reported").status_code == 302

    def test_looking_back_keeps_what_did_not_change_and_says_so(
        self, official, two_units, an_hour_ago
    ):
        page = official.get(f"/boards/reported?by=unit&as_of={an_hour_ago}")

        text = page.content.decode()
        assert rows_of(page) == {
            two_units.own.unit.name_en: Decimal("0.1229"),
            two_units.foreign.unit.name_en: Decimal("0.3687"),
        }
        assert an_hour_ago.replace("T", " ") in text
        assert [row.change for row in page.context["page"].rows] == [0, 0]

    def test_looking_back_says_what_changed_since_and_leads_to_why(
        self, official, two_units, an_hour_ago
    ):
        changed_since(two_units.own)

        page = official.get(f"/boards/reported?by=unit&as_of={an_hour_ago}")

        # No message had come by then: nothing was known of it.
        (own,) = [r for r in page.context["page"].rows if r.name == two_units.own.unit.name_en]
        assert (own.tonnes, own.change) == (None, Decimal("0.1229"))
        assert own.note.startswith(f"/desk/units/{two_units.own.unit.code}/differences?")
        assert own.note.replace("&", "&amp;") in page.content.decode()

    def test_names_the_units_that_are_still_worked_out(
        self, official, two_units, an_hour_ago, one_unit_at_once
    ):
        changed_since(two_units.own)
        changed_since(two_units.foreign)
        address = f"/boards/reported?by=unit&as_of={an_hour_ago}"

        first, second = official.get(address), official.get(address)

        assert [len(page.context["page"].pending) for page in (first, second)] == [1, 0]
        left_out = first.context["page"].pending[0].name_en
        assert left_out not in rows_of(first)

    def test_what_is_pending_takes_its_place_without_the_page_being_loaded_again(
        self, official, two_units, an_hour_ago, one_unit_at_once
    ):
        changed_since(two_units.own)
        changed_since(two_units.foreign)
        address = f"/boards/reported?by=unit&as_of={an_hour_ago}"

        page = official.get(address).content.decode()
        later = official.get(address, headers={"hx-request": "true"}).content.decode()

        # Without scripts alone is the whole page loaded again (WCAG 2.2.1).
        head, _, after = page.partition("<noscript>")
        assert "http-equiv" not in head
        assert after.startswith('<meta http-equiv="refresh" content="5"></noscript>')
        assert page.count('http-equiv="refresh"') == 1
        section = re.search(r'<section id="months"[^>]*>', page)[0]
        asked_for = f"/boards/reported?by=unit&amp;as_of={an_hour_ago}"
        assert f'hx-get="{asked_for}" hx-trigger="every 5s"' in section
        assert 'hx-select="#months"' in section
        # The open list of units stays: only what it says is put in its place.
        assert re.findall(r'<\w+ id="(pending[^"]*)"[^>]*hx-swap-oob="true"', page) == [
            "pending-told", "pending-units",
        ]  # fmt: skip
        assert '<div id="pending" hx-swap-oob="true"></div>' in later
        assert "hx-get" not in later
        assert 'http-equiv="refresh"' not in later

    def test_says_honestly_what_is_too_much_and_does_not_ask_again(
        self, official, two_units, an_hour_ago, monkeypatch
    ):
        changed_since(two_units.own)
        changed_since(two_units.foreign)
        beyond = frozenset([two_units.own.unit.id])
        monkeypatch.setattr(retold, "_beyond", lambda *_args, **_span: beyond)

        page = official.get(f"/boards/reported?by=unit&as_of={an_hour_ago}")
        told = official.get(
            f"/boards/reported/file?format=csv&by=unit&as_of={an_hour_ago}"
        ).content.decode("utf-8-sig")

        text = page.content.decode()
        assert "Too much changed since then: 1 unit is not worked out" in text
        assert "Look at one district" in text
        assert "refresh" not in text
        assert two_units.own.unit.name_en not in rows_of(page)
        assert (
            f"too much changed of it and of others, in no row above: {two_units.own.unit.name_en}"
            in told
        )

    def test_a_district_waits_for_its_own_units_alone(
        self, official, two_units, an_hour_ago, one_unit_at_once
    ):
        changed_since(two_units.own)
        changed_since(two_units.foreign)

        for place in (two_units.foreign, two_units.own):
            address = f"/boards/{place.district.code}/reported?by=unit&as_of={an_hour_ago}"
            page = official.get(address).context["page"]
            assert page.pending == []
            assert [row.name for row in page.rows] == [place.unit.name_en]
        assert {unit_id for _, unit_id, _ in retold._kept} == {
            two_units.own.unit.id, two_units.foreign.unit.id,
        }  # fmt: skip

    def test_a_district_holds_a_unit_that_left_it_since(
        self, official, two_units, an_hour_ago, one_unit_at_once
    ):
        place = two_units.own
        changed_since(place)
        elsewhere = Placement.objects.get(site__unit=place.unit)
        elsewhere.superseded_at = clock.now()
        elsewhere.save()
        Placement.objects.create(
            site=elsewhere.site, district=two_units.foreign.district,
            valid_from=elsewhere.valid_from, recorded_at=clock.now(),
        )  # fmt: skip

        address = f"/boards/{place.district.code}/reported?by=unit&as_of={an_hour_ago}"
        official.get(address)

        assert {unit_id for _, unit_id, _ in retold._kept} == {place.unit.id}

    def test_an_instant_that_has_not_come_is_refused_in_words(self, official, two_units):
        page = official.get("/boards/reported?as_of=2199-01-01T00:00")

        assert page.context["fault"]
        assert page.context["page"].as_of is None

    def test_the_file_names_the_instant_in_every_row(self, official, two_units, an_hour_ago):
        told = official.get(
            f"/boards/reported/file?format=csv&by=unit&as_of={an_hour_ago}"
        ).content.decode("utf-8-sig")

        rows = told.strip().splitlines()[1:]
        month = f"{this_month():%Y-%m}"
        assert sorted(row.split(",")[2] for row in rows if row.startswith(month)) == [
            "0.1229", "0.3687",
        ]  # fmt: skip
        assert {row.rsplit(",", 1)[1] for row in rows} == {an_hour_ago.replace("T", " ")}

    @pytest.mark.parametrize("asked", ["nonsense", "2199-01-01T00:00"])
    def test_the_file_is_not_of_today_where_another_instant_was_asked_for(
        self, official, two_units, asked
    ):
        page = official.get(f"/boards/reported/file?format=csv&as_of={asked}")

        assert page.status_code == 404

    def test_units_are_turned_page_by_page_and_the_file_holds_all(
        self, official, two_units, monkeypatch
    ):
        monkeypatch.setattr(reported_views, "PAGE_SIZE", 1)

        first, second, third = (
            official.get(f"/boards/reported?by=unit&page={n}") for n in (1, 2, 3)
        )
        file = official.get("/boards/reported/file?format=csv&by=unit").content.decode()

        names = [two_units.foreign.unit.name_en, two_units.own.unit.name_en]
        assert [[row.name for row in page.context["rows"]] for page in (first, second)] == [
            names[:1], names[1:],
        ]  # fmt: skip
        assert first.context["page"].whole.tonnes == Decimal("0.4916")
        assert "page 1 of 2" in first.content.decode()
        assert "The list ends before this page." in third.content.decode()
        assert all(name in file for name in names)

    def test_takes_as_many_queries_for_more_units(
        self, official, two_units, django_assert_max_num_queries
    ):
        for n in range(5):
            unit = Unit.objects.create(code=f"U{n}", name=f"单位{n}", created_at=EVER)
            site = Site.objects.create(unit=unit, code="S1", name="门店")
            Placement.objects.create(
                site=site, district=two_units.own.district, valid_from=EVER, recorded_at=EVER
            )
            two_districts.point(unit, "E-01", None)

        with django_assert_max_num_queries(22):
            page = official.get("/boards/reported?by=unit")

        assert len(page.context["rows"]) == 7


@pytest.mark.parametrize(
    ("text", "month"), [("2026-02", date(2026, 2, 1)), ("1990-01", date(2000, 1, 1))]
)
def test_a_month_is_read_within_what_is_kept(text, month):
    assert reported.month_in(text) == month


@pytest.mark.parametrize("text", ["", "2199-01", "nonsense"])
def test_any_other_month_is_this_one(text):
    assert reported.month_in(text) == this_month()
