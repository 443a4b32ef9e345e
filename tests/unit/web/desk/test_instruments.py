"""Instruments on the desk: lists, one instrument's life, certificates, the due calendar."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.two_districts import SINCE

from hengneng.kernel import clock
from hengneng.kernel.audit.models import Entry
from hengneng.registry.instruments import operations
from hengneng.registry.instruments.models import Certificate
from hengneng.registry.instruments.operations import NewCertificate

AT = SINCE + timedelta(days=20)
TOLD = {
    "number": "C-2", "kind": "VERIFICATION", "body": "市计测院", "verified_on": "2026-01-05",
    "result": "QUALIFIED", "accuracy_class": "0.5S", "due_on": "2032-01-05",
}  # fmt: skip


def rows(answer) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def meter_at(place, number="M-1", **said):
    made = operations.create_instrument(
        unit_id=place.unit.id, number=number, name="智能电能表", kind="ELECTRICITY_METER",
        accuracy_class="1", by=None, at=AT, **said,
    )  # fmt: skip
    return made.pk


@pytest.fixture
def meter(city):
    """The own unit's meter, at its point, with a certificate that is long overdue."""
    made = meter_at(city.own, serial_number="S-77")
    operations.install(
        instrument_id=made, point_id=city.own.point.id, valid_from=SINCE, by=None, at=AT
    )
    told = NewCertificate(made, "C-1", date(2020, 1, 5), due_on=date(2025, 1, 5), body="市计测院")
    operations.enter_certificate(certificate=told, by=None, at=AT)
    return made


@pytest.fixture
def foreign_meter(city):
    """The foreign unit's meter, of which no certificate is known."""
    return meter_at(city.foreign, "M-9")


@pytest.fixture
def address(city, meter):
    return f"/desk/units/{city.own.unit.code}/instruments/{meter}"


def due_in(days: int, instrument_id: int) -> date:
    day = clock.day_of(clock.now()) + timedelta(days=days)
    told = NewCertificate(instrument_id, f"D-{days}", date(2026, 1, 5), due_on=day)
    operations.enter_certificate(certificate=told, by=None, at=clock.now())
    return day


def stop(instrument_id: int) -> None:
    operations.set_status(
        instrument_id=instrument_id, condition="STOPPED", valid_from=SINCE, by=None, at=AT
    )


class TestTheUnitsTab:
    def test_shows_the_ledger_with_what_is_due(self, city, meter, official):
        answer = official.get(f"/desk/units/{city.own.unit.code}/instruments")

        assert "M-1" in answer.text
        assert answer.context["counts"] == [("OVERDUE", 1)]
        assert "2025-01-05" in answer.text

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("due=OVERDUE", 1), ("due=LATER", 0), ("kind=ELECTRICITY_METER", 1),
            ("kind=WATER_METER", 0), ("condition=NONE", 1), ("condition=STOPPED", 0),
        ],
    )  # fmt: skip
    def test_is_filtered(self, city, meter, official, query, count):
        answer = official.get(f"/desk/units/{city.own.unit.code}/instruments?{query}")

        assert len(answer.context["rows"]) == count

    def test_counts_none_that_is_out_of_use_as_due(self, city, meter, official):
        stop(meter)

        answer = official.get(f"/desk/units/{city.own.unit.code}/instruments?due=OVERDUE")

        assert (answer.context["counts"], answer.context["rows"]) == ([], [])

    def test_is_exported_as_form_b3(self, city, meter, official):
        answer = official.get(f"/desk/units/{city.own.unit.code}/instruments?format=csv")

        (row,) = rows(answer)[1:]
        assert row[:3] == ["M-1", "智能电能表", "Static electricity meter"]
        assert row[-4:] == ["C-1", "2020-01-05", "2025-01-05", "overdue"]

    def test_teaches_where_nothing_is_entered(self, city, official):
        answer = official.get(f"/desk/units/{city.own.unit.code}/instruments")

        assert "No instrument is on record." in answer.text


