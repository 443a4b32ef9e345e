"""Forms and drawings on paper: a plain document to PDF and to a workbook (ARCHITECTURE 4).

``rules.py``: what a document is made of. ``paper.py``: a document to PDF. ``typesetter.py`` and
``form.typ``: the program that does it, run as a process of its own, so that neither web nor worker
ever loads the typesetter and one that hangs or dies takes nobody along. ``workbooks.py``: a
document's tables to .xlsx. Apart from the rules because they stand on libraries and files.
"""
