"""Whether what a unit must meter is metered, accurately enough and by instruments in date.

Clauses: GB 17167 (equipping rates, accuracy classes); JJF 1356 (6.1, forms B.8 and B.9); Notice
二(一). Words: requirement, equipping rate, need, metered with, verdict. The editions of the
standard are kept in ``registry/equipment``; nothing is stored here: each answer is worked out from
the ledger of the instant.
"""