class TestTheInstrumentsPage:
    def test_draws_the_life_and_tells_the_same_in_a_table(self, address, official):
        answer = official.get(address)

        assert [event.what for event, _, _ in answer.context["events"]] == [
            "CERTIFICATE", "INSTALLED",
        ]  # fmt: skip
        assert [lane.label for lane in answer.context["drawn"].lanes] == [
            "Place",
            "Verification certificates",
        ]
        assert "<svg" in answer.text

    def test_exports_life_and_certificates(self, address, official):
        life = rows(official.get(f"{address}?format=csv&list=life"))
        given = rows(official.get(f"{address}?format=csv&list=certificates"))

        assert [row[1] for row in life[1:]] == ["Certificate given", "Put at a point"]
        assert given[1][0] == "C-1"

    def test_as_known_before_it_was_entered_shows_no_certificate(self, address, meter, official):
        before = Certificate.objects.get().recorded_at - timedelta(seconds=2)

        answer = official.get(address, {"as_of": f"{before:%Y-%m-%dT%H:%M:%S+00:00}"})

        assert answer.context["certificates"] == []
        assert "Enter a certificate" not in answer.text

    def test_of_another_unit_is_not_there(self, city, foreign_meter, district_official, official):
        own = f"/desk/units/{city.own.unit.code}/instruments/{foreign_meter}"
        foreign = f"/desk/units/{city.foreign.unit.code}/instruments/{foreign_meter}"

        assert official.get(own).status_code == 404
        assert district_official.get(foreign).status_code == 404
        assert official.get(foreign).status_code == 200


class TestCertificates:
    def test_are_entered_with_their_file(self, address, meter, official):
        paper = SimpleUploadedFile("证书.pdf", b"%PDF-1.4 paper", "application/pdf")

        answer = official.post(f"{address}/certificates/new", TOLD | {"document": paper})

        assert answer["Location"] == address
        made = Certificate.objects.get(number="C-2")
        assert (made.instrument_id, made.accuracy_class) == (meter, "0.5S")
        kept = official.get(f"{address}/certificates/{made.id}/file")
        assert kept.content == b"%PDF-1.4 paper"
        assert kept["Content-Disposition"].startswith("attachment")

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"verified_on": "2999-01-01", "due_on": ""}, "verified_on"),
            ({"due_on": "2026-01-05"}, "verified_on"),
            ({"number": "C-1"}, "number"),
            ({"result": "FINE"}, "result"),
        ],
    )
    def test_that_cannot_be_are_refused_and_typed_values_stay(
        self, address, official, changed, field
    ):
        answer = official.post(f"{address}/certificates/new", TOLD | changed)

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert 'value="市计测院"' in answer.text
        assert Certificate.objects.count() == 1

    def test_are_corrected_and_keep_their_file(self, address, official):
        paper = SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")
        official.post(f"{address}/certificates/new", TOLD | {"document": paper})
        known = Certificate.objects.get(number="C-2")

        form = official.get(f"{address}/certificates/{known.id}")
        assert 'value="2032-01-05"' in form.text
        official.post(f"{address}/certificates/{known.id}", TOLD | {"accuracy_class": "0.2S"})

        now = Certificate.objects.get(number="C-2", superseded_at=None)
        assert (now.accuracy_class, now.file_id) == ("0.2S", known.file_id)

    def test_corrected_meanwhile_are_not_there(self, address, official):
        known = Certificate.objects.get()
        official.post(f"{address}/certificates/{known.id}", TOLD)

        assert official.post(f"{address}/certificates/{known.id}", TOLD).status_code == 404

    def test_are_withdrawn_for_a_reason_that_is_kept(self, address, official):
        known = Certificate.objects.get()
        where = f"{address}/certificates/{known.id}/end"

        assert official.post(where, {"reason": " "}).status_code == 422
        official.post(where, {"reason": "of another meter"})

        known.refresh_from_db()
        assert known.superseded_at is not None
        entry = Entry.objects.get(action="certificate.withdrawn")
        assert entry.details["reason"] == "of another meter"

    def test_are_not_the_energy_managers_to_edit_here(self, address, manager):
        assert manager.get(f"{address}/certificates/new").status_code == 403


