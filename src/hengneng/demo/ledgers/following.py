"""Bring the ledgers up to what came within the year, two days before the founding."""

from datetime import datetime

from django.db import transaction

from hengneng.demo.ledgers import declaring, entering, outfit, stocking, telling
from hengneng.demo.ledgers.entering import Entered
from hengneng.demo.ledgers.subjects import subjects
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments.queries import numbers as instrument_numbers
from hengneng.registry.points import queries as points
from hengneng.registry.units import queries as units


def bring_up(plan: Plan, *, at: datetime) -> None:
    """Enter the year's certificates, and what single units have told: all of it, or it was done.

    Args:
        plan: The days of the history.
        at: When it is entered. Aware.
    """
    ids = units.ids_by_code()
    numbers = instrument_numbers.ids_by_number(ids.values())
    made = [
        Entered(unit, one, numbers[ids[unit.code], one.number])
        for unit in subjects()
        for one in outfit.of_unit(unit)
    ]
    begins = clock.date_of(plan.begins)
    try:
        with transaction.atomic():
            entering.take_stock()
            entering.give_papers(made, since=begins, plan=plan, at=at)
            telling.record_standstills(ids, plan=plan, at=at)
            telling.record_heat_values(ids, plan=plan, at=at)
            stocking.take_stock(ids, plan=plan, at=at)
            telling.rename_units(ids, plan=plan, at=at)
            there = points.ids_by_code(ids.values())
            telling.report_changes(ids, points=there, numbers=numbers, plan=plan, at=at)
            declaring.declare(ids, plan=plan, at=at)
    except instruments.CertificateExists:
        return  # a building that was cut short after this has done it already
