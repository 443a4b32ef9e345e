import json
from datetime import date
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from tests.unit.web.terminals.conftest import AT, CODE, OTHER_CODE

from hengneng.protocol import national
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.terminals import queries as admitted
from hengneng.registry.terminals.models import Terminal
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries
from hengneng.telemetry.journal.models import FlawedRecord, Message, Rejection, StaleMark
from hengneng.telemetry.journal.rules import Channel
from hengneng.web.terminals import views

REGISTER, VERSIONS = "/nhjc/register", "/nhjc/versionCheck"
CONFIGURATION, ENERGY = "/nhjc/uploadConfigData", "/nhjc/uploadEnergyData"
METERING, REGISTERS = "/nhjc/uploadMeteringData", "/devices/v1/registers"
RECEIVED = {"responseCode": "0", "responseMessage": "RECEIVE SUCCESS"}
NOT_ITS_UNIT = {"responseCode": "1", "responseMessage": "序列号与企业统一社会信用代码不符"}
LIMIT = 4 * 1024 * 1024


def failed(text):
    return {"responseCode": "1", "responseMessage": text}


def rejections():
    return list(Rejection.objects.order_by("id").values_list("endpoint", "reason", "size"))


class TestRegister:
    def test_the_first_time_waits(self, post, unit):
        answer = post(REGISTER, {"enterpriseCode": CODE, "region": "310101"})

        assert (answer.status_code, answer.json()) == (200, failed("等待审核"))
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert Terminal.objects.get().region == "310101"

    def test_once_admitted_it_gets_id_and_addresses(self, post, unit):
        post(REGISTER, {"enterpriseCode": CODE})
        terminals.admit(unit_code=CODE, by=None, at=views.clock.now())

        answer = post(REGISTER, {"enterpriseCode": CODE}).json()

        secret, upload_time = answer.pop("deviceId"), answer.pop("uploadTime")
        assert answer == RECEIVED | {
            "loadDicVersionURL": "http://city.example/nhjc/versionCheck",
            "centerInfoURL": "http://city.example/nhjc/uploadConfigData",
            "centerDataURL": "http://city.example/nhjc/uploadEnergyData",
            "registerDataURL": "http://city.example/devices/v1/registers",
            "centerMeteringDataURL": "http://city.example/nhjc/uploadMeteringData",
        }
        assert admitted.terminal_by_secret(secret).unit_code == CODE
        assert len(upload_time) == 8

    def test_a_second_client_gets_nothing(self, post, unit):
        post(REGISTER, {"enterpriseCode": CODE})
        terminals.admit(unit_code=CODE, by=None, at=views.clock.now())

        answer = post(REGISTER, {"enterpriseCode": CODE}, REMOTE_ADDR="192.0.2.66")

        assert answer.json() == failed("等待审核")

    def test_its_own_id_is_answered_with_the_addresses(self, post, device_id):
        answer = post(
            REGISTER, {"enterpriseCode": CODE, "deviceId": device_id}, REMOTE_ADDR="192.0.2.66"
        )

        assert answer.json()["deviceId"] == device_id

    def test_an_unknown_unit_is_refused(self, post, db):
        answer = post(REGISTER, {"enterpriseCode": CODE})

        assert answer.json() == failed("企业统一社会信用代码未登记")
        assert rejections() == [("register", "UNKNOWN_UNIT", 40)]

    def test_without_a_code_it_is_refused(self, post, db):
        assert post(REGISTER, {"region": "310000"}).json() == failed("报文格式不正确")

    def test_a_named_proxy_is_believed(self, post, unit, settings):
        settings.TERMINAL_PROXIES = frozenset({"192.0.2.1"})
        headers = {
            "x-forwarded-for": "198.51.100.9, 203.0.113.7",
            "x-client-certificate-sha256": "AB" * 32,
        }

        post(REGISTER, {"enterpriseCode": CODE}, headers=headers)

        terminal = Terminal.objects.get()
        assert terminal.source_address == "203.0.113.7"
        assert bytes(terminal.certificate_sha256) == b"\xab" * 32

    def test_anybody_else_is_not(self, post, unit):
        headers = {"x-forwarded-for": "203.0.113.7", "x-client-certificate-sha256": "AB" * 32}

        post(REGISTER, {"enterpriseCode": CODE}, headers=headers)

        terminal = Terminal.objects.get()
        assert terminal.source_address == "192.0.2.1"
        assert terminal.certificate_sha256 is None


class TestVersionCheck:
    def test_tells_the_versions(self, post, device_id):
        answer = post(VERSIONS, {"deviceId": device_id})

        assert answer.json() == RECEIVED | {"regVersion": "1", "dicVersion": "1"}

    def test_an_unknown_terminal_is_refused(self, post, db):
        assert post(VERSIONS, {"deviceId": "0" * 32}).json() == NOT_ITS_UNIT


