"""The configuration of a gateway that reads a bus of virtual meters."""

import json
from collections.abc import Iterator, Mapping

from hengneng.sim import maps
from hengneng.sim.maps import Wired
from hengneng.sim.meters import CAPACITY
from hengneng.sim.plans import Bus, SimPlan

Setting = str | int | bool


def gateway_toml(plan: SimPlan, unit: str, settings: Mapping[str, Setting]) -> str:
    """Return the file with which a gateway reads a unit's virtual meters (``gateway.config``).

    Args:
        plan: The plan of the meters.
        unit: Social credit code of the unit.
        settings: What the meters cannot say: ``region``, ``platform`` and any further settings.

    Raises:
        LookupError: If no bus of the plan measures that unit.
    """
    buses = [bus for bus in plan.buses if bus.unit == unit]
    if not buses:
        raise LookupError(f"no virtual meters measure {unit}")
    hours, minutes = divmod(abs(plan.offset_s) // 60, 60)
    offset = f"{'-' if plan.offset_s < 0 else '+'}{hours:02}:{minutes:02}"
    head = {"unit_code": unit, "utc_offset": offset} | dict(settings)
    lines = list(_pairs(head))
    for bus in buses:
        for wired in bus.meters:
            lines += ["", *_meter(bus, wired)]
    return "\n".join(lines) + "\n"


def _meter(bus: Bus, wired: Wired) -> Iterator[str]:
    """Yield the lines of one meter and its register."""
    meter = wired.meter
    words = maps.total_words(meter)
    register: dict[str, Setting] = {
        "address": maps.TOTAL,
        "type": f"uint{16 * words}",
        "word_order": wired.order,
        "decimals": meter.places,
        "capacity": CAPACITY,
    }
    if wired.data_code:
        register["data_code"] = wired.data_code
    yield "[[meters]]"
    yield from _pairs({
        "name": meter.number,
        "host": bus.host,
        "port": bus.port,
        "modbus_id": wired.device,
    })  # fmt: skip
    yield ""
    yield "[[meters.registers]]"
    yield from _pairs(register)


def _pairs(settings: Mapping[str, Setting]) -> Iterator[str]:
    """Yield settings as TOML writes them; its texts and JSON's are written alike."""
    for key, value in settings.items():
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
