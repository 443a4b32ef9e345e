"""A unit's own lists by the portal: what it keeps itself, of no other unit, by its own people."""

import io
from datetime import UTC, datetime

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import two_districts
from tests.unit.web.conftest import signed_in

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.imports import operations
from hengneng.kernel.imports.models import Run
from hengneng.kernel.policy.models import Grant
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts.models import Membership
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.equipment.models import Consumer
from hengneng.registry.instruments.models import Instrument

AT = datetime(2026, 3, 10, 4, tzinfo=UTC)
# A trial shows its progress on a connection of its own, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
OWN, FOREIGN = "91310000MA1FL00016", "91310000MA1FL00024"
START = f"/portal/{OWN}/imports"
LIST = "管理编号,计量器具名称\nM-1,电能表\nM-2,水表\n"
MIXED = f"统一社会信用代码,管理编号,计量器具名称\n{OWN},M-1,电能表\n{FOREIGN},M-2,水表\n"


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def holder(city):
    return two_districts.account(Role.ENERGY_MANAGER, city.own)


@pytest.fixture
def keeper(holder) -> Client:
    """The own unit's energy manager."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(holder)
    return client


def bring(client, body=LIST, kind="instruments", start=START):
    file = SimpleUploadedFile("a.csv", body.encode())
    return client.post(start, {"kind": kind, "file": file})


def brought(client, **said):
    """Return the run's own address."""
    answer = bring(client, **said)
    assert answer.status_code == 302, answer.text
    return answer["Location"].removesuffix("/sheet")


def tried(client, address):
    page = client.get(f"{address}/columns")
    shown = {field.html_name: field.initial or "" for field in page.context["form"]}
    answer = client.post(f"{address}/columns", shown | {"is_shared": ""})
    assert answer.status_code == 302, answer.text
    operations.try_out(run_id=number(address), at=AT)
    return client.get(address)


def number(address):
    return int(address.rpartition("/")[2])


class TestOwnLists:
    def test_are_imported_without_a_column_of_units(self, city, keeper, holder):
        address = brought(keeper)
        page = tried(keeper, address)
        assert page.context["counts"] == {"refused": 0, "changed": 0, "new": 2, "unchanged": 0}
        assert not Instrument.objects.exists()

        assert keeper.post(f"{address}/commit")["Location"] == address
        operations.carry_out(run_id=number(address), at=AT)

        assert "Imported" in keeper.get(address).text
        there = set(Instrument.objects.values_list("unit_id", "number"))
        assert there == {(city.own.unit.id, "M-1"), (city.own.unit.id, "M-2")}
        assert Entry.objects.get(action="import.committed").by == holder.id

    def test_of_equipment_need_not_say_whose_it_is_either(self, city, keeper):
        address = brought(keeper, body="编号,名称,类别\nP-1,水泵,设备\n", kind="equipment")
        form = keeper.get(f"{address}/columns").context["form"]
        assert form["given_unit_code"].initial == OWN
        tried(keeper, address)
        keeper.post(f"{address}/commit")
        operations.carry_out(run_id=number(address), at=AT)

        assert Consumer.objects.get().unit_id == city.own.unit.id

    def test_are_mended_and_brought_again(self, keeper):
        address = brought(keeper, body=MIXED)
        tried(keeper, address)
        refused = keeper.get(f"{address}/refused?format=csv").content.decode("utf-8-sig")
        assert "the unit is none of yours" in refused

        mended = refused.replace(FOREIGN, OWN)
        file = SimpleUploadedFile("refused.csv", mended.encode())
        keeper.post(f"{address}/mend", {"mended": file})
        operations.try_out(run_id=number(address), at=AT)

        assert keeper.get(address).context["counts"]["new"] == 2

    def test_stand_on_the_units_page_to_go_on_with(self, keeper):
        address = brought(keeper)

        page = keeper.get(START).text
        assert f'href="{address}/sheet"' in page
        assert "Brought, not tried yet" in page
        for chapter in ("instruments", "equipment"):
            assert f'href="{START}?kind={chapter}"' in keeper.get(f"/portal/{OWN}/{chapter}").text

    def test_say_when_the_ledger_has_changed_since(self, keeper):
        first, second = brought(keeper), brought(keeper)
        assert "since then the ledger has changed" not in tried(keeper, first).text
        tried(keeper, second)
        keeper.post(f"{second}/commit")
        operations.carry_out(run_id=number(second), at=AT)

        assert "since then the ledger has changed" in keeper.get(first).text
        keeper.post(f"{first}/try")
        operations.try_out(run_id=number(first), at=AT)
        assert "since then the ledger has changed" not in keeper.get(first).text


