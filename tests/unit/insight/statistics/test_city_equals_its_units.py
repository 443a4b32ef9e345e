"""The city is the exact sum of its units' own statements, whatever the units are like."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.worlds import credit_code

from hengneng.insight.statistics import queries as statistics
from hengneng.insight.statistics.queries import roll
from hengneng.insight.statistics.queries.days import days_of
from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies.models import District
from hengneng.registry.energy.models import BalanceWeight, CoalHeat, EnergyType, Factor
from hengneng.registry.fuels.models import HeatValue
from hengneng.registry.points.models import Description, Point
from hengneng.registry.units.models import Particulars, Placement, Site, Unit
from hengneng.telemetry.consumption.models import ConsumptionDay, ConsumptionMonth
from hengneng.telemetry.consumption.queries import statement, tracks
from hengneng.telemetry.consumption.queries.months import next_month
from hengneng.telemetry.consumption.rules.tracks import slots_between

CITY = Viewer(account_id=1, city=frozenset({Permission.VIEW_READINGS}))
EARLY = datetime(2025, 12, 31, 16, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 30), date(2026, 2, 3)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]
MONTHS = [date(2026, 1, 1), date(2026, 2, 1)]
TYPES = {"ELECTRICITY": "0.1229", "NATURAL_GAS": "1.3300000001", "WATER": None}
FLOWS = {"BOUGHT": 1, "SUPPLIED_OUT": -1, "STORED": 0}
_EXACT = Context(prec=100)

amounts = st.one_of(
    st.none(), st.decimals(min_value=0, max_value=10**20, places=9, allow_nan=False)
)
figures = st.tuples(
    amounts,
    st.integers(min_value=0, max_value=96),
    st.sampled_from(["REGISTERS", "REALTIME", "DAY_RECORD"]),
)
roles = st.tuples(
    st.sampled_from(list(TYPES)),
    st.sampled_from(["LEVEL_1", "LEVEL_1", "LEVEL_2"]),
    st.sampled_from(list(FLOWS)),
)
# Changes fall on any hour of the days that are looked at, midnight of a month's first too.
changes = st.lists(st.integers(min_value=0, max_value=5 * 24), unique=True, max_size=3)
# A statement counts a changed point day by day only where any day of it is known.
points = changes.flatmap(
    lambda hours: st.tuples(
        st.just(sorted(hours)),
        st.lists(roles, min_size=4, max_size=4),
        st.dictionaries(st.sampled_from(DAYS), figures, min_size=min(len(hours), 1)),
        st.dictionaries(st.sampled_from(MONTHS), figures),
    )
)
# What a unit measured of its fuels, by type and month; of water the tables know no factor.
heats = st.dictionaries(
    st.tuples(st.sampled_from(["NATURAL_GAS", "WATER"]), st.sampled_from(MONTHS)),
    st.decimals(min_value=1, max_value=10**6, places=3, allow_nan=False),
    max_size=3,
)
units = st.tuples(st.lists(points, max_size=3), heats)
cities = st.lists(units, min_size=1, max_size=3)
editions = st.sampled_from([None, "test", "another"])


@pytest.fixture
def rules(db):
    """Factors but for water, weights, two districts."""
    dated = {
        "edition": "test", "clause": "1", "valid_from": date(2020, 1, 1), "citation": "test",
        "verified": False, "recorded_at": EARLY,
    }  # fmt: skip
    for code, factor in TYPES.items():
        EnergyType.objects.create(
            code=code, name_zh=code, name_en=code, uom="1", class_code="02", variety_code="3300",
            citation="test", verified=False,
        )  # fmt: skip
        if factor:
            Factor.objects.create(
                energy_type_id=code, basis="CALORIFIC", kgce_per_uom=factor, **dated
            )
    # Over since long ago: only a restatement by it uses these.
    over = dated | {"edition": "another", "valid_until": date(2021, 1, 1)}
    Factor.objects.create(
        energy_type_id="ELECTRICITY", basis="CALORIFIC", kgce_per_uom="0.4040", **over
    )
    BalanceWeight.objects.create(flow="STORED", weight=-1, **over)
    CoalHeat.objects.create(kj_per_kgce="29307", **dated)
    for flow, weight in FLOWS.items():
        BalanceWeight.objects.create(flow=flow, weight=weight, **dated)
    for code in ("310101", "310104"):
        District.objects.create(
            code=code, name_zh=code, name_en=code, citation="test", verified=False
        )


@contextmanager
def built(city):
    """The city's rows, for as long as they are looked at."""
    with transaction.atomic():
        yield [build_unit(number, unit) for number, unit in enumerate(city)]
        transaction.set_rollback(True)


