from datetime import date
from pathlib import Path

import pytest

from hengneng.protocol import national, registers, times
from hengneng.protocol.records import Flaw, Record

MESSAGES = Path(__file__).parent / "messages"
DEVICE, UNIT = "00112233445566778899aabbccddeeff", "91310000MA00000001"
DAY = times.local_seconds("2026-11-21")
WHOLE, PART = "0000000002330011", "0101000001150011"


def body(name):
    return (MESSAGES / f"{name}.json").read_bytes()


def test_register():
    assert national.read_registration(body("register")) == national.Registration(UNIT, "310101")


def test_register_answer():
    answer = national.read_registration_answer(body("register_answer"))

    assert answer == national.RegistrationAnswer(
        "0",
        "RECEIVE SUCCESS",
        DEVICE,
        "https://city.example/nhjc/versionCheck",
        "https://city.example/nhjc/uploadConfigData",
        "https://city.example/nhjc/uploadEnergyData",
        "https://city.example/devices/v1/registers",
        "01:38:00",
        "https://city.example/nhjc/uploadMeteringData",
    )
    assert national.write_registration_answer(answer) + b"\n" == body("register_answer")


def test_version_check():
    assert national.read_version_check(body("version_check")) == DEVICE
    assert national.write_version_check(DEVICE) + b"\n" == body("version_check")


def test_version_answer():
    versions = national.Versions("0", "RECEIVE SUCCESS", "1", "1")

    assert national.read_versions(body("version_answer")) == versions
    assert national.write_versions(versions) + b"\n" == body("version_answer")


def test_failure_answer():
    answer = national.Answer("1", "序列号与企业统一社会信用代码不符")

    assert national.read_answer(body("failure_answer")) == answer
    assert national.write_answer(answer) + b"\n" == body("failure_answer")
    assert not answer.is_success
    assert national.RECEIVED.is_success


def test_energy_as_text():
    said = national.read_energy(body("energy_as_text"))

    sent_at = times.local_seconds("2026-11-22 07:00:12")
    assert said.device_id == DEVICE
    assert said.enterprise_code == UNIT
    assert said.content == ([Record(f"N1:{WHOLE}", DAY, 12345, 1, "M", sent_at)], [])


def test_energy_as_numbers():
    records, flaws = national.read_energy(body("energy_as_numbers")).content

    month = times.local_seconds("2026-11-01")
    assert records == [
        Record(f"N0:{PART}", DAY + 900, 10, 2, "H", 0),
        Record(f"N2:{PART}", month, -3, 0, "R", 0),
    ]
    assert flaws == []


def test_energy_with_flaws():
    records, flaws = national.read_energy(body("energy_with_flaws")).content

    assert records == [Record(f"N1:{WHOLE}", DAY, 725, 2, "M", 0)]
    assert flaws == [
        Flaw(0, "BAD_CODE"),
        Flaw(1, "BAD_SCOPE"),
        Flaw(2, "BAD_TIME"),
        Flaw(3, "BAD_NUMBER"),
        Flaw(4, "BAD_STAT_TYPE"),
        Flaw(5, "BAD_VALID"),
        Flaw(6, "BAD_RECORD"),
        Flaw(7, "BAD_RECORD"),
    ]


def test_configuration():
    said = national.read_configuration(body("configuration"))

    assert (said.device_id, said.enterprise_code) == (DEVICE, UNIT)
    assert [(item.code, item.name) for item in said.items] == [
        (WHOLE, "全厂-二次能源-电力"),
        ("0000000001150011", "00-00-0000-011500-11"),
    ]
    assert said.items[0].fields["dataValueMax"] == "99999.5"
    assert said.flaws == [Flaw(2, "BAD_CODE")]


def test_metering():
    said = national.read_metering(body("metering"))

    assert (said.device_id, said.enterprise_code) == (DEVICE, UNIT)
    first, second = said.items
    assert first._replace(fields={}) == national.MeteringItem(
        name="三相智能电能表", manage_code="M-01", type_code="0101", level=1, data_code=WHOLE,
        maker="某仪表厂", model="DTZ341", accuracy_class="0.5S", measuring_range="3×1.5(6)A",
        place="一号配电间", installed_on=date(2024, 3, 1), is_qualified=True,
        verified_on=date(2024, 2, 20), due_on=date(2030, 2, 20), body="某计量院",
        state="NORMAL", state_since=date(2024, 3, 1),
    )  # fmt: skip
    assert first.fields["dataCodeRatio"] == "1.0"
    assert second._replace(fields={}) == national.MeteringItem(
        name="水表", is_qualified=False, state="STOPPED"
    )
    assert said.flaws == [Flaw(2, "BAD_RECORD"), Flaw(3, "BAD_RECORD")]


def test_registers():
    said = registers.read_registers(body("registers"), offset_s=28_800)

    assert said.content.records == [
        Record("R:E-01:peak", DAY + 900, 100250, 3, "M", DAY + 960),
        Record("R:E-01:total", DAY + 1800, 101, 0, "M", 0),
        Record("R:E-01:total", DAY + 2700, 995, 1, "R", 0),
    ]
    assert said.content.flaws == [
        Flaw(3, "BAD_CODE"),
        Flaw(4, "BAD_TIME"),
        Flaw(5, "BAD_NUMBER"),
        Flaw(6, "BAD_RECORD"),
    ]


@pytest.mark.parametrize("path", sorted(MESSAGES.glob("*.json")), ids=lambda path: path.stem)
def test_every_message_is_read_by_a_test(path):
    assert f'body("{path.stem}")' in Path(__file__).read_text(encoding="utf-8")
