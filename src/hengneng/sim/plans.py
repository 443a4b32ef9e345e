"""Which virtual meters there are and where they answer: one TOML file, checked whole.

```toml
utc_offset = "+08:00"        # the civil time by which the meters' days begin
control_port = 8629          # orders and questions (``control``), on this machine alone

[[buses]]                    # one Modbus TCP server: a unit's meters
unit = "91310101DEM000014F"
port = 8620
host = "127.0.0.1"

[[buses.meters]]
number = "HN01-E1"           # on its plate
device = 1                   # Modbus unit id
energy = "ELECTRICITY"       # or GAS
building = "b5"              # whose loads it plays (loads/weeks.csv)
load_permille = 4788         # thousandths of them
places = 2                   # decimals that it shows, of kWh or m³
ct = "300/5"
pt = "10000/100"
begins = "2026-11-01"        # counts from that day on
start = "123.45"             # what it shows then; left out: anything
word_order = "big"           # or little: the least significant register first
data_code = "0000000002330011"  # of its increments; left out: it has none

[[faults]]                   # planned; the control takes the same words
meter = "HN01-E1"
fault = "outage"             # stuck, stopped, spike, exchange
from = "2026-11-03 00:00:00"
until = "2026-11-03 06:00:00"
```
"""

import re
import tomllib
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from hengneng.gateway import tables
from hengneng.gateway.tables import Table
from hengneng.protocol import codes, times
from hengneng.sim import faults, meters, orders
from hengneng.sim.faults import Fault, FaultKind
from hengneng.sim.loads import weeks
from hengneng.sim.loads.weeks import Energy
from hengneng.sim.maps import PLATE_WORDS, Wired, WordOrder
from hengneng.sim.meters import MeterPlan
from hengneng.sim.orders import Order

HOST = "127.0.0.1"
_EPOCH = date(1970, 1, 1).toordinal()
_NUMBER = re.compile(r"[A-Za-z0-9._-]+")
_PLACES_MAX, _PERMILLE_MAX, _DEVICE_MAX = 4, 10**9, 247


class UnreadablePlan(ValueError):
    """The plan of the virtual meters cannot be played.

    Attributes:
        faults: Every reason.
    """

    def __init__(self, found: list[tables.Fault]) -> None:
        lines = "\n".join(f"  {fault}" for fault in found)
        super().__init__(f"the plan has {len(found)} fault(s):\n{lines}")
        self.faults = found


class Bus(NamedTuple):
    """One Modbus TCP server and the meters behind it.

    Attributes:
        unit: Social credit code of the unit they measure.
        port: Port on which it listens.
        meters: The meters.
        host: Address on which it listens.
    """

    unit: str
    port: int
    meters: tuple[Wired, ...]
    host: str = HOST


class SimPlan(NamedTuple):
    """All the virtual meters of one process.

    Attributes:
        buses: The servers.
        offset_s: The meters' civil time minus UTC. [s]
        control_port: Port of the control on the loopback; 0: no control.
        faults: What goes wrong, by when it begins.
    """

    buses: tuple[Bus, ...]
    offset_s: int = 28_800
    control_port: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def meters(self) -> dict[str, Wired]:
        """Every meter by its number."""
        return {wired.meter.number: wired for bus in self.buses for wired in bus.meters}


