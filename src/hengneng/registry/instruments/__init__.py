"""Energy measuring instruments and where they stood, by date; exchanges.

Clauses: Notice 三(二)2 "关口表具信息发生变化"; JJF 1356, form B.3. Words: instrument, installation,
exchange. ``imports.py``: how a file's rows become this room's operations (kernel/imports).
"""