def build_unit(number, of_unit):
    of_points, measured = of_unit
    unit = Unit.objects.create(code=credit_code(number), name=f"unit {number}", created_at=EARLY)
    site = Site.objects.create(unit=unit, code="S1", name="site")
    # The first unit moves in the middle of what is looked at.
    moves = clock.instant(clock.day_number(DAYS[2]) * DAY_SECONDS + 5 * 3600)
    until = moves if number == 0 else None
    since = {"recorded_at": EARLY}
    Placement.objects.create(
        site=site, district_id="310101", valid_from=EARLY, valid_until=until, **since
    )
    if until:
        Placement.objects.create(site=site, district_id="310104", valid_from=until, **since)
    for (kind, month), value in measured.items():
        begins, ends = (
            clock.instant(clock.day_number(day) * DAY_SECONDS) for day in (month, next_month(month))
        )
        HeatValue.objects.create(
            unit=unit, energy_type_id=kind, heat_value_kj=value, report="1", laboratory="test",
            valid_from=begins, valid_until=ends, **since,
        )  # fmt: skip
    for place, (hours, kinds, days, months) in enumerate(of_points):
        point = Point.objects.create(unit=unit, code=f"P{place}")
        start = clock.day_number(FIRST) * DAY_SECONDS
        instants = [EARLY, *(clock.instant(start + hour * 3600) for hour in hours)]
        ends = [*instants[1:], None]
        for begins, ends_at, (kind, level, flow) in zip(instants, ends, kinds, strict=False):
            Description.objects.create(
                point=point, name="p", energy_type_id=kind, level=level, flow=flow,
                kind="REGISTER", site=site if place else None, valid_from=begins,
                valid_until=ends_at, **since,
            )  # fmt: skip
        for day, figure in days.items():
            ConsumptionDay.objects.create(
                unit_id=unit.id, day=day, point_id=point.id, **columns(figure, 96)
            )
        for month, figure in months.items():
            ConsumptionMonth.objects.create(
                unit_id=unit.id, month=month, point_id=point.id, **columns(figure, 96)
            )
    return unit.id


def columns(figure, expected):
    amount, known, basis = figure
    return {
        "amount": amount, "late": 0, "estimated": amount or 0, "manual": 0, "supplied": 0,
        "expected": expected, "received": known, "known": known, "basis": basis,
    }  # fmt: skip


def exact_sum(tonnes):
    known = [one for one in tonnes if one is not None]
    total = Decimal(0)
    for one in known:
        total = _EXACT.add(total, one)
    return total if known else None


PLAYED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def city_days(unit_ids, edition):
    """Each day of all units together."""
    until = LAST + timedelta(days=1)
    reach = roll.reach_of(unit_ids, first=FIRST, until=until)
    book_of = roll.books("CALORIFIC", first=FIRST, until=until, edition=edition)
    return days_of(reach, book_of, FIRST, until, None)


