"""Keep messages, mark days, seal what was kept, make room for what comes."""

from hengneng.telemetry.journal.operations.accepting import NotKept, accept, stop
from hengneng.telemetry.journal.operations.marking import clear_marks, mark
from hengneng.telemetry.journal.operations.partitions import ensure_partitions
from hengneng.telemetry.journal.operations.rejecting import reject
from hengneng.telemetry.journal.operations.sealing import seal
from hengneng.telemetry.journal.operations.writing import Accepted

__all__ = [
    "Accepted",
    "NotKept",
    "accept",
    "clear_marks",
    "ensure_partitions",
    "mark",
    "reject",
    "seal",
    "stop",
]
