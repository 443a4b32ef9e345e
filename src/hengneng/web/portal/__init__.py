"""The unit's own front: to-dos, points and their curves, completeness, consumption, devices.

Clauses: Notice 三(一), 三(二)2, 四(一); GB/T 38692. Words: unit, point, completeness, to-do.
"""
