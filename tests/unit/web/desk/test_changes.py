"""What units and terminals tell of instruments, decided on the desk."""

import csv
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import pytest
from tests import ledger_samples

from hengneng.kernel import clock
from hengneng.registry.instruments import operations
from hengneng.registry.instruments.models import (
    ChangeNotice,
    Exchange,
    Instrument,
    InstrumentProposal,
)
from hengneng.registry.instruments.rules.changes import Said
from hengneng.registry.points import queries as points


def told(place, kind="EXCHANGE", **said) -> ChangeNotice:
    now = clock.now()
    ledger_samples.instrument_of(place)
    return operations.report_change(
        unit_id=place.unit.id, kind=kind, happened_at=now - timedelta(days=1), said=Said(**said),
        point_id=place.point.id, by=None, at=now,
    )  # fmt: skip


@pytest.fixture
def exchange(city):
    """The own unit tells that its meter was exchanged for one that the ledger does not hold."""
    return told(city.own, before_value=Decimal("900.5"), after_value=Decimal(0), new_number="M-02")


@pytest.fixture
def foreign(city):
    """The foreign unit tells of another ratio."""
    return told(city.foreign, "RATIO", ratio=Fraction(400, 5))


@pytest.fixture
def proposed(city):
    """The own unit's terminal describes a water meter."""
    return InstrumentProposal.objects.get(id=ledger_samples.proposed_of(city.own))


class TestTheToDos:
    def test_lead_to_what_waits(self, exchange, foreign, proposed, official, district_official):
        answer = official.get("/desk/")
        for address in (
            f"/desk/changes/{exchange.id}",
            f"/desk/changes/{foreign.id}",
            f"/desk/instruments/proposed/{proposed.id}",
        ):
            assert address in answer.text
        assert f"/desk/changes/{foreign.id}" not in district_official.get("/desk/").text

    def test_are_exported(self, exchange, proposed, official):
        answer = official.get("/desk/?format=csv").content.decode("utf-8-sig")
        kinds = {row[0] for row in csv.reader(StringIO(answer))}
        assert {"Change of a meter", "Instrument"} < kinds


class TestAChange:
    def test_is_shown_beside_what_is_on_record(self, exchange, official):
        answer = official.get(f"/desk/changes/{exchange.id}")

        assert ("New meter, number in the unit's ledger", "M-02") in [
            (str(label), value) for label, value in answer.context["told"]
        ]
        record = answer.context["record"]
        assert (record.point.code, record.instrument.number) == ("E-01", "M-01")

    def test_is_confirmed_and_the_registry_says_it(self, city, exchange, official):
        answer = official.post(f"/desk/changes/{exchange.id}/confirm", follow=True)

        assert "worked out anew" in answer.text
        exchange.refresh_from_db()
        assert exchange.state == "CONFIRMED"
        assert Exchange.objects.get().before_value == Decimal("900.5")
        assert Instrument.objects.filter(unit=city.own.unit, number="M-02").exists()

    def test_of_a_ratio_changes_it_from_then_on(self, city, foreign, official):
        official.post(f"/desk/changes/{foreign.id}/confirm")

        (point,) = points.points_of(city.foreign.unit.id)
        assert point.ratio == 80

    def test_that_the_registry_cannot_say_waits_on(self, city, exchange, official):
        again = told(city.own, before_value=Decimal(1), after_value=Decimal(0))
        ChangeNotice.objects.filter(id=again.id).update(happened_at=exchange.happened_at)
        official.post(f"/desk/changes/{exchange.id}/confirm")

        answer = official.post(f"/desk/changes/{again.id}/confirm", follow=True)

        assert "has an exchange of that instant already" in answer.text
        again.refresh_from_db()
        assert again.state == "REPORTED"

    def test_goes_back_for_a_reason(self, exchange, official):
        where = f"/desk/changes/{exchange.id}/back"

        assert official.post(where, {"reason": " "}).status_code == 422
        answer = official.post(where, {"reason": "the register is missing a digit"})

        assert answer["Location"] == f"/desk/changes/{exchange.id}"
        exchange.refresh_from_db()
        assert (exchange.state, exchange.reason) == (
            "SENT_BACK", "the register is missing a digit",
        )  # fmt: skip
        assert not Exchange.objects.exists()

    def test_decided_meanwhile_is_said(self, exchange, official):
        official.post(f"/desk/changes/{exchange.id}/confirm")

        answer = official.post(f"/desk/changes/{exchange.id}/back", {"reason": "late"})

        assert answer.status_code == 422
        assert "decided this in the meantime" in answer.text
        assert Exchange.objects.count() == 1

    def test_of_another_district_is_not_there(self, foreign, district_official):
        for way in ("", "/confirm", "/back"):
            answer = district_official.post(f"/desk/changes/{foreign.id}{way}", {"reason": "x"})
            assert answer.status_code in (404, 405)
        assert district_official.get(f"/desk/changes/{foreign.id}").status_code == 404
        foreign.refresh_from_db()
        assert foreign.state == "REPORTED"

    def test_offers_the_next_one_that_waits(self, exchange, foreign, official):
        answer = official.get(f"/desk/changes/{exchange.id}")
        assert (answer.context["next"].id, answer.context["waiting"]) == (foreign.id, 1)


