"""Rows of a file to operations: recognise, preview, mend, all or nothing.

Rooms bring their importers (``imports.py``); this room knows none of them. ``kinds.py`` finds them
in the installed rooms. ``archives.py``: what a workbook's archive may not hold; ``tables.py``:
bytes of .csv and .xlsx to rows, apart from the rules because it stands on a reader library;
``cells.py``: texts of cells to values, apart from them because local times need the city's zone;
``writing.py``: refused rows and templates as files. Words: *run*, a file on its way by a page;
*profile*, a saved way to read files; *mended rows*, the downloaded list of refused ones, corrected.
"""
