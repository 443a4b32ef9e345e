"""Change notices: told by the unit, confirmed or sent back by an official, then in the facts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.unit.registry.instruments.conftest import AT, NEW_YEAR, OFFICIAL

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import FactChange
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn, pairs_not_in
from hengneng.registry.instruments import operations, queries, states
from hengneng.registry.instruments.models import ChangeNotice, Exchange, Instrument
from hengneng.registry.instruments.rules.changes import IncompleteChange, Said
from hengneng.registry.instruments.states import NoticeEvent, NoticeState
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries

pytestmark = pytest.mark.usefixtures("at_noon")
THURSDAY = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EXCHANGED = Said(
    before_value=Decimal("999871.25"), after_value=Decimal("0.5"), new_key="R:NEW:total",
    new_number="M-2", new_class="0.5S",
)  # fmt: skip


@pytest.fixture
def report(unit, metered, meter):
    def tell(kind="EXCHANGE", said=EXCHANGED, happened_at=THURSDAY, **more):
        about = {"point_id": metered.id} if kind in {"EXCHANGE", "RATIO"} else {
            "instrument_id": meter.id
        }  # fmt: skip
        return operations.report_change(
            unit_id=unit.id, kind=kind, happened_at=happened_at, said=said, by=9, at=AT,
            **(about | more),
        )  # fmt: skip

    return tell


def confirm(notice):
    return operations.confirm_change(notice_id=notice.id, by=7, at=AT)


def stood(unit):
    versions = [v for v in queries.installation_versions(unit.id) if v.superseded_at is None]
    return sorted((v.subject, v.said["point__code"], v.valid_from, v.valid_until) for v in versions)


def fed(point):
    return [(s.key, s.valid_from, s.valid_until) for s in point_queries.spans_of_point(point.id)]


class TestReportChange:
    def test_waits_and_changes_nothing(self, unit, report, meter, metered):
        notice = report()

        (row,) = queries.awaiting(OFFICIAL)
        assert (row.id, row.kind, row.said, row.instrument_id) == (
            notice.id, "EXCHANGE", EXCHANGED, meter.id,
        )  # fmt: skip
        assert not Exchange.objects.exists()
        assert not FactChange.objects.exists()
        assert Entry.objects.latest("sequence").action == "change.reported"

    def test_is_due_three_working_days_after_it_happened(self, report):
        # SOURCE: facts/standards.md 8.7: update within 3 working days; Thursday to Tuesday.
        assert report().due_on == date(2026, 11, 24)

    @pytest.mark.parametrize(
        ("happened_at", "is_late"),
        [
            (datetime(2026, 11, 18, 15, 59, tzinfo=UTC), False),  # Wednesday: due on Monday
            (datetime(2026, 11, 17, 15, 59, tzinfo=UTC), True),
        ],
    )
    def test_tells_whether_it_came_in_time(self, unit, report, happened_at, is_late):
        report(happened_at=happened_at)

        (row,) = queries.notices_of(unit.id)
        assert row.is_late is is_late

    @pytest.mark.parametrize("said", [Said(), EXCHANGED._replace(after_value=None)])
    def test_lacking_what_its_kind_needs_it_is_refused(self, report, said):
        with pytest.raises(IncompleteChange):
            report(said=said)

    def test_a_reading_too_long_is_refused(self, report):
        with pytest.raises(operations.BadRegister):
            report(said=EXCHANGED._replace(before_value=Decimal("0.0000000001")))

    def test_what_is_yet_to_come_is_refused(self, report):
        report(happened_at=AT)
        with pytest.raises(operations.NotYet):
            report(happened_at=AT + SECOND)

    def test_another_units_point_is_refused(self, other_unit, metered):
        with pytest.raises(operations.ForeignInstrument):
            operations.report_change(
                unit_id=other_unit.id, kind="EXCHANGE", happened_at=THURSDAY, said=EXCHANGED,
                point_id=metered.id, by=9, at=AT,
            )  # fmt: skip

    def test_another_units_instrument_is_refused(self, other_unit, meter):
        with pytest.raises(operations.ForeignInstrument):
            operations.report_change(
                unit_id=other_unit.id, kind="STOP", happened_at=THURSDAY, said=Said(),
                instrument_id=meter.id, by=9, at=AT,
            )  # fmt: skip

    def test_an_unknown_point_to_move_to_is_refused(self, report):
        with pytest.raises(IncompleteChange):
            report("MOVE", Said(new_point_code="E-99"))


class TestExchange:
    def test_moves_meter_and_source_and_enters_the_new_meter(self, unit, report, metered, touched):
        confirm(report())

        assert stood(unit) == [
            ("M-1", "E-01", NEW_YEAR, THURSDAY),
            ("M-2", "E-01", THURSDAY, None),
        ]
        assert fed(metered) == [
            ("R:OLD:total", NEW_YEAR, THURSDAY),
            ("R:NEW:total", THURSDAY, None),
        ]
        new = Instrument.objects.get(number="M-2")
        assert (new.name, new.kind, new.accuracy_class) == ("电能表", "ELECTRICITY_METER", "0.5S")
        assert {span[1] for span in touched()} == {THURSDAY}
        assert queries.awaiting(OFFICIAL) == []

    def test_is_one_entry(self, report):
        notice = report()
        before = Entry.objects.count()
        confirm(notice)

        assert Entry.objects.count() == before + 1
        assert Entry.objects.latest("sequence").action == "change.confirmed"

    def test_takes_the_meter_that_the_ledger_holds(self, unit, report):
        known = operations.create_instrument(
            unit_id=unit.id, number="M-2", name="三相电能表", by=7, at=AT
        )
        confirm(report())

        assert stood(unit)[1][0] == "M-2"
        known.refresh_from_db()
        assert known.name == "三相电能表"

    def test_what_the_registry_cannot_say_changes_nothing_and_waits_on(self, unit, report):
        confirm(report())
        again = report()

        with pytest.raises(operations.ExchangeExists):
            confirm(again)
        assert [row.id for row in queries.awaiting(OFFICIAL)] == [again.id]
        assert Exchange.objects.count() == 1


class TestRatio:
    def test_counts_from_its_instant(self, report, metered, touched):
        confirm(report("RATIO", Said(ratio=Fraction(400, 3))))

        spans = point_queries.spans_of_point(metered.id)
        assert [(span.ratio, span.valid_from) for span in spans] == [
            (Fraction(1), NEW_YEAR),
            (Fraction(400, 3), THURSDAY),
        ]
        assert touched() == [(metered.id, THURSDAY, None)]

    def test_told_after_a_later_one_it_ends_there_and_a_new_name_does_not_end_it(
        self, report, metered, touched
    ):
        later = THURSDAY + timedelta(days=2)
        for instant, said in ((later, {"ratio": Fraction(80)}),
                              (THURSDAY + timedelta(days=1), {"name": "新名"})):  # fmt: skip
            points.describe_point(point_id=metered.id, valid_from=instant, by=7, at=AT, **said)
        FactChange.objects.all().delete()

        confirm(report("RATIO", Said(ratio=Fraction(40))))

        spans = point_queries.spans_of_point(metered.id)
        assert [(span.ratio, span.name) for span in spans] == [
            (Fraction(1), "E-01"),
            (Fraction(40), "E-01"),
            (Fraction(40), "新名"),
            (Fraction(80), "新名"),
        ]
        assert touched() == [(metered.id, THURSDAY, later)]


class TestMove:
    def test_the_meter_takes_its_register_along(self, unit, report, metered, place, touched):
        other = place("E-02")
        FactChange.objects.all().delete()
        confirm(report("MOVE", Said(new_point_code="E-02")))

        assert stood(unit) == [
            ("M-1", "E-01", NEW_YEAR, THURSDAY),
            ("M-1", "E-02", THURSDAY, None),
        ]
        assert fed(metered)[-1] == (None, THURSDAY, None)
        assert fed(other)[-1] == ("R:OLD:total", THURSDAY, None)
        assert {span[:2] for span in touched()} == {(metered.id, THURSDAY), (other.id, THURSDAY)}

    def test_to_another_place_of_the_same_point_touches_nothing(self, report, meter, touched):
        confirm(report("MOVE", Said(new_place="二号配电间")))

        meter.refresh_from_db()
        assert meter.place == "二号配电间"
        assert touched() == []


class TestStop:
    def test_the_meter_leaves_and_nothing_feeds_the_point(self, unit, report, metered, touched):
        confirm(report("STOP", Said(remark="拆除")))

        (row,) = queries.instruments_of(unit.id)
        assert (row.condition, row.point_code) == ("STOPPED", None)
        (before,) = queries.instruments_of(unit.id, at=THURSDAY - SECOND)
        assert (before.condition, before.point_code) == ("", "E-01")
        assert fed(metered)[-1] == (None, THURSDAY, None)
        assert {span[1] for span in touched()} == {THURSDAY}


class TestSentBack:
    def test_goes_back_with_its_reason_and_comes_again(self, unit, report):
        notice = report()
        operations.send_back(notice_id=notice.id, reason="读数不符", by=7, at=AT)
        own = Viewer(account_id=9, units={Permission.REPORT_CHANGE: frozenset({unit.id})})

        assert queries.awaiting(OFFICIAL) == []
        assert [(row.id, row.reason) for row in queries.sent_back_to(own)] == [
            (notice.id, "读数不符")
        ]
        mended = EXCHANGED._replace(before_value=Decimal(5))
        operations.report_again(notice_id=notice.id, happened_at=THURSDAY, said=mended, by=9, at=AT)
        assert [row.said for row in queries.awaiting(OFFICIAL)] == [mended]
        confirm(notice)
        assert Exchange.objects.get().before_value == 5

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_never_without_a_reason(self, report, reason):
        notice = report()
        with pytest.raises(operations.NoReason):
            operations.send_back(notice_id=notice.id, reason=reason, by=7, at=AT)

        notice.refresh_from_db()
        assert notice.state == "REPORTED"

    def test_withdrawn_it_never_counted(self, unit, report):
        notice = report()
        operations.withdraw_notice(notice_id=notice.id, by=9, at=AT)

        assert queries.awaiting(OFFICIAL) == []
        with pytest.raises(EventOutOfTurn):
            confirm(notice)


ACTS = {
    NoticeEvent.CONFIRM: lambda n: operations.confirm_change(notice_id=n, by=7, at=AT),
    NoticeEvent.SEND_BACK: lambda n: operations.send_back(notice_id=n, reason="a", by=7, at=AT),
    NoticeEvent.WITHDRAW: lambda n: operations.withdraw_notice(notice_id=n, by=7, at=AT),
    NoticeEvent.REPORT_AGAIN: lambda n: operations.report_again(
        notice_id=n, happened_at=THURSDAY, said=EXCHANGED, by=7, at=AT
    ),
}


@pytest.mark.parametrize(
    ("state", "event"), pairs_not_in(states.NOTICE_TRANSITIONS, NoticeState, NoticeEvent)
)
def test_every_other_step_is_refused(report, state, event):
    notice = report()
    decided = None if state == NoticeState.REPORTED else AT
    ChangeNotice.objects.filter(id=notice.id).update(state=state, decided_at=decided, reason="a")

    with pytest.raises(EventOutOfTurn):
        ACTS[event](notice.id)
    notice.refresh_from_db()
    assert notice.state == state


class TestWhoSees:
    def test_a_foreign_official_sees_nothing(self, report, other_unit):
        notice = report()
        foreign = Viewer(
            account_id=5, units={Permission.CONFIRM_CHANGE: frozenset({other_unit.id})}
        )

        assert queries.awaiting(foreign) == []
        with pytest.raises(queries.UnknownNotice):
            queries.notice_by_id(foreign, Permission.CONFIRM_CHANGE, notice.id)
        assert queries.notice_by_id(OFFICIAL, Permission.CONFIRM_CHANGE, notice.id).id == notice.id

    def test_a_foreign_unit_does_not_see_the_instrument(self, meter, other_unit):
        foreign = Viewer(account_id=5, units={Permission.VIEW_UNIT: frozenset({other_unit.id})})

        with pytest.raises(queries.UnknownInstrument):
            queries.instrument_by_id(foreign, Permission.VIEW_UNIT, meter.id)
        assert queries.instrument_by_id(OFFICIAL, Permission.VIEW_UNIT, meter.id)[1].id == meter.id


def test_the_life_line_tells_it_in_order(report, meter):
    confirm(report())

    assert [(event.what, event.at) for event in queries.life_of(meter.id)] == [
        ("INSTALLED", NEW_YEAR),
        ("EXCHANGE", THURSDAY),
        ("NOTICE", THURSDAY),
        ("REMOVED", THURSDAY),
    ]
