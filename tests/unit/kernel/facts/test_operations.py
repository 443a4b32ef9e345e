"""Two-timed edits: what is believed when, against a plain replay."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hengneng.kernel.facts import operations, queries
from hengneng.kernel.facts.models import FactChange, Tail
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.points.models import Description, Point
from hengneng.registry.units.models import Unit

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 12


def day(number):
    return None if number is None else FIRST_DAY + timedelta(days=number)


def a_point():
    unit = Unit.objects.create(code="91310000MA1FL0001X", name="甲", created_at=FIRST_DAY)
    EnergyType.objects.create(
        code="ELECTRICITY", name_zh="电力", name_en="Electricity", uom="kWh", class_code="02",
        variety_code="3300", citation="test", verified=False,
    )  # fmt: skip
    return Point.objects.create(unit=unit, code="E-01")


def described(name):
    return {"name": name, "energy_type_id": "ELECTRICITY", "level": "LEVEL_1", "kind": "REGISTER"}


def versions(point, as_of=None):
    return [
        (v.name, v.valid_from, v.valid_until)
        for v in Description.objects.filter(queries.known_at(as_of), point=point).order_by(
            "valid_from"
        )
    ]


def replace(point, start, end, name):
    operations.replace(
        model=Description,
        identity={"point_id": point.id},
        valid_from=day(start),
        valid_until=day(end),
        values=None if name is None else described(name),
    )


def amend(point, start, end, **changes):
    operations.amend(
        model=Description,
        identity={"point_id": point.id},
        valid_from=day(start),
        valid_until=day(end),
        changes=changes,
    )


@pytest.fixture
def point(db):
    return a_point()


class TestStamp:
    def test_numbers_follow_one_another(self, db):
        first = operations.stamp(name="message", count=3)
        second = operations.stamp(name="message")

        assert (first.sequence, second.sequence) == (1, 4)
        assert second.recorded_at > first.recorded_at

    def test_a_clock_that_stands_still_gives_later_instants(self, db, monkeypatch):
        monkeypatch.setattr(operations.clock, "now", lambda: FIRST_DAY)

        instants = [operations.stamp(name="fact").recorded_at for _ in range(3)]

        assert instants == [FIRST_DAY + timedelta(microseconds=n) for n in range(3)]

    def test_records_count_apart(self, db):
        operations.stamp(name="message", count=5)

        assert operations.stamp(name="fact").sequence == 1


class TestSettled:
    def test_nothing_is_settled_before_both_records_began(self, db):
        operations.stamp(name="fact")

        assert queries.settled_until() is None

    def test_the_record_is_settled_up_to_the_earlier_tail(self, db):
        earlier = operations.stamp(name="fact").recorded_at
        operations.stamp(name="message")

        assert queries.settled_until() == earlier

    def test_settle_moves_both_tails(self, db):
        settled = operations.settle()

        assert settled == queries.settled_until()
        assert set(Tail.objects.values_list("sequence", flat=True)) == {0}


class TestReplace:
    def test_trims_what_it_overlaps(self, point):
        replace(point, 0, None, "old")
        replace(point, 3, 5, "new")

        assert versions(point) == [
            ("old", day(0), day(3)),
            ("new", day(3), day(5)),
            ("old", day(5), None),
        ]

    def test_leaves_what_only_touches_the_span(self, point):
        replace(point, 0, 3, "before")
        replace(point, 5, None, "after")
        kept = set(Description.objects.values_list("id", flat=True))

        replace(point, 3, 5, "between")

        assert (
            set(Description.objects.filter(superseded_at=None).values_list("id", flat=True)) > kept
        )

    def test_ends_a_fact(self, point):
        replace(point, 0, None, "old")
        replace(point, 3, None, None)

        assert versions(point) == [("old", day(0), day(3))]

    def test_the_superseded_version_is_still_seen_as_of_before(self, point):
        replace(point, 0, None, "old")
        before = Description.objects.get().recorded_at
        replace(point, 3, None, "new")

        assert versions(point, as_of=before) == [("old", day(0), None)]

    def test_refuses_a_span_without_an_instant(self, point):
        with pytest.raises(operations.EmptySpan):
            replace(point, 3, 3, "new")

        assert Description.objects.count() == 0


class TestAmend:
    def test_changes_only_the_named_fields_of_every_version_inside(self, point):
        replace(point, 0, 4, "one")
        replace(point, 4, None, "two")
        amend(point, 2, 6, ratio_numerator=40)

        current = Description.objects.filter(superseded_at=None).order_by("valid_from")
        assert list(
            current.values_list("name", "valid_from", "valid_until", "ratio_numerator")
        ) == [
            ("one", day(0), day(2), 1),
            ("one", day(2), day(4), 40),
            ("two", day(4), day(6), 40),
            ("two", day(6), None, 1),
        ]

    def test_refuses_where_nothing_is_known(self, point):
        replace(point, 0, 2, "one")

        with pytest.raises(operations.NothingKnown):
            amend(point, 2, 4, name="two")

        assert versions(point) == [("one", day(0), day(2))]


class TestReachBack:
    def reach(self, point, start):
        return operations.reach_back(
            model=Description,
            identity={"point_id": point.id},
            valid_from=day(start),
            fields=described("any"),
        )

    def test_lets_what_is_first_known_begin_earlier(self, point):
        replace(point, 4, 6, "one")
        replace(point, 6, None, "two")

        assert self.reach(point, 2) == day(4)

        assert versions(point) == [
            ("one", day(2), day(4)), ("one", day(4), day(6)), ("two", day(6), None),
        ]  # fmt: skip

    @pytest.mark.parametrize("start", [4, 5])
    def test_leaves_what_reaches_so_far(self, point, start):
        replace(point, 4, None, "one")

        assert self.reach(point, start) is None

        assert versions(point) == [("one", day(4), None)]

    def test_invents_nothing_where_nothing_is_known(self, point):
        assert self.reach(point, 2) is None

        assert versions(point) == []


class TestEdit:
    def replace_then_fail(self, point):
        replace(point, 0, 2, "one")
        replace(point, 2, 2, "two")

    def test_edits_inside_one_edit_share_their_instant(self, point):
        with operations.edit() as recorded_at:
            replace(point, 0, 2, "one")
            replace(point, 2, None, "two")

        assert set(Description.objects.values_list("recorded_at", flat=True)) == {recorded_at}
        assert Tail.objects.get(name="fact").sequence == 1

    def test_a_failed_edit_leaves_nothing_and_the_next_has_its_own_instant(self, point):
        with pytest.raises(operations.EmptySpan), operations.edit():
            self.replace_then_fail(point)

        replace(point, 0, 2, "two")

        assert versions(point) == [("two", day(0), day(2))]

    def test_the_same_instant_is_never_half_seen(self, point):
        replace(point, 0, None, "old")
        with operations.edit() as recorded_at:
            replace(point, 2, None, "first thought")
            replace(point, 2, None, "second thought")

        assert versions(point, as_of=recorded_at) == [
            ("old", day(0), day(2)),
            ("second thought", day(2), None),
        ]


def test_a_change_is_noted_for_telemetry(db):
    operations.note_change(unit_id=7, point_id=None, changed_from=day(0), changed_until=day(2))

    assert list(
        FactChange.objects.values_list("unit_id", "point_id", "changed_from", "changed_until")
    ) == [(7, None, day(0), day(2))]


SPANS = st.integers(0, DAYS - 1).flatmap(
    lambda start: st.tuples(st.just(start), st.none() | st.integers(start + 1, DAYS))
)
EDITS = st.tuples(st.sampled_from(["replace", "end", "amend"]), SPANS, st.sampled_from("abcd"))


def replayed(truth, kind, span, name):
    """Return what is believed of each day after one more edit."""
    start, end = span
    inside = range(start, DAYS + 1 if end is None else end)
    believed = dict(truth)
    for number in inside:
        if kind == "end":
            believed.pop(number, None)
        elif kind == "replace" or number in believed:
            believed[number] = name
    return believed


def seen(point, as_of):
    """Return what the versions believed at an instant say of each day; two answers are an error."""
    said = {}
    for name, start, end in versions(point, as_of):
        for number in range(DAYS + 1):
            if start <= day(number) and (end is None or day(number) < end):
                assert number not in said, "two versions are valid at once"
                said[number] = name
    return said


class TestAnyEdits(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(EDITS, max_size=8))
    def test_every_believed_instant_equals_the_replay(self, edits):
        point, truth, history = a_point(), {}, []
        for kind, (start, end), name in edits:
            try:
                with transaction.atomic():
                    if kind == "amend":
                        amend(point, start, end, name=name)
                    else:
                        replace(point, start, end, None if kind == "end" else name)
            except operations.NothingKnown:
                assert kind == "amend"
            truth = replayed(truth, kind, (start, end), name)
            history.append((Tail.objects.filter(name="fact").first(), truth))

        for tail, believed in history:
            if tail is not None:
                assert seen(point, tail.recorded_at) == believed
        assert seen(point, None) == truth
        assert connection.in_atomic_block
