"""The due calendar: what the viewer reaches, in three queries, as the rules say it."""

from datetime import timedelta

import pytest
from tests.unit.registry.instruments.conftest import AT, OFFICIAL, TODAY

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments import operations, queries
from hengneng.registry.instruments.operations import NewCertificate, NewInstrument
from hengneng.registry.instruments.queries import DueCounts
from hengneng.registry.instruments.rules import standing
from hengneng.registry.instruments.rules.standing import Due

pytestmark = pytest.mark.usefixtures("at_noon")
LEFT = [-400, -1, 0, 1, 29, 30, 31, 89, 90, 91, 900]


@pytest.fixture
def calendar(unit, other_unit):
    """An instrument for each number of days left; one failed, one without certificate, one old."""
    numbers = [f"D{days}" for days in LEFT] + ["FAILED", "BARE", "STOPPED"]
    ids = operations.enter_instruments(
        rows=[NewInstrument(unit.id, number, "电能表") for number in numbers], by=7, at=AT
    )
    by_number = dict(zip(numbers, ids, strict=True))
    given = [
        NewCertificate(by_number[f"D{days}"], "Z", TODAY - timedelta(days=800),
                       due_on=TODAY + timedelta(days=days))
        for days in LEFT
    ]  # fmt: skip
    # Of an older certificate nothing is said any more.
    given.append(NewCertificate(by_number["D900"], "OLD", TODAY - timedelta(days=900),
                                due_on=TODAY - timedelta(days=850)))  # fmt: skip
    given.append(NewCertificate(by_number["FAILED"], "Z", TODAY, result="FAILED"))
    operations.enter_certificates(certificates=given, by=7, at=AT)
    operations.set_status(
        instrument_id=by_number["STOPPED"], condition="STOPPED", valid_from=AT, by=7, at=AT
    )
    operations.create_instrument(unit_id=other_unit.id, number="W-1", name="水表", by=7, at=AT)
    return unit


def test_counts_by_unit_in_two_queries(calendar, other_unit, django_assert_num_queries):
    with django_assert_num_queries(2):
        counted = queries.due_by_unit(OFFICIAL, Permission.VIEW_UNIT)

    assert counted == {
        calendar.id: DueCounts(overdue=4, within_30=3, within_90=3, later=2, unknown=1),
        other_unit.id: DueCounts(unknown=1),
    }


def test_a_page_takes_three_queries_whatever_it_holds(calendar, django_assert_num_queries):
    with django_assert_num_queries(3):
        page = queries.due_page(OFFICIAL, Permission.VIEW_UNIT, wanted=list(Due), size=None)

    assert page.total == len(page.rows) == 14
    assert page.counts == DueCounts(overdue=4, within_30=3, within_90=3, later=2, unknown=2)


def test_says_of_each_what_the_rules_say(calendar):
    rows = queries.due_page(OFFICIAL, Permission.VIEW_UNIT, wanted=list(Due), size=None).rows

    assert all(row.due is standing.due_of(row.result, row.due_on, day=TODAY) for row in rows)
    own = {row.number: row.due for row in queries.instruments_of(calendar.id)}
    told = {row.number: row.due for row in rows if row.unit_id == calendar.id}
    assert told == {number: due for number, due in own.items() if number != "STOPPED"}


def test_the_longest_overdue_comes_first_and_pages_follow(calendar):
    def page(number):
        rows = queries.due_page(OFFICIAL, Permission.VIEW_UNIT, page=number, size=4).rows
        return [row.number for row in rows]

    assert [page(1), page(2), page(3), page(4)] == [
        ["D-400", "D-1", "D0", "FAILED"],
        ["D1", "D29", "D30", "D31"],
        ["D89", "D90"],
        [],
    ]


def test_one_units_alone(calendar, other_unit):
    page = queries.due_page(
        OFFICIAL, Permission.VIEW_UNIT, wanted=[Due.UNKNOWN], unit_id=other_unit.id
    )

    assert [(row.unit_code, row.number) for row in page.rows] == [(other_unit.code, "W-1")]


def test_what_is_not_reached_is_not_shown(calendar, other_unit):
    foreign = Viewer(account_id=5, units={Permission.VIEW_UNIT: frozenset({other_unit.id})})

    assert set(queries.due_by_unit(foreign, Permission.VIEW_UNIT)) == {other_unit.id}
    page = queries.due_page(foreign, Permission.VIEW_UNIT, wanted=list(Due), unit_id=calendar.id)
    assert (page.rows, page.total) == ([], 0)


def test_a_unit_is_reminded_of_its_own(calendar, other_unit):
    reach = frozenset({calendar.id, other_unit.id})
    own = Viewer(account_id=5, units={Permission.REPORT_CHANGE: reach})

    (row,) = queries.reminders(own)
    assert (row.unit_code, row.counts.overdue, row.counts.within_30) == (calendar.code, 4, 3)
    assert queries.reminders(OFFICIAL) == []
