"""Certificates by date and belief: which class counts, since when, until when, what is touched."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.registry.instruments.conftest import AT, NEW_YEAR, TODAY

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts.models import Tail
from hengneng.registry.instruments import jobs, operations, queries
from hengneng.registry.instruments.models import Certificate, Instrument
from hengneng.registry.instruments.operations import NewCertificate

pytestmark = pytest.mark.usefixtures("at_noon")


def midnight(*day):
    """The instant at which a local day begins in Shanghai."""
    return datetime(*day, tzinfo=UTC) - timedelta(hours=8)


def told(meter, **said):
    sound = {"number": "Z-1", "verified_on": date(2026, 3, 10), "accuracy_class": "0.5S",
             "due_on": date(2027, 3, 10)}  # fmt: skip
    return NewCertificate(instrument_id=meter.id, **(sound | said))


def enter(meter, **said):
    return operations.enter_certificate(certificate=told(meter, **said), by=7, at=AT)


def seen(unit, **when):
    (row,) = queries.instruments_of(unit.id, **when)
    return row.accuracy_class, row.class_certificate, row.standing, row.due_on


class TestEnterCertificate:
    def test_its_class_counts_from_its_day_until_it_is_due(self, unit, meter):
        enter(meter)
        second = timedelta(seconds=1)
        begins, ends = midnight(2026, 3, 10), midnight(2027, 3, 10)
        instants = [begins - second, begins, ends - second, ends]

        due = date(2027, 3, 10)
        assert [seen(unit, at=instant) for instant in instants] == [
            ("1", "", "NO_CERTIFICATE", None),
            ("0.5S", "Z-1", "IN_DATE", due),
            ("0.5S", "Z-1", "IN_DATE", due),
            ("1", "", "OVERDUE", due),
        ]

    def test_the_last_one_given_counts(self, unit, meter):
        enter(meter, number="Z-2", verified_on=date(2026, 9, 1), result="FAILED", due_on=None)
        enter(meter)

        assert seen(unit) == ("1", "", "FAILED", date(2026, 9, 1))
        assert seen(unit, at=midnight(2026, 8, 31))[:3] == ("0.5S", "Z-1", "IN_DATE")

    def test_the_cycle_says_when_it_is_due(self, unit, meter):
        operations.load_rules(by=None, at=AT)
        enter(meter, due_on=None)

        (row,) = queries.certificates_of([meter.id])
        assert (row.due_on, row.due_by, row.due_is_verified) == (
            date(2032, 3, 10), "JJG 596-2012: classes 0.2S and 0.5S", False,
        )  # fmt: skip

    def test_without_a_rule_no_due_day_is_known(self, unit, meter):
        enter(meter, due_on=None)

        assert seen(unit) == ("0.5S", "Z-1", "NO_DUE_DAY", None)

    def test_touches_the_time_it_speaks_of_where_it_stood(self, meter, metered, touched):
        enter(meter, verified_on=date(2025, 12, 1), due_on=date(2026, 6, 1))

        assert touched() == [(metered.id, NEW_YEAR, midnight(2026, 6, 1))]

    def test_what_stands_nowhere_touches_nothing(self, meter, touched):
        enter(meter)

        assert touched() == []

    def test_is_one_recording_and_one_entry(self, meter, metered):
        before = Tail.objects.get(name="fact").sequence, Entry.objects.count()
        enter(meter)

        assert (Tail.objects.get(name="fact").sequence, Entry.objects.count()) == (
            before[0] + 1,
            before[1] + 1,
        )
        assert Entry.objects.latest("sequence").action == "certificates.entered"

    @pytest.mark.parametrize(
        "said",
        [
            {"verified_on": TODAY + timedelta(days=1), "due_on": None},
            {"due_on": date(2026, 3, 10)},
            {"kind": "LOOK"},
            {"result": "FINE"},
        ],
    )
    def test_an_impossible_one_is_refused(self, meter, said):
        with pytest.raises(operations.BadCertificate):
            enter(meter, **said)
        assert not Certificate.objects.exists()

    def test_todays_and_a_day_long_one_are_not(self, meter):
        enter(meter, verified_on=TODAY, due_on=TODAY + timedelta(days=1))

        assert Certificate.objects.count() == 1

    @pytest.mark.parametrize("number", ["Z-1", ""])
    def test_the_same_again_is_refused(self, meter, number):
        enter(meter, number=number)

        with pytest.raises(operations.CertificateExists):
            enter(meter, number=number)

    def test_two_instruments_may_share_a_number(self, unit, meter):
        other = operations.create_instrument(
            unit_id=unit.id, number="M-2", name="电能表", by=7, at=AT
        )
        enter(meter)
        enter(other)

        assert Certificate.objects.count() == 2


class TestCorrectCertificate:
    def test_what_was_reported_before_stays(self, unit, meter):
        number = enter(meter)
        before = Tail.objects.get(name="fact").recorded_at
        operations.correct_certificate(certificate_id=number, accuracy_class="0.2S", by=7, at=AT)

        assert seen(unit)[:2] == ("0.2S", "Z-1")
        assert seen(unit, as_of=before)[:2] == ("0.5S", "Z-1")

    def test_a_later_due_day_touches_the_days_between(self, meter, metered, touched):
        number = enter(meter)
        before = touched()
        operations.correct_certificate(certificate_id=number, due_on=date(2027, 5, 1), by=7, at=AT)

        after = [span for span in touched() if span not in before]
        assert after == [(metered.id, midnight(2027, 3, 10), midnight(2027, 5, 1))]

    def test_another_day_touches_both_ends(self, meter, metered, touched):
        operations.load_rules(by=None, at=AT)
        number = enter(meter, due_on=None)
        before = touched()
        operations.correct_certificate(
            certificate_id=number, verified_on=date(2026, 4, 10), by=7, at=AT
        )

        after = [span for span in touched() if span not in before]
        assert after == [
            (metered.id, midnight(2026, 3, 10), midnight(2026, 4, 10)),
            (metered.id, midnight(2032, 3, 10), midnight(2032, 4, 10)),
        ]

    def test_another_class_touches_all_of_it(self, meter, metered, touched):
        number = enter(meter)
        before = touched()
        operations.correct_certificate(certificate_id=number, accuracy_class="1", by=7, at=AT)

        assert touched() == before + before[:1] + before[:1]

    @pytest.mark.parametrize("said", [{"number": "Z-9"}, {"body": "市计测院"}])
    def test_a_name_touches_nothing(self, meter, metered, touched, said):
        number = enter(meter)
        before = touched()
        operations.correct_certificate(certificate_id=number, by=7, at=AT, **said)

        assert touched() == before

    def test_what_was_corrected_cannot_be_corrected_again(self, meter):
        number = enter(meter)
        operations.correct_certificate(certificate_id=number, body="甲", by=7, at=AT)

        with pytest.raises(operations.CertificateNotBelieved):
            operations.correct_certificate(certificate_id=number, body="乙", by=7, at=AT)

    def test_it_may_not_take_anothers_number(self, meter):
        enter(meter)
        number = enter(meter, number="Z-2")

        with pytest.raises(operations.CertificateExists):
            operations.correct_certificate(certificate_id=number, number="Z-1", by=7, at=AT)


def test_a_withdrawn_one_never_was(unit, meter, metered, touched):
    number = enter(meter)
    before = Tail.objects.get(name="fact").recorded_at
    operations.withdraw_certificate(certificate_id=number, by=7, at=AT)

    assert seen(unit) == ("1", "", "NO_CERTIFICATE", None)
    assert seen(unit, as_of=before)[1] == "Z-1"
    assert touched() == [(metered.id, midnight(2026, 3, 10), midnight(2027, 3, 10))] * 2
    with pytest.raises(operations.CertificateNotBelieved):
        operations.withdraw_certificate(certificate_id=number, by=7, at=AT)


class TestCycles:
    def test_are_loaded_once(self, db):
        first = operations.load_rules(by=None, at=AT)

        assert first == len(queries.cycles()) > 0
        assert operations.load_rules(by=None, at=AT) == 0

    def test_a_text_that_says_otherwise_is_refused(self, db):
        text = (
            '[[edition]]\nedition="E"\nvalid_from=2020-01-01\n[[edition.cycle]]\nkind="SCALE"\n'
            'clause="c"\nmonths=%d\nends_in="VERIFY"\ncitation="c"\nverified=true'
        )
        operations.load_cycles(cycles=text % 12, by=7, at=AT)

        with pytest.raises(operations.CycleChanged):
            operations.load_cycles(cycles=text % 24, by=7, at=AT)

    def test_due_days_follow_them_when_they_are_counted_anew(self, unit, meter):
        enter(meter, due_on=None)
        enter(meter, number="Z-2", verified_on=date(2025, 1, 1), due_on=date(2026, 1, 1))
        before = Tail.objects.get(name="fact").recorded_at
        operations.load_rules(by=None, at=AT)

        assert operations.count_due_days_anew(by=7, at=AT) == 1
        assert operations.count_due_days_anew(by=7, at=AT) == 0
        assert seen(unit)[3] == date(2032, 3, 10)
        assert seen(unit, as_of=before)[3] is None


def test_many_certificates_take_as_many_statements_as_one(
    unit, meter, metered, django_assert_num_queries
):
    def statements(count, first):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        rows = [told(meter, number=f"Z-{n}") for n in range(first, first + count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            operations.enter_certificates(certificates=rows, by=7, at=AT)
        return len(captured)

    assert statements(1, 0) == statements(50, 100)


def test_instruments_of_many_units_take_four_queries(
    unit, meter, metered, other_unit, django_assert_num_queries
):
    enter(meter)
    operations.create_instrument(unit_id=other_unit.id, number="W-1", name="水表", by=7, at=AT)

    with django_assert_num_queries(4):
        found = queries.instruments_by_unit([unit.id, other_unit.id])
    assert {unit_id: [row.number for row in rows] for unit_id, rows in found.items()} == {
        unit.id: ["M-1"],
        other_unit.id: ["W-1"],
    }
    assert Instrument.objects.count() == 2


class TestStatus:
    def test_holds_from_its_instant_and_was_not_known_before(self, unit, meter):
        before = Tail.objects.get_or_create(name="fact", defaults={"recorded_at": AT})[0]
        operations.set_status(
            instrument_id=meter.id, condition="STOPPED", valid_from=NEW_YEAR, by=7, at=AT
        )

        def condition(**when):
            return queries.instruments_of(unit.id, **when)[0].condition

        assert condition() == "STOPPED"
        assert condition(at=NEW_YEAR - timedelta(seconds=1)) == ""
        assert condition(as_of=before.recorded_at) == ""

    def test_another_word_is_refused(self, meter):
        with pytest.raises(operations.UnknownCondition):
            operations.set_status(
                instrument_id=meter.id, condition="BROKEN", valid_from=NEW_YEAR, by=7, at=AT
            )


def test_the_job_run_twice_counts_due_days_anew_once(unit, meter):
    enter(meter, due_on=None)
    operations.load_rules(by=None, at=AT)

    jobs.count_due_days_anew(by=7)
    jobs.count_due_days_anew(by=7)

    assert seen(unit)[3] == date(2032, 3, 10)
    assert Certificate.objects.count() == 2
