"""What terminals call. The names are the protocol's; answers are as facts/protocol.md 2.2, 2.5."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, TypeVar

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.protocol import national, registers
from hengneng.protocol.records import Content
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.terminals import operations as terminals
from hengneng.registry.terminals import queries as admitted
from hengneng.registry.terminals.rules import admission
from hengneng.registry.units.queries import UnknownUnit
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal.rules import Channel
from hengneng.web.terminals.reception import Sender, read_body, sender_of
from hengneng.web.terminals.refusals import WORDS, Reason, Refused

logger = logging.getLogger(__name__)

FAILED = "1"
WAITING = national.Answer(FAILED, "等待审核")
NOT_ADMITTED = national.Answer(FAILED, "未获准入，请联系主管部门")
NOT_KEPT = national.Answer(FAILED, "暂时无法保存，请重发")
WRONG_METHOD = national.Answer(FAILED, "请使用POST")
NOT_UNDERSTOOD = national.Answer(FAILED, "请求无法识别")
NO_SUCH_ADDRESS = national.Answer(FAILED, "接口地址不存在")
# A new registration version sends every terminal to ``register`` again: raise it when the addresses
# change. The dictionary version will follow the base data once they are served.
REGISTRATION_VERSION = "1"
DICTIONARY_VERSION = "1"

Said = TypeVar("Said")


class Upload(NamedTuple):
    """One request, read."""

    request: HttpRequest
    sender: Sender
    body: bytes


def _for_terminals(
    answer: Callable[[Upload], bytes],
) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view of what answers an upload: read within limits, refuse in the wire's words."""

    @csrf_exempt
    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return _said(WRONG_METHOD, status=405)
        sender = sender_of(request)
        try:
            return _json(answer(Upload(request, sender, read_body(request))))
        except Refused as refused:
            return _refuse(answer.__name__, sender, refused)
        except (journal.NotKept, DatabaseError):
            # The terminal keeps what is not acknowledged and sends it again.
            logger.exception("%s: an upload could not be kept", answer.__name__)
            return _said(NOT_KEPT, status=503)

    view.permission = Permission.TERMINAL  # type: ignore[attr-defined]
    return view


@_for_terminals
def register(upload: Upload) -> bytes:
    """Answer a terminal that asks to speak for a unit: ARCHITECTURE 5.1, Admission."""
    asked = _read(national.read_registration, upload)
    at = clock.now()
    try:
        answer = terminals.ask_to_register(
            unit_code=asked.enterprise_code,
            source_address=upload.sender.address,
            certificate_sha256=upload.sender.certificate_sha256,
            region=asked.region,
            device_id=asked.device_id,
            at=at,
        )
    except UnknownUnit as error:
        raise Refused(Reason.UNKNOWN_UNIT, body=upload.body) from error
    except terminals.TooManyPending as error:
        raise Refused(Reason.TOO_MANY_PENDING, body=upload.body) from error
    if answer.device_id is None:
        is_refused = answer.outcome is terminals.Outcome.REFUSED
        return national.write_answer(NOT_ADMITTED if is_refused else WAITING)
    rule = admission.rule_on(timezone.localdate(at))
    return national.write_registration_answer(
        national.RegistrationAnswer(
            *_received(),
            device_id=answer.device_id,
            version_url=_address(upload, "terminals-version-check"),
            configuration_url=_address(upload, "terminals-configuration"),
            data_url=_address(upload, "terminals-energy"),
            metering_url=_address(upload, "terminals-metering"),
            registers_url=_address(upload, "terminals-registers"),
            upload_time=admission.upload_time(answer.unit_id, rule),
        )
    )


@_for_terminals
def version_check(upload: Upload) -> bytes:
    """Tell a terminal which versions hold."""
    device_id = _read(national.read_version_check, upload)
    if admitted.terminal_by_secret(device_id) is None:
        raise Refused(Reason.UNKNOWN_TERMINAL, body=upload.body)
    return national.write_versions(
        national.Versions(*_received(), REGISTRATION_VERSION, DICTIONARY_VERSION)
    )


@_for_terminals
def upload_configuration(upload: Upload) -> bytes:
    """Keep what a terminal says it collects; items without a point become proposed points."""
    said = _read(national.read_configuration, upload)
    terminal = _speaker(upload, said.device_id, said.enterprise_code)
    kept = _keep(upload, terminal, Channel.CONFIGURATION, Content([], said.flaws))
    # Also where it was kept before: the first time may have ended between the two.
    terminals.configure(
        terminal_id=terminal.terminal_id, items=said.items, is_new=kept.is_new, at=clock.now()
    )
    return national.write_answer(national.RECEIVED)


