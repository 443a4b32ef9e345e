"""The fault scoreboard: what the field does wrong, played on real loads, and what becomes of it.

``story`` is one meter's truth and what was told of it; ``meters``, ``readings`` and ``cases`` are
the faults, a function each; ``judging`` compares figures with truth; ``playing`` tells a story to
the platform; ``board`` plays them all and keeps ``scoreboard.json``, which the reference shows.
"""
