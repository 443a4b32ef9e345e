"""Two times on every fact: when it was true, and since when we knew it (ARCHITECTURE 1.3).

``drafts.py``: many edits of one kind of fact, thought through in memory and written at once.
"""
