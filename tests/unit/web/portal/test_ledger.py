"""A unit writes in its own ledger: what it tells waits for the district, what it keeps counts."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import ledger_samples as samples
from tests import two_districts

from hengneng.kernel.personal.models import Person
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import ChangeNotice, Instrument
from hengneng.registry.units import queries as units

from .conftest import NOON, signed_in


@pytest.fixture
def own(city):
    """The place whose energy manager tells."""
    return city.own


@pytest.fixture
def teller(city):
    """The own unit's energy manager."""
    return signed_in(two_districts.account(Role.ENERGY_MANAGER, city.own))


@pytest.fixture
def metered(own) -> Instrument:
    """The meter that stands at the own point."""
    return Instrument.objects.get(id=samples.instrument_of(own))


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def at(own, path: str) -> str:
    return f"/portal/{own.unit.code}/{path}"


def exchange(own, **other):
    told = {
        "point": own.point.id,
        "happened_at": "2026-03-09T10:30",
        "before_value": "900.5",
        "after_value": "0",
    }
    return told | other


class TestTellingOfAChange:
    def test_an_exchange_waits_with_its_registers(self, teller, own, metered):
        answer = teller.post(at(own, "changes/exchange"), exchange(own, new_number="M-02"))

        assert answer["Location"] == at(own, "changes")
        (row,) = queries.notices_of(own.unit.id)
        assert (row.kind, row.state, row.point_id) == ("EXCHANGE", "REPORTED", own.point.id)
        assert row.said.before_value == Decimal("900.5")
        assert row.said.new_number == "M-02"
        assert row.happened_at == datetime(2026, 3, 9, 2, 30, tzinfo=UTC)
        assert row.instrument_id == metered.id
        assert queries.exchanges_of(own.unit.id) == []

    def test_it_is_due_three_working_days_after_it_happened(self, teller, own):
        # 6 March 2026 is a Friday: Monday, Tuesday, Wednesday.
        teller.post(at(own, "changes/exchange"), exchange(own, happened_at="2026-03-06T10:30"))
        (row,) = queries.notices_of(own.unit.id)
        assert (row.due_on, row.is_late) == (date(2026, 3, 11), False)

    def test_the_page_says_until_when_what_changes_today_is_told(self, teller, own):
        text = teller.get(at(own, "changes")).text
        assert "told by 2026-03-13: within 3 working days" in text
        assert "was not checked against an official text" in text

    def test_what_is_told_late_says_so(self, teller, own):
        teller.post(at(own, "changes/exchange"), exchange(own, happened_at="2026-03-04T10:30"))
        assert "late: due 2026-03-09" in teller.get(at(own, "changes")).text

    def test_a_ratio_is_told_as_a_fraction(self, teller, own):
        told = {"point": own.point.id, "happened_at": "2026-03-09T10:30", "ratio": "400/5"}
        teller.post(at(own, "changes/ratio"), told)
        (row,) = queries.notices_of(own.unit.id)
        assert row.said.ratio == Fraction(80)

    @pytest.mark.parametrize("ratio", ["0", "-2", "1/0", "many"])
    def test_a_ratio_that_is_none_is_refused(self, teller, own, ratio):
        told = {"point": own.point.id, "happened_at": "2026-03-09T10:30", "ratio": ratio}
        answer = teller.post(at(own, "changes/ratio"), told)
        assert answer.status_code == 422
        assert "ratio" in answer.context["form"].errors
        assert not ChangeNotice.objects.exists()

    def test_a_stop_names_the_instrument(self, teller, own, metered):
        told = {"instrument": metered.id, "happened_at": "2026-03-09T10:30"}
        teller.post(at(own, "changes/stop"), told)
        (row,) = queries.notices_of(own.unit.id)
        assert (row.kind, row.instrument_number) == ("STOP", samples.NUMBER)

    def test_a_move_to_nowhere_is_refused_beside_its_field(self, teller, own, metered):
        told = {"instrument": metered.id, "happened_at": "2026-03-09T10:30", "remark": "到二楼"}
        answer = teller.post(at(own, "changes/move"), told)
        assert answer.status_code == 422
        assert "Say at which point or place" in answer.context["form"].errors["new_place"][0]
        assert "到二楼" in answer.text

    def test_a_move_says_where_to(self, teller, own, metered):
        told = {"instrument": metered.id, "happened_at": "2026-03-09T10:30", "new_place": "二楼"}
        teller.post(at(own, "changes/move"), told)
        (row,) = queries.notices_of(own.unit.id)
        assert (row.said.new_place, row.said.new_point_code) == ("二楼", "")

    def test_what_is_yet_to_come_is_refused_and_keeps_what_was_typed(self, teller, own):
        answer = teller.post(
            at(own, "changes/exchange"), exchange(own, happened_at="2026-03-10T12:01")
        )
        assert answer.status_code == 422
        assert "happened_at" in answer.context["form"].errors
        assert 'value="900.5"' in answer.text

    def test_this_very_minute_is_not_yet_to_come(self, teller, own):
        teller.post(at(own, "changes/exchange"), exchange(own, happened_at="2026-03-10T12:00"))
        assert [row.happened_at for row in queries.notices_of(own.unit.id)] == [NOON]

    def test_another_unit_s_point_is_no_choice(self, teller, own, city):
        told = exchange(own, point=city.foreign.point.id)
        answer = teller.post(at(own, "changes/exchange"), told)
        assert "point" in answer.context["form"].errors
        assert not ChangeNotice.objects.exists()


