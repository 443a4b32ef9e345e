"""Lists imported by the API: brought, arranged, tried, mended, committed; whose and how far."""

import io
import threading

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from tests import two_districts
from tests.unit.web.api.importing import (
    AT,
    BAD,
    FOREIGN,
    FRESH,
    GOOD,
    HEAD,
    OWN,
    START,
    bring,
    brought,
    committed,
    holder,
    listing,
    number,
    tried,
)

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.imports import operations, tables
from hengneng.kernel.imports.models import Run
from hengneng.kernel.policy.models import Grant
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts.models import Membership
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.units.models import Unit
from hengneng.script import rooms
from hengneng.web.api import urls

# A trial shows its progress on a connection of its own, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def official(city) -> Client:
    return holder(Role.CITY_OFFICIAL, city)[1]


@pytest.fixture
def district(city) -> Client:
    return holder(Role.DISTRICT_OFFICIAL, city)[1]


def refused(answer):
    return answer.status_code, answer.json()["error"]["code"]


class TestTheWayIn:
    def test_from_the_file_to_the_ledger(self, official):
        address = brought(official)
        told = official.get(address).json()
        assert (told["state"], told["counts"], told["work"]) == ("BROUGHT", None, None)

        told = tried(official, address)
        assert told["state"] == "READY"
        assert told["counts"] == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
        assert (told["work"]["done"], told["work"]["total"]) == (4, 4)
        assert not Unit.objects.filter(code=FRESH).exists()

        told = committed(official, address)
        assert (told["state"], told["work"]["failed"]) == ("COMMITTED", "")
        assert Unit.objects.get(code=FRESH).name == "丙厂"
        assert official.get(START).json()["items"] == [told]

    def test_shows_the_work_while_it_waits(self, official):
        address = brought(official)
        told = official.post(f"{address}/commit").json()

        assert told["state"] == "TRYING"
        assert (told["work"]["total"], told["work"]["finished_at"]) == (0, None)

    def test_tells_row_by_row_what_changes(self, official):
        address = brought(official)
        tried(official, address)

        changed = official.get(f"{address}/rows?change=CHANGED").json()
        assert changed["items"] == [{
            "row": 2,
            "change": "CHANGED",
            "reason": "",
            "differences": [{"column": "name", "before": "甲饭店", "after": "甲大饭店"}],
            "cells": {"code": OWN, "name": "甲大饭店", "address": ""},
        }]  # fmt: skip
        new = official.get(f"{address}/rows?change=NEW").json()
        assert [one["row"] for one in new["items"]] == [3]
        assert official.get(f"{address}/rows").json()["count"] == 0

    def test_pages_rows(self, official):
        address = brought(official, body=listing(*(f"X{n},厂," for n in range(5))))
        tried(official, address)

        told = official.get(f"{address}/rows?page=2&page_size=2").json()
        assert [one["row"] for one in told["items"]] == [4, 5]
        assert (told["count"], told["page"], told["pages"]) == (5, 2, 3)
        reason = "X2 is not a unified social credit code: it has not 18 characters"
        assert told["items"][0]["reason"] == reason

    def test_says_when_the_ledger_has_changed_since(self, official):
        first, second = brought(official), brought(official)
        assert tried(official, first)["is_current"]
        tried(official, second)
        committed(official, second)

        assert not official.get(first).json()["is_current"]
        assert tried(official, first)["is_current"]


class TestLayout:
    def test_suggests_a_mapping(self, official):
        body = listing(f"{OWN},甲,南京路", head="代码,单位名称,单位地址")
        told = official.get(f"{brought(official, body=body)}/layout").json()

        columns = {one["name"]: one for one in told["columns"]}
        assert (told["header_first"], told["header_last"], told["rows"]) == (1, 1, 1)
        assert told["sample"] == [{"row": 2, "cells": [OWN, "甲", "南京路"]}]
        assert (columns["name"]["used"], columns["name"]["confidence"]) == ("单位名称", 1.0)
        assert (columns["code"]["heading"], columns["code"]["used"]) == ("代码", None)
        assert columns["sector"]["heading"] is None

    def test_is_arranged_and_tried_so(self, official):
        body = listing(f"{OWN},甲大饭店,x", head="代码,单位名称,单位地址")
        address = brought(official, body=body)
        said = {"mapping": {"code": "代码", "address": ""}, "constants": {"sector": "商业"}}

        told = official.post(f"{address}/layout", said, content_type="application/json").json()
        columns = {one["name"]: one for one in told["columns"]}
        assert (columns["code"]["used"], columns["address"]["used"]) == ("代码", None)
        assert columns["sector"]["constant"] == "商业"
        tried(official, address)
        items = official.get(f"{address}/rows?change=CHANGED").json()["items"]
        assert [one["column"] for one in items[0]["differences"]] == ["name", "sector"]

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"mapping": {"ship": "代码"}}, "UNKNOWN_COLUMN"),
            ({"constants": {"ship": "x"}}, "UNKNOWN_COLUMN"),
            ({"mapping": {"code": "没有"}}, "UNKNOWN_COLUMN"),
            ({"header_first": 99, "header_last": 99}, "UNREADABLE_LIST"),
            ({"sheet": "没有"}, None),
            ({"header_first": 1}, "BAD_PARAMETER"),
            ({"header_first": 1, "header_last": 4}, "BAD_PARAMETER"),
            ({"header_first": 2, "header_last": 1}, "BAD_PARAMETER"),
            ({"constants": {"name": "a\x00"}}, "BAD_PARAMETER"),
            ({"header": 1}, "BAD_PARAMETER"),
        ],
    )
    def test_refuses_what_cannot_be_and_keeps_the_former(self, official, said, code):
        address = brought(official)
        answer = official.post(f"{address}/layout", said, content_type="application/json")

        if code is None:  # a .csv file has one sheet, without a name
            assert answer.status_code == 422
            return
        assert refused(answer) == (422, code)
        run = Run.objects.get()
        assert (run.mapping, run.constants, run.header_first) == (None, {}, None)


