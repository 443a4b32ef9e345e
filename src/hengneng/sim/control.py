"""Orders to virtual meters and questions about them: a line of JSON each, answered by a line.

``{"meter": "HN01-E1", "fault": "outage", "from": "2026-11-03 00:00:00", "until": …}``
    something goes wrong (``orders.Order``); an exchange answers with what the old meter showed.
``{"meter": "HN01-E1", "mend": "outage", "until": …}``
    what goes wrong ends.
``{"ask": "true_energy", "meter": …, "from": …, "until": …}``
    what truly went through between two instants, to the last count.
``{"ask": "register", "meter": …, "at": …}``
    what the meter displays, whether anyone can read it or not.
``{"ask": "faults"}``, ``{"ask": "now"}``
    what was ordered; what time it is for the meters.

Times are civil, ``yyyy-MM-dd HH:mm:ss``; left out they mean now, the ``from`` of a question the
meter's beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from hengneng.protocol import times
from hengneng.protocol.records import DAY_SECONDS
from hengneng.sim import faults, orders, registers
from hengneng.sim.faults import Fault, FaultKind
from hengneng.sim.loads.weeks import Energy
from hengneng.sim.meters import MeterPlan
from hengneng.sim.orders import Order
from hengneng.sim.plans import SimPlan

_UNITS = {Energy.ELECTRICITY: ("Wh", "kWh"), Energy.GAS: ("l", "m3")}
_WHOLE_PLACES = 3  # a kWh has 10³ Wh, a cubic metre 10³ litres


class _Question(msgspec.Struct, forbid_unknown_fields=True):
    ask: str
    meter: str = ""
    start: str | None = msgspec.field(name="from", default=None)
    until: str | None = None
    at: str | None = None


class _Repair(msgspec.Struct, forbid_unknown_fields=True):
    meter: str
    mend: FaultKind
    until: str | None = None


@dataclass
class Running:
    """Virtual meters at work.

    Attributes:
        plan: Which they are.
        now: Returns what time it is for them. [local s]
        faults: What goes wrong, planned and ordered since.
    """

    plan: SimPlan
    now: Callable[[], int]
    faults: tuple[Fault, ...]

    def answer(self, line: bytes) -> bytes:
        """Return the answer to a line: ``{"ok": true, …}`` or ``{"ok": false, "error": …}``."""
        try:
            said = msgspec.json.decode(line)
            told = self._done(said if isinstance(said, dict) else {})
        except (msgspec.MsgspecError, ValueError, ArithmeticError) as error:
            return msgspec.json.encode({"ok": False, "error": str(error)}) + b"\n"
        return msgspec.json.encode({"ok": True} | told) + b"\n"

    def _done(self, said: dict[str, Any]) -> dict[str, Any]:
        """Do what a line wants; return what there is to tell."""
        if "ask" in said:
            return self._told(said)
        return self._mended(said) if "mend" in said else self._ordered(said)

    def _mended(self, said: dict[str, Any]) -> dict[str, Any]:
        """End what goes wrong at a meter; return when."""
        repair = msgspec.convert(said, _Repair)
        orders.meter_of(repair.meter, self.plan.meters)
        end = orders.second_of(repair.until, otherwise=self.now())
        self.faults = faults.mended(self.faults, repair.meter, repair.mend, end)
        return {"until": times.text_of(end)}

    def _ordered(self, said: dict[str, Any]) -> dict[str, Any]:
        """Let something go wrong; return what there is to know of it."""
        order, meters = msgspec.convert(said, Order), self.plan.meters
        fault = orders.fault_of(order, meters, self.faults, self.now())
        self.faults = faults.with_one_more(self.faults, fault)
        meter = meters[fault.meter].meter
        told: dict[str, Any] = {"from": times.text_of(fault.start)}
        if fault.kind is FaultKind.EXCHANGE:
            before = faults.last_of_the_old(self.faults, meter, fault)
            told |= {"before": _shown(before, meter), "after": _shown(fault.shows, meter)}
        return told

    def _told(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return what a question asks for.

        Raises:
            Unclear: If nobody knows the question.
        """
        question = msgspec.convert(said, _Question)
        if question.ask == "now":
            return {"now": times.text_of(self.now())}
        if question.ask == "faults":
            return {"faults": [_row(fault) for fault in self.faults]}
        meter = orders.meter_of(question.meter, self.plan.meters)
        if question.ask == "register":
            at = orders.second_of(question.at, otherwise=self.now())
            shown = faults.shown_at(self.faults, meter, at)
            return {"at": times.text_of(at), "shown": _shown(shown, meter)}
        if question.ask == "true_energy":
            return self._energy(question, meter)
        raise orders.Unclear(f"nobody knows {question.ask!r}")

    def _energy(self, question: _Question, meter: MeterPlan) -> dict[str, Any]:
        """Return what truly went through a meter between two instants."""
        start = orders.second_of(question.start, otherwise=meter.begins * DAY_SECONDS)
        end = orders.second_of(question.until, otherwise=self.now())
        counts = registers.counted_until(meter, end) - registers.counted_until(meter, start)
        small, large = _UNITS[meter.energy]
        energy = counts * meter.step
        return {
            "counts": counts,
            "energy": energy,
            "unit": small,
            "amount": f"{Decimal(energy).scaleb(-_WHOLE_PLACES):f}",
            "amount_unit": large,
        }


def _shown(counts: int, meter: MeterPlan) -> str:
    """Return a register as the meter shows it."""
    return f"{Decimal(counts).scaleb(-meter.places):f}"


def _row(fault: Fault) -> dict[str, Any]:
    """Return a fault as the control tells it."""
    end = None if fault.end == orders.FOR_GOOD else times.text_of(fault.end)
    return {
        "meter": fault.meter,
        "fault": fault.kind,
        "from": times.text_of(fault.start),
        "until": end,
    }
