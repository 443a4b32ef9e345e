"""One gateway's configuration: a TOML file, checked whole before anything starts."""

import ipaddress
import os
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from hengneng.gateway.decoding import KINDS, Number, decimal_number
from hengneng.gateway.drivers.kinds import DRIVERS
from hengneng.gateway.meters import Meter, Register
from hengneng.gateway.tables import Fault, Table
from hengneng.protocol import codes, times
from hengneng.protocol.national.registration import CODE_LENGTH_MAX
from hengneng.protocol.records import DAY_SECONDS, SCALE_MAX
from hengneng.protocol.registers import NAME_LENGTH_MAX

# SOURCE: facts/protocol.md 2.7: a device keeps at least six months; with its longest six months.
RETENTION_DAYS = 184
_ADDRESSES = 1 << 16
_REGION = re.compile(r"[0-9]{6}")


class BadConfig(ValueError):
    """The configuration file has faults.

    Attributes:
        faults: Every one of them.
    """

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"{path} has {len(faults)} fault(s):\n{lines}")
        self.faults = faults


class Config(msgspec.Struct, frozen=True):
    """One gateway: one unit, one platform, its meters.

    Attributes:
        unit_code: The unit's unified social credit code.
        region: Administrative code of the place, six digits.
        platform: The address of the platform's ``register``.
        data_folder: Where the outbox is kept.
        meters: What is read.
        poll_period_s: Time between scheduled instants, which count from local midnight. [s]
        tolerance_s: A reading this long after its scheduled instant still carries it. [s]
        timeout_s: How long a meter may take to answer. [s]
        attempts: How often a meter is asked in a round. [count]
        upload_spread_s: An upload waits up to so long, so that not all gateways call at once. [s]
        retry_max_s: The longest wait between attempts while the platform does not answer. [s]
        retention_days: How long acknowledged readings are kept. [d]
        status_port: Loopback port of the status pages; 0: none.
        utc_offset_s: The city's civil time minus UTC. [s]
        ca_file: Certificates trusted for the platform; None: the system's.
        client_certificate: Our certificate chain, where the platform asks for one.
        client_key: Its private key; None: in the same file.
    """

    unit_code: str
    region: str
    platform: str
    data_folder: Path
    meters: tuple[Meter, ...]
    poll_period_s: int = 900
    tolerance_s: int = 10
    timeout_s: int = 3
    attempts: int = 3
    upload_spread_s: int = 20
    retry_max_s: int = 300
    retention_days: int = 190
    status_port: int = 0
    utc_offset_s: int = 28_800
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None


def read(path: Path) -> Config:
    """Return what a file says.

    Raises:
        BadConfig: If anything in it is wrong; every fault is named.
        OSError: If it cannot be read.
    """
    faults: list[Fault] = []
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(path, [Fault("the file", str(error), "mend its TOML")]) from error
    config = _config(Table(values, "", faults), path.absolute().parent)
    if faults:
        raise BadConfig(path, faults)
    return config


def _config(table: Table, folder: Path) -> Config:
    """Return what the whole table says, as far as it can be read."""
    period_s = table.whole("poll_period_s", 900, least=1, most=DAY_SECONDS)
    if DAY_SECONDS % period_s:
        table.fault("poll_period_s", f"a day is no multiple of {period_s} s", "write 900, 3600 …")
    plain = table.flag("allow_plain_http", default=False)
    config = Config(
        unit_code=table.text("unit_code", longest=CODE_LENGTH_MAX),
        region=_region(table),
        platform=_platform(table, is_plain_allowed=plain),
        data_folder=_data_folder(table, folder),
        poll_period_s=period_s,
        tolerance_s=table.whole("tolerance_s", min(10, period_s - 1), least=0, most=period_s - 1),
        timeout_s=table.whole("timeout_s", 3, least=1, most=60),
        attempts=table.whole("attempts", 3, least=1, most=10),
        upload_spread_s=table.whole("upload_spread_s", min(20, period_s), least=0, most=period_s),
        retry_max_s=table.whole("retry_max_s", 300, least=1, most=3600),
        retention_days=table.whole("retention_days", 190, least=RETENTION_DAYS, most=3660),
        status_port=table.whole("status_port", 0, least=0, most=65535),
        utc_offset_s=table.made("utc_offset", times.offset_s, 28_800, remedy="write it as +08:00"),
        ca_file=_file(table, "ca_file", folder),
        client_certificate=_file(table, "client_certificate", folder),
        client_key=_file(table, "client_key", folder),
        meters=tuple(_meter(one) for one in table.tables("meters")),
    )
    table.close()
    _check_together(config, table)
    return config


def _meter(table: Table) -> Meter:
    meter = Meter(
        name=_name(table),
        protocol=table.choice("protocol", DRIVERS, "modbus-tcp"),
        host=_host(table),
        port=table.whole("port", 502, least=1, most=65535),
        modbus_id=table.whole("modbus_id", 1, least=1, most=255),
        registers=tuple(_register(one) for one in table.tables("registers")),
    )
    table.close()
    names = [register.name for register in meter.registers]
    if len(set(names)) < len(names):
        table.fault("registers", "two have one name", "give each a name of its own")
    return meter