class TestRefusedRows:
    def test_are_downloaded_mended_and_brought_back(self, official):
        address = brought(official, body=BAD)
        assert tried(official, address)["state"] == "REFUSED"
        assert refused(official.post(f"{address}/commit?dry_run=false")) == (409, "OUT_OF_TURN")

        answer = official.get(f"{address}/refused")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.content.decode("utf-8-sig").splitlines()[0] == f"row,reason,{HEAD}"
        mended = SimpleUploadedFile(
            "r.csv", answer.content.replace(b"9131,", FRESH.encode() + b",")
        )
        assert official.post(f"{address}/mended", {"file": mended}).status_code == 202
        operations.try_out(run_id=number(address), at=AT)
        assert committed(official, address)["counts"]["new"] == 1

    def test_are_a_workbook_too(self, official):
        address = brought(official, body=BAD)
        tried(official, address)

        body = official.get(f"{address}/refused?format=xlsx").content
        rows = python_calamine.load_workbook(io.BytesIO(body)).get_sheet_by_index(0).to_python()
        assert rows[1][0] == "3"

    def test_are_told_once_they_are_decided(self, official):
        address = brought(official, body=BAD)

        for part in ("rows", "refused"):
            assert refused(official.get(f"{address}/{part}")) == (409, "OUT_OF_TURN")


class TestBounds:
    @pytest.mark.parametrize(
        ("name", "body", "said"),
        [
            ("a.xlsm", b"PK", ".xlsm may hold macros"),
            ("a.pdf", b"%PDF", ".pdf is neither .csv nor .xlsx"),
            ("a.xlsx", b"no workbook", "not an .xlsx workbook"),
            ("a.csv", b"\xff\xff\xff", "neither UTF-8 nor GB 18030"),
        ],
    )
    def test_the_desks_refusals(self, official, name, body, said):
        answer = bring(official, body=body, name=name)

        assert refused(answer) == (422, "UNREADABLE_LIST")
        assert said in answer.json()["error"]["message"]
        assert not Run.objects.exists()

    def test_a_file_over_the_bound(self, official, monkeypatch):
        monkeypatch.setattr(tables, "BYTES_MAX", len(GOOD) - 1)
        assert refused(bring(official)) == (413, "TOO_LARGE")
        monkeypatch.setattr(tables, "BYTES_MAX", len(GOOD))
        assert bring(official).status_code == 201

    def test_a_body_over_the_bound_is_not_read(self, official, monkeypatch):
        monkeypatch.setattr(urls, "BODY_BYTES_MAX", 10)

        assert refused(bring(official)) == (413, "TOO_LARGE")

    @pytest.mark.parametrize("said", [{}, {"kind": "ships"}, {"kind": "units"}])
    def test_a_form_that_lacks_something(self, official, said):
        file = {"file": SimpleUploadedFile("a.csv", GOOD)} if said.get("kind") == "ships" else {}

        assert refused(official.post(START, said | file)) == (422, "BAD_PARAMETER")

    @pytest.mark.parametrize(
        "content_type", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain"]
    )
    def test_a_body_that_is_none(self, official, content_type):
        answer = official.generic("POST", START, b"\x00{", content_type=content_type)

        assert answer.status_code == 422

    def test_a_layout_that_is_no_json(self, official):
        address = brought(official)
        answer = official.generic("POST", f"{address}/layout", b"{", "application/json")

        assert refused(answer) == (422, "BAD_BODY")

    def test_each_address_answers_its_methods(self, official):
        answer = official.put(START)

        assert refused(answer) == (405, "NOT_OFFERED")
        assert answer["Allow"] == "GET, POST"
        assert official.post("/api/v1/units").status_code == 405


