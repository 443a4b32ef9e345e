"""Making, describing and feeding points."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import FactChange, Tail
from hengneng.kernel.facts.operations import EmptySpan
from hengneng.registry.points import operations, queries, rules
from hengneng.registry.points.models import Description, Point, Source

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
CODE = "N:0000000002330011"
OTHER_CODE = "N:0000000002330021"


def spans(point):
    return [(s.valid_from, s.valid_until, s.ratio, s.key) for s in queries.spans_of_point(point.id)]


class TestCreatePoint:
    def test_describes_and_feeds_it_in_one_recording(self, make_point):
        point = make_point(key=CODE, ratio=Fraction(2000, 5), capacity=Decimal(1_000_000))

        assert spans(point) == [(NEW_YEAR, None, Fraction(400), CODE)]
        assert Tail.objects.get(name="fact").sequence == 1
        assert Entry.objects.get().action == "point.created"
        assert list(
            FactChange.objects.values_list("point_id", "changed_from", "changed_until")
        ) == [(point.id, NEW_YEAR, None)]

    def test_a_second_point_of_the_code_is_refused(self, make_point):
        make_point()

        with pytest.raises(operations.PointExists):
            make_point()

    @pytest.mark.parametrize(
        "changes",
        [
            {"slot_seconds": 600},
            {"ratio": Fraction(0)},
            {"ratio": Fraction(-1, 2)},
            {"ratio": Fraction(2**63)},
            {"capacity": Decimal(0)},
            {"capacity": Decimal("0.0000000001")},
            {"capacity": Decimal(10) ** 15},
            {"level": "LEVEL_4"},
            {"flow": "SOLD"},
            {"kind": "BOTH"},
            {"name": ""},
        ],
    )
    def test_an_impossible_point_is_refused_whole(self, make_point, changes):
        with pytest.raises(rules.BadDescription):
            make_point(**changes)

        assert Point.objects.count() == 0

    def test_an_unknown_energy_type_is_refused(self, make_point):
        with pytest.raises(operations.UnknownEnergyType):
            make_point(energy_type_id="PHLOGISTON")

    def test_a_site_of_another_unit_is_refused(self, make_point, other_unit):
        site = other_unit.sites.create(code="1", name="乙")

        with pytest.raises(operations.ForeignPlace):
            make_point(site_id=site.id)

    def test_a_key_that_does_not_fit_leaves_nothing(self, make_point):
        with pytest.raises(rules.CodeDoesNotFit):
            make_point(level="LEVEL_2", key=CODE)

        assert Point.objects.count() == 0


class TestDescribePoint:
    def test_a_new_ratio_counts_from_its_instant(self, fed_point):
        operations.describe_point(
            point_id=fed_point.id, valid_from=APRIL, ratio=Fraction(40), by=7, at=AT
        )

        assert spans(fed_point) == [
            (NEW_YEAR, APRIL, Fraction(1), CODE),
            (APRIL, None, Fraction(40), CODE),
        ]

    def test_a_late_correction_leaves_later_edits_of_other_fields(self, fed_point):
        operations.describe_point(point_id=fed_point.id, valid_from=JULY, name="新名", by=7, at=AT)
        operations.describe_point(
            point_id=fed_point.id, valid_from=APRIL, ratio=Fraction(40), by=7, at=AT
        )

        assert [(s.valid_from, s.name, s.ratio) for s in queries.spans_of_point(fed_point.id)] == [
            (NEW_YEAR, "总进线", Fraction(1)),
            (APRIL, "总进线", Fraction(40)),
            (JULY, "新名", Fraction(40)),
        ]

    def test_before_the_first_description_it_reaches_back(self, fed_point):
        earlier = NEW_YEAR - timedelta(days=365)
        operations.describe_point(
            point_id=fed_point.id, valid_from=earlier, valid_until=APRIL, name="旧名", by=7, at=AT
        )

        assert [
            (s.valid_from, s.valid_until, s.name, s.key)
            for s in queries.spans_of_point(fed_point.id)
        ] == [
            (earlier, NEW_YEAR, "旧名", None),
            (NEW_YEAR, APRIL, "旧名", CODE),
            (APRIL, None, "总进线", CODE),
        ]

    def test_refuses_what_no_longer_fits_its_source(self, fed_point):
        with pytest.raises(rules.CodeDoesNotFit):
            operations.describe_point(
                point_id=fed_point.id, valid_from=APRIL, level="LEVEL_3", by=7, at=AT
            )

        assert spans(fed_point) == [(NEW_YEAR, None, Fraction(1), CODE)]

    def test_refuses_a_field_no_description_has(self, fed_point):
        with pytest.raises(rules.BadDescription):
            operations.describe_point(
                point_id=fed_point.id, valid_from=APRIL, colour="red", by=7, at=AT
            )

    def test_refuses_a_parent_that_hangs_on_the_point(self, make_point):
        upper, lower = make_point(), make_point("E-02", level="LEVEL_2")
        operations.describe_point(
            point_id=lower.id, valid_from=APRIL, parent_id=upper.id, by=7, at=AT
        )

        for parent in (lower, upper):
            with pytest.raises(operations.ForeignPlace):
                operations.describe_point(
                    point_id=upper.id, valid_from=APRIL, parent_id=parent.id, by=7, at=AT
                )


class TestTheTreeByDate:
    def hang(self, point, parent, valid_from, **changes):
        operations.describe_point(
            point_id=point.id,
            parent_id=parent and parent.id,
            valid_from=valid_from,
            by=7,
            at=AT,
            **changes,
        )

    def test_two_points_may_change_places(self, make_point):
        one, other = make_point(), make_point("E-02", level="LEVEL_2")
        self.hang(other, one, NEW_YEAR, valid_until=APRIL)
        self.hang(one, other, APRIL)

        march, may = (queries.points_of(one.unit_id, at=at) for at in (NEW_YEAR, APRIL))
        assert [(row.code, row.parent_id) for row in march] == [("E-01", None), ("E-02", one.id)]
        assert [(row.code, row.parent_id) for row in may] == [("E-01", other.id), ("E-02", None)]

    def test_but_not_hang_on_one_another_at_any_instant(self, make_point):
        one, other = make_point(), make_point("E-02", level="LEVEL_2")
        self.hang(other, one, NEW_YEAR, valid_until=APRIL)

        with pytest.raises(operations.ForeignPlace, match="E-01, E-02: each would hang on itself"):
            self.hang(one, other, APRIL - timedelta(seconds=1))

        assert [row.parent_id for row in queries.points_of(one.unit_id, at=JULY)] == [None, None]

    def test_a_span_that_reaches_back_is_looked_at_too(self, make_point):
        one = make_point(valid_from=APRIL)
        other = make_point("E-02", level="LEVEL_2")
        self.hang(one, other, APRIL)
        self.hang(other, one, NEW_YEAR, valid_until=APRIL)

        with pytest.raises(operations.ForeignPlace, match="hang on itself"):
            operations.describe_point(
                point_id=one.id, valid_from=NEW_YEAR, name="早就这样", by=7, at=AT
            )

    def test_another_units_point_is_no_parent(self, make_point, other_unit):
        foreign = make_point(unit_id=other_unit.id)

        with pytest.raises(operations.ForeignPlace, match="not the unit's"):
            make_point("E-02", parent_id=foreign.id)


class TestFeeds:
    def test_a_point_meters_a_consumer_by_date(self, make_point, make_consumer):
        chiller = make_consumer()
        point = make_point(level="LEVEL_3")
        operations.describe_point(
            point_id=point.id, valid_from=APRIL, feeds_id=chiller.id, by=7, at=AT
        )

        before, after = (queries.points_of(point.unit_id, at=at) for at in (NEW_YEAR, JULY))
        assert [(row.feeds_id, row.feeds_code) for row in before] == [(None, None)]
        assert [(row.feeds_id, row.feeds_code) for row in after] == [(chiller.id, "CH-01")]

    def test_another_units_consumer_is_refused(self, make_point, make_consumer, other_unit):
        foreign = make_consumer(unit_id=other_unit.id)

        with pytest.raises(operations.ForeignPlace, match=f"consumer {foreign.id}"):
            make_point(feeds_id=foreign.id)

        assert Point.objects.count() == 0


class TestIndicators:
    def test_stand_at_no_level_of_energy(self, make_point, output_type):
        with pytest.raises(rules.BadDescription, match="an indicator's level is OTHER"):
            make_point(energy_type_id=output_type.code)

        point = make_point(energy_type_id=output_type.code, level="OTHER", key="N:0000000004010030")
        assert [span.key for span in queries.spans_of_point(point.id)] == ["N:0000000004010030"]

    def test_energy_is_no_indicator_later(self, fed_point, output_type):
        with pytest.raises(rules.BadDescription):
            operations.describe_point(
                point_id=fed_point.id,
                valid_from=APRIL,
                energy_type_id=output_type.code,
                by=7,
                at=AT,
            )

    def test_are_fed_by_keys_of_their_classes_alone(self, make_point, output_type):
        point = make_point(energy_type_id=output_type.code, level="OTHER")

        with pytest.raises(rules.CodeDoesNotFit, match="names energy"):
            operations.feed_point(point_id=point.id, key=CODE, valid_from=APRIL, by=7, at=AT)

    def test_are_confirmed_at_no_level_of_energy(self, unit, output_type):
        proposal = operations.propose(
            unit_id=unit.id, key="N:0000000004010030", name="产量", configuration={}, at=AT
        )

        point = operations.confirm_proposal(
            proposal_id=proposal.id, energy_type_id=output_type.code, by=7, at=AT
        )

        assert Description.objects.get(point=point).level == "OTHER"


class TestFeedPoint:
    def test_another_code_from_an_instant(self, fed_point):
        operations.feed_point(point_id=fed_point.id, key=OTHER_CODE, valid_from=APRIL, by=7, at=AT)

        assert spans(fed_point) == [
            (NEW_YEAR, APRIL, Fraction(1), CODE),
            (APRIL, None, Fraction(1), OTHER_CODE),
        ]

    def test_nothing_for_a_time(self, fed_point):
        operations.feed_point(
            point_id=fed_point.id, key=None, valid_from=APRIL, valid_until=JULY, by=7, at=AT
        )

        assert [key for _, _, _, key in spans(fed_point)] == [CODE, None, CODE]

    def test_a_key_feeds_one_point_at_a_time(self, fed_point, make_point):
        other = make_point("E-02")

        with pytest.raises(operations.KeyTaken, match="E-01"):
            operations.feed_point(point_id=other.id, key=CODE, valid_from=APRIL, by=7, at=AT)

        assert Source.objects.filter(point=other).count() == 0

    def test_a_key_may_feed_another_point_after_the_first(self, fed_point, make_point):
        other = make_point("E-02")
        operations.feed_point(point_id=fed_point.id, key=None, valid_from=APRIL, by=7, at=AT)
        operations.feed_point(point_id=other.id, key=CODE, valid_from=APRIL, by=7, at=AT)

        assert [key for _, _, _, key in spans(other)] == [None, CODE]

    def test_a_span_without_an_instant_is_refused(self, fed_point):
        with pytest.raises(EmptySpan):
            operations.feed_point(
                point_id=fed_point.id, key=None, valid_from=APRIL, valid_until=APRIL, by=7, at=AT
            )

    @pytest.mark.parametrize("key", ["", "N:123", "N:0000000000330011", "R:meter", "X:1:2"])
    def test_a_key_of_no_form_is_refused(self, fed_point, key):
        with pytest.raises(rules.BadKey):
            operations.feed_point(point_id=fed_point.id, key=key, valid_from=APRIL, by=7, at=AT)
