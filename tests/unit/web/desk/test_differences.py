"""The difference note on the desk and by the open API."""

from urllib.parse import urlencode

import pytest
from tests.worlds import OPENING, World

from hengneng.kernel.facts import operations as facts
from hengneng.protocol.records import Record
from hengneng.registry.energy.models import BalanceWeight, Factor

DAY = "2025-11-08"


def readings(*hours):
    return [
        Record("R:M1:total", OPENING + hour * 3600, 1000 + 100 * hour, 1, "M", 0) for hour in hours
    ]


@pytest.fixture
def outage(city):
    """A unit with a gap from 8 to 12, and the instant at which it was known so."""
    world = World.made()
    Factor.objects.update(valid_from="2020-01-01")
    BalanceWeight.objects.update(valid_from="2020-01-01")
    world.send(readings(*(hour for hour in range(25) if not 8 < hour < 12)))
    world.settle()
    return world, facts.settle()


@pytest.fixture
def filled(outage):
    """The same once the readings of the gap have come, three days later."""
    world, earlier = outage
    for hour in (9, 10, 11):
        world.send(readings(hour))
    world.settle()
    return world, earlier


def page(client, world, **words):
    return client.get(f"/desk/units/{world.code}/differences?{urlencode({'day': DAY} | words)}")


def test_alone_it_asks_for_the_instants_and_works_nothing_out(official, filled):
    answer = page(official, filled[0])

    assert answer.context["note"] is None
    assert answer.context["said_fault"] == ""


def test_it_shows_what_changed_and_why(official, filled):
    world, earlier = filled

    answer = page(official, world, earlier=earlier.isoformat())

    ((changed, causes),) = answer.context["rows"]
    # The energy is the same: what was estimated is measured now.
    assert (changed.more, changed.before.estimated, changed.after.estimated) == (0, 40, 0)
    (cause,) = answer.context["told"]
    assert (causes, cause.messages, cause.what) == ([0], 3, "Native registers, came late")
    assert "3 messages from" in answer.content.decode()


def test_its_file_has_the_reasons(official, filled):
    world, earlier = filled

    answer = page(official, world, earlier=earlier.isoformat(), format="csv")

    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head == "Day,Point,Before,After,More,Because"
    assert row.startswith("2025-11-08,E1,240")
    assert row.endswith('Native registers, came late"')


def test_nothing_changed_is_said(official, filled):
    answer = page(official, filled[0], earlier=facts.settle().isoformat())

    assert "No figure of this month changed." in answer.content.decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"earlier": "soon"}, "An instant cannot be read."),
        ({"earlier": "2999-01-01T00:00"}, "An instant has not come yet."),
        (
            {"earlier": "2026-01-02T00:00", "later": "2026-01-01T00:00"},
            "The later instant lies before the earlier one.",
        ),
    ],
)
def test_an_instant_that_cannot_be_is_said(official, filled, words, told):
    answer = page(official, filled[0], **words)

    assert answer.context["said_fault"] == told
    assert answer.context["note"] is None


def test_an_edit_names_who_made_it(official, outage):
    world, earlier = outage
    world.change_ratio(OPENING, 2)
    world.settle()

    answer = page(official, world, earlier=earlier.isoformat())

    (cause,) = answer.context["told"]
    assert (cause.what, cause.cause.action) == ("Description of the point E1", "point.described")
    assert "point.described" in answer.content.decode()


class TestApi:
    def asked(self, client, world, **words):
        span = {"from": DAY, "to": DAY} | words
        return client.get(f"/api/v1/units/{world.code}/differences?{urlencode(span)}")

    def test_days_and_causes_to_the_digit(self, city_official, filled):
        world, earlier = filled

        told = self.asked(city_official, world, earlier=earlier.isoformat()).json()

        assert told["days"] == [
            {
                "day": DAY, "point": world.points[0], "code": "E1", "before": "240",
                "after": "240", "more": "0", "estimated_before": "40", "estimated_after": "0",
                "causes": [0, 1, 2],
            }
        ]  # fmt: skip
        assert [
            (one["kind"], one["channel"], one["late"], one["first"], one["last"])
            for one in told["causes"]
        ] == [("MESSAGE", "REGISTERS", True, DAY, DAY)] * 3

    def test_turned_instants_are_refused(self, city_official, filled):
        told = self.asked(
            city_official, filled[0], earlier="2026-02-01T00:00:00Z", later="2026-01-01T00:00:00Z"
        )

        assert (told.status_code, told.json()["error"]["code"]) == (422, "BAD_INSTANT")

    def test_a_span_over_two_months_is_refused(self, city_official, filled):
        told = self.asked(city_official, filled[0], **{"from": "2025-08-01"})

        assert (told.status_code, told.json()["error"]["code"]) == (422, "BAD_SPAN")
