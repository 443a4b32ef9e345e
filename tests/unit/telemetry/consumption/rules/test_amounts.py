from decimal import Decimal

from hengneng.telemetry.consumption.rules.amounts import ZERO, Amount, Basis, amount_of_month


def day(amount):
    return Amount(Decimal(amount), ZERO, ZERO, ZERO, ZERO, 96, 96, 96, Basis.REGISTERS)


class TestAmountOfMonth:
    def test_is_exact_where_the_digits_are_many(self):
        days = [day("9200000000000000000")] * 11 + [day("0.000000001")]

        month = amount_of_month(days, expected=2880, record=None)

        assert month.amount == Decimal("101200000000000000000.000000001")

    def test_is_unknown_where_no_day_is_known(self):
        assert amount_of_month([], expected=2880, record=None).amount is None
