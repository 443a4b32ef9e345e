"""Enter and install many instruments at once, in a number of statements that does not grow."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.drafts import Draft
from hengneng.registry.instruments.models import Installation, Instrument
from hengneng.registry.instruments.operations.ledger import (
    CORRECTABLE,
    IncompleteInstrument,
    InstrumentExists,
    check,
)
from hengneng.registry.instruments.operations.placing import ForeignInstrument, InstalledElsewhere
from hengneng.registry.instruments.rules.places import Places, Stay
from hengneng.registry.points import queries as point_queries

_AT_ONCE = 2000


class NewInstrument(NamedTuple):
    """An instrument to be entered.

    Attributes:
        unit_id: The unit.
        number: The unit's own number of it, else the maker's.
        name: Its name.
        more: Any of ``create_instrument``'s further fields.
    """

    unit_id: int
    number: str
    name: str
    more: Mapping[str, Any] = {}


class NewStay(NamedTuple):
    """An instrument at a point.

    Attributes:
        instrument_id: The instrument.
        point_id: The point.
        valid_from: Since when. Aware.
        valid_until: Until when, exclusive; None: for good. Aware.
    """

    instrument_id: int
    point_id: int
    valid_from: datetime
    valid_until: datetime | None = None


@transaction.atomic
def enter_instruments(
    *,
    rows: Sequence[NewInstrument],
    by: int | None,
    at: datetime,
    corrections: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[int]:
    """Enter many instruments, of any units, and correct others: all of them or none, one entry.

    Args:
        rows: The new ones. Shape (n,).
        by: Account acting.
        at: When. Aware.
        corrections: By instrument what the ledger is to say of it.

    Returns:
        The new ones' ids, in the order of the rows. Shape (n,).

    Raises:
        IncompleteInstrument: If a number or name is empty.
        UnknownKind: If there is no such kind.
        InstrumentExists: If a number is entered already, or stands twice in the rows.
    """
    for row in rows:
        check({**row.more, "name": row.name})
        if not row.number:
            raise IncompleteInstrument("an instrument has a number and a name")
    _check_numbers(rows)
    made = Instrument.objects.bulk_create(
        [
            Instrument(unit_id=row.unit_id, number=row.number, name=row.name, **row.more)
            for row in rows
        ],
        batch_size=_AT_ONCE,
    )
    corrected = _correct(corrections or {})
    details = {"entered": [[one.pk, one.number] for one in made], "corrected": corrected}
    audit.record("instruments.entered", subject="instruments", by=by, at=at, details=details)
    return [one.pk for one in made]


@transaction.atomic
def install_many(*, stays: Sequence[NewStay], by: int | None, at: datetime) -> None:
    """Say where many instruments stand; one after the other, the former ones leave.

    Args:
        stays: Where each stands, and since when.
        by: Account acting.
        at: When it is entered. Aware.

    Raises:
        ForeignInstrument: If instrument and point belong to different units.
        InstalledElsewhere: If an instrument stands at another point in that time.
        UnknownPoint: If there is no such point.
    """
    with facts.edit():
        units = point_queries.units_of_points({stay.point_id for stay in stays})
        owners = dict(
            Instrument.objects.filter(id__in={stay.instrument_id for stay in stays}).values_list(
                "id", "unit_id"
            )
        )
        places = Places(_believed(units, owners))
        draft = Draft(Installation, key="point_id", subjects={point: point for point in units})
        for stay in stays:
            if units.get(stay.point_id) != owners.get(stay.instrument_id):
                raise ForeignInstrument(f"{stay.instrument_id} is not of {stay.point_id}'s unit")
            _put(places, draft, stay)
        draft.write({point: point for point in units})
        facts.note_changes(
            changes=[
                (units[stay.point_id], stay.point_id, stay.valid_from, stay.valid_until)
                for stay in stays
            ]
        )
    details = {"stays": [[s.instrument_id, s.point_id, s.valid_from.isoformat()] for s in stays]}
    audit.record("instruments.installed", subject="instruments", by=by, at=at, details=details)


def _put(places: Places[int, int], draft: Draft[Installation], stay: NewStay) -> None:
    """Put one instrument where it stands.

    Raises:
        InstalledElsewhere: If it stands elsewhere then.
    """
    if places.elsewhere(stay.instrument_id, stay.point_id, stay.valid_from, stay.valid_until):
        raise InstalledElsewhere(f"instrument {stay.instrument_id} stands at another point then")
    places.put(Stay(stay.point_id, stay.instrument_id, stay.valid_from, stay.valid_until))
    draft.replace(
        stay.point_id,
        valid_from=stay.valid_from,
        valid_until=stay.valid_until,
        values={"instrument_id": stay.instrument_id},
    )


def _believed(units: Mapping[int, int], owners: Mapping[int, int]) -> list[Stay[int, int]]:
    """Return where the instruments of these points' and instruments' units stand; one query."""
    concerned = {*units.values(), *owners.values()}
    rows = Installation.objects.filter(
        superseded_at__isnull=True, instrument__unit_id__in=concerned
    ).values_list("point_id", "instrument_id", "valid_from", "valid_until")
    return [Stay(*row) for row in rows]


def _check_numbers(rows: Sequence[NewInstrument]) -> None:
    """Refuse numbers that are taken.

    Raises:
        InstrumentExists: If one is.
    """
    there = set(
        Instrument.objects.filter(unit_id__in={row.unit_id for row in rows}).values_list(
            "unit_id", "number"
        )
    )
    for row in rows:
        if (row.unit_id, row.number) in there:
            raise InstrumentExists(f"unit {row.unit_id} has an instrument {row.number}")
        there.add((row.unit_id, row.number))


def _correct(corrections: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Correct instruments and return what was and is said of each."""
    if not corrections:
        return {}
    known = Instrument.objects.select_for_update().in_bulk(list(corrections))
    told: dict[str, Any] = {}
    for instrument_id, said in corrections.items():
        check(dict(said))
        one = known[instrument_id]
        told[str(instrument_id)] = {field: [getattr(one, field), said[field]] for field in said}
        for field, value in said.items():
            setattr(one, field, value)
    Instrument.objects.bulk_update(known.values(), sorted(CORRECTABLE), batch_size=_AT_ONCE)
    return told
