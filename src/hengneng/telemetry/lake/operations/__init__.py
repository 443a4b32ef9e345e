"""Writes: copies of closed months, and the editions that publish them."""

from hengneng.telemetry.lake.operations.writing import Tell, Written, write

__all__ = ["Tell", "Written", "write"]
