"""``register`` and ``versionCheck``: how a terminal makes itself known and keeps in step."""

from typing import Any

import msgspec

from hengneng.protocol.national.envelopes import NoEnvelope, is_text, read_wire

CODE_LENGTH_MAX = 32
DEVICE_ID_LENGTH_MAX = 64
_REGION_LENGTH_MAX = 12


class Registration(msgspec.Struct, frozen=True, omit_defaults=True):
    """A terminal's request to speak for a unit.

    Attributes:
        enterprise_code: The unit's unified social credit code.
        region: Administrative code of the place.
        device_id: The id it was given before, where it has one.
    """

    enterprise_code: str = msgspec.field(name="enterpriseCode")
    region: str = ""
    device_id: str | None = msgspec.field(name="deviceId", default=None)


class RegistrationAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the platform answers: an id and the addresses of everything else.

    Attributes:
        response_code: ``"0"`` where the id was given.
        response_message: Text for the terminal's log.
        device_id: The terminal's secret id.
        version_url: Where to ask for versions.
        configuration_url: Where the configuration goes.
        data_url: Where increments go.
        registers_url: Where cumulative readings go (this platform's own field).
        upload_time: Time of day at which day and month data are best sent, ``HH:mm:ss``.
        metering_url: Where the metering instruments go.
    """

    response_code: str = msgspec.field(name="responseCode")
    response_message: str = msgspec.field(name="responseMessage")
    device_id: str | None = msgspec.field(name="deviceId", default=None)
    version_url: str | None = msgspec.field(name="loadDicVersionURL", default=None)
    configuration_url: str | None = msgspec.field(name="centerInfoURL", default=None)
    data_url: str | None = msgspec.field(name="centerDataURL", default=None)
    registers_url: str | None = msgspec.field(name="registerDataURL", default=None)
    upload_time: str | None = msgspec.field(name="uploadTime", default=None)
    metering_url: str | None = msgspec.field(name="centerMeteringDataURL", default=None)


class Versions(msgspec.Struct, frozen=True):
    """What ``versionCheck`` answers: a new registration version asks for ``register`` again."""

    response_code: str = msgspec.field(name="responseCode")
    response_message: str = msgspec.field(name="responseMessage")
    registration_version: str = msgspec.field(name="regVersion", default="")
    dictionary_version: str = msgspec.field(name="dicVersion", default="")


class _RegistrationWire(msgspec.Struct, rename="camel"):
    enterprise_code: Any = None
    region: Any = None
    device_id: Any = None


_REGISTRATION = msgspec.json.Decoder(_RegistrationWire)
_REGISTRATION_ANSWER = msgspec.json.Decoder(RegistrationAnswer)
_VERSIONS = msgspec.json.Decoder(Versions)


def read_registration(body: bytes) -> Registration:
    """Return a ``register`` request; a region or device id of another form is left out.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If it names no unit.
    """
    wire = read_wire(_REGISTRATION, body)
    if not is_text(wire.enterprise_code, longest=CODE_LENGTH_MAX):
        raise NoEnvelope("no enterpriseCode")
    region = str(wire.region) if type(wire.region) is int else wire.region
    return Registration(
        wire.enterprise_code,
        region if is_text(region, longest=_REGION_LENGTH_MAX) else "",
        wire.device_id if is_text(wire.device_id, longest=DEVICE_ID_LENGTH_MAX) else None,
    )


def write_registration(registration: Registration) -> bytes:
    """Return the bytes that ``read_registration`` reads."""
    return msgspec.json.encode(registration)


def read_registration_answer(body: bytes) -> RegistrationAnswer:
    """Return the answer to ``register``.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If it is not such an answer.
    """
    return read_wire(_REGISTRATION_ANSWER, body)


def write_registration_answer(answer: RegistrationAnswer) -> bytes:
    """Return the bytes that ``read_registration_answer`` reads."""
    return msgspec.json.encode(answer)


def read_version_check(body: bytes) -> str:
    """Return the device id that asks for versions.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If it names no device.
    """
    device_id = read_wire(_REGISTRATION, body).device_id
    if not is_text(device_id, longest=DEVICE_ID_LENGTH_MAX):
        raise NoEnvelope("no deviceId")
    return str(device_id)


def write_version_check(device_id: str) -> bytes:
    """Return the bytes that ``read_version_check`` reads."""
    return msgspec.json.encode({"deviceId": device_id})


def read_versions(body: bytes) -> Versions:
    """Return the answer to ``versionCheck``.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If it is not such an answer.
    """
    return read_wire(_VERSIONS, body)


def write_versions(versions: Versions) -> bytes:
    """Return the bytes that ``read_versions`` reads."""
    return msgspec.json.encode(versions)
