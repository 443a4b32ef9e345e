"""Two days without a network: what happens to a gateway and its meters, and when.

Everything that goes wrong is ordered at the meters beforehand, so that a slow machine changes which
readings are taken and nothing of what is true.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from tests import inside, simulated, wire
from tests.product import free_port
from tests.simulated import SHANGHAI, Beside, Clock

from hengneng.sim import gateways, plans

RATE = 7200  # two hours a second
START = datetime(2026, 3, 2, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
SLOT = 3600
UNIT = inside.unit_code(41)
# Hours after the supply is switched on; it is switched off so many after the wire is mended. On at
# a midnight, off at another: what flows in the seconds around them must not fall between two days.
OUT, STUCK, CUT, SPIKE, EXCHANGE, HEALED, LAST = 5, 6, 13, 34, 40, 61, 11
LENGTH = 6
NEW_METER = "12.34"
METERS = {"E-1": "HN41-E1", "E-2": "HN41-E2", "E-3": "HN41-E3", "E-4": "HN41-E4"}
KEYS = ("number", "device", "building", "permille", "places", "ct", "pt", "order")
BUSES = [
    [
        ("HN41-E1", 1, "b5", 4788, 4, "300/5", "10000/100", "big"),
        ("HN41-E2", 2, "b27", 900, 2, "1000/5", "1", "little"),
        ("HN41-E3", 3, "b35", 1000, 2, "1", "1", "big"),
    ],
    [("HN41-E4", 1, "b19", 700, 3, "200/5", "1", "big")],
]
METER = """
[[buses.meters]]
number = "{number}"
device = {device}
energy = "ELECTRICITY"
building = "{building}"
load_permille = {permille}
places = {places}
ct = "{ct}"
pt = "{pt}"
begins = "2026-03-01"
word_order = "{order}"
"""
FAULT = """
[[faults]]
meter = "{number}"
fault = "stopped"
from = "2026-03-01 00:00:00"
"""


class Story:
    """What happens, when, to whom.

    The supply is off before and after, so that no reading's second decides a digit.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock.begun(START, RATE)
        self.port, self.network_port, self.control = free_port(), free_port(), free_port()
        self.on = self.off = START
        (folder / "meters.toml").write_text(self.plan)
        (folder / "gateway.toml").write_text(self._configuration)
        self.meters = self._beside("hengneng.sim", "meters.toml")
        self.gateway = self._beside("hengneng.gateway", "run", "gateway.toml")

    @cached_property
    def plan(self) -> str:
        """The virtual meters: three on one bus, the one that falls silent on another."""
        text = f"control_port = {self.control}\n"
        for bus in BUSES:
            text += f'\n[[buses]]\nunit = "{UNIT}"\nport = {free_port()}\n'
            text += "".join(METER.format(**dict(zip(KEYS, told, strict=True))) for told in bus)
        return text + "".join(FAULT.format(number=number) for number in METERS.values())

    @property
    def _configuration(self) -> str:
        """The gateway's file."""
        settings: dict[str, gateways.Setting] = {
            "region": "310101",
            "platform": f"http://127.0.0.1:{self.network_port}",
            "poll_period_s": SLOT,
            "tolerance_s": 600,
            "timeout_s": 1,
            "attempts": 1,
            "upload_spread_s": 0,
            "retry_max_s": 1,
        }
        return gateways.gateway_toml(plans.parse(self.plan), UNIT, settings)

    def _beside(self, module: str, *words: str) -> Beside:
        *others, file = words
        said = (*others, str(self.folder / file))
        return Beside(module, *said, clock=self.clock, log=self.folder / f"{file}.log")

    def hour(self, hours: float) -> datetime:
        """Return the instant so many hours after the supply was switched on."""
        return self.on + hours * HOUR

    def order(self, code: str, fault: str, start: datetime, **said: Any) -> dict[str, Any]:
        """Order that something go wrong."""
        when = {"from": civil_text(start)}
        return simulated.told(self.control, meter=METERS[code], fault=fault, **when, **said)

    def switch_on(self) -> dict[str, Any]:
        """Let energy flow from the next midnight on; order what will go wrong.

        Returns:
            What is known of the exchange.
        """
        # The last midnight within a day and an hour: an hour ahead at least.
        self.on = self.next_hour(25).replace(hour=0)
        for meter in METERS.values():
            until = civil_text(self.on)
            simulated.told(self.control, meter=meter, mend="stopped", until=until)
        last = civil_text(self.hour(OUT + LENGTH))
        self.order("E-4", "outage", self.hour(OUT), until=last)
        last = civil_text(self.hour(STUCK + LENGTH))
        self.order("E-1", "stuck", self.hour(STUCK), until=last)
        last = civil_text(self.hour(SPIKE + 0.5))
        self.order("E-3", "spike", self.hour(SPIKE), until=last, shows="999999.99")
        exchanged = self.hour(EXCHANGE + 0.25)
        return self.order("E-2", "exchange", exchanged, shows=NEW_METER) | {"at": exchanged}

    def switch_off(self) -> None:
        """Let no energy flow from some hours on."""
        self.off = self.next_hour(LAST)
        for code in METERS:
            self.order(code, "stopped", self.off)

    def next_hour(self, hours: int) -> datetime:
        """Return the last full hour before so many hours from now."""
        return (self.clock.now() + hours * HOUR).replace(minute=0, second=0, microsecond=0)

    def true_energy(self) -> dict[str, Decimal]:
        """Return what truly went through each meter while the supply was on. [kWh]"""
        span = {"from": civil_text(self.on), "until": civil_text(self.off)}
        return {
            code: Decimal(
                simulated.told(self.control, ask="true_energy", meter=meter, **span)["amount"]
            )
            for code, meter in METERS.items()
        }

    def instants(self, code: str) -> list[datetime]:
        """Return when a meter was read, as the gateway wrote it down for itself."""
        found = self._outbox(
            "SELECT at FROM reading JOIN series ON series.id = reading.series"
            " WHERE meter = ? AND mark = 'M' ORDER BY at",
            METERS[code],
        )
        return [datetime.fromtimestamp(at, UTC).replace(tzinfo=SHANGHAI) for (at,) in found]

    def has_read_all(self) -> bool:
        """Answer whether every meter was read and the platform has something of it."""
        is_made = (self.folder / "outbox" / "outbox.sqlite3").exists()
        return is_made and all(self.instants(code) for code in METERS) and self.waiting() == 0

    def has_told_the_end(self) -> bool:
        """Answer whether the platform has a reading of every meter after the supply went off.

        A busy machine skips hours: without one, what flowed since the last is not lost but unread.
        """
        last = [self.instants(code)[-1] for code in METERS]
        return min(last) >= self.off and self.waiting() == 0

    def waiting(self) -> int:
        """Return how many readings the platform has not acknowledged."""
        ((count,),) = self._outbox(
            "SELECT count(*) FROM reading LEFT JOIN batch ON batch.id = reading.batch"
            " WHERE batch.state IS NULL OR batch.state != 'ACKNOWLEDGED'"
        )
        return int(count)

    def _outbox(self, query: str, *said: str) -> list[Any]:
        """Look into the gateway's own file."""
        address = f"file:{self.folder / 'outbox' / 'outbox.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as outbox:
            return outbox.execute(query, said).fetchall()


def civil_text(at: datetime) -> str:
    """Return an instant as the control takes it."""
    return at.strftime(wire.CLOCK)
