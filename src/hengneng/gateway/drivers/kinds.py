"""The protocols by name."""

from collections.abc import Callable

from hengneng.gateway.drivers.lines import Line
from hengneng.gateway.drivers.modbus_tcp import ModbusTcp

# What makes a line of host, port and time-out in seconds.
DRIVERS: dict[str, Callable[[str, int, float], Line]] = {"modbus-tcp": ModbusTcp}
