"""The words meters, terminals, city and nation speak: bytes to values and back, no I/O.

Clauses: Notice 三(二)2; NECC-NHJC (national flavour); GB/T 37947. Words: record, series, flaw.
"""