@_for_terminals
def upload_metering(upload: Upload) -> bytes:
    """Keep what a terminal says of its unit's instruments; an official decides about each."""
    said = _read(national.read_metering, upload)
    terminal = _speaker(upload, said.device_id, said.enterprise_code)
    _keep(upload, terminal, Channel.METERING, Content([], said.flaws))
    # Also where it was kept before: the first time may have ended between the two.
    instruments.propose_instruments(
        unit_id=terminal.unit_id, items=said.items, by=None, at=clock.now()
    )
    return national.write_answer(national.RECEIVED)


@_for_terminals
def upload_energy(upload: Upload) -> bytes:
    """Keep increments per period."""
    said = _read(national.read_energy, upload)
    return _keep_readings(upload, said, Channel.NATIONAL)


@_for_terminals
def upload_registers(upload: Upload) -> bytes:
    """Keep cumulative readings."""
    offset_s = clock.offset_s()
    said = _read(lambda body: registers.read_registers(body, offset_s=offset_s), upload)
    return _keep_readings(upload, said, Channel.REGISTERS)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that Django refused before any view."""
    return _said(NOT_UNDERSTOOD, status=400)


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request to no route of this front."""
    return _said(NO_SUCH_ADDRESS, status=404)


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer where the platform failed; the terminal sends it again."""
    return _said(NOT_KEPT, status=500)


def _keep_readings(upload: Upload, said: national.Envelope, channel: Channel) -> bytes:
    """Keep a message of readings from a terminal that may speak for its unit.

    Raises:
        Refused: If it may not, or nothing in it can be used.
    """
    terminal = _speaker(upload, said.device_id, said.enterprise_code)
    if not said.content.records:
        raise Refused(Reason.NO_USABLE_RECORD, body=upload.body, unit_id=terminal.unit_id)
    _keep(upload, terminal, channel, said.content)
    return national.write_answer(national.RECEIVED)


def _keep(
    upload: Upload, terminal: admitted.TerminalRow, channel: Channel, content: Content
) -> journal.Accepted:
    """Keep a message in the journal; when this returns it is committed."""
    return journal.accept(
        unit_id=terminal.unit_id,
        terminal_id=terminal.terminal_id,
        channel=channel,
        body=upload.body,
        content=content,
        at=clock.now(),
    )


def _read(reader: Callable[[bytes], Said], upload: Upload) -> Said:
    """Return what the body says.

    Raises:
        Refused: If it is not JSON, or not this message.
    """
    try:
        return reader(upload.body)
    except national.NotJson as error:
        raise Refused(Reason.NOT_JSON, body=upload.body) from error
    except national.NoEnvelope as error:
        raise Refused(Reason.NO_ENVELOPE, body=upload.body) from error


def _speaker(upload: Upload, device_id: str, enterprise_code: str) -> admitted.TerminalRow:
    """Return the terminal that holds the id.

    Raises:
        Refused: If none does, or it speaks for another unit than it says.
    """
    terminal = admitted.terminal_by_secret(device_id)
    if terminal is None:
        raise Refused(Reason.UNKNOWN_TERMINAL, body=upload.body)
    if terminal.unit_code != enterprise_code:
        raise Refused(Reason.FOREIGN_TERMINAL, body=upload.body, unit_id=terminal.unit_id)
    return terminal


def _refuse(endpoint: str, sender: Sender, refused: Refused) -> HttpResponse:
    """Keep what is refused and tell the terminal why; telling comes first where keeping fails."""
    try:
        journal.reject(
            endpoint=endpoint,
            reason=refused.reason,
            body=refused.body,
            size=refused.size,
            source_address=sender.address,
            unit_id=refused.unit_id,
            at=clock.now(),
        )
    except DatabaseError:
        logger.exception("%s: a refused upload could not be kept", endpoint)
    words = WORDS[refused.reason]
    return _said(national.Answer(FAILED, words.text), status=words.status)


def _received() -> tuple[str, str]:
    """Return the code and text that every success begins with."""
    return national.RECEIVED.response_code, national.RECEIVED.response_message


def _address(upload: Upload, route: str) -> str:
    """Return a route's address as the terminal can reach it."""
    return f"{upload.sender.scheme}://{upload.request.get_host()}{reverse(route)}"


def _said(answer: national.Answer, *, status: int) -> HttpResponse:
    return _json(national.write_answer(answer), status=status)


def _json(body: bytes, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
    # Without it the server answers in chunks, which simple devices do not read.
    response.headers["Content-Length"] = str(len(body))
    return response
