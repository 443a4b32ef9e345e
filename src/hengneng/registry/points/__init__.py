"""Metering points: level, energy type, flow, what they meter and what feeds them, by date.

Clauses: Notice 三(一), 三(二)2; GB 17167 (levels, points owed); JJF 1356 (figures B.1, B.2). Words:
point, level, boundary, flow, source, consumer, owed, indicator. ``imports/``: how a list's rows
become this room's facts (kernel/imports) · ``history.py``: every version that was ever believed,
for who asks what was known when.
"""
