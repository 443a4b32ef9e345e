"""What every answer of the open API has in common."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hengneng.web.api import answers


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("0E-9", "0"),
            ("-0.000", "0"),
            ("100", "100"),
            ("1E+3", "1000"),
            ("-12.340", "-12.34"),
            ("9" * 28 + ".000000001", "9" * 28 + ".000000001"),
        ],
    )
    def test_gives_every_digit_and_no_more(self, value, text):
        assert answers.plain(Decimal(value)) == text


class TestLocal:
    def test_bears_the_citys_offset_and_every_microsecond(self):
        instant = datetime(2026, 3, 1, 0, 15, 0, 120001, tzinfo=UTC)

        assert answers.local(instant) == "2026-03-01T08:15:00.120001+08:00"


class TestRefuse:
    def test_has_one_shape_and_a_number_of_its_own(self, rf):
        one, other = (
            answers.refuse(rf.get("/api/v1/units"), 422, "BAD_SPAN", "Too long.") for _ in range(2)
        )

        said = json.loads(one.content)["error"]
        assert {"code": "BAD_SPAN", "message": "Too long.", "number": said["number"]} == said
        assert said["number"] != json.loads(other.content)["error"]["number"]
        assert one["Cache-Control"] == "no-store"

    def test_bears_the_number_that_the_request_has_already(self, rf):
        request = rf.get("/api/v1/units", **{"hengneng.number": "9f2c41d07ab3"})

        said = json.loads(answers.refuse(request, 404, "UNKNOWN_UNIT", "…").content)["error"]

        assert said["number"] == "9f2c41d07ab3"

    def test_an_unknown_token_is_told_how_to_prove_itself(self, rf):
        refusal = answers.refuse(rf.get("/api/v1/units"), 401, "UNKNOWN_TOKEN", "…")

        assert refusal["WWW-Authenticate"] == 'Bearer realm="hengneng"'


class TestOnUnforeseen:
    def test_logs_once_under_the_number_it_answers_with(self, rf, caplog):
        answer = answers.on_unforeseen(rf.get("/api/v1/units"), ValueError("secret detail"))

        number = json.loads(answer.content)["error"]["number"]
        assert answer.status_code == 500
        assert b"secret detail" not in answer.content
        assert [record.exc_info[1].args for record in caplog.records] == [("secret detail",)]
        assert number in caplog.text