class TestUploadEnergy:
    def test_the_bytes_are_kept_and_the_day_marked(self, post, unit, envelope):
        body = json.dumps(envelope(), indent=3).encode()

        answer = post(ENERGY, body)

        assert (answer.status_code, answer.json()) == (200, RECEIVED)
        stored = list(queries.messages_of_days(unit.id, [date(2026, 11, 21)]))
        assert [(m.body, m.channel) for m in stored] == [(body, Channel.NATIONAL)]
        assert [day for _, day in queries.marks_of(unit.id)] == [date(2026, 11, 21)]

    def test_the_same_again_is_received_and_stored_once(self, post, envelope):
        post(ENERGY, envelope())

        assert post(ENERGY, envelope()).json() == RECEIVED
        assert Message.objects.count() == StaleMark.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("dataCode", "99", "BAD_CODE"),
            ("scope", "3", "BAD_SCOPE"),
            ("statDate", "2026-02-30 00:00:00", "BAD_TIME"),
            ("dataValue", "NaN", "BAD_NUMBER"),
            ("statType", "7", "BAD_STAT_TYPE"),
            ("valid", "maybe", "BAD_VALID"),
        ],
    )
    def test_a_bad_record_is_marked_and_the_rest_counts(
        self, post, unit, envelope, record, field, value, reason
    ):
        answer = post(ENERGY, envelope(data=[record, record | {field: value}]))

        assert answer.json() == RECEIVED
        assert list(FlawedRecord.objects.values_list("reason", "positions")) == [(reason, [1])]
        assert [day for _, day in queries.marks_of(unit.id)] == [date(2026, 11, 21)]

    def test_ten_thousand_records_are_accepted(self, post, unit, envelope, record):
        answer = post(ENERGY, envelope(data=[record | {"dataValue": i} for i in range(10_000)]))

        assert answer.json() == RECEIVED
        (stored,) = queries.messages_of_days(unit.id, [date(2026, 11, 21)])
        assert len(national.read_energy(stored.body).content.records) == 10_000

    def test_no_usable_record_is_refused(self, post, unit, envelope, record):
        answer = post(ENERGY, envelope(data=[record | {"dataValue": ""}]))

        assert answer.json() == failed("没有可用的数据记录")
        assert not Message.objects.exists()
        assert Rejection.objects.get().unit_id == unit.id

    @pytest.mark.parametrize(
        "body", [b"", b"not json", b'{"deviceId": "', b"\xff\xfe", b"[" * 200_000]
    )
    def test_not_json_is_refused(self, post, db, body):
        answer = post(ENERGY, body)

        assert (answer.status_code, answer.json()) == (200, failed("报文不是有效的JSON"))
        assert rejections() == [("upload_energy", "NOT_JSON", len(body))]
        assert bytes(Rejection.objects.get().body) == body[: 64 * 1024]

    @pytest.mark.parametrize("body", [b"1", b"[]", b"{}", b'{"deviceId": "a", "data": []}'])
    def test_no_envelope_is_refused(self, post, db, body):
        assert post(ENERGY, body).json() == failed("报文格式不正确")
        assert rejections() == [("upload_energy", "NO_ENVELOPE", len(body))]

    def test_an_unknown_terminal_is_refused(self, post, envelope):
        assert post(ENERGY, envelope(deviceId="0" * 32)).json() == NOT_ITS_UNIT
        assert [reason for _, reason, _ in rejections()] == ["UNKNOWN_TERMINAL"]
        assert not Message.objects.exists()

    def test_a_foreign_terminal_is_refused(self, post, unit, other_unit, envelope):
        assert post(ENERGY, envelope(enterpriseCode=OTHER_CODE)).json() == NOT_ITS_UNIT
        assert [reason for _, reason, _ in rejections()] == ["FOREIGN_TERMINAL"]
        assert not Message.objects.exists()

    def test_a_revoked_terminal_is_refused(self, post, envelope):
        terminals.revoke(terminal_id=Terminal.objects.get().id, reason="lost", by=None, at=AT)

        assert post(ENERGY, envelope()).json() == NOT_ITS_UNIT

    def test_other_methods_are_refused(self, client, db):
        assert client.get(ENERGY).status_code == 405

    def test_what_cannot_be_kept_is_not_acknowledged(self, post, envelope, monkeypatch):
        def fail(**_):
            raise journal.NotKept("no space left")

        monkeypatch.setattr(journal, "accept", fail)

        answer = post(ENERGY, envelope())

        assert (answer.status_code, answer.json()) == (503, failed("暂时无法保存，请重发"))


