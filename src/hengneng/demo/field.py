"""What stands at the review units: virtual meters, and the gateways that read them over Modbus.

The meters' registers go on exactly where the history's end; gateways read them each minute and
speak to the platform as anybody's would.
"""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from hengneng.demo.city import UnitPlan
from hengneng.demo.memory import Memory
from hengneng.gateway import config as configs
from hengneng.gateway import hosting
from hengneng.gateway.config import Config
from hengneng.gateway.outbox import Outbox
from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim import gateways, meters, serving
from hengneng.sim.loads.days import QUARTER_SECONDS
from hengneng.sim.maps import Wired
from hengneng.sim.meters import MeterPlan
from hengneng.sim.plans import Bus, SimPlan

READ_EVERY_SECONDS = 60
UPLOAD_WITHIN_SECONDS = 2
_READY_SECONDS = 60
_ELSEWHERE = "310115"  # stands for districts that are none of GB/T 2260, as the airports'
_REGION_LENGTH = 6
_HERE = "127.0.0.1"


class NotReady(Exception):
    """The virtual meters do not answer."""


def plan_of(units: Mapping[str, UnitPlan], remembered: Mapping[str, Memory]) -> SimPlan:
    """Return the plan of all virtual meters, each bus and the control on a free port.

    Args:
        units: The units that have meters, by code.
        remembered: What their terminals remember, by code.
    """
    (control, *ports) = _free_ports(len(units) + 1)
    buses = tuple(
        Bus(
            unit=code,
            port=port,
            meters=tuple(
                Wired(meter, device)
                for device, meter in enumerate(meters_of(unit, remembered[code]), start=1)
            ),
        )
        for port, (code, unit) in zip(ports, units.items(), strict=True)
    )
    return SimPlan(buses, offset_s=clock.offset_s(), control_port=control)


def meters_of(unit: UnitPlan, memory: Memory) -> Iterator[MeterPlan]:
    """Yield a unit's meters as they go on from what its terminal remembers."""
    today, second = divmod(memory.registers_at, DAY_SECONDS)
    for point in unit.points:
        if point.is_register:
            meter = point.meter_of(unit.building, today)
            counted = sum(meters.counts_of(meter, today)[: second // QUARTER_SECONDS])
            start = (memory.counts[point.code] - counted) % meter.capacity
            yield meter._replace(start=start)


def configure(
    plan: SimPlan,
    units: Mapping[str, UnitPlan],
    devices: Mapping[str, str],
    *,
    base_url: str,
    folder: Path,
) -> list[Config]:
    """Write each gateway's configuration and identity; return the configurations.

    Args:
        plan: The plan of the meters.
        units: The units by code.
        devices: Their terminals' ids by unit.
        base_url: Where the platform is.
        folder: Where the gateways' files go.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = []
    for code, unit in units.items():
        path = folder / f"{code}.toml"
        path.write_text(
            gateways.gateway_toml(
                plan,
                code,
                {
                    "region": _region(unit.district),
                    "platform": f"{base_url}/nhjc/register",
                    "allow_plain_http": True,
                    "data_folder": code,
                    "poll_period_s": READ_EVERY_SECONDS,
                    "upload_spread_s": UPLOAD_WITHIN_SECONDS,
                },
            ),
            encoding="utf-8",
        )
        config = configs.read(path)
        _identify(config, devices[code])
        found.append(config)
    return found


@contextmanager
def running(plan: SimPlan, read_by: Sequence[Config]) -> Iterator[list[Future[None]]]:
    """Let meters answer and gateways read them; end both afterwards.

    Yields:
        What runs: done before the end only where it failed.

    Raises:
        NotReady: If the meters cannot answer, or do not within a minute.
    """
    stop, ready = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2, thread_name_prefix="field") as threads:
        try:
            meters_run = threads.submit(serving.serve, plan, stop, ready=ready.set)
            meters_run.add_done_callback(lambda _failed: ready.set())
            if not ready.wait(_READY_SECONDS):
                raise NotReady("the virtual meters do not answer")
            if meters_run.done():
                raise NotReady(f"the virtual meters do not answer: {meters_run.exception()}")
            gateways_run = threads.submit(hosting.run, read_by, stop)
            yield [meters_run, gateways_run]
        finally:
            stop.set()


def _identify(config: Config, device_id: str) -> None:
    """Tell a gateway the id under which it was admitted."""
    outbox = Outbox(config.data_folder)
    try:
        if outbox.recall("device_id") != device_id:
            outbox.remember(device_id=device_id)
    finally:
        outbox.close()


def _region(district: str) -> str:
    """Return a district as a gateway states it."""
    return district if district.isdigit() and len(district) == _REGION_LENGTH else _ELSEWHERE


def _free_ports(count: int) -> list[int]:
    """Return ports of the loopback that nobody uses now."""
    held = [socket.create_server((_HERE, 0)) for _ in range(count)]
    ports: list[int] = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
