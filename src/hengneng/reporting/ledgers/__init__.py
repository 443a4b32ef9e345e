"""The forms of a unit's metering ledger, filled from what is registered and measured.

Clauses: JJF 1356 (annex B, forms B.1 to B.10, figures B.1 and B.2); Notice 二(二)1, 二(二)2.
Words: form, package.
"""
