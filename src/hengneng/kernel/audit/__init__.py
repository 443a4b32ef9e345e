"""One entry per operation, chained and rooted daily, so that no past can be rewritten unseen.

Clauses: Measures 132, art. 9 (truthful data); ARCHITECTURE 1.1, 8. Words: entry, chain, link, day
root, seal. An operation calls ``operations.record``; the sealer calls ``operations.seal``;
``queries.broken_links`` recomputes all of it. ``signing.py`` keeps the key that signs day roots:
files in the data folder, neither table nor rule. ``engine/`` is Django's database engine with a
moment before the commit, in which entries are written.
"""
