"""Reads: where a month's points stand, what both stores answer, whether the copies are whole."""

from hengneng.telemetry.lake.queries.answers import Answered, NothingCopied, ask
from hengneng.telemetry.lake.queries.checking import Checked, check

__all__ = ["Answered", "Checked", "NothingCopied", "ask", "check"]
