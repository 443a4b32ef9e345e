"""Metering points: level, energy type, flow, what feeds them, by date.

Clauses: Notice 三(一), 三(二)2; GB 17167 (levels). Words: point, level, boundary, flow, source.
``imports.py``: how a file's rows become this room's operations (kernel/imports) · ``history.py``:
every version that was ever believed, for who asks what was known when.
"""