class TestLimits:
    def test_four_megabytes_are_read(self, post, unit, envelope):
        body = json.dumps(envelope()).encode().ljust(LIMIT)

        assert post(ENERGY, body).json() == RECEIVED

    def test_one_byte_more_is_refused_unread(self, rf: RequestFactory, db):
        unread = BytesIO(b"x")
        request = rf.post(ENERGY, **{"wsgi.input": unread})
        request.META["CONTENT_LENGTH"] = str(LIMIT + 1)

        answer = views.upload_energy(request)

        assert answer.status_code == 413
        assert unread.tell() == 0
        assert rejections() == [("upload_energy", "TOO_LARGE", LIMIT + 1)]

    def test_a_body_cut_off_is_refused(self, unit, envelope):
        body = json.dumps(envelope()).encode()

        answer = views.upload_energy(self.request_of(body[:-5], CONTENT_LENGTH=str(len(body))))

        assert (answer.status_code, json.loads(answer.content)) == (400, failed("报文不完整"))
        assert not Message.objects.exists()
        assert [reason for _, reason, _ in rejections()] == ["CUT_OFF"]

    def test_a_chunked_body_is_read(self, unit, envelope):
        body = json.dumps(envelope()).encode()

        answer = views.upload_energy(self.request_of(body, HTTP_TRANSFER_ENCODING="chunked"))

        assert json.loads(answer.content) == RECEIVED

    def test_a_chunked_body_is_read_no_further_than_the_limit(self, db):
        request = self.request_of(b" " * (3 * LIMIT), HTTP_TRANSFER_ENCODING="chunked")

        assert views.upload_energy(request).status_code == 413
        assert request.META["wsgi.input"].tell() <= LIMIT + 64 * 1024

    @staticmethod
    def request_of(body, **meta):
        environ = RequestFactory().post(ENERGY).META
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": ""} | meta
        return WSGIRequest(environ)


class TestUploadRegisters:
    def test_readings_are_kept(self, post, unit, envelope):
        reading = {"meter": "M-1", "instant": "2026-11-21T16:00:00Z", "value": "100.25"}

        answer = post(REGISTERS, envelope(data=[reading]))

        assert answer.json() == RECEIVED
        # Four in the afternoon by UTC is the next day where the city is.
        assert [day for _, day in queries.marks_of(unit.id)] == [date(2026, 11, 22)]
        assert Message.objects.get().channel == Channel.REGISTERS


class TestUploadConfiguration:
    @pytest.fixture
    def item(self):
        return {
            "name": "全厂-电力", "processCode": "00", "processUnitCode": "00",
            "equipmentCode": "00", "equipmentUnitCode": "00", "energyClassCode": "02",
            "energyTypeCode": "3300", "dataUsageCode": "11", "statType": "0",
        }  # fmt: skip

    def test_is_kept_and_proposes_points(self, post, unit, device_id, item):
        body = {"deviceId": device_id, "enterpriseCode": CODE, "collectItemConfig": [item, {}]}

        assert post(CONFIGURATION, body).json() == RECEIVED
        assert post(CONFIGURATION, body).json() == RECEIVED

        assert Message.objects.get().channel == Channel.CONFIGURATION
        assert not StaleMark.objects.exists()
        proposals = points.proposals_of(unit.id)
        assert [(p.key, p.name) for p in proposals] == [("N:0000000002330011", "全厂-电力")]
        assert Terminal.objects.get().config_version == 1

    def test_a_nul_does_not_break_it(self, post, device_id, item):
        body = {"deviceId": device_id, "enterpriseCode": CODE, "collectItemConfig": [item]}
        item["remark"] = "a\0b"

        assert post(CONFIGURATION, body).json() == RECEIVED


class TestUploadMetering:
    @pytest.fixture
    def meter(self):
        return {"meteringName": "电能表", "manageCode": "M-01", "accuracyLevel": "0.5S"}

    def test_is_kept_and_proposes_instruments(self, post, unit, device_id, meter):
        body = {"deviceId": device_id, "enterpriseCode": CODE, "meters": [meter, {}, 7]}

        assert post(METERING, body).json() == RECEIVED
        assert post(METERING, body).json() == RECEIVED

        assert Message.objects.get().channel == Channel.METERING
        assert not StaleMark.objects.exists()
        assert FlawedRecord.objects.get().reason == "BAD_RECORD"
        proposals = instruments.proposals_of(unit.id)
        assert [(one.key, one.name) for one in proposals] == [("M-01", "电能表")]

    def test_another_units_terminal_proposes_nothing(
        self, post, unit, other_unit, device_id, meter
    ):
        body = {"deviceId": device_id, "enterpriseCode": OTHER_CODE, "data": [meter]}

        assert post(METERING, body).json() == NOT_ITS_UNIT
        assert instruments.proposals_of(unit.id) == instruments.proposals_of(other_unit.id) == []

    def test_without_a_list_it_is_refused(self, post, device_id):
        body = {"deviceId": device_id, "enterpriseCode": CODE, "meters": {}}

        assert post(METERING, body).json() == failed("报文格式不正确")
        assert rejections() == [("upload_metering", "NO_ENVELOPE", len(json.dumps(body)))]
