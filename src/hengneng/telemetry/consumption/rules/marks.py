"""How a slot's value is known: one letter, and which letter wins where several meet."""

MEASURED = "M"
LATE = "L"  # measured, but sent later than the dated rule allows
SUPPLIED = "S"
MANUAL = "H"  # entered by hand
ESTIMATED = "E"
REJECTED = "R"
PARTIAL = "P"  # measured for a part of the slot, nothing known for the rest
NOTHING = "."

# Of several contributions to one slot the least certain is shown (ARCHITECTURE 5.2).
_CERTAINTY = {mark: rank for rank, mark in enumerate("MLSHE")}
RECEIVED = frozenset("MLSH")
KNOWN = RECEIVED | {ESTIMATED, PARTIAL}


def least_certain(one: str, other: str) -> str:
    """Return the mark to show where both contribute.

    >>> least_certain("M", "E")
    'E'
    """
    return one if _CERTAINTY[one] >= _CERTAINTY[other] else other
