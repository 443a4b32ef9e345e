"""Spans: descriptions cut where sources begin or end, nothing lost, nothing twice."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.points import rules
from hengneng.registry.points.rules import Feed, Span

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return None if number is None else NEW_YEAR + timedelta(days=number)


def described(start, end, name="a", key=None):
    return Span(
        day(start), day(end), name, "ELECTRICITY", "LEVEL_1", "BOUGHT", "REGISTER", 900, None,
        Fraction(1), key,
    )  # fmt: skip


def feed(start, end, key):
    return Feed(day(start), day(end), key)


class TestSpansOf:
    @pytest.mark.parametrize(
        ("feeds", "expected"),
        [
            ([], [(2, 8, None)]),
            ([feed(0, None, "k")], [(2, 8, "k")]),
            ([feed(2, 8, "k")], [(2, 8, "k")]),
            ([feed(0, 2, "k"), feed(8, 9, "k")], [(2, 8, None)]),
            ([feed(3, 5, "k")], [(2, 3, None), (3, 5, "k"), (5, 8, None)]),
            ([feed(5, 9, "l"), feed(0, 5, "k")], [(2, 5, "k"), (5, 8, "l")]),
        ],
    )
    def test_one_description(self, feeds, expected):
        spans = rules.spans_of([described(2, 8)], feeds)

        assert spans == [described(start, end, key=key) for start, end, key in expected]

    def test_an_open_description_with_an_ended_feed(self):
        assert rules.spans_of([described(2, None)], [feed(3, 5, "k")]) == [
            described(2, 3),
            described(3, 5, key="k"),
            described(5, None),
        ]

    def test_what_touches_and_says_the_same_is_one(self):
        spans = rules.spans_of(
            [described(0, 4), described(4, None)], [feed(1, 4, "k"), feed(4, 6, "k")]
        )

        assert spans == [described(0, 1), described(1, 6, key="k"), described(6, None)]

    def test_what_does_not_touch_stays_two(self):
        assert rules.spans_of([described(0, 4), described(5, 6)], []) == [
            described(0, 4),
            described(5, 6),
        ]

    @given(
        st.lists(st.integers(0, 9), unique=True, max_size=6).map(sorted),
        st.lists(st.integers(0, 9), unique=True, max_size=6).map(sorted),
    )
    def test_each_day_is_told_once_and_as_said(self, describing, feeding):
        descriptions = [
            described(*pair, name=str(pair[0]))
            for pair in zip(describing[::2], describing[1::2], strict=False)
        ]
        feeds = [
            feed(*pair, str(pair[0])) for pair in zip(feeding[::2], feeding[1::2], strict=False)
        ]

        spans = rules.spans_of(descriptions, feeds)

        assert all(span.valid_from < span.valid_until for span in spans)
        for number in range(10):
            instant = day(number)
            told = [s for s in spans if s.valid_from <= instant < s.valid_until]
            names = [d.name for d in descriptions if d.valid_from <= instant < d.valid_until]
            keys = [f.key for f in feeds if f.valid_from <= instant < f.valid_until]
            assert [s.name for s in told] == names
            assert [s.key for s in told] == [keys[0] if keys else None for _ in names]


@pytest.mark.parametrize(
    ("key", "level", "kind"),
    [
        ("N:0000000002330011", "LEVEL_1", "INCREMENT"),
        ("N:0200000002330011", "LEVEL_2", "INCREMENT"),
        ("N:0202000002330011", "LEVEL_2", "INCREMENT"),
        ("N:0202010102330011", "LEVEL_3", "INCREMENT"),
        ("N:0202010102330011", "OTHER", "INCREMENT"),
        ("R:SH-0231:total", "LEVEL_3", "REGISTER"),
    ],
)
def test_a_key_that_fits(key, level, kind):
    rules.check_key(key, level=level, kind=kind)


@pytest.mark.parametrize(
    ("key", "level", "kind"),
    [
        ("N:0000000002330011", "LEVEL_2", "INCREMENT"),
        ("N:0200000002330011", "LEVEL_1", "INCREMENT"),
        ("N:0000000002330011", "LEVEL_1", "REGISTER"),
        ("R:SH-0231:total", "LEVEL_1", "INCREMENT"),
    ],
)
def test_a_key_of_another_level_or_kind(key, level, kind):
    with pytest.raises(rules.CodeDoesNotFit):
        rules.check_key(key, level=level, kind=kind)
