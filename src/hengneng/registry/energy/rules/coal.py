"""Energy as standard coal."""

from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation

# An amount has 40 digits and a factor 20: rounding would be an error, not an answer.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
_ROUNDED = Context(prec=100, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
# As many places as the column of factors keeps (records.PLACES).
_LAST_PLACE = Decimal("1E-10")


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


def factor_of_heat(heat_value_kj: Decimal, kj_per_kgce: Decimal) -> Decimal:
    """Return the factor of a measured lower heating value.

    The quotient hardly ever ends, so it is kept to ten places, half to even, like every factor;
    from there on all sums are exact.

    Args:
        heat_value_kj: Lower heating value. [kJ per unit of measure]
        kj_per_kgce: Heat of standard coal. [kJ/kgce]

    Returns:
        The factor. [kgce per unit of measure]

    Source:
        GB/T 2589-2020, chapter 8: the measured heat value goes before the table (recollection).

    >>> factor_of_heat(Decimal(35544), Decimal(29307))
    Decimal('1.2128160508')
    """
    return _ROUNDED.divide(heat_value_kj, kj_per_kgce).quantize(_LAST_PLACE, context=_ROUNDED)
