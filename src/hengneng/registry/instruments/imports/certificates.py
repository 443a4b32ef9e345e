"""Lists of certificates, like the records of a city's mandatory-verification system."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from hengneng.kernel.imports.rules import Change, Column, Decision, Row
from hengneng.registry.instruments.imports import columns
from hengneng.registry.instruments.imports.subjects import (
    Certificates,
    Key,
    Unfit,
    Units,
    codes_by_name,
)
from hengneng.registry.instruments.models import Instrument
from hengneng.registry.instruments.rules.matching import Candidate, NoMatch, matched


class CertificateImporter:
    """A list of certificates, each matched to the unit's instrument that it speaks of.

    By the unit's own number where the row has one, else by the maker's; where several instruments
    share that, name and model decide, and where they do not the row is refused.
    """

    kind = "certificates"
    is_own = False
    columns: tuple[Column, ...] = (
        *columns.UNIT,
        replace(
            columns.NUMBER,
            required=False,
            help="the unit's own number of the instrument; without it the maker's",
        ),
        columns.SERIAL,
        replace(
            columns.NAME, required=False, help="its name; tells instruments of one number apart"
        ),
        columns.MODEL,
        columns.CLASS,
        *(replace(one, required=one.name == "verified_on") for one in columns.CERTIFICATE),
    )

    def __init__(self, *, unit_id: int | None = None) -> None:
        """Make one for any unit's list, or for the list of one unit.

        Args:
            unit_id: The unit that rows without a unit are of, and no other's may be.
        """
        self._unit_id = unit_id

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:
        """Tell what each row would do; four queries, however many rows."""
        self._units = Units(rows, only=self._unit_id)
        named = self._units.within(rows)
        told = {row.values[column] for row in rows for column in ("number", "serial_number")}
        known = Instrument.objects.filter(
            Q(number__in=told - {None}) | Q(serial_number__in=told - {None, ""}),
            unit_id__in=named,
        )
        fields = ("unit_id", "id", "number", "serial_number", "name", "model")
        self._candidates: dict[int, dict[str, list[Candidate]]] = {}
        self._ids: dict[Key, int] = {}
        for unit, *said in known.values_list(*fields):
            one = Candidate(*said)
            self._ids[unit, one.number] = one.id
            by_number = self._candidates.setdefault(unit, {})
            for number in {one.number, one.serial_number} - {""}:
                by_number.setdefault(number, []).append(one)
        self._certificates = Certificates(self._ids, at=at)
        return [self._decision(row) for row in rows]

    def codes_by_name(self, names: Collection[str]) -> dict[str, str]:
        """Return the codes of the units that names mean, of each that means one alone."""
        return codes_by_name(names)

    def carry_out(self, *, by: int | None, at: datetime) -> None:
        """Write what was decided, in bulk."""
        self._certificates.carry_out(self._ids, by=by, at=at)

    def _decision(self, row: Row) -> Decision:
        """Return what a row would do and think it done."""
        try:
            key = self._instrument(row.values)
            told = self._certificates.told_by(row.values)
            if self.is_own and told and self._certificates.is_on_record(key, told):
                told = None
        except (Unfit, NoMatch) as error:
            return Decision(row.number, Change.REFUSED, reason=str(error))
        if told is None:
            return Decision(row.number, Change.UNCHANGED)
        is_new, differences = self._certificates.put(key, told)
        if is_new:
            return Decision(row.number, Change.NEW)
        change = Change.CHANGED if differences else Change.UNCHANGED
        return Decision(row.number, change, differences)

    def _instrument(self, values: Mapping[str, Any]) -> Key:
        """Return the instrument that a row speaks of."""
        unit_id = self._units.of(values)
        one = matched(
            self._candidates.get(unit_id, {}),
            number=values["number"] or "",
            serial_number=values["serial_number"] or "",
            name=values["name"] or "",
            model=values["model"] or "",
        )
        return unit_id, one.number