class TestKinds:
    @pytest.mark.parametrize("kind", ["equipment", "instruments", "certificates"])
    def test_a_unit_brings_what_it_keeps(self, keeper, kind):
        answer = keeper.get(f"{START}/templates/{kind}")

        book = python_calamine.load_workbook(io.BytesIO(answer.content))
        assert book.sheet_names[0] == kind
        assert f"{START}/templates/{kind}" in keeper.get(START).text

    @pytest.mark.parametrize("kind", ["units", "listings", "points", "people"])
    def test_and_nothing_else(self, keeper, kind):
        assert bring(keeper, kind=kind).status_code == 422
        assert keeper.get(f"{START}/templates/{kind}").status_code == 404
        assert f"/templates/{kind}" not in keeper.get(START).text
        assert not Run.objects.exists()


class TestReach:
    def test_rows_of_another_unit_are_refused_each_with_its_reason(self, city, keeper):
        page = tried(keeper, brought(keeper, body=MIXED))

        assert page.context["counts"] == {"refused": 1, "changed": 0, "new": 1, "unchanged": 0}
        assert "the unit is none of yours" in page.text
        assert "Import now" not in page.text

    def test_no_constant_makes_a_row_anothers(self, city, keeper):
        address = brought(keeper)
        page = keeper.get(f"{address}/columns")
        shown = {field.html_name: field.initial or "" for field in page.context["form"]}
        keeper.post(f"{address}/columns", shown | {"is_shared": "", "given_unit_code": FOREIGN})
        operations.try_out(run_id=number(address), at=AT)

        assert keeper.get(address).context["counts"]["refused"] == 2

    def test_another_units_pages_are_not_there(self, city, keeper):
        address = brought(keeper).replace(OWN, FOREIGN)

        for part in ("", "/sheet", "/columns", "/refused"):
            assert keeper.get(address + part).status_code == 404
        for part in ("/profile", "/try", "/mend", "/commit", "/sheet", "/columns"):
            assert keeper.post(address + part).status_code == 404
        assert bring(keeper, start=f"/portal/{FOREIGN}/imports").status_code == 404

    def test_a_file_of_anothers_is_not_there(self, city, keeper):
        other = two_districts.stranger("the other's manager")
        Membership.objects.create(
            account=other, role=Role.ENERGY_MANAGER, unit_id=city.foreign.unit.id,
            since_at=two_districts.SINCE,
        )  # fmt: skip
        client = Client()
        client.force_login(other)
        theirs = brought(client, start=f"/portal/{FOREIGN}/imports")
        mine = f"{START}/{number(theirs)}"

        for part in ("", "/sheet", "/columns", "/refused"):
            answer = keeper.get(mine + part)
            assert (answer.status_code, answer["Location"]) == (302, START)
        for part in ("/profile", "/try", "/mend", "/commit", "/sheet", "/columns"):
            assert keeper.post(mine + part)["Location"] == START
        assert Run.objects.get().state == "BROUGHT"

    def test_of_two_units_each_has_its_own_files(self, city, keeper, holder):
        Membership.objects.create(
            account=holder, role=Role.ENERGY_MANAGER, unit_id=city.foreign.unit.id,
            since_at=two_districts.SINCE,
        )  # fmt: skip
        address = brought(keeper)
        there = f"/portal/{FOREIGN}/imports"

        assert keeper.get(address.replace(OWN, FOREIGN))["Location"] == there
        assert keeper.get(there).context["runs"] == []

    def test_what_one_brings_by_office_is_no_file_of_the_units(self, city, keeper, holder):
        """By an office's right a point is installed at once; by the unit's own it is not."""
        Grant.objects.create(
            account_id=holder.id, unit_id=city.own.unit.id, permission=Permission.EDIT_REGISTRY,
            granted_at=two_districts.SINCE,
        )  # fmt: skip
        office = brought(keeper, start="/desk/imports")
        own = brought(keeper)

        assert keeper.get(f"{START}/{number(office)}")["Location"] == START
        assert keeper.get(f"/desk/imports/{number(own)}")["Location"] == "/desk/imports"
        assert keeper.post(f"/desk/imports/{number(own)}/try")["Location"] == "/desk/imports"

    def test_without_the_duty_to_report_there_is_no_way_in(self, city):
        official = signed_in(Role.CITY_OFFICIAL, city)

        assert official.get(START).status_code == 403
        assert f'href="{START}' not in official.get(f"/portal/{OWN}/instruments").text

    def test_nothing_goes_on_when_the_office_has_ended(self, keeper):
        address = brought(keeper)
        tried(keeper, address)
        Membership.objects.update(ended_at=AT)

        assert keeper.post(f"{address}/commit").status_code in (302, 403, 404)
        assert Run.objects.get().state == "READY"


def test_it_is_chinese(city, holder):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(holder)
    head = "统一社会信用代码,管理编号,计量器具名称,计量点编号"
    address = brought(client, body=f"{head}\n{OWN},M-1,电能表,E-01\n{FOREIGN},M-2,水表,\n")
    page = tried(client, address)

    assert "导入名单" in client.get(START).text
    assert "因此计量点清单不在此导入" in client.get(START).text
    assert "计量点编号：器具安装位置须作为计量变更上报" in page.text
    assert "该单位不在您的范围之内" in page.text
    assert f'href="/portal/{OWN}/points"' in page.text  # the way to the unit's other pages