def _register(table: Table) -> Register:
    kind = table.choice("type", KINDS)
    last = _ADDRESSES - KINDS[kind].words
    register = Register(
        name=_name(table, "total"),
        address=table.whole("address", least=0, most=last),
        table=table.choice("table", ("holding", "input"), "holding"),
        type=kind,
        word_order=table.choice("word_order", ("big", "little"), "big"),
        byte_order=table.choice("byte_order", ("big", "little"), "big"),
        factor=_factor(table),
        capacity=_number(table, "capacity"),
        data_code=table.made(
            "data_code", codes.canonical, None, remedy="write it as 00-00-0000-023300-11"
        ),
    )
    table.close()
    return register


def _host(table: Table) -> str:
    """Return an address that a resolver can be asked for."""
    host = table.text("host")
    try:
        host.encode("idna")
    except UnicodeError:
        table.fault("host", f"{host!r} is no address", "write a name or an IP address")
    return host


def _factor(table: Table) -> Number:
    """Return what raw numbers are multiplied by: decimal places, or a multiplier."""
    if table.has("decimals") and table.has("multiplier"):
        table.fault("multiplier", "decimals are given too", "give one of the two")
    decimals = table.whole("decimals", 0, least=0, most=SCALE_MAX)
    return _number(table, "multiplier") or Number(1, decimals)


def _number(table: Table, key: str) -> Number | None:
    """Return a decimal above zero, exactly as written; None where the key is absent."""
    value = table.decimal(key)
    if value is None:
        return None
    number = decimal_number(value)
    if number.scale > SCALE_MAX:
        table.fault(key, f"more than {SCALE_MAX} decimals", "write fewer")
    return number


def _name(table: Table, default: str | None = None) -> str:
    """Return a name as the platform takes it."""
    name = table.text("name", default, longest=NAME_LENGTH_MAX)
    if ":" in name:
        table.fault("name", f"{name!r} has a colon", "leave it out: it parts meter and register")
    return name


def _check_together(config: Config, table: Table) -> None:
    """Note what is wrong between settings that are right one by one."""
    if config.client_key and not config.client_certificate:
        table.fault("client_key", "there is no client_certificate", "name both, or neither")
    seen: dict[object, str] = {}
    for number, meter in enumerate(config.meters, 1):
        place = f'meters[{number}] "{meter.name}"'
        if seen.setdefault(meter.name, place) != place:
            table.fault(place, "another meter has this name", "give each its own")
        for register in meter.registers:
            where = f'{place} "{register.name}"'
            wire = (meter.host, meter.port, meter.modbus_id, register.table, register.address)
            if (other := seen.setdefault(wire, where)) != where:
                table.fault(where, f"{other} reads the same address", "count no energy twice")
            code = register.data_code
            if code and (other := seen.setdefault(("code", code), where)) != where:
                table.fault(where, f"{other} has the same data code", "give each its own")


def _platform(table: Table, *, is_plain_allowed: bool) -> str:
    """Return the address of ``register``; a bare address gets our platform's own path."""
    text = table.text("platform")
    remedy = "write https://host/ or the whole address of its register"
    try:
        url = urlsplit(text)
        is_address = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        is_address = False
    if not text or not is_address:
        if text:
            table.fault("platform", f"{text!r} is no address", remedy)
        return ""
    if url.scheme == "http" and not is_plain_allowed and not _is_loopback(url.hostname or ""):
        table.fault("platform", "http shows readings and the terminal's secret", "use https")
    if url.query or url.fragment or url.username:
        table.fault("platform", "it has more than host and path", remedy)
    return text.rstrip("/") + "/nhjc/register" if url.path in {"", "/"} else text


def _is_loopback(host: str) -> bool:
    """Answer whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _data_folder(table: Table, folder: Path) -> Path:
    """Return the outbox's folder; relative to the file; it must be one we can make and write."""
    place = folder / Path(table.text("data_folder", "outbox")).expanduser()
    standing = next(one for one in (place, *place.parents) if one.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        table.fault("data_folder", f"{standing} cannot be written", "name a folder of this account")
    return place


def _file(table: Table, key: str, folder: Path) -> Path | None:
    """Return a file that must be there to be read; None where none is named."""
    text = table.text(key, "")
    if not text:
        return None
    path = folder / Path(text).expanduser()
    if not path.is_file() or not os.access(path, os.R_OK):
        table.fault(key, f"{path} cannot be read", "name a file of this account")
    return path


def _region(table: Table) -> str:
    """Return an administrative code."""
    text = table.text("region", longest=12)
    if text and not _REGION.fullmatch(text):
        table.fault("region", f"{text!r} is not six digits", "write the code of the place")
    return text
