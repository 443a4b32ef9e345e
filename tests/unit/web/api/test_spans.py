"""Days, instants and pages of a request."""

from datetime import UTC, date, datetime, timedelta

import pydantic
import pytest

from hengneng.kernel import clock
from hengneng.web.api import spans
from hengneng.web.api.spans import Page, Span


@pytest.fixture
def just_after_midnight_in_the_city(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 31, 16, 0, 1, tzinfo=UTC))


def span(**words) -> Span:
    return Span.model_validate(words)


class TestDaysOf:
    def test_defaults_to_the_last_days_by_the_citys_calendar(self, just_after_midnight_in_the_city):
        assert spans.days_of(span(), default=31, longest=400) == (
            date(2026, 3, 2),
            date(2026, 4, 1),
        )

    def test_a_last_day_alone_brings_the_days_before_it(self):
        assert spans.days_of(span(to="2026-03-10"), default=1, longest=92) == (
            date(2026, 3, 10),
            date(2026, 3, 10),
        )

    def test_holds_as_many_days_as_allowed(self):
        first, last = "2026-01-01", (date(2026, 1, 1) + timedelta(days=399)).isoformat()

        days = spans.days_of(span(**{"from": first, "to": last}), default=31, longest=400)

        assert (days[1] - days[0]).days == 399

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2026-01-01", "2027-02-05"),  # 401 days
            ("2026-01-02", "2026-01-01"),
            ("1969-12-31", "1970-01-01"),
            ("2199-12-31", "2200-01-01"),
            ("0001-01-01", "0001-01-01"),
        ],
    )
    def test_refuses_with_a_sentence(self, first, last):
        with pytest.raises(spans.BadSpan, match=r"\.$"):
            spans.days_of(span(**{"from": first, "to": last}), default=31, longest=400)

    def test_the_first_day_of_all_needs_no_day_before_it(self):
        with pytest.raises(spans.BadSpan):
            spans.days_of(span(to="0001-01-01"), default=31, longest=400)


class TestForms:
    @pytest.mark.parametrize(
        "text", ["0", "1767225600", "2026-1-1", "2026-01-01T00:00:00", "٢٠٢٦-01-01"]
    )
    def test_a_day_is_iso_8601_only(self, text):
        with pytest.raises(pydantic.ValidationError):
            span(**{"from": text})

    @pytest.mark.parametrize(
        "text", ["1767225600", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00 08:00"]
    )
    def test_an_instant_bears_its_offset(self, text):
        with pytest.raises(pydantic.ValidationError):
            span(as_of=text)

    def test_an_instant_keeps_its_microseconds(self):
        asked = span(as_of="2026-01-01T08:00:00.000001+08:00")

        assert asked.as_of == datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)

    def test_is_kept_in_an_offset_that_the_database_takes(self):
        asked = span(as_of="2026-01-01T00:00:00+23:59")

        assert asked.as_of.isoformat() == "2025-12-31T00:01:00+00:00"

    def test_before_the_calendar_is_refused(self):
        with pytest.raises(pydantic.ValidationError):
            span(as_of="0001-01-01T00:00:00+08:00")


@pytest.mark.django_db
class TestKnownAt:
    def test_now_is_the_default(self):
        assert spans.known_at(None) is None

    def test_settles_the_record_up_to_an_instant_just_gone(self):
        just_gone = clock.now()

        assert spans.known_at(just_gone) == just_gone

    def test_refuses_what_lies_ahead_and_names_the_settled_instant(self, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, tzinfo=UTC))

        with pytest.raises(spans.BadInstant, match=r"settled until 2026-03-01T08:00:00\+08:00"):
            spans.known_at(datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC))

    def test_refuses_before_the_calendar(self):
        with pytest.raises(spans.BadInstant):
            spans.known_at(datetime(1, 1, 1, tzinfo=UTC))


class TestPaged:
    @pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 1), (100, 1), (101, 2)])
    def test_counts_the_pages(self, count, pages):
        page = spans.paged([], count=count, page=Page())

        assert page == {"items": [], "count": count, "page": 1, "pages": pages}

    def test_a_page_holds_its_own_items_only(self):
        page = spans.page_of(range(10), Page(page=2, page_size=4))

        assert list(page["items"]) == [4, 5, 6, 7]
        assert (page["count"], page["pages"]) == (10, 3)
