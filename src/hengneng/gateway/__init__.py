"""The access-side device (端设备) in software: reads a unit's meters on the clock and uploads them.

Clauses: Notice 三(二)2; GB/T 38692 (data collection gateway); NECC-NHJC. Words: gateway, meter,
reading, outbox.

Beside the usual files: ``config`` and ``tables`` check the configuration file, ``meters`` says what
is read, ``drivers/`` speaks to meters, ``decoding`` makes numbers of registers, ``polling`` keeps
the clock, ``outbox`` keeps readings and ``batches`` what is sent of them, ``increments`` serves
platforms without registers, ``uploading`` and ``posting`` send, ``status`` shows, ``hosting`` runs
all of it and ``commands`` offers it to a person. It stands on protocol alone, without the server.
"""

from hengneng.gateway.config import Config
from hengneng.gateway.hosting import run

__all__ = ["Config", "run"]
