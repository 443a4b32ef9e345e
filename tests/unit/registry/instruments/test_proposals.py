"""Instruments that a terminal describes: proposed once, confirmed into the ledger, refused."""

from datetime import date, timedelta

import pytest
from tests.unit.registry.instruments.conftest import AT, OFFICIAL, TODAY

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn
from hengneng.protocol import national
from hengneng.registry.instruments import operations, queries
from hengneng.registry.instruments.models import Instrument

pytestmark = pytest.mark.usefixtures("at_noon")
CODE = "0000000002330011"
ITEM = national.MeteringItem(
    name="三相智能电能表", manage_code="M-9", data_code=CODE, maker="某厂", model="DTZ341",
    accuracy_class="0.5S", place="配电间", installed_on=date(2024, 3, 1), is_qualified=True,
    verified_on=date(2024, 2, 20), due_on=date(2030, 2, 20), body="市计测院", state="NORMAL",
)  # fmt: skip


def as_sent(item):
    body = national.write_metering("d", "e", [item])
    return national.read_metering(body).items[0]


@pytest.fixture
def propose(unit):
    def tell(*items):
        return operations.propose_instruments(
            unit_id=unit.id, items=[as_sent(item) for item in items], by=None, at=AT
        )

    return tell


def confirm(**more):
    (row,) = queries.proposals_awaiting(OFFICIAL)
    return operations.confirm_instrument(proposal_id=row.id, by=7, at=AT, **more)


class TestProposeInstruments:
    def test_each_waits_once(self, propose):
        assert propose(ITEM, ITEM._replace(manage_code="M-8"), ITEM) == 2
        assert propose(ITEM) == 0

        keys = [row.key for row in queries.proposals_awaiting(OFFICIAL)]
        assert sorted(keys) == ["M-8", "M-9"]
        assert not Instrument.objects.exists()

    def test_without_a_number_name_and_code_tell_them_apart(self, unit, propose):
        bare = ITEM._replace(manage_code="")
        propose(bare, bare._replace(data_code="0000000001150011"))

        assert [row.key for row in queries.proposals_of(unit.id)] == [
            f"三相智能电能表@{CODE}",
            "三相智能电能表@0000000001150011",
        ]

    def test_what_the_ledger_says_already_proposes_nothing(self, propose):
        propose(ITEM)
        confirm()

        assert propose(ITEM) == 0
        assert queries.proposals_awaiting(OFFICIAL) == []

    def test_news_of_a_known_one_waits_again(self, propose):
        propose(ITEM)
        confirm()

        assert propose(ITEM._replace(verified_on=TODAY, due_on=None)) == 1
        assert len(queries.proposals_awaiting(OFFICIAL)) == 1

    def test_a_foreign_official_sees_none(self, propose, other_unit):
        propose(ITEM)
        foreign = Viewer(
            account_id=5, units={Permission.CONFIRM_CHANGE: frozenset({other_unit.id})}
        )

        assert queries.proposals_awaiting(foreign) == []
        (row,) = queries.proposals_awaiting(OFFICIAL)
        with pytest.raises(queries.UnknownProposal):
            queries.proposal_by_id(foreign, Permission.CONFIRM_CHANGE, row.id)


class TestConfirmInstrument:
    def test_enters_it_with_certificate_and_place(self, unit, propose, place):
        place("E-09", key=f"N:{CODE}", kind="INCREMENT")
        propose(ITEM)
        confirm()

        (row,) = queries.instruments_of(unit.id)
        assert (row.number, row.kind, row.model, row.point_code) == (
            "M-9", "ELECTRICITY_METER", "DTZ341", "E-09",
        )  # fmt: skip
        assert (row.accuracy_class, row.due_on, row.is_in_date) == (
            "0.5S", date(2030, 2, 20), True,
        )  # fmt: skip
        assert row.certificate.body == "市计测院"

    def test_is_merged_into_the_one_that_is_chosen(self, unit, meter, propose):
        propose(ITEM)
        merged = confirm(instrument_id=meter.id)

        assert merged.id == meter.id
        assert [(one.number, one.model) for one in queries.instruments_of(unit.id)] == [
            ("M-1", "DTZ341")
        ]

    def test_another_units_instrument_is_refused(self, meter, other_unit):
        operations.propose_instruments(unit_id=other_unit.id, items=[as_sent(ITEM)], by=None, at=AT)

        with pytest.raises(operations.ForeignMatch):
            confirm(instrument_id=meter.id)
        assert len(queries.proposals_awaiting(OFFICIAL)) == 1

    def test_a_stopped_one_is_out_of_use_and_stands_nowhere(self, unit, propose, place):
        place("E-09", key=f"N:{CODE}", kind="INCREMENT")
        propose(ITEM._replace(state="STOPPED", state_since=TODAY - timedelta(days=1)))
        confirm()

        (row,) = queries.instruments_of(unit.id)
        assert (row.condition, row.point_code) == ("STOPPED", None)

    def test_a_failed_one_is_not_in_date(self, unit, propose):
        propose(ITEM._replace(is_qualified=False))
        confirm()

        assert queries.instruments_of(unit.id)[0].standing == "FAILED"

    def test_what_stands_at_the_point_already_stays(self, unit, meter, place, propose):
        point = place("E-09", key=f"N:{CODE}", kind="INCREMENT")
        operations.install(
            instrument_id=meter.id, point_id=point.id, valid_from=AT - timedelta(days=9), by=7,
            at=AT,
        )  # fmt: skip
        propose(ITEM)
        confirm()

        places = [(row.number, row.point_code) for row in queries.instruments_of(unit.id)]
        assert places == [("M-1", "E-09"), ("M-9", None)]

    def test_without_a_number_one_is_chosen(self, unit, propose):
        propose(ITEM._replace(manage_code=""))

        with pytest.raises(operations.IncompleteInstrument):
            confirm()
        assert confirm(number="M-77").number == "M-77"

    def test_is_confirmed_once(self, propose):
        propose(ITEM)
        (row,) = queries.proposals_awaiting(OFFICIAL)
        confirm()

        with pytest.raises(EventOutOfTurn):
            operations.confirm_instrument(proposal_id=row.id, by=7, at=AT)


def test_a_refused_one_is_not_entered_and_may_be_confirmed_after_all(propose):
    propose(ITEM)
    (row,) = queries.proposals_awaiting(OFFICIAL)
    operations.refuse_instrument(proposal_id=row.id, by=7, at=AT)

    assert queries.proposals_awaiting(OFFICIAL) == []
    assert not Instrument.objects.exists()
    operations.confirm_instrument(proposal_id=row.id, by=7, at=AT)
    assert Instrument.objects.get().number == "M-9"
