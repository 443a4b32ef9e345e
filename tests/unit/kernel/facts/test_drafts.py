"""Many edits in memory come to what the same edits one by one come to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hengneng.kernel.facts import operations
from hengneng.kernel.facts.drafts import Draft
from hengneng.kernel.facts.models import FactChange
from hengneng.registry.bodies.models import District
from hengneng.registry.units.models import Placement, Site, Unit

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
DISTRICTS = ("310101", "310104", "310105")


def day(number):
    return None if number is None else FIRST_DAY + timedelta(days=number)


def two_sites():
    for code in DISTRICTS:
        District.objects.create(
            code=code, name_zh=code, name_en=code, citation="a test", verified=False
        )
    unit = Unit.objects.create(code="91310000MA1FL0001X", name="甲", created_at=FIRST_DAY)
    return [Site.objects.create(unit=unit, code=code, name=code) for code in ("drafted", "plain")]


def placed(site, start, end, district):
    operations.replace(
        model=Placement,
        identity={"site_id": site.id},
        valid_from=day(start),
        valid_until=day(end),
        values=district and {"district_id": district},
    )


def draft_of(site):
    return Draft(Placement, key="site_id", subjects={site.id: "it"})


def drafted(draft, start, end, district):
    draft.replace(
        "it",
        valid_from=day(start),
        valid_until=day(end),
        values=district and {"district_id": district},
    )


def versions(site, *, believed):
    rows = Placement.objects.filter(site=site, superseded_at__isnull=believed)
    return sorted(
        rows.values_list("district", "valid_from", "valid_until"), key=lambda row: (row[1], row[0])
    )


SPANS = st.integers(0, 9).flatmap(
    lambda start: st.tuples(st.just(start), st.none() | st.integers(start + 1, 10))
)
EDITS = st.lists(st.tuples(SPANS, st.none() | st.sampled_from(DISTRICTS)), max_size=6)


class TestAnyEdits(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(before=EDITS, edits=EDITS)
    def test_come_to_the_same(self, before, edits):
        drafting, plain = two_sites()
        for (start, end), district in before:
            placed(drafting, start, end, district)
            placed(plain, start, end, district)
        draft = draft_of(drafting)
        for (start, end), district in edits:
            drafted(draft, start, end, district)
            placed(plain, start, end, district)
        for number in range(11):
            version, until = draft.version_from("it", day(number))
            said = Placement.objects.filter(site=plain, superseded_at=None)
            said = said.filter(valid_from__lte=day(number))
            valid = [v for v in said if v.valid_until is None or v.valid_until > day(number)]
            assert [v.district_id for v in valid] == ([version.district_id] if version else [])
            assert not valid or until == valid[0].valid_until

        draft.write({"it": drafting.id})

        assert versions(drafting, believed=True) == versions(plain, believed=True)


class TestHold:
    def test_what_was_said_of_a_later_instant_stands(self, db):
        site, _ = two_sites()
        placed(site, 0, None, DISTRICTS[0])
        draft = draft_of(site)
        draft.hold("it", day(5))

        assert draft.version_from("it", day(0))[1] == day(5)
        assert draft.version_from("it", day(5))[1] is None
        placed_until = draft.version_from("it", day(2))[1]
        draft.replace(
            "it", valid_from=day(2), valid_until=placed_until,
            values={"district_id": DISTRICTS[1]},
        )  # fmt: skip
        draft.write({"it": site.id})

        assert versions(site, believed=True) == [
            (DISTRICTS[0], day(0), day(2)),
            (DISTRICTS[1], day(2), day(5)),
            (DISTRICTS[0], day(5), None),
        ]

    def test_the_nearer_end_counts(self, db):
        site, _ = two_sites()
        placed(site, 0, 3, DISTRICTS[0])
        draft = draft_of(site)
        for held in (5, 2):
            draft.hold("it", day(held))

        assert draft.version_from("it", day(0))[1] == day(2)
        assert draft.version_from("it", day(2))[1] == day(3)


class TestWrite:
    def test_takes_a_subject_that_had_no_row(self, db):
        site, new = two_sites()
        draft = draft_of(site)
        draft.replace(
            "new", valid_from=day(0), valid_until=None, values={"district_id": DISTRICTS[0]}
        )

        draft.write({"it": site.id, "new": new.id})

        assert versions(new, believed=True) == [(DISTRICTS[0], day(0), None)]

    def test_leaves_what_no_edit_touches(self, db):
        site, _ = two_sites()
        placed(site, 0, 5, DISTRICTS[0])
        kept = Placement.objects.get().id
        draft = draft_of(site)
        drafted(draft, 5, None, DISTRICTS[1])

        draft.write({"it": site.id})

        assert versions(site, believed=False) == []
        assert Placement.objects.filter(id=kept, superseded_at=None).exists()

    def test_takes_few_queries_for_many_edits(self, db, django_assert_num_queries):
        site, _ = two_sites()
        placed(site, 0, None, DISTRICTS[0])

        with operations.edit(), django_assert_num_queries(3):
            draft = draft_of(site)
            for number in range(1, 40):
                drafted(draft, number, None, DISTRICTS[number % 3])
            draft.write({"it": site.id})

        assert len(versions(site, believed=True)) == 40

    def test_refuses_a_span_without_an_instant(self, db):
        site, _ = two_sites()

        with pytest.raises(operations.EmptySpan):
            drafted(draft_of(site), 3, 3, DISTRICTS[0])


def test_many_changes_are_noted_at_once(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        operations.note_changes(changes=[(7, None, day(0), None), (8, 3, day(1), day(2))])

    assert list(
        FactChange.objects.order_by("id").values_list("unit_id", "point_id", "changed_until")
    ) == [(7, None, None), (8, 3, day(2))]
