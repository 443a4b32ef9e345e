"""Measure the platform under load, beside a row-per-reading baseline in the same run.

``ledger`` enters units, points and terminals through operations; ``messages`` and ``client`` load
the platform over HTTP from processes of their own; ``rows`` is the baseline's store, which only the
bench's own front uses; ``ingest`` drives the runs, ``store`` asks the database what became of them,
``costs`` what they took of the processors, ``figures`` makes the results; ``backfill`` lets a city
send a week. ``query`` asks for a month and a year, ``recompute`` works out full days. ``pages`` and
``registry`` ask for pages by ``browsing``; ``lists`` makes the files that are imported.
"""
