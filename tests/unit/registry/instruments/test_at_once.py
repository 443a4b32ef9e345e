"""Two writers at the same time: one truth is kept, in the code's way and in the database's."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError
from tests.at_once import is_refused, overlapping, together
from tests.unit.registry.instruments.conftest import AT, NEW_YEAR

from hengneng.kernel.states import EventOutOfTurn
from hengneng.registry.instruments import operations
from hengneng.registry.instruments.models import Certificate, Exchange, Installation, Status
from hengneng.registry.instruments.operations import NewCertificate
from hengneng.registry.instruments.rules.changes import Said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_noon")]
THURSDAY = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def kinds(raised):
    return sorted(type(error).__name__ for error in raised)


def test_a_change_is_confirmed_once(unit, metered):
    notice = operations.report_change(
        unit_id=unit.id, kind="EXCHANGE", happened_at=THURSDAY, point_id=metered.id, by=9, at=AT,
        said=Said(before_value=Decimal(9), after_value=Decimal(0), new_number="M-2"),
    )  # fmt: skip

    def confirm():
        operations.confirm_change(notice_id=notice.id, by=7, at=AT)

    def send_back():
        operations.send_back(notice_id=notice.id, reason="a", by=8, at=AT)

    raised = together(confirm, confirm, send_back)

    assert kinds(raised) == ["EventOutOfTurn", "EventOutOfTurn", "NoneType"]
    assert [type(error) for error in raised if error] == [EventOutOfTurn, EventOutOfTurn]
    assert Exchange.objects.count() == (raised[2] is not None)


def test_a_certificate_is_entered_once(meter):
    told = NewCertificate(meter.id, "Z-1", date(2026, 3, 1))

    raised = together(*[lambda: operations.enter_certificate(certificate=told, by=7, at=AT)] * 2)

    assert kinds(raised) == ["CertificateExists", "NoneType"]
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("number", ["Z-1", ""])
def test_the_database_keeps_one_certificate_of_a_number_or_day(meter, number):
    def insert():
        Certificate.objects.create(
            instrument=meter, number=number, kind="VERIFICATION", verified_on=date(2026, 3, 1),
            result="QUALIFIED", ends_in="VERIFY", valid_from=NEW_YEAR, recorded_at=AT,
        )  # fmt: skip

    raised = together(insert, insert)

    assert kinds(raised) == ["IntegrityError", "NoneType"]
    assert any(isinstance(error, IntegrityError) for error in raised)


def test_the_database_keeps_one_condition_at_a_time(meter):
    def insert(condition):
        return lambda: Status.objects.create(
            instrument=meter, condition=condition, valid_from=NEW_YEAR, recorded_at=AT
        )

    # Two that begin together may wait for each other and one be told of a deadlock: none is kept
    # out by the constraint then.
    raised = overlapping(insert("QUALIFIED"), insert("STOPPED"))

    assert list(map(is_refused, raised)) == [False, True]
    assert Status.objects.count() == 1


def test_conditions_told_at_once_come_one_after_the_other(meter):
    def tell(condition, since):
        return lambda: operations.set_status(
            instrument_id=meter.id, condition=condition, valid_from=since, by=7, at=AT
        )

    assert together(tell("STOPPED", APRIL), tell("QUALIFIED", NEW_YEAR)) == [None, None]

    believed = Status.objects.filter(superseded_at=None).order_by("valid_from")
    told = list(believed.values_list("condition", "valid_from", "valid_until"))
    assert told in (
        [("QUALIFIED", NEW_YEAR, None)],
        [("QUALIFIED", NEW_YEAR, APRIL), ("STOPPED", APRIL, None)],
    )


def test_an_instrument_is_installed_at_one_point(unit, meter, place):
    points = [place("E-01"), place("E-02")]

    def install(point):
        return lambda: operations.install(
            instrument_id=meter.id, point_id=point.id, valid_from=NEW_YEAR, by=7, at=AT
        )

    raised = together(*map(install, points))

    assert kinds(raised) == ["InstalledElsewhere", "NoneType"]
    assert Installation.objects.filter(superseded_at=None).count() == 1


def test_a_certificate_is_corrected_once(meter):
    told = NewCertificate(meter.id, "Z-1", date(2026, 3, 1))
    known = operations.enter_certificate(certificate=told, by=7, at=AT)

    def correct(body):
        return lambda: operations.correct_certificate(certificate_id=known, body=body, by=7, at=AT)

    raised = together(
        correct("甲"),
        correct("乙"),
        lambda: operations.withdraw_certificate(certificate_id=known, by=7, at=AT),
    )

    assert kinds(raised) == ["CertificateNotBelieved", "CertificateNotBelieved", "NoneType"]
    believed = Certificate.objects.filter(superseded_at=None)
    assert believed.count() == believed.filter(is_last=True).count() == (raised[2] is not None)


def test_an_exchange_is_told_once(metered):
    def exchange():
        operations.exchange_instrument(
            point_id=metered.id, happened_at=THURSDAY, before_value=Decimal(9),
            after_value=Decimal(0), by=7, at=AT,
        )  # fmt: skip

    raised = together(exchange, exchange)

    assert kinds(raised) == ["ExchangeExists", "NoneType"]
    assert Exchange.objects.count() == 1


def test_an_instrument_of_a_number_is_entered_once(unit):
    def enter():
        operations.create_instrument(unit_id=unit.id, number="M-9", name="水表", by=7, at=AT)

    raised = together(enter, enter)

    assert kinds(raised) == ["InstrumentExists", "NoneType"]
