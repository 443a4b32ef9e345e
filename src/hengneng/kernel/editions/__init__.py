"""Editions of a rule: which of several dated ones is valid on a day.

Words: edition. For rules of which each edition holds until the next begins; those with a last day
of their own are found in their rooms.
"""

from hengneng.kernel.editions.rules import edition_on

__all__ = ["edition_on"]
