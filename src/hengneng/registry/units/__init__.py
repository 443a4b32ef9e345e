"""Key energy-using units, their sites by district and date, their yearly listings.

Clauses: Notice 二(一), 三(一) and annex 3; Energy Conservation Law, art. 52. Words: unit, site,
listing. ``imports.py``: how a file's rows become this room's operations (kernel/imports).
"""
