"""Deciding about proposed points: confirmed, merged or refused, once."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import FactChange
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.points import operations, queries, rules, states
from hengneng.registry.points.models import Description, Point, Proposal, Source

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
CODE = "N:0000000002330011"
OTHER_CODE = "N:0000000002330021"


def spans(point):
    return [(s.valid_from, s.valid_until, s.ratio, s.key) for s in queries.spans_of_point(point.id)]


class TestPropose:
    def propose(self, unit, key=CODE, name="全厂-电力", **configuration):
        return operations.propose(
            unit_id=unit.id, key=key, name=name, configuration=configuration, at=AT
        )

    def test_the_same_again_is_one_proposal_and_one_entry(self, unit):
        first, second = self.propose(unit), self.propose(unit)

        assert first == second
        assert (Proposal.objects.count(), Entry.objects.count()) == (1, 1)

    def test_a_new_text_takes_the_place_of_an_undecided_one(self, unit):
        self.propose(unit)
        self.propose(unit, name="全厂-电力-购入", scope="1")

        proposal = Proposal.objects.get()
        assert (proposal.name, proposal.configuration) == ("全厂-电力-购入", {"scope": "1"})

    def test_a_key_that_feeds_a_point_is_not_proposed(self, unit, fed_point):
        assert self.propose(unit) is None

    def test_only_national_codes_are_proposed(self, unit):
        with pytest.raises(rules.BadKey):
            self.propose(unit, key="R:meter:total")

    def test_confirming_makes_the_point_as_its_code_says(self, unit, energy_types):
        proposal = self.propose(unit)

        point = operations.confirm_proposal(proposal_id=proposal.id, by=7, at=AT)

        # 2026-11-22 16:00 in Shanghai: the local day began at 16:00 UTC the day before.
        day_began = datetime(2026, 11, 21, 16, tzinfo=UTC)
        described = Description.objects.get(point=point)
        assert point.code == "00-00-0000-023300-11"
        assert (described.energy_type_id, described.level) == ("ELECTRICITY", "LEVEL_1")
        assert (described.kind, described.flow, described.slot_seconds) == (
            "INCREMENT",
            "BOUGHT",
            900,
        )
        assert spans(point) == [(day_began, None, Fraction(1), CODE)]
        proposal.refresh_from_db()
        assert (proposal.state, proposal.decided_by, proposal.point) == ("CONFIRMED", 7, point)

    def test_a_variety_counts_as_its_class(self, unit, energy_types):
        proposal = self.propose(unit, key="N:0201000001010410")

        point = operations.confirm_proposal(
            proposal_id=proposal.id, by=7, at=AT, code="C-01", valid_from=NEW_YEAR
        )

        described = Description.objects.get(point=point)
        assert (described.energy_type_id, described.level) == ("RAW_COAL", "LEVEL_2")
        assert (point.code, described.valid_from) == ("C-01", NEW_YEAR)

    def test_a_code_without_an_energy_type_needs_a_choice(self, unit, energy_types):
        proposal = self.propose(unit, key="N:0000000004010030")

        with pytest.raises(operations.NotConvertible):
            operations.confirm_proposal(proposal_id=proposal.id, by=7, at=AT)

        proposal.refresh_from_db()
        assert (proposal.state, Point.objects.count()) == ("PROPOSED", 0)

    def test_a_refused_one_makes_no_point(self, unit, energy_types):
        proposal = self.propose(unit)

        operations.refuse_proposal(proposal_id=proposal.id, by=7, at=AT)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.decided_at, Point.objects.count()) == ("REFUSED", AT, 0)

    def test_a_confirmed_one_cannot_be_refused(self, unit, energy_types):
        proposal = self.propose(unit)
        operations.confirm_proposal(proposal_id=proposal.id, by=7, at=AT)

        with pytest.raises(EventOutOfTurn):
            operations.refuse_proposal(proposal_id=proposal.id, by=7, at=AT)


class TestMergeProposal:
    @pytest.fixture
    def proposal(self, unit):
        return operations.propose(
            unit_id=unit.id, key=CODE, name="全厂-电力", configuration={}, at=AT
        )

    def test_its_key_feeds_the_point_from_the_day_it_came(self, make_point, proposal):
        point = make_point()

        operations.merge_proposal(proposal_id=proposal.id, point_id=point.id, by=7, at=AT)

        day_began = datetime(2026, 11, 21, 16, tzinfo=UTC)
        assert spans(point) == [
            (NEW_YEAR, day_began, Fraction(1), None),
            (day_began, None, Fraction(1), CODE),
        ]
        proposal.refresh_from_db()
        assert (proposal.state, proposal.decided_by, proposal.point) == ("MERGED", 7, point)
        assert Point.objects.count() == 1
        assert FactChange.objects.filter(point_id=point.id, changed_from=day_began).exists()
        entry = Entry.objects.order_by("sequence").last()
        assert entry.action == "proposal.merged"

    def test_or_from_a_day_that_is_named(self, make_point, proposal):
        point = make_point()

        operations.merge_proposal(
            proposal_id=proposal.id, point_id=point.id, valid_from=APRIL, by=7, at=AT
        )

        assert [key for _, _, _, key in spans(point)] == [None, CODE]

    def test_a_refused_one_may_still_be_merged(self, make_point, proposal):
        operations.refuse_proposal(proposal_id=proposal.id, by=7, at=AT)

        operations.merge_proposal(proposal_id=proposal.id, point_id=make_point().id, by=7, at=AT)

        proposal.refresh_from_db()
        assert proposal.state == "MERGED"

    def test_a_point_that_something_feeds_is_refused(self, make_point, proposal):
        point = make_point(key=OTHER_CODE)

        with pytest.raises(operations.PointFed, match=OTHER_CODE):
            operations.merge_proposal(proposal_id=proposal.id, point_id=point.id, by=7, at=AT)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.point) == ("PROPOSED", None)

    def test_one_that_was_fed_before_is_not(self, make_point, proposal):
        point = make_point(key=OTHER_CODE)
        operations.feed_point(point_id=point.id, key=None, valid_from=APRIL, by=7, at=AT)

        operations.merge_proposal(
            proposal_id=proposal.id, point_id=point.id, valid_from=APRIL, by=7, at=AT
        )

        assert [key for _, _, _, key in spans(point)] == [OTHER_CODE, CODE]

    @pytest.mark.parametrize("changes", [{"level": "LEVEL_2"}, {"kind": "REGISTER"}])
    def test_one_of_another_level_or_kind_is_refused(self, make_point, proposal, changes):
        point = make_point(**changes)

        with pytest.raises(rules.CodeDoesNotFit):
            operations.merge_proposal(proposal_id=proposal.id, point_id=point.id, by=7, at=AT)

        assert Source.objects.count() == 0

    def test_another_units_point_is_refused(self, make_point, proposal, other_unit):
        foreign = make_point(unit_id=other_unit.id)

        with pytest.raises(operations.ForeignPlace):
            operations.merge_proposal(proposal_id=proposal.id, point_id=foreign.id, by=7, at=AT)

    @pytest.mark.parametrize("decide", ["confirm", "merge", "refuse"])
    def test_a_merged_one_is_decided(self, make_point, proposal, decide):
        point = make_point()
        operations.merge_proposal(proposal_id=proposal.id, point_id=point.id, by=7, at=AT)
        more = {"point_id": point.id} if decide == "merge" else {}

        with pytest.raises(EventOutOfTurn):
            getattr(operations, f"{decide}_proposal")(proposal_id=proposal.id, by=7, at=AT, **more)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (states.ProposalState.CONFIRMED, states.ProposalEvent.CONFIRM),
        (states.ProposalState.CONFIRMED, states.ProposalEvent.REFUSE),
        (states.ProposalState.REFUSED, states.ProposalEvent.REFUSE),
        (states.ProposalState.MERGED, states.ProposalEvent.CONFIRM),
        (states.ProposalState.MERGED, states.ProposalEvent.MERGE),
        (states.ProposalState.MERGED, states.ProposalEvent.REFUSE),
        (states.ProposalState.CONFIRMED, states.ProposalEvent.MERGE),
    ],
)
def test_every_other_step_is_refused(state, event):
    assert (state, event) not in states.TRANSITIONS
