"""Due days: known answers of the regulations as they are recorded, and properties of counting."""

from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.instruments.rules import certificates, records
from hengneng.registry.instruments.rules.certificates import Cycle, EndsIn, Measured

SHIPPED = records.read_cycles(
    resources.files("hengneng.registry.instruments.rules")
    .joinpath("cycles.toml")
    .read_text("utf-8")
)
DAYS = st.dates(date(2000, 1, 1), date(2080, 1, 1))
MONTHS = st.integers(1, 600)


def meter(kind="WATER_METER", accuracy_class="", diameter_mm=None, cycle_months=None):
    return Measured(kind, accuracy_class, diameter_mm, cycle_months)


def due(instrument, *, kind="VERIFICATION", on=date(2024, 3, 15), result="QUALIFIED", stated=None):
    return certificates.due_day(
        instrument, kind=kind, verified_on=on, result=result, stated=stated, cycles=SHIPPED
    )


# SOURCE: facts/standards.md 7: JJG 162-2019, JJG 596-2012.
@pytest.mark.parametrize(
    ("instrument", "due_on", "ends_in"),
    [
        (meter(diameter_mm=25), date(2030, 3, 15), EndsIn.REPLACE),
        (meter(diameter_mm=26), date(2028, 3, 15), EndsIn.REPLACE),
        (meter(diameter_mm=50), date(2028, 3, 15), EndsIn.REPLACE),
        (meter(diameter_mm=51), date(2026, 3, 15), EndsIn.VERIFY),
        (meter("ELECTRICITY_METER", "0.5S"), date(2030, 3, 15), EndsIn.VERIFY),
        (meter("ELECTRICITY_METER", "0.5s级"), date(2030, 3, 15), EndsIn.VERIFY),
        (meter("ELECTRICITY_METER", "1.0"), date(2032, 3, 15), EndsIn.VERIFY),
        (meter("ELECTRICITY_METER", "2"), date(2032, 3, 15), EndsIn.VERIFY),
    ],
)
def test_known_cycles(instrument, due_on, ends_in):
    found = due(instrument)

    assert (found.due_on, found.ends_in, found.is_verified) == (due_on, ends_in, False)


@pytest.mark.parametrize(
    "instrument",
    [
        meter(),  # a water meter of unknown diameter
        meter("ELECTRICITY_METER", "0.5"),  # a class that the regulation's record does not name
        meter("ELECTRICITY_METER"),
        meter("HEAT_METER"),  # a cycle that nobody read
        meter(""),
    ],
)
def test_what_no_rule_settles_has_no_due_day(instrument):
    assert due(instrument) == (None, EndsIn.VERIFY, "", False)


def test_a_cycle_holds_from_its_editions_first_day():
    instrument = meter(diameter_mm=20)

    assert due(instrument, on=date(2020, 5, 31)).due_on is None
    assert due(instrument, on=date(2020, 6, 1)).due_on == date(2026, 6, 1)


class TestWhatSaysIt:
    def test_the_certificate_goes_first(self):
        found = due(meter(diameter_mm=80, cycle_months=6), stated=date(2025, 1, 1))

        assert found == (date(2025, 1, 1), EndsIn.VERIFY, "CERTIFICATE", True)

    def test_a_calibration_follows_the_units_own_interval(self):
        found = due(meter(diameter_mm=80, cycle_months=36), kind="CALIBRATION")

        assert found == (date(2027, 3, 15), EndsIn.VERIFY, "OWN_CYCLE", True)

    def test_a_verification_follows_the_shorter_one(self):
        longer = due(meter(diameter_mm=80, cycle_months=36))
        shorter = due(meter(diameter_mm=80, cycle_months=12))

        assert (longer.due_on, longer.due_by) == (
            date(2026, 3, 15), "JJG 162-2019: nominal diameter over 50 mm",
        )  # fmt: skip
        assert (shorter.due_on, shorter.due_by) == (date(2025, 3, 15), "OWN_CYCLE")

    def test_a_failed_instrument_is_due_at_once(self):
        assert due(meter(diameter_mm=80), result="FAILED").due_on == date(2024, 3, 15)

    def test_a_revised_regulation_overrides(self):
        old = SHIPPED[0]._replace(
            kind="WATER_METER", edition="A", classes=(), months=12, valid_from=date(2010, 1, 1)
        )
        new = old._replace(edition="B", months=36, valid_from=date(2020, 1, 1))

        def by(on):
            return certificates.cycle_for(meter(), [new, old], day=on).edition

        assert [by(date(2019, 12, 31)), by(date(2020, 1, 1))] == ["A", "B"]

    def test_an_edition_ends(self):
        old = Cycle("WATER_METER", "A", "a", (), None, None, 12, "VERIFY", date(2010, 1, 1),
                    date(2020, 1, 1), "a test", False)  # fmt: skip

        assert certificates.cycle_for(meter(), [old], day=date(2019, 12, 31)) == old
        assert certificates.cycle_for(meter(), [old], day=date(2020, 1, 1)) is None


class TestMonthsAfter:
    @given(DAYS, MONTHS)
    def test_is_that_day_of_its_month_or_the_months_last(self, day, months):
        later = certificates.months_after(day, months)

        assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
        assert later.day == day.day or (later + timedelta(days=1)).day == 1
        assert later.day <= day.day

    @given(DAYS, DAYS, MONTHS)
    def test_a_later_certificate_is_never_due_earlier(self, one, other, months):
        first, second = sorted((one, other))

        assert certificates.months_after(first, months) <= certificates.months_after(second, months)

    @given(DAYS, MONTHS, MONTHS)
    def test_a_longer_cycle_is_due_later(self, day, one, other):
        first, second = sorted((one, other))
        due_days = [certificates.months_after(day, months) for months in (first, second)]

        assert (due_days[0] < due_days[1]) is (first < second)


class TestReadCycles:
    def test_every_shipped_cycle_says_it_is_not_verified(self):
        assert len(SHIPPED) == 24
        assert not any(cycle.verified for cycle in SHIPPED)

    def test_conflicting_sources_give_no_months(self):
        unsettled = {cycle.kind for cycle in SHIPPED if cycle.months is None}

        assert unsettled == {"HEAT_METER", "GAS_METER_DISPLACEMENT", "FLOW_METER_DISPLACEMENT"}

    @pytest.mark.parametrize(
        "changes",
        [{"kind": '"WHEEL"'}, {"months": "0"}, {"months": '"12"'}, {"ends_in": '"THROW"'},
         {"clause": '""'}, {"verified": "0"}, {"valid_from": '"2020-01-01"'}],
    )  # fmt: skip
    def test_a_record_of_another_form_is_refused(self, changes):
        sound = {
            "kind": '"WATER_METER"', "clause": '"c"', "months": "12", "ends_in": '"VERIFY"',
            "citation": '"c"', "verified": "false", "valid_from": "2020-01-01",
        }  # fmt: skip

        def text(record):
            lines = [f"{name} = {value}" for name, value in record.items()]
            return "\n".join(['[[edition]]\nedition = "E"\n[[edition.cycle]]', *lines])

        assert len(records.read_cycles(text(sound))) == 1
        with pytest.raises(records.UnreadableCycle):
            records.read_cycles(text(sound | changes))

    def test_what_is_no_toml_is_refused(self):
        with pytest.raises(records.UnreadableCycle):
            records.read_cycles("[[edition")
