"""Name legal persons and state yearly consumptions of many units, in a fixed number of statements.

Others of a card's particulars come with the unit, ``entering``, and its contacts, ``contacts``.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from hengneng.kernel import clock
from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.drafts import Draft
from hengneng.kernel.personal import operations as personal
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units.models import ConsumptionLevel, Particulars
from hengneng.registry.units.operations.listing import NoSource, check_amount

_DESCRIBED = ("sector", "address", "industry_code", "industry_name", "department")


class LegalPersonKnown(ValueError):
    """The unit has a legal person already: another one is named for it alone."""


class NewLevel(NamedTuple):
    """What a unit consumed in a year, as somebody states it.

    Attributes:
        unit_id: The unit.
        year: The year.
        tce: Overall consumption. [tce]
        source: Who states it.
        is_verified: Whether it was compared with what it rests on.
        document_id: The kept file it is taken from.
    """

    unit_id: int
    year: int
    tce: Decimal
    source: str
    is_verified: bool = False
    document_id: int | None = None


@transaction.atomic
def name_legal_persons(*, names: Mapping[int, str], by: int | None, at: datetime) -> None:
    """Say who the legal persons of units are that have none yet, for all that is known of the unit.

    Args:
        names: The person's name by unit; sealed.
        by: Account acting.
        at: When. Aware.

    Raises:
        LegalPersonKnown: If a unit has one, or there is no such unit.
        NoPersonName: If a name is blank.
    """
    with facts.edit():
        draft = Draft(Particulars, key="unit_id", subjects={number: number for number in names})
        new = [personal.NewPerson("LEGAL_PERSON", {Field.NAME: name}) for name in names.values()]
        held = personal.hold(people=new, by=by, at=at)
        for unit_id, person_id in zip(names, held, strict=True):
            known, until = draft.version_from(unit_id, at)
            if known is None or known.legal_person_id is not None:
                raise LegalPersonKnown(f"unit {unit_id} is not without a legal person")
            told = {field: getattr(known, field) for field in _DESCRIBED}
            draft.replace(
                unit_id,
                valid_from=known.valid_from,
                valid_until=until,
                values={**told, "legal_person_id": person_id},
            )
        draft.write({number: number for number in names})
    details = {"persons": held}
    audit.record("units.legal_persons_named", subject="units", by=by, at=at, details=details)


@transaction.atomic
def record_levels(*, rows: Sequence[NewLevel], by: int | None, at: datetime) -> None:
    """Say what many units consumed in years; a later statement replaces one of that year.

    Args:
        rows: What is stated, of any units.
        by: Account acting.
        at: When. Aware.

    Raises:
        NotAnAmount: If a consumption is none.
        NoSource: If nobody states one.

    Source:
        Energy Conservation Law, art. 52: what makes a key unit is its consumption of a year.
    """
    subjects = {row.unit_id: row.unit_id for row in rows}
    with facts.edit():
        draft = Draft(ConsumptionLevel, key="unit_id", subjects=subjects)
        for row in rows:
            check_amount(row.tce)
            if not row.source:
                raise NoSource(f"nobody states the consumption of {row.year}")
            draft.replace(
                row.unit_id,
                valid_from=clock.midnight(date(row.year, 1, 1)),
                valid_until=clock.midnight(date(row.year + 1, 1, 1)),
                values={
                    "year": row.year,
                    "tce": row.tce,
                    "source": row.source,
                    "document_id": row.document_id,
                    "verified": row.is_verified,
                },
            )
        draft.write(subjects)
    details = {"levels": [[row.unit_id, row.year, str(row.tce)] for row in rows]}
    audit.record("units.levels_recorded", subject="units", by=by, at=at, details=details)