class TestReach:
    def test_another_accounts_import_is_not_there(self, official, district):
        address = brought(official, body=BAD)
        tried(official, address)

        for part in ("", "/layout", "/rows", "/refused"):
            assert refused(district.get(address + part)) == (404, "UNKNOWN_IMPORT")
        assert refused(district.post(f"{address}/commit")) == (404, "UNKNOWN_IMPORT")
        said = {"mapping": {}}
        answer = district.post(f"{address}/layout", said, content_type="application/json")
        assert refused(answer) == (404, "UNKNOWN_IMPORT")
        file = {"file": SimpleUploadedFile("a.csv", GOOD)}
        assert refused(district.post(f"{address}/mended", file)) == (404, "UNKNOWN_IMPORT")
        assert district.get(START).json()["count"] == 0
        assert Run.objects.get().state == "REFUSED"

    def test_rows_of_units_out_of_reach_are_refused(self, district):
        address = brought(district, body=listing(f"{OWN},甲大饭店,", f"{FOREIGN},乙大商场,"))
        told = tried(district, address)

        assert told["counts"] == {"new": 0, "changed": 1, "unchanged": 0, "refused": 1}
        items = district.get(f"{address}/rows").json()["items"]
        assert [(one["row"], one["reason"]) for one in items] == [(3, "the unit is none of yours")]
        assert Unit.objects.get(code=FOREIGN).name == "乙商场"

    def test_a_unit_has_no_office(self, city):
        account, client = holder(Role.ENERGY_MANAGER, city)

        assert refused(bring(client)) == (403, "NOT_ALLOWED")
        own = operations.receive(
            kind="instruments", name="a.csv", body="管理编号\n".encode(), by=account.id, at=AT,
            units=[OWN], is_own=True,
        )  # fmt: skip
        Grant.objects.create(
            account_id=account.id, unit_id=city.own.unit.id, granted_at=two_districts.SINCE,
            permission=Permission.EDIT_REGISTRY,
        )  # fmt: skip
        granted = Client(headers={"authorization": f"Bearer {two_districts.token(account)}"})
        assert refused(granted.get(f"{START}/{own.pk}")) == (404, "UNKNOWN_IMPORT")
        assert granted.get(START).json()["count"] == 0

    def test_nothing_goes_on_with_less_reach(self, city):
        account, client = holder(Role.CITY_OFFICIAL, city)
        address = brought(client)
        tried(client, address)
        Membership.objects.update(ended_at=AT)
        Grant.objects.create(
            account_id=account.id, unit_id=city.own.unit.id, permission=Permission.EDIT_REGISTRY,
            granted_at=two_districts.SINCE,
        )  # fmt: skip

        for asked in ("", "?dry_run=false"):
            assert refused(client.post(f"{address}/commit{asked}")) == (409, "REACH_SHRUNK")
        assert Run.objects.get().state == "READY"

    def test_the_desk_goes_on_where_the_api_began(self, city):
        account, client = holder(Role.CITY_OFFICIAL, city)
        address = brought(client)
        desk = Client()
        desk.force_login(account)

        assert desk.get(f"/desk/imports/{number(address)}").status_code == 200


class TestTwoCommitsAtOnce:
    def test_one_is_taken_and_the_other_told_so(self, city):
        account, client = holder(Role.CITY_OFFICIAL, city)
        address = brought(client)
        tried(client, address)
        secret = two_districts.token(account)
        start, statuses = threading.Barrier(4), []

        def commit():
            mine = Client(headers={"authorization": f"Bearer {secret}"})
            try:
                start.wait(20)
                statuses.append(mine.post(f"{address}/commit?dry_run=false").status_code)
            finally:
                connection.close()

        threads = [threading.Thread(target=commit) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

        assert sorted(statuses) == [202, 409, 409, 409]
        operations.carry_out(run_id=number(address), at=AT)
        assert client.get(address).json()["state"] == "COMMITTED"
        assert Entry.objects.filter(action="import.committed").count() == 1
        assert refused(client.post(f"{address}/commit?dry_run=false")) == (409, "OUT_OF_TURN")


def test_the_document_names_every_refusal():
    described = urls.document()["paths"]
    for path, ways in described.items():
        for way, operation in ways.items():
            answers = {int(status) for status in operation["responses"]}
            assert answers >= {401, 403, 404, 422, 500}, path
            assert (way == "post") <= (413 in answers), path
    commit = described[f"{START}/{{import_id}}/commit"]["post"]
    assert {int(status) for status in commit["responses"]} >= {202, 409}


def test_the_reference_names_every_operation():
    told = (rooms.ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    for path, ways in urls.document()["paths"].items():
        for way, operation in ways.items():
            named = f"| `{way.upper()} {path.removeprefix(urls.PREFIX)}` |"
            assert f"{named} `{operation['x-permission']}` |" in told
