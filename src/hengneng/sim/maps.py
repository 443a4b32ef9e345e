"""The register map of a virtual meter: what stands at which Modbus address.

Read by function 3 or 4 alike; high byte first, several registers in the meter's word order.

========  =====  =======  ==============================================================
address   words  type     what
========  =====  =======  ==============================================================
0         2 / 4  uint     the register: counts of its last decimal; four words where six
                          digits and its decimals pass 32 bits
8         2      uint32   power [W], gas: flow [l/h]; the quarter hour's mean
10 to 12  1      uint16   voltages of the three phases [0.1 V]; electricity alone
13        1      uint16   frequency [0.01 Hz]; electricity alone
100       8      text     the number on its plate: ASCII, filled with NUL
108       1      uint16   decimals that the register shows
109       2      uint32   CT × PT, numerator
111       2      uint32   CT × PT, denominator
========  =====  =======  ==============================================================

Any other address is answered with exception 2, *illegal data address*.
"""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from hengneng.sim import faults, registers
from hengneng.sim.faults import Fault
from hengneng.sim.loads.weeks import Energy
from hengneng.sim.meters import MeterPlan

TOTAL, POWER, VOLTAGES, FREQUENCY = 0, 8, 10, 13
PLATE, PLACES, NUMERATOR, DENOMINATOR = 100, 108, 109, 111
PLATE_WORDS, PHASES = 8, 3
_WORD = 1 << 16
_NOMINAL_DECIVOLTS, _SWAY_DECIVOLTS = 2300, 80
_NOMINAL_CENTIHERTZ, _SWAY_CENTIHERTZ = 5000, 8


class WordOrder(StrEnum):
    """In which order a number's registers follow one another."""

    BIG = "big"  # ABCD: the most significant register first
    LITTLE = "little"  # CDAB: the least significant first


class Wired(NamedTuple):
    """A virtual meter on a bus.

    Attributes:
        meter: What it meters.
        device: Its Modbus unit id. [1 to 247]
        order: How it puts numbers of several registers.
        data_code: The national code under which increments of it go; empty where none do.
    """

    meter: MeterPlan
    device: int
    order: WordOrder = WordOrder.BIG
    data_code: str = ""


def total_words(meter: MeterPlan) -> int:
    """Return how many Modbus registers hold the meter's register. [2 or 4]"""
    return 2 if meter.capacity <= 1 << 32 else 4


def words_at(wired: Wired, known: Iterable[Fault], at: int) -> dict[int, int]:
    """Return what every address of a meter holds at an instant.

    Args:
        wired: The meter.
        known: What goes wrong, at any meters.
        at: When. [local s]

    Returns:
        Words of 0 to 65535 by address.
    """
    meter, listed = wired.meter, tuple(known)
    found: dict[int, int] = {}

    def put(address: int, value: int, count: int) -> None:
        words = [(value >> (16 * place)) % _WORD for place in range(count)]
        words = words[::-1] if wired.order is WordOrder.BIG else words
        found.update(enumerate(words, address))

    put(TOTAL, faults.shown_at(listed, meter, at), total_words(meter))
    put(POWER, registers.power_at(meter, at), 2)
    if meter.energy is Energy.ELECTRICITY:
        _put_supply(found, meter, at)
    plate = faults.plate_at(listed, meter, at).encode("ascii")[: 2 * PLATE_WORDS]
    text = plate.ljust(2 * PLATE_WORDS, b"\0")
    for place in range(PLATE_WORDS):
        found[PLATE + place] = int.from_bytes(text[2 * place : 2 * place + 2])
    put(PLACES, meter.places, 1)
    put(NUMERATOR, meter.ratio.numerator, 2)
    put(DENOMINATOR, meter.ratio.denominator, 2)
    return found


def _put_supply(found: dict[int, int], meter: MeterPlan, at: int) -> None:
    """Add voltages and frequency: they sway a little from minute to minute."""
    noise = hashlib.sha256(f"{meter.number} {at // 60}".encode()).digest()
    for phase in range(PHASES):
        sway = noise[phase] % (2 * _SWAY_DECIVOLTS + 1) - _SWAY_DECIVOLTS
        found[VOLTAGES + phase] = _NOMINAL_DECIVOLTS + sway
    sway = noise[PHASES] % (2 * _SWAY_CENTIHERTZ + 1) - _SWAY_CENTIHERTZ
    found[FREQUENCY] = _NOMINAL_CENTIHERTZ + sway
