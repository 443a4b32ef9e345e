from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from hengneng.kernel import clock
from hengneng.web.parts import tags


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("1234567.891", 3, "1,234,567.891"),
        ("1000.500000000", 3, "1,000.5"),
        ("-0.4", 3, "−0.4"),
        ("0", 3, "0"),
        ("1E+3", 0, "1,000"),
        ("0.0005", 3, "0"),
    ],
)
def test_amount(value, decimals, shown):
    assert tags.amount(Decimal(value), decimals) == shown


def test_fixed_keeps_its_decimals():
    assert tags.fixed(Decimal("2")) == "2.00"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 2, "50\u2009%"),
        (9999, 10000, "99.9\u2009%"),
        (10000, 10000, "100\u2009%"),
        (0, 5, "0\u2009%"),
        (1, 0, ""),
        (None, 5, ""),
    ],
)
def test_share(part, whole, shown):
    assert tags.share(part, whole) == shown


def test_a_moment_is_the_city_s():
    assert tags.moment(datetime(2026, 3, 1, 16, 30, tzinfo=UTC)) == "2026-03-02 00:30"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("N:0000000002330011", "00-00-0000-023300-11"),
        ("R:SH-0231:total", "SH-0231 · total"),
        (None, ""),
    ],
)
def test_source(key, shown):
    assert tags.source(key) == shown


def test_age_says_just_now():
    with translation.override("en"):
        assert tags.age(clock.now()) == "just now"
        assert tags.age(clock.now() - timedelta(hours=3)) == "3\xa0hours ago"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "JJG 596-2012: classes 0.2S and 0.5S"),
        ("zh-hans", "JJG 596-2012：0.2S 级、0.5S 级"),
    ],
)
def test_what_set_a_due_day_is_said_in_the_readers_language(language, said):
    with translation.override(language):
        assert tags.by_rule("JJG 596-2012: classes 0.2S and 0.5S") == said
        assert tags.by_rule("JJG 443") == "JJG 443"
        assert tags.by_rule("") == ""
