"""Rows of a file to operations: recognise, preview, all or nothing.

Rooms bring their importers (``imports.py``); this room knows none of them. ``tables.py``: bytes of
.csv and .xlsx to rows, apart from the rules because it stands on a reader library. ``cells.py``:
texts of cells to values, apart from them because local times need the city's zone.
"""