class TestWhatWasTold:
    @pytest.fixture
    def told(self, own) -> int:
        """A notice that waits for the district."""
        return samples.change_of(own)

    @pytest.fixture
    def returned(self, told) -> int:
        """A notice that came back."""
        instruments.send_back(notice_id=told, reason="读数写反了", by=None, at=NOON)
        return told

    def test_it_is_withdrawn(self, teller, own, told):
        teller.post(at(own, f"changes/{told}/withdraw"))
        assert ChangeNotice.objects.get(id=told).state == "WITHDRAWN"

    def test_what_is_confirmed_is_not_withdrawn(self, teller, own, told):
        ChangeNotice.objects.filter(id=told).update(state="CONFIRMED", decided_at=NOON)
        answer = teller.post(at(own, f"changes/{told}/withdraw"), follow=True)
        assert "confirmed or withdrawn already" in answer.text
        assert ChangeNotice.objects.get(id=told).state == "CONFIRMED"

    def test_another_s_is_not_there(self, teller, own, city):
        foreign = samples.change_of(city.foreign)
        assert teller.post(at(own, f"changes/{foreign}/withdraw")).status_code == 404
        assert teller.get(at(own, f"changes/{foreign}")).status_code == 404
        assert teller.get(at(own, f"changes/{foreign}/again")).status_code == 404
        assert ChangeNotice.objects.get(id=foreign).state == "REPORTED"

    def test_what_came_back_is_told_again(self, teller, own, returned):
        shown = teller.get(at(own, f"changes/{returned}/again"))
        assert "读数写反了" in shown.text
        assert 'value="900"' in shown.text

        told = exchange(own, before_value="901")
        teller.post(at(own, f"changes/{returned}/again"), told)

        (row,) = queries.notices_of(own.unit.id)
        assert (row.state, row.said.before_value) == ("REPORTED", Decimal(901))

    def test_what_waits_is_not_told_again(self, teller, own, told):
        answer = teller.post(at(own, f"changes/{told}/again"), exchange(own))
        assert answer.status_code == 422

    def test_it_stands_among_the_to_dos(self, teller, own, returned):
        waiting = teller.get(at(own, "")).context["todos"]
        assert [todo.address for todo in waiting.own if todo.subject == "Change"] == [
            at(own, f"changes/{returned}")
        ]

    def test_what_waits_for_the_district_stands_there_too(self, teller, own, told):
        waiting = teller.get(at(own, "")).context["todos"]
        assert "1 change that you told waits to be confirmed." in [t.says for t in waiting.others]

    def test_the_file_holds_what_the_filter_shows(self, teller, own, told):
        def rows(words):
            answer = teller.get(at(own, f"changes/file?format=csv&{words}"))
            return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]

        assert [row[:3] for row in rows("state=REPORTED")] == [["Meter exchanged", "E-01", ""]]
        assert rows("state=CONFIRMED") == []


