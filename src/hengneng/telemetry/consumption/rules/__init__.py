"""The arithmetic: records to digest, digests to energy per slot, slots to days and months.

Pure functions over integers at a stated scale; no float, no clock, no database. Times are local
seconds or seconds of the local day (``protocol.records``), days are numbers since 1970-01-01.
"""

# Raised when a change of these rules can change a figure; kept with every digest (1.3).
EDITION = 2