class TestTheCity:
    @PLAYED
    @given(city=cities, edition=editions)
    def test_is_on_each_day_the_sum_of_its_units(self, rules, city, edition):
        with built(city) as unit_ids:
            stated = [
                statement.statement_of_days(
                    unit_id=unit_id,
                    from_day=FIRST,
                    to_day=LAST,
                    basis="CALORIFIC",
                    edition=edition,
                ).totals
                for unit_id in unit_ids
            ]
            for place, day in enumerate(city_days(unit_ids, edition)):
                own = [totals[place] for totals in stated]
                assert day.period == DAYS[place]
                assert day.whole.tonnes == exact_sum(one.tonnes for one in own)
                assert day.whole.tonnes == exact_sum(part.tonnes for part in day.districts.values())
                if edition:
                    continue
                one_day = statistics.city_day(viewer=CITY, day=DAYS[place], basis="CALORIFIC")
                assert one_day.whole == day.whole
                assert one_day.shares.complete == sum(one.is_complete for one in own)
                assert one_day.shares.units == len(unit_ids)
                by_unit = statistics.unit_amounts(unit_ids, day=DAYS[place], basis="CALORIFIC")
                assert [by_unit[u].tonnes for u in unit_ids] == [one.tonnes for one in own]

    @PLAYED
    @given(city=cities, edition=editions)
    def test_is_in_each_month_the_sum_of_its_units(self, rules, city, edition):
        with built(city) as unit_ids:
            stated = [
                statement.statement_of_months(
                    unit_id=unit_id, months=MONTHS, basis="CALORIFIC", edition=edition
                ).totals
                for unit_id in unit_ids
            ]
            months = statistics.city_months(
                viewer=CITY, months=MONTHS, basis="CALORIFIC", edition=edition
            )
            for place, month in enumerate(months):
                own = [totals[place] for totals in stated]
                assert month.whole.tonnes == exact_sum(one.tonnes for one in own)
                types = [one.total for total in own for one in total.types]
                assert month.whole.points == sum(one.points for one in types)
                assert month.whole.missing == sum(one.points_missing for one in types)
                assert month.whole.partial == sum(one.points_partial for one in types)

    @PLAYED
    @given(city=cities, edition=editions)
    def test_gathered_by_unit_it_is_each_units_own_statement(self, rules, city, edition):
        with built(city) as unit_ids:
            months = statistics.months_by_member(
                viewer=CITY,
                months=MONTHS,
                basis="CALORIFIC",
                members={unit_id: statistics.always(str(unit_id)) for unit_id in unit_ids},
                edition=edition,
            )
            for unit_id in unit_ids:
                stated = statement.statement_of_months(
                    unit_id=unit_id, months=MONTHS, basis="CALORIFIC", edition=edition
                )
                for month, own in zip(months, stated.totals, strict=True):
                    found = month.members.get(str(unit_id))
                    assert (found.tonnes if found else None) == own.tonnes

    @PLAYED
    @given(city=cities)
    def test_gathered_under_names_every_part_says_what_of_it_is_estimated(self, rules, city):
        with built(city) as unit_ids:
            members = {
                unit_id: statistics.always(f"sector {n % 2}") for n, unit_id in enumerate(unit_ids)
            }
            asked = {"viewer": CITY, "months": MONTHS, "basis": "CALORIFIC"}
            gathered = statistics.months_by_member(members=members, **asked)
            whole = statistics.city_months(**asked)
            for month, one in zip(gathered, whole, strict=True):
                parts = month.members.values()
                assert one.whole.tonnes == exact_sum(part.tonnes for part in parts)
                assert one.whole.expected == sum(part.expected for part in parts)
                assert one.whole.received == sum(part.received for part in parts)
                assert one.whole.estimated_tonnes == exact_sum(
                    [Decimal(0), *(part.estimated_tonnes for part in parts)]
                )
                # All that these cities know is estimated, whichever way it went.
                assert {part.estimated_share for part in parts} <= {None, Decimal(1)}

    @PLAYED
    @given(city=cities)
    def test_a_unit_outside_of_all_names_is_left_out(self, rules, city):
        with built(city) as unit_ids:
            gathered = statistics.months_by_member(
                viewer=CITY,
                months=MONTHS,
                basis="CALORIFIC",
                members={unit_ids[0]: statistics.always("one")},
            )
            assert {name for month in gathered for name in month.members} <= {"one"}


