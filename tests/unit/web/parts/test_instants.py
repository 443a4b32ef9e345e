"""Instants in an address, each text read in one way by every page."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.web.parts.instants import instant_in, shown_at

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T20:00", "2026-03-02 20:00:00", "2026-03-02T12:00Z", "2026-03-02T07:00-05:00"],
)
def test_a_text_without_an_offset_is_of_the_city(text):
    assert instant_in(text) == NOON
    assert instant_in(text).utcoffset().total_seconds() == 0


@pytest.mark.parametrize("text", ["", "noon", "2026-02-30T00:00", "0001-01-01T00:00+14:00"])
def test_what_names_no_instant_is_none(text):
    assert instant_in(text) is None


class TestShownAt:
    @pytest.fixture(autouse=True)
    def english(self):
        with translation.override("en"):
            yield

    def test_without_a_text_it_is_now_and_nothing_is_wrong(self):
        assert shown_at("") == (None, "")

    def test_what_cannot_be_read_is_said(self):
        instant, fault = shown_at("noon")

        assert instant is None
        assert "cannot be read" in fault

    @pytest.mark.parametrize("text", ["2999-01-01T00:00", "9999-12-31T23:59"])
    def test_what_has_not_come_is_said(self, text):
        instant, fault = shown_at(text)

        assert instant is None
        assert "has not come yet" in fault

    def test_what_is_not_settled_has_not_come(self, monkeypatch):
        monkeypatch.setattr(facts, "settle", lambda: NOON)
        monkeypatch.setattr(clock, "now", lambda: NOON.replace(hour=13))

        assert shown_at("2026-03-02T20:00") == (NOON, "")
        assert shown_at("2026-03-02T20:01")[0] is None
