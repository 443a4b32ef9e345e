"""What names a person: sealed under a key of their own, listed with purpose and term, erasable.

Rooms above keep a person's id where they mean the person, and ask here for name and telephone.
Whoever may not see them whole gets them masked. Erasing destroys the person's key: rows, backups
made from then on and digests stay as they are, and nobody can read the person out of them.
Words: person, purpose, mask. ``keys.py``: the master key and the sealing, the one place that
touches cryptography.
"""
