import pytest
from django.db import connection
from tests.unit.telemetry.lake.conftest import AT

from hengneng.telemetry.lake import operations, queries
from hengneng.telemetry.lake.rules.questions import QUESTIONS


class TestAsk:
    def test_both_stores_answer_every_question_the_same(self, six_units):
        operations.write(by=None, at=AT)

        answers = queries.ask()

        assert [one.question for one in answers] == list(QUESTIONS)
        assert all(one.rows for one in answers)
        assert all(one.agrees for one in answers)

    def test_a_city_total_is_that_of_its_days(self, six_units):
        operations.write(by=None, at=AT)

        totals = next(one for one in queries.ask() if one.question == "month_by_district")

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(amount) FROM consumption_consumptionday WHERE day < '2026-02-01'"
            )
            assert sum(row[-1] for row in totals.rows) == cursor.fetchone()[0]

    def test_a_single_changed_digit_shows(self, six_units):
        operations.write(by=None, at=AT)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE consumption_consumptionday SET amount = amount + 0.000000001"
                " WHERE unit_id = %s AND day = '2026-01-15'",
                [six_units[0][0]],
            )

        agree = {one.question: one.agrees for one in queries.ask()}

        assert agree == {
            "month_by_district": False,
            "year_by_sector": False,
            "city_peak": True,
            "estimated_by_month": False,
            "top_units": False,
        }

    def test_only_the_last_months_are_asked(self, six_units):
        operations.write(by=None, at=AT)

        totals = queries.ask(months=1)[0]

        assert {row[0] for row in totals.rows} == {"2026-01"}
        assert totals.agrees

    def test_of_nothing_copied_there_is_no_answer(self, transactional_db, data_dir):
        with pytest.raises(queries.NothingCopied):
            queries.ask()
