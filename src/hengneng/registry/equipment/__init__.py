"""Sub-units and equipment that use a unit's energy, what they need by date, which are main ones.

Clauses: GB 17167 (main sub-units, main equipment); JJF 1356 (form B.2); Notice 三(一). Words:
consumer, sub-unit, equipment, demand, main, metered with. ``imports.py``: how a file's rows become
this room's facts (kernel/imports).
"""
