"""A unit keeps its own ledger: instruments, certificates, equipment, contacts; nobody else's."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import ledger_samples as samples
from tests import two_districts

from hengneng.kernel.personal.models import Person
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.instruments import queries
from hengneng.registry.units import queries as units

from .conftest import at, signed_in


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DATA_DIR = tmp_path


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
