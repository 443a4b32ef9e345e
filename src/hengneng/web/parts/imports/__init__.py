"""A list's way in by a file, as every front offers it; each step can be left and resumed.

A front says whose lists it takes, of which kinds and where its pages stand (``base.OfFront``).
``bringing``: kinds and standings in words, whose profiles; ``forms``; ``base``: what its views have
in common; ``start``: bring a file, templates; ``arrange``: sheet, headings, columns, profiles;
``run``: preview, mended rows, import.
"""
