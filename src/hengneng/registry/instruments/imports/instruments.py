"""Lists of instruments: form B.3 of JJF 1356-2012, with the points and certificates they name."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from hengneng.kernel.facts.drafts import Draft
from hengneng.kernel.imports.rules import Change, Column, Decision, Row
from hengneng.registry.instruments import operations
from hengneng.registry.instruments.imports import columns
from hengneng.registry.instruments.imports.subjects import (
    Certificates,
    Differences,
    Key,
    Stays,
    Unfit,
    Units,
    codes_by_name,
)
from hengneng.registry.instruments.models import Instrument, Status
from hengneng.registry.instruments.queries.certificates import day_of, start_of
from hengneng.registry.instruments.rules.kinds import kind_guessed
from hengneng.registry.instruments.rules.told import NewCertificate
from hengneng.registry.points import queries as point_queries
from hengneng.registry.points.imports import BEGINNING

# Fields of the ledger by the column that tells them.
_FIELDS = {
    "name": "name",
    "kind": "kind",
    "model": "model",
    "maker": "maker",
    "serial_number": "serial_number",
    "accuracy_class": "accuracy_class",
    "measuring_range": "measuring_range",
    "place": "place",
    "nominal_diameter": "nominal_diameter_mm",
    "is_mandatory": "is_mandatory",
    "cycle": "cycle_months",
}
_COLUMN_OF = {field: column for column, field in _FIELDS.items()}


class InstrumentImporter:
    """A list of instruments; a row that is there already is compared, blank cells say nothing."""

    kind = "instruments"
    is_own = False
    columns: tuple[Column, ...] = (
        *columns.UNIT,
        columns.NUMBER,
        columns.NAME,
        columns.MODEL,
        columns.SERIAL,
        columns.CLASS,
        *columns.FURTHER,
        *columns.CERTIFICATE,
    )

    def __init__(self, *, unit_id: int | None = None) -> None:
        """Make one for any unit's list, or for the list of one unit.

        Args:
            unit_id: The unit that rows without a unit are of, and no other's may be.
        """
        self._unit_id = unit_id

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:
        """Tell what each row would do; eight queries, however many rows."""
        self._read(rows, at)
        return [self._decision(row) for row in rows]

    def codes_by_name(self, names: Collection[str]) -> dict[str, str]:
        """Return the codes of the units that names mean, of each that means one alone."""
        return codes_by_name(names)

    def carry_out(self, *, by: int | None, at: datetime) -> None:
        """Write what was decided, in bulk."""
        fresh = [
            operations.NewInstrument(key[0], key[1], said["name"], _without_name(said))
            for key, said in self._fresh.items()
        ]
        corrections = {self._ids[key]: said for key, said in self._corrected.items()}
        made = operations.enter_instruments(rows=fresh, corrections=corrections, by=by, at=at)
        ids = self._ids | dict(zip(self._fresh, made, strict=True))
        self._status.write({key: number for key, number in ids.items()})  # noqa: C416  a mapping of wider keys
        self._stays.carry_out(ids, self._points, by=by, at=at)
        self._certificates.carry_out(ids, by=by, at=at)

    def _read(self, rows: Sequence[Row], at: datetime) -> None:
        """Read what is known of the instruments that the rows name."""
        self._units = Units(rows, only=self._unit_id)
        named = self._units.within(rows)
        numbers = {row.values["number"] for row in rows}
        known = Instrument.objects.filter(unit_id__in=named, number__in=numbers)
        fields = ("id", "unit_id", "number", *_FIELDS.values())
        self._ids: dict[Key, int] = {}
        self._known: dict[Key, dict[str, Any]] = {}
        for number, unit, own, *said in known.values_list(*fields):
            self._ids[unit, own] = number
            self._known[unit, own] = dict(zip(_FIELDS.values(), said, strict=True))
        codes = {row.values["point_code"] for row in rows} - {None}
        self._points = point_queries.ids_by_code(named) if codes else {}
        wanted = {(unit, number) for unit in named for number in numbers} if codes else set()
        self._stays = Stays(wanted, {(unit, code) for unit in named for code in codes})
        subjects: dict[int, Hashable] = {number: key for key, number in self._ids.items()}
        is_told = any(row.values["status"] for row in rows)
        self._status = Draft(Status, key="instrument_id", subjects=subjects if is_told else {})
        self._certificates = Certificates(self._ids, at=at)
        self._now, self._today = at, start_of(day_of(at))
        self._fresh: dict[Key, dict[str, Any]] = {}
        self._corrected: dict[Key, dict[str, Any]] = {}

    def _decision(self, row: Row) -> Decision:
        """Return what a row would do and think it done; nothing is thought of a refused one."""
        values = row.values
        try:
            key: Key = (self._units.of(values), values["number"])
            stay = self._stay(key, values)
            certificate = self._certificates.told_by(values)
            if self.is_own:
                certificate = self._own(key, values, certificate)
        except Unfit as error:
            return Decision(row.number, Change.REFUSED, reason=str(error))
        is_new, differences = self._enter(key, values)
        if stay is not None:
            differences |= self._stays.put(stay)
        differences |= self._condition(key, values["status"])
        if certificate is not None:
            is_first, told = self._certificates.put(key, certificate)
            differences |= {"verified_on": ("", str(certificate.verified_on))} if is_first else told
        if is_new:
            return Decision(row.number, Change.NEW)
        change = Change.CHANGED if differences else Change.UNCHANGED
        return Decision(row.number, change, differences)

    def _stay(self, key: Key, values: Mapping[str, Any]) -> Any:
        """Return the stay that a row asks for; None: it asks for none, or it is so."""
        code = values["point_code"]
        if code is None:
            return None
        if (key[0], code) not in self._points:
            raise Unfit(f"the unit has no point {code}")
        point: Key = (key[0], code)
        if not self.is_own:
            return self._stays.wanted(key, point, values["valid_from"] or BEGINNING)
        if self._stays.point_of(key, self._now) != point:
            raise Unfit("point_code: where an instrument stands is told as a change")
        return None

    def _own(
        self, key: Key, values: Mapping[str, Any], certificate: NewCertificate | None
    ) -> NewCertificate | None:
        """Return the certificate that a row of a unit's own list brings; None where it is known.

        Raises:
            Unfit: If the row would change a known condition or a certificate on record.
        """
        known, _ = self._status.version_from(key, self._now)
        if values["status"] and known is not None and known.condition != values["status"]:
            raise Unfit("status: another condition is told as a change")
        if certificate is None:
            return None
        # The class in a ledger is the instrument's; what a certificate on record gives stays.
        told = certificate._replace(accuracy_class="")
        return None if self._certificates.is_on_record(key, told) else certificate

    def _enter(self, key: Key, values: Mapping[str, Any]) -> tuple[bool, Differences]:
        """Think an instrument entered or corrected; return whether it is new, and what differs."""
        said = {
            field: values[column] for column, field in _FIELDS.items() if values[column] is not None
        }
        known = self._known.get(key)
        if known is None:
            said.setdefault("kind", kind_guessed(said["name"]))
            self._fresh[key] = said
            self._known[key] = dict.fromkeys(_FIELDS.values()) | said
            return True, {}
        if not known["kind"]:
            said.setdefault("kind", kind_guessed(said["name"]))
        differing = {field: value for field, value in said.items() if (known[field] or "") != value}
        told = {
            _COLUMN_OF[field]: (_text(known[field]), _text(value))
            for field, value in differing.items()
        }
        known |= differing
        if differing and key in self._fresh:
            self._fresh[key] |= differing
        elif differing:
            self._corrected.setdefault(key, {}).update(differing)
        return False, told

    def _condition(self, key: Key, condition: str | None) -> Differences:
        """Think an instrument's condition told as it is from today on; return what differs."""
        if condition is None:
            return {}
        version, _ = self._status.version_from(key, self._now)
        before = version.condition if version else ""
        if before == condition:
            return {}
        start = self._today if version is None else self._now
        _, until = self._status.version_from(key, start)
        self._status.replace(
            key, valid_from=start, valid_until=until, values={"condition": str(condition)}
        )
        return {"status": (before, str(condition))}


def _without_name(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said beside the name."""
    return {field: value for field, value in said.items() if field != "name"}


def _text(value: object) -> str:
    return "" if value is None else str(value)