class TestInstruments:
    def test_one_is_entered(self, teller, own):
        teller.post(
            at(own, "instruments/new"), {"number": "W-1", "name": "水表", "cycle_months": 24}
        )
        (row,) = queries.instruments_of(own.unit.id)
        assert (row.number, row.name, row.cycle_months, row.is_mandatory) == (
            "W-1",
            "水表",
            24,
            None,
        )

    def test_a_number_is_entered_once(self, teller, own, metered):
        answer = teller.post(at(own, "instruments/new"), {"number": samples.NUMBER, "name": "别的"})
        assert answer.status_code == 422
        assert "number" in answer.context["form"].errors

    def test_the_ledger_is_corrected_and_the_number_stays(self, teller, own, metered):
        teller.post(
            at(own, f"instruments/{metered.id}/correct"),
            {"name": "三相电能表", "kind": "ELECTRICITY_METER", "number": "X"},
        )
        metered.refresh_from_db()
        assert (metered.number, metered.name, metered.kind) == (
            samples.NUMBER, "三相电能表", "ELECTRICITY_METER",
        )  # fmt: skip

    def test_another_s_is_not_there(self, teller, own, city):
        foreign = samples.instrument_of(city.foreign)
        assert teller.get(at(own, f"instruments/{foreign}")).status_code == 404
        assert teller.get(at(own, f"instruments/{foreign}/correct")).status_code == 404

    def test_the_list_is_searched(self, teller, own, metered):
        assert len(teller.get(at(own, "instruments?search=m-01")).context["rows"]) == 1
        assert teller.get(at(own, "instruments?search=nothing")).context["rows"] == []


