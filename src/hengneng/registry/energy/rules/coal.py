"""Energy as standard coal."""

from decimal import Context, Decimal, Inexact, InvalidOperation

# An amount has 40 digits and a factor 20: rounding would be an error, not an answer.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])


def tonnes_of_coal(amount: Decimal, kgce_per_uom: Decimal) -> Decimal:
    """Return the standard coal that an amount of energy is counted as, to the last digit.

    Args:
        amount: In the energy type's unit of measure.
        kgce_per_uom: The factor in force. [kgce per unit of measure]

    Returns:
        Standard coal equivalent. [tce]

    Source:
        GB/T 2589-2020, the conversion to standard coal (recollection; the factor's own record
        says by which text it stands).

    >>> tonnes_of_coal(Decimal("1250.5"), Decimal("0.1229"))
    Decimal('0.15368645')
    """
    return _EXACT.multiply(amount, kgce_per_uom).scaleb(-3, context=_EXACT)
