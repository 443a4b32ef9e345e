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
    def test_has_one_shape_and_a_number_of_its_own(self):
        one, other = (answers.refuse(422, "BAD_SPAN", "Too long.") for _ in range(2))

        told = json.loads(one.content)["error"]
        assert {"code": "BAD_SPAN", "message": "Too long.", "number": told["number"]} == told
        assert told["number"] != json.loads(other.content)["error"]["number"]
        assert one["Cache-Control"] == "no-store"

    def test_an_unknown_token_is_told_how_to_prove_itself(self):
        assert answers.refuse(401, "UNKNOWN_TOKEN", "…")["WWW-Authenticate"].startswith("Bearer")