class TestTheList:
    @pytest.fixture
    def both(self, meter, foreign_meter):
        return meter, foreign_meter

    def test_reaches_no_further_than_the_viewer(self, both, official, district_official):
        assert official.get("/desk/instruments").context["page"].total == 2
        answer = district_official.get("/desk/instruments")
        assert [one.instrument.number for one in answer.context["rows"]] == ["M-1"]

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("search=s-77", ["M-1"]), ("search=%25", []), ("unit=乙", ["M-9"]),
            ("district=310104", ["M-9"]), ("energy=ELECTRICITY", ["M-1"]), ("level=LEVEL_2", []),
            ("due=OVERDUE", ["M-1"]), ("due=UNKNOWN", ["M-9"]), ("condition=NONE", ["M-1", "M-9"]),
            ("condition=QUALIFIED", []), ("kind=WATER_METER", []),
            ("kind=nonsense", ["M-1", "M-9"]),
            ("first=2025-01-05&last=2025-01-05", ["M-1"]), ("first=2025-01-06", []),
            ("last=2025-01-04", []), ("order=due", ["M-1", "M-9"]),
        ],
    )  # fmt: skip
    def test_is_filtered(self, both, official, query, numbers):
        answer = official.get(f"/desk/instruments?{query}")

        assert [one.instrument.number for one in answer.context["rows"]] == numbers
        assert answer.context["page"].total == len(numbers)

    def test_is_exported_as_shown(self, both, official):
        told = rows(official.get("/desk/instruments?due=UNKNOWN&format=csv"))

        assert [row[:3] for row in told[1:]] == [
            ["Unit 91310000MA1FL00024", "91310000MA1FL00024", "M-9"]
        ]

    def test_answers_in_so_many_queries(self, both, official, django_assert_max_num_queries):
        official.get("/desk/instruments")
        with django_assert_max_num_queries(16):
            official.get("/desk/instruments?energy=ELECTRICITY&due=OVERDUE")

    def test_teaches_where_there_is_none(self, city, official):
        assert "No instrument is on record." in official.get("/desk/instruments").text
        found = official.get("/desk/instruments?search=x").text
        assert "No instrument fits the filter." in found


class TestTheDueCalendar:
    def test_counts_by_day_and_lists_the_day(self, meter, official):
        day = due_in(10, meter)

        answer = official.get(f"/desk/due?day={day}")

        counted = {one.day: one.due for week in answer.context["weeks"] for one in week}
        assert counted[day] == 1
        assert [one.instrument.number for one in answer.context["rows"]] == ["M-1"]
        assert dict(answer.context["counts"])["WITHIN_30"] == 1
        assert dict(answer.context["months"])[day.replace(day=1)] == 1

    def test_leaves_out_what_is_out_of_use(self, meter, official):
        day = due_in(10, meter)
        stop(meter)

        answer = official.get(f"/desk/due?day={day}")

        assert answer.context["rows"] == []
        assert sum(count for _, count in answer.context["months"]) == 0
        assert sum(count for _, count in answer.context["counts"]) == 0

    def test_reaches_no_further_than_the_viewer(self, foreign_meter, district_official, official):
        day = due_in(40, foreign_meter)

        assert district_official.get(f"/desk/due?day={day}").context["rows"] == []
        assert len(official.get(f"/desk/due?day={day}&district=310104").context["rows"]) == 1
        assert official.get(f"/desk/due?day={day}&district=310101").context["rows"] == []

    def test_exports_the_month(self, meter, official):
        day = due_in(10, meter)

        told = rows(official.get(f"/desk/due?month={day:%Y-%m}&format=csv"))

        assert [row[2] for row in told[1:]] == ["M-1"]

    def test_shows_this_month_where_none_can_be_read(self, city, official):
        answer = official.get("/desk/due?month=never")

        assert answer.context["month"] == clock.day_of(clock.now()).replace(day=1)
        assert "Nothing falls due then." in answer.text
