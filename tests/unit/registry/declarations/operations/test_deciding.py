"""What is sent back is declared again, what is withdrawn never counts; it is decided once."""

from datetime import timedelta

import pytest
from tests.at_once import together
from tests.unit.registry.declarations.conftest import (
    AT,
    CLOSED,
    COAL,
    MARCH,
    NEW,
    NEW_YEAR,
    PAPER,
    RENAMED,
    confirm,
    row_of,
    send_back,
)

from hengneng.kernel.personal.models import Person
from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.rules import (
    FacilityRun,
    LegalPerson,
    PointChange,
    SitePlace,
)
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries


class TestSendBackAndAgain:
    def test_needs_a_reason(self, declare):
        there = declare()
        with pytest.raises(operations.NoReason):
            send_back(there, " ")
        assert row_of(there).state == "DECLARED"

    def test_is_mended_and_declared_again(self, ledger, declare):
        there = declare()
        send_back(there)
        assert row_of(there).reason == "请附图"

        operations.declare_again(
            declaration_id=there.pk, content=RENAMED._replace(name="二号车间"), by=9, at=AT
        )

        row = row_of(there)
        assert (row.state, row.content.name, row.decided_at) == ("DECLARED", "二号车间", None)
        confirm(there)
        assert point_queries.spans_of_point(ledger["E-02"].id)[-1].name == "二号车间"

    def test_looks_at_the_record_anew(self, ledger, declare):
        there = declare()
        points.describe_point(
            point_id=ledger["E-02"].id, valid_from=NEW_YEAR, name="别名", by=7, at=AT
        )
        send_back(there)
        operations.declare_again(declaration_id=there.pk, content=RENAMED, by=9, at=AT)
        assert confirm(there).state == "CONFIRMED"

    @pytest.mark.parametrize("decide", [confirm, send_back])
    def test_what_was_declared_anew_unread_is_not_decided(self, ledger, declare, decide):
        there = declare()
        send_back(there)
        operations.declare_again(
            declaration_id=there.pk, content=RENAMED._replace(name="别的"), by=9,
            at=AT + timedelta(minutes=1),
        )  # fmt: skip

        with pytest.raises(operations.DeclaredAnew):
            decide(there)

        assert row_of(there).state == "DECLARED"
        assert [s.name for s in point_queries.spans_of_point(ledger["E-02"].id)] == ["E-02"]

    def test_keeps_the_proof_that_was_brought(self, declare):
        there = declare(CLOSED, proof=PAPER)
        send_back(there)
        again = operations.declare_again(
            declaration_id=there.pk, content=CLOSED._replace(reason="迁址"), by=9, at=AT
        )
        assert again.proof_id == there.proof_id

    @pytest.mark.parametrize("content", [PointChange("E-01", MARCH, name="一"), CLOSED])
    def test_it_does_not_become_another_one(self, declare, content):
        there = declare()
        send_back(there)
        with pytest.raises(operations.AnotherKind):
            operations.declare_again(declaration_id=there.pk, content=content, by=9, at=AT)

    @pytest.mark.parametrize(
        ("content", "other"),
        [
            (COAL, COAL._replace(energy_type="NATURAL_GAS")),
            (FacilityRun("PORT", MARCH), FacilityRun("MALL", MARCH)),
            (
                SitePlace("S1", "总部", "", "310104", MARCH),
                SitePlace("S2", "总部", "", "310104", MARCH),
            ),
        ],
    )
    def test_it_stays_about_the_same_thing(self, declare, content, other):
        there = declare(content, proof=PAPER)
        send_back(there)
        with pytest.raises(operations.AnotherKind):
            operations.declare_again(declaration_id=there.pk, content=other, by=9, at=AT)

    @pytest.mark.parametrize(
        ("content", "mended"),
        [(NEW, NEW._replace(code="E-04")), (CLOSED, CLOSED._replace(state="SUSPENDED"))],
    )
    def test_a_new_code_or_another_standing_is_a_mend(self, declare, content, mended):
        there = declare(content, proof=PAPER)
        send_back(there)
        operations.declare_again(declaration_id=there.pk, content=mended, by=9, at=AT)
        assert row_of(there).content == mended

    def test_another_name_replaces_the_sealed_one(self, unit, declare):
        there = declare(LegalPerson(MARCH), person_name="王小明")
        send_back(there)
        operations.declare_again(
            declaration_id=there.pk, content=LegalPerson(MARCH), person_name="王晓明", by=9, at=AT
        )
        assert queries.preview(row_of(there), whole=True).after.name == "王晓明"
        assert Person.objects.count() == 1

    def test_withdrawn_it_never_counts(self, declare):
        there = declare(LegalPerson(MARCH), person_name="王小明")
        operations.withdraw(declaration_id=there.pk, by=9, at=AT)
        assert Person.objects.get().ended_at == AT
        with pytest.raises(EventOutOfTurn):
            confirm(there)


@pytest.mark.django_db(transaction=True)
def test_two_officials_decide_once(declare, ledger):
    there = declare()

    raised = together(
        lambda: confirm(there), lambda: confirm(there), lambda: send_back(there, "一")
    )

    assert sorted(type(error).__name__ for error in raised) == [
        "EventOutOfTurn", "EventOutOfTurn", "NoneType",
    ]  # fmt: skip
    is_confirmed = row_of(there).state == "CONFIRMED"
    names = [s.name for s in point_queries.spans_of_point(ledger["E-02"].id)]
    assert names == (["E-02", "二车间"] if is_confirmed else ["E-02"])
