"""What single units have told and shown in the year, as ``telling.toml`` has it."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any

from hengneng.demo import city
from hengneng.demo.further import chance, sending
from hengneng.demo.further import units as further
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.ledgers.subjects import Place, Subject, subjects
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.kernel.files import operations as files
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.fuels import operations as fuels
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments.rules.changes import ChangeKind, Said
from hengneng.registry.units import operations as units

# The unit's own sub-meter that moves or stops; what stands at a point goes on measuring.
_OWN = "FD-01"
_ELECTRICITY = "ELECTRICITY"
_NEW_NUMBER, _NEW_CLASS = "{code}-21", "0.5S"
_HOUR = timedelta(hours=10)
_SCATTER_PERMILLE, _WHOLE = 30, 1000
_ENDING, _NEW_ENDING = "有限公司", "集团有限公司"
_TEXT = "text/plain"

Ids = Mapping[tuple[int, str], int]


def record_standstills(unit_ids: Mapping[str, int], *, plan: Plan, at: datetime) -> None:
    """Record which units do not work, with what shows it.

    Args:
        unit_ids: The units' ids by code.
        plan: The days of the history.
        at: When it is entered. Aware.
    """
    for table in _said()["standstill"]:
        unit = next(one for one in subjects() if one.manner is Manner(table["manner"]))
        proof = files.keep(
            name=table["proof"],
            body=table["text"].encode(),
            media_type=_TEXT,
            by=None,
            at=at,
        )
        units.record_business(
            unit_id=unit_ids[unit.code],
            state=table["state"],
            valid_from=clock.midnight(_stands_still_on(unit, table, plan)),
            by=None,
            at=at,
            proof_id=proof.pk,
            reason=table["reason"],
        )


def _stands_still_on(unit: Subject, table: Mapping[str, Any], plan: Plan) -> date:
    """Return since when a unit does not work: one that fell silent since it did."""
    silent = next(
        (sending.silent_from(one, plan.today) for one in further.units() if one.code == unit.code),
        None,
    )
    return clock.date_of(plan.today - table["days_ago"] if silent is None else silent)


def record_heat_values(unit_ids: Mapping[str, int], *, plan: Plan, at: datetime) -> None:
    """Record what fuels were measured to give, since the first whole month of the history.

    Args:
        unit_ids: The units' ids by code.
        plan: The days of the history.
        at: When it is entered. Aware.
    """
    begins = clock.date_of(plan.begins)
    first = (begins.replace(day=1) + timedelta(days=31)).replace(day=1)
    for table in _said()["fuel"]:
        energy_type = table["energy_type"]
        buying = [unit for unit in subjects() if _brings_in(unit, energy_type)]
        for turn, unit in enumerate(buying[: table["units"]], start=1):
            drawn = chance.number(f"{unit.code} heat", 2 * _SCATTER_PERMILLE)
            permille = _WHOLE - _SCATTER_PERMILLE + drawn
            fuels.record_heat_value(
                unit_id=unit_ids[unit.code],
                energy_type_id=energy_type,
                heat_value_kj=Decimal(table["heat_value_kj"] * permille) / _WHOLE,
                first=first,
                until=None,
                report=f"RZ{first:%Y%m}-{turn:03}",
                laboratory=table["laboratory"],
                by=None,
                at=at,
            )


def _brings_in(unit: Subject, energy_type: str) -> bool:
    """Answer whether an energy type comes in at a further unit."""
    is_further = unit.code not in {one.code for one in city.units()}
    return is_further and any(
        (place.energy_type, place.level) == (energy_type, "LEVEL_1") for place in unit.places
    )


def rename_units(unit_ids: Mapping[str, int], *, plan: Plan, at: datetime) -> None:
    """Record that units go by other names.

    Args:
        unit_ids: The units' ids by code.
        plan: The days of the history.
        at: When it is entered. Aware.
    """
    named = [unit for unit in punctual("industrial") if unit.name.endswith(_ENDING)][::-1]
    for table in _said()["rename"]:
        unit = named[table["among"]]
        units.rename_unit(
            unit_id=unit_ids[unit.code],
            name=f"{unit.name.removesuffix(_ENDING)}{_NEW_ENDING}",
            on=clock.date_of(plan.today - table["days_ago"]),
            by=None,
            at=at,
        )


def report_changes(
    unit_ids: Mapping[str, int],
    *,
    points: Ids,
    numbers: Ids,
    plan: Plan,
    at: datetime,
) -> None:
    """Let units tell of changes of their meters, and officials decide on some.

    Args:
        unit_ids: The units' ids by code.
        points: The points' ids by unit and code.
        numbers: The instruments' ids by unit and own number.
        plan: The days of the history.
        at: When it is told. Aware.
    """
    for table in _said()["notice"]:
        unit, place = _teller(table)
        unit_id, kind = unit_ids[unit.code], ChangeKind(table["kind"])
        is_own = kind in (ChangeKind.MOVE, ChangeKind.STOP)
        notice = instruments.report_change(
            unit_id=unit_id,
            kind=kind,
            happened_at=clock.instant((plan.today - table["days_ago"]) * DAY_SECONDS) + _HOUR,
            said=_what(table, place),
            by=None,
            at=at,
            point_id=None if is_own else points[unit_id, place.code],
            instrument_id=numbers[unit_id, _OWN] if is_own else None,
        )
        _decide(notice.pk, table, at=at)


def _teller(table: Mapping[str, Any]) -> tuple[Subject, Place]:
    """Return the unit that tells of a change, and the point it speaks of."""
    if not table.get("is_reviewed", False):
        tellers = [u for u in punctual("industrial") if u.places[0].energy_type == _ELECTRICITY]
        unit = tellers[int(table["among"])]
        return unit, unit.places[0]
    reviewed = {unit.code for unit in city.units()}
    found = [
        (unit, place)
        for unit in subjects()
        for place in unit.places
        if unit.code in reviewed and place.level == "LEVEL_2" and place.meter
    ]
    return found[int(table["among"])]


def _what(table: Mapping[str, Any], place: Place) -> Said:
    """Return what is told of a change."""
    if table["kind"] == ChangeKind.EXCHANGE:
        return Said(
            before_value=Decimal(table["before"]),
            after_value=Decimal(0),
            new_number=_NEW_NUMBER.format(code=place.code),
            new_class=_NEW_CLASS,
        )
    ratio = Fraction(table["ratio"]) if "ratio" in table else None
    return Said(ratio=ratio, new_place=table.get("place", ""))


def _decide(notice_id: int, table: Mapping[str, Any], *, at: datetime) -> None:
    """Send a notice back or withdraw it, where that became of it."""
    decided = table.get("decided", "")
    if decided == "SENT_BACK":
        instruments.send_back(notice_id=notice_id, reason=table["reason"], by=None, at=at)
    elif decided == "WITHDRAWN":
        instruments.withdraw_notice(notice_id=notice_id, by=None, at=at)


@lru_cache(maxsize=2)
def punctual(group: str) -> Sequence[Subject]:
    """Return the further units of a group that send punctually, in order."""
    reviewed = {unit.code for unit in city.units()}
    return tuple(
        unit
        for unit in subjects()
        if unit.group == group and unit.manner is Manner.PUNCTUAL and unit.code not in reviewed
    )


@lru_cache(maxsize=1)
def _said() -> dict[str, Any]:
    """Return what ``telling.toml`` says."""
    text = (resources.files("hengneng.demo.ledgers") / "telling.toml").read_text("utf-8")
    return tomllib.loads(text)