class TestCertificates:
    @pytest.fixture
    def said(self) -> dict[str, object]:
        return {
            "number": "C-7", "kind": "VERIFICATION", "body": "市计量院",
            "verified_on": "2026-03-01",
            "result": "QUALIFIED", "accuracy_class": "0.5S", "due_on": "2026-04-01",
        }  # fmt: skip

    @pytest.fixture
    def brought(self, teller, own, metered, said):
        """A certificate that the teller has brought."""
        paper = SimpleUploadedFile("证书.pdf", b"%PDF-1.7")
        teller.post(
            at(own, f"instruments/{metered.id}/certificates/new"), said | {"document": paper}
        )
        return queries.certificates_of([metered.id])[0]

    def test_one_is_entered_with_its_paper(self, teller, own, metered, brought):
        assert (brought.number, brought.due_on) == ("C-7", date(2026, 4, 1))
        paper = teller.get(at(own, f"instruments/{metered.id}/certificates/{brought.id}/file"))
        assert paper.content == b"%PDF-1.7"
        assert paper["Content-Disposition"].startswith("attachment")
        (row,) = queries.instruments_of(own.unit.id)
        assert row.accuracy_class == "0.5S"

    def test_without_its_paper_it_is_refused(self, teller, own, metered, said):
        answer = teller.post(at(own, f"instruments/{metered.id}/certificates/new"), said)
        assert "document" in answer.context["form"].errors
        assert queries.certificates_of([metered.id]) == []

    def test_a_program_is_no_paper(self, teller, own, metered, said):
        paper = SimpleUploadedFile("a.exe", b"MZ")
        answer = teller.post(
            at(own, f"instruments/{metered.id}/certificates/new"), said | {"document": paper}
        )
        assert "document" in answer.context["form"].errors
        assert queries.certificates_of([metered.id]) == []

    @pytest.mark.parametrize(("given", "is_kept"), [("2026-03-10", True), ("2026-03-11", False)])
    def test_it_is_not_given_later_than_today(self, teller, own, metered, said, given, is_kept):
        told = said | {"verified_on": given, "document": SimpleUploadedFile("a.pdf", b"%PDF")}
        teller.post(at(own, f"instruments/{metered.id}/certificates/new"), told)
        assert bool(queries.certificates_of([metered.id])) is is_kept

    def test_one_s_own_is_corrected_and_keeps_its_paper(self, teller, own, metered, brought, said):
        place = at(own, f"instruments/{metered.id}/certificates/{brought.id}")
        teller.post(place, said | {"accuracy_class": "0.2S"})
        (now,) = queries.certificates_of([metered.id])
        assert (now.accuracy_class, now.file_id) == ("0.2S", brought.file_id)

    def test_one_s_own_is_withdrawn(self, teller, own, metered, brought):
        teller.post(at(own, f"instruments/{metered.id}/certificates/{brought.id}/withdraw"))
        assert queries.certificates_of([metered.id]) == []

    def test_what_another_brought_stays(self, teller, own, metered, said):
        known = samples.certificate_of(own)
        place = at(own, f"instruments/{metered.id}/certificates/{known}")
        for answer in (
            teller.post(f"{place}/withdraw", follow=True),
            teller.post(place, said, follow=True),
        ):
            assert "not brought this certificate" in answer.text
        assert [one.id for one in queries.certificates_of([metered.id])] == [known]

    def test_another_unit_s_is_not_there(self, teller, own, metered, city):
        foreign = samples.certificate_of(city.foreign)
        place = at(own, f"instruments/{metered.id}/certificates/{foreign}")
        assert teller.get(f"{place}/file").status_code == 404
        assert teller.post(f"{place}/withdraw").status_code == 404

    def test_it_stands_in_the_calendar_under_its_month(self, teller, own, brought):
        (group,) = teller.get(at(own, "instruments/due")).context["groups"]
        assert (group.month, [row.number for row in group.rows]) == (
            date(2026, 4, 1), [samples.NUMBER],
        )  # fmt: skip
        assert "1 instrument is due within 30 days." in [
            todo.says for todo in teller.get(at(own, "")).context["todos"].own
        ]


class TestEquipment:
    @pytest.fixture
    def chiller(self, own) -> int:
        return samples.consumer_of(own)

    def test_one_is_entered(self, teller, own):
        said = {"code": "B-1", "name": "锅炉", "kind": "EQUIPMENT", "valid_from": "2026-03-01"}
        teller.post(at(own, "equipment/new"), said)
        (row,) = equipment.consumers_of(own.unit.id)
        assert (row.code, row.name, row.parent_id) == ("B-1", "锅炉", None)

    def test_what_it_needs_is_said(self, teller, own, chiller):
        said = {
            "energy_type_id": "ELECTRICITY", "amount": "350", "measure": "kW",
            "valid_from": "2026-03-01",
        }  # fmt: skip
        teller.post(at(own, f"equipment/{chiller}/demand"), said)
        ((need,),) = [row.demands for row in equipment.consumers_of(own.unit.id)]
        assert (need.amount, need.measure) == (Decimal(350), "kW")
        assert "350" in teller.get(at(own, "equipment")).text

    def test_it_is_described_anew_from_a_day_on(self, teller, own, chiller):
        said = {"name": "一号冷机", "kind": "EQUIPMENT", "valid_from": "2026-03-01"}
        teller.post(at(own, f"equipment/{chiller}"), said)
        before = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
        assert [row.name for row in equipment.consumers_of(own.unit.id)] == ["一号冷机"]
        assert [row.name for row in equipment.consumers_of(own.unit.id, at=before)] == ["冷机"]

    def test_it_does_not_belong_to_itself(self, teller, own, chiller):
        said = {
            "name": "冷机", "kind": "EQUIPMENT", "valid_from": "2026-03-01", "parent_id": chiller,
        }  # fmt: skip
        answer = teller.post(at(own, f"equipment/{chiller}"), said)
        assert "parent_id" in answer.context["form"].errors

    def test_it_is_gone_from_a_day_on(self, teller, own, chiller):
        teller.post(at(own, f"equipment/{chiller}/gone"), {"valid_from": "2026-03-10"})
        assert equipment.consumers_of(own.unit.id) == []

    def test_another_s_is_not_there(self, teller, own, city):
        foreign = samples.consumer_of(city.foreign)
        assert teller.get(at(own, f"equipment/{foreign}")).status_code == 404
        answer = teller.post(at(own, f"equipment/{foreign}/gone"), {"valid_from": "2026-03-10"})
        assert answer.status_code == 404
        assert len(equipment.consumers_of(city.foreign.unit.id)) == 1