class TestExpectedSlots:
    """A month expects the slots of the days on which its points were there, each as it was then."""

    LONG_AGO = date(2025, 1, 1)

    def expected(self, *described):
        """Return what city, sectors together, and the unit expect of the months, which agree."""
        with built([([], {})]) as (unit_id,):
            point = Point.objects.create(unit_id=unit_id, code="P")
            for begins, ends, slot_seconds in described:
                Description.objects.create(
                    point=point, name="p", energy_type_id="ELECTRICITY", level="LEVEL_1",
                    flow="BOUGHT", kind="REGISTER", slot_seconds=slot_seconds,
                    valid_from=self.instant(begins), valid_until=ends and self.instant(ends),
                    recorded_at=EARLY,
                )  # fmt: skip
            changes = clock.midnight(date(2026, 1, 20))
            said = {"unit_id": unit_id, "recorded_at": EARLY}
            Particulars.objects.create(sector="酒店", valid_from=EARLY, valid_until=changes, **said)
            Particulars.objects.create(sector="医院", valid_from=changes, **said)
            asked = {"viewer": CITY, "months": MONTHS, "basis": "CALORIFIC"}
            city = [one.whole.expected for one in statistics.city_months(**asked)]
            members = statistics.sector_members([unit_id], months=MONTHS)
            by_sector = statistics.months_by_member(members=members, **asked)
            lines = statement.statement_of_months(
                unit_id=unit_id, months=MONTHS, basis="CALORIFIC"
            ).lines
            track = tracks.tracks_of(unit_id)
        kept = [
            slots_between(
                track[0],
                first=clock.day_number(month),
                last=clock.day_number(next_month(month)) - 1,
            )
            for month in MONTHS
        ]
        of_unit = [sum(one.expected for one in lines if one.period == month) for month in MONTHS]
        sectors = [sum(one.expected for one in month.members.values()) for month in by_sector]
        assert city == sectors == of_unit == kept
        return city

    def instant(self, at):
        """Return a day's midnight, or its noon where a pair says so."""
        day, hour = at if isinstance(at, tuple) else (at, 0)
        return clock.midnight(day) + timedelta(hours=hour)

    def test_a_point_that_was_always_there_has_those_of_all_days(self, rules):
        assert self.expected((self.LONG_AGO, None, 900)) == [31 * 96, 28 * 96]

    def test_a_point_that_begins_in_a_month_has_those_of_its_days(self, rules):
        assert self.expected((date(2026, 1, 11), None, 900)) == [21 * 96, 28 * 96]
        assert self.expected(((date(2026, 1, 11), 12), None, 900)) == [21 * 96, 28 * 96]

    def test_a_point_that_ends_in_a_month_too(self, rules):
        assert self.expected((self.LONG_AGO, date(2026, 2, 5), 900)) == [31 * 96, 4 * 96]
        assert self.expected((self.LONG_AGO, (date(2026, 2, 5), 12), 900)) == [31 * 96, 5 * 96]

    def test_slots_of_another_length_count_from_their_first_whole_day(self, rules):
        day = date(2026, 1, 11)
        midnight = (self.LONG_AGO, day, 900), (day, None, 3600)
        noon = (self.LONG_AGO, (day, 12), 900), ((day, 12), None, 3600)

        assert self.expected(*midnight) == [10 * 96 + 21 * 24, 28 * 24]
        assert self.expected(*noon) == [11 * 96 + 20 * 24, 28 * 24]

    def test_days_without_the_point_have_none(self, rules):
        away = (self.LONG_AGO, date(2026, 1, 11), 900), (date(2026, 1, 21), None, 300)

        assert self.expected(*away) == [10 * 96 + 11 * 288, 28 * 288]


class TestSectors:
    def test_a_change_in_mid_month_counts_from_its_day(self, rules):
        days = {day: (Decimal(10), 96, "REGISTERS") for day in DAYS}
        months = {MONTHS[0]: (Decimal(20), 192, "DAYS"), MONTHS[1]: (Decimal(30), 288, "DAYS")}
        role = ("ELECTRICITY", "LEVEL_1", "BOUGHT")
        with built([([([], [role] * 4, days, months)], {})]) as (unit_id,):
            said = {"unit_id": unit_id, "recorded_at": EARLY}
            changes = clock.midnight(date(2026, 2, 2))
            Particulars.objects.create(sector="酒店", valid_from=EARLY, valid_until=changes, **said)
            Particulars.objects.create(sector="医院", valid_from=changes, **said)

            members = statistics.sector_members([unit_id], months=MONTHS)
            found = statistics.months_by_member(
                viewer=CITY, months=MONTHS, basis="CALORIFIC", members=members
            )

        amounts = [
            {name: one.types[0].amount for name, one in month.members.items()} for month in found
        ]
        assert amounts == [{"酒店": 20}, {"酒店": 10, "医院": 20}]

    def test_without_a_word_of_it_the_sector_is_nameless(self, rules):
        with built([([], {})]) as (unit_id,):
            members = statistics.sector_members([unit_id], months=MONTHS)

        assert members == {unit_id: [(MONTHS[0], date(2026, 3, 1), "")]}