def read(path: Path) -> SimPlan:
    """Return the plan that a file describes.

    Raises:
        UnreadablePlan: With every reason.
        OSError: If the file cannot be read.
    """
    try:
        return parse(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadablePlan([tables.Fault("the file", str(error), "write it in UTF-8")]) from error


def parse(text: str) -> SimPlan:
    """Return the plan that a text describes.

    Raises:
        UnreadablePlan: With every reason.
    """
    found: list[tables.Fault] = []
    try:
        table = Table(tomllib.loads(text), "", found)
    except tomllib.TOMLDecodeError as error:
        raise UnreadablePlan([tables.Fault("the file", str(error), "mend its TOML")]) from error
    plan = SimPlan(
        offset_s=table.made("utc_offset", times.offset_s, 28_800, remedy="write it as +08:00"),
        control_port=table.whole("control_port", 0, least=0, most=65535),
        buses=tuple(_bus(one) for one in table.tables("buses")),
    )
    planned = table.tables("faults") if table.has("faults") else []
    table.close()
    _check_together(plan, table)
    if not found:
        # Only meters that can be read can go wrong.
        plan = plan._replace(faults=_faults(plan, planned))
    if found:
        raise UnreadablePlan(found)
    return plan


def _bus(table: Table) -> Bus:
    bus = Bus(
        unit=table.text("unit"),
        host=table.text("host", HOST),
        port=table.whole("port", least=1, most=65535),
        meters=tuple(_wired(one) for one in table.tables("meters")),
    )
    table.close()
    return bus


def _wired(table: Table) -> Wired:
    """Return the meter that a table describes, as far as it can be read."""
    energy = Energy(table.choice("energy", [*Energy]))
    meter = MeterPlan(
        number=table.made("number", _number, "", remedy="write what stands on its plate"),
        energy=energy,
        building=table.choice("building", weeks.buildings()),
        load_permille=table.whole("load_permille", least=1, most=_PERMILLE_MAX),
        places=table.whole("places", 2, least=0, most=_PLACES_MAX),
        ratio=_ratio(table, "ct") * _ratio(table, "pt"),
        start=0,
        begins=table.made("begins", _day, 0, remedy="write it as 2026-11-01"),
    )
    if not meter.number:
        table.fault("number", "it is missing", "write what stands on its plate")
    if not meter.begins:
        table.fault("begins", "it is missing", "write the day it begins to count, as 2026-11-01")
    wired = Wired(
        _started(table, meter),
        device=table.whole("device", least=1, most=_DEVICE_MAX),
        order=WordOrder(table.choice("word_order", [*WordOrder], "big")),
        data_code=table.made("data_code", codes.canonical, "", remedy="write its 16 digits"),
    )
    table.close()
    return wired


def _started(table: Table, meter: MeterPlan) -> MeterPlan:
    """Return the meter with what it shows first."""
    if (meter.ratio * 1000 / 10**meter.places).denominator != 1:
        table.fault("ct", "a count is worth no whole number of Wh or l", "choose other places")
    anything = meters.any_start(meter.number, meter.places)
    remedy = f"write up to six digits with {meter.places} decimals"
    start = table.made(
        "start", lambda text: orders.counts_shown(text, meter), anything, remedy=remedy
    )
    return meter._replace(start=start)


def _check_together(plan: SimPlan, table: Table) -> None:
    """Note what is wrong between settings that are right one by one."""
    numbers = Counter(wired.meter.number for bus in plan.buses for wired in bus.meters)
    ports = Counter([*((bus.host, bus.port) for bus in plan.buses), (HOST, plan.control_port)])
    for number, count in numbers.items():
        if count > 1:
            table.fault("buses", f"meter {number} stands in it twice", "give each its own number")
    for (host, port), count in ports.items():
        if count > 1:
            table.fault("buses", f"port {port} of {host} is used twice", "give each its own port")
    for bus in plan.buses:
        for device, count in Counter(wired.device for wired in bus.meters).items():
            if count > 1:
                problem = f"port {bus.port} has device {device} twice"
                table.fault("buses", problem, "give each meter its own")


def _faults(plan: SimPlan, planned: list[Table]) -> tuple[Fault, ...]:
    """Return the planned faults; note why others cannot be planned."""
    listed: tuple[Fault, ...] = ()
    for table in planned:
        order = Order(
            meter=table.choice("meter", plan.meters),
            fault=FaultKind(table.choice("fault", [*FaultKind])),
            start=table.text("from"),
            until=table.text("until", "") or None,
            shows=table.text("shows", "") or None,
            number=table.text("number", ""),
        )
        table.close()
        try:
            listed = faults.with_one_more(listed, orders.fault_of(order, plan.meters, listed))
        except ValueError as error:
            table.fault("", str(error), "write another time or value")
    return listed


def _ratio(table: Table, key: str) -> Fraction:
    """Return a transformer's ratio as its plate says it; none: 1."""
    return table.made(key, _above_zero, Fraction(1), remedy="write it as 300/5")


def _above_zero(text: str) -> Fraction:
    """Return a fraction.

    Raises:
        ValueError: If it is none, or not above zero.
    """
    try:
        ratio = Fraction(text)
    except ZeroDivisionError as error:
        raise ValueError("divides by zero") from error
    if ratio <= 0:
        raise ValueError("not above zero")
    return ratio


def _number(text: str) -> str:
    """Return a meter's number.

    Raises:
        ValueError: If its plate, or a series' name, could not hold it.
    """
    if not _NUMBER.fullmatch(text) or len(text) > 2 * PLATE_WORDS:
        raise ValueError(f"not 1 to {2 * PLATE_WORDS} letters, digits, dots or dashes")
    return text


def _day(text: str) -> int:
    """Return a date as days since 1970-01-01; ValueError if it is none."""
    return date.fromisoformat(text).toordinal() - _EPOCH
