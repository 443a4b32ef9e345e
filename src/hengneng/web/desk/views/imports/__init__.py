"""A list's way in by a file: brought, arranged, tried, imported; each step can be left and resumed.

``base``: a file's own pages; ``start``: bring one, templates; ``arrange``: sheet, headings,
columns, profiles; ``run``: preview, mended rows, import.
"""