class TestTheList:
    def test_is_filtered_and_reaches_no_further(
        self, exchange, foreign, official, district_official
    ):
        official.post(f"/desk/changes/{foreign.id}/confirm")

        every = official.get("/desk/changes").context["rows"]
        confirmed = official.get("/desk/changes?state=CONFIRMED").context["rows"]
        own = district_official.get("/desk/changes").context["rows"]

        assert {row.id for row in every} == {exchange.id, foreign.id}
        assert [row.id for row in confirmed] == [foreign.id]
        assert [row.id for row in own] == [exchange.id]

    def test_is_exported_with_what_is_told(self, foreign, official):
        answer = official.get("/desk/changes?format=csv").content.decode("utf-8-sig")
        (row,) = list(csv.reader(StringIO(answer)))[1:]
        assert row[1:4] == ["91310000MA1FL00024", "Ratio changed", "E-01"]
        assert row[10] == "New ratio: 80"

    def test_teaches_where_there_is_none(self, city, official):
        assert "No unit has told of a change yet." in official.get("/desk/changes").text
        assert "No change notice stands so." in official.get("/desk/changes?state=CONFIRMED").text


class TestAProposedInstrument:
    def test_is_entered(self, city, proposed, official):
        answer = official.post(f"/desk/instruments/proposed/{proposed.id}", {})

        assert answer["Location"] == "/desk/"
        made = Instrument.objects.get(unit=city.own.unit)
        assert (made.number, made.name, made.kind) == ("W-1", "水表", "WATER_METER")

    def test_can_be_one_that_the_ledger_holds(self, city, proposed, official):
        known = ledger_samples.instrument_of(city.own)

        official.post(f"/desk/instruments/proposed/{proposed.id}", {"instrument": known})

        assert Instrument.objects.get(unit=city.own.unit).name == "水表"

    def test_without_a_number_asks_for_one(self, proposed, official):
        proposed.uploaded = {"meteringName": "水表"}
        proposed.save()
        where = f"/desk/instruments/proposed/{proposed.id}"

        answer = official.post(where, {})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["number"])
        official.post(where, {"number": "W-7"})
        assert Instrument.objects.get().number == "W-7"

    def test_is_shown_beside_the_ledger(self, proposed, official):
        answer = official.get(f"/desk/instruments/proposed/{proposed.id}")
        assert [(str(a), b, c) for a, b, c in answer.context["fields"]] == [
            ("Name", "水表", ""), ("Number", "W-1", ""),
        ]  # fmt: skip

    def test_is_refused(self, proposed, official):
        answer = official.post(f"/desk/instruments/proposed/{proposed.id}/refuse")

        assert answer["Location"] == "/desk/"
        proposed.refresh_from_db()
        assert proposed.state == "REFUSED"
        assert not Instrument.objects.exists()

    def test_of_another_district_is_not_there(self, city, district_official):
        number = ledger_samples.proposed_of(city.foreign)
        where = f"/desk/instruments/proposed/{number}"
        assert district_official.post(where, {}).status_code == 404
        assert district_official.post(f"{where}/refuse").status_code == 404
        assert not Instrument.objects.exists()