class TestContacts:
    def test_one_is_named_and_sealed(self, teller, own):
        said = {
            "role": "METERING_LEAD", "name": "赵一", "phone": "13812345678",
            "valid_from": "2026-03-01",
        }  # fmt: skip
        teller.post(at(own, "card/contacts/new"), said)
        (row,) = units.contacts_of(own.unit.id, whole=True)
        assert (row.person.name, row.person.phone) == ("赵一", "13812345678")
        assert "赵一".encode() not in bytes(Person.objects.get().sealed)
        assert "赵一" in teller.get(at(own, "card")).text

    def test_who_need_not_know_sees_them_masked(self, own, city):
        samples.person_of(own)
        administrator = signed_in(two_districts.account(Role.ADMINISTRATOR, city.own))
        text = administrator.get(at(own, "card")).text
        assert "王计量" not in text
        assert "王**" in text
        answer = administrator.get(at(own, "card/contacts/file?format=csv"))
        assert "王计量" not in answer.content.decode("utf-8-sig")

    def test_one_is_corrected(self, teller, own):
        person = samples.person_of(own)
        said = {"name": "王计量", "phone": "62345678", "post": "主任"}
        teller.post(at(own, f"card/contacts/{person}/{samples.ROLE}"), said)
        (row,) = units.contacts_of(own.unit.id, whole=True)
        assert (row.person.phone, row.post) == ("62345678", "主任")

    def test_a_role_ends(self, teller, own):
        person = samples.person_of(own)
        place = at(own, f"card/contacts/{person}/{samples.ROLE}/end")
        teller.post(place, {"ended_on": "2026-03-10"})
        assert units.contacts_of(own.unit.id, whole=True) == []

    def test_another_unit_s_is_not_there(self, teller, own, city):
        foreign = samples.person_of(city.foreign)
        place = at(own, f"card/contacts/{foreign}/{samples.ROLE}")
        assert teller.get(place).status_code == 404
        assert teller.post(f"{place}/end", {"ended_on": "2026-03-10"}).status_code == 404


WRITING = [
    "changes/exchange", "changes/ratio", "changes/move", "changes/stop", "instruments/new",
    "equipment/new", "card/contacts/new",
]  # fmt: skip


@pytest.mark.parametrize("path", WRITING)
class TestWhoWrites:
    def test_an_official_reads_only(self, own, city, path):
        official = signed_in(two_districts.account(Role.CITY_OFFICIAL, city.own))
        assert official.get(at(own, path)).status_code == 403
        chapter = path.split("/")[0]
        assert path not in official.get(at(own, chapter)).text

    def test_another_unit_is_not_there(self, teller, city, path):
        assert teller.get(at(city.foreign, path)).status_code == 404
        assert teller.post(at(city.foreign, path), {}).status_code == 404


@pytest.mark.parametrize("chapter", ["changes", "instruments", "instruments/due", "equipment"])
def test_an_empty_chapter_teaches(teller, own, chapter):
    assert 'class="empty"' in teller.get(at(own, chapter)).text
