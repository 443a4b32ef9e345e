"""Key energy-using units: what is known of them by date, their sites, lists, people and events.

Clauses: Notice 二(一), 二(三), 三(一), 四(二) and annex 3; Energy Conservation Law, art. 52, 55.
Words: unit, site, listing, naming, particulars, facility, business, contact, consumption level,
event. ``imports/``: how a file's rows become this room's facts (kernel/imports).
"""
