"""What the rows of a list are about: units by code or name, instruments, stays, certificates."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from hengneng.kernel.imports.rules import Row
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.instruments import operations
from hengneng.registry.instruments.models import Certificate, Installation
from hengneng.registry.instruments.queries.certificates import as_told, day_of
from hengneng.registry.instruments.rules.certificates import CertificateKind, Result
from hengneng.registry.instruments.rules.places import Places, Stay
from hengneng.registry.instruments.rules.told import BadCertificate, NewCertificate, check
from hengneng.registry.units import queries as units

Key = tuple[int, str]  # a unit, and its own number of an instrument or code of a point
Differences = dict[str, tuple[str, str]]

_PLATFORM = Viewer(city=frozenset({Permission.VIEW_UNIT}))
_TOLD = ("certificate_number", "verified_on", "next_due", "valid_until")


class Unfit(ValueError):
    """A row names what is not there, or what cannot be; the text is for who brought it."""


def codes_by_name(names: Collection[str]) -> dict[str, str]:
    """Return the codes of the units that names mean, of each that means one alone; two queries."""
    found: dict[str, list[str]] = {}
    for unit in units.units_reached(_PLATFORM, Permission.VIEW_UNIT):
        if unit.name in names:
            found.setdefault(unit.name, []).append(unit.code)
    return {name: codes[0] for name, codes in found.items() if len(codes) == 1}


class Units:
    """The units that rows name, by code or by name."""

    def __init__(self, rows: Sequence[Row], *, only: int | None) -> None:
        """Read them; two queries, two more where units are named without their code.

        Args:
            rows: The rows.
            only: The one unit whose list this is; None: any unit's.
        """
        self._only = only
        self._by_code = units.ids_by_code()
        self._by_name: dict[str, list[int]] = {}
        if any(row.values["unit_name"] and not row.values["unit_code"] for row in rows):
            for unit in units.units_reached(_PLATFORM, Permission.VIEW_UNIT):
                self._by_name.setdefault(unit.name, []).append(unit.id)

    def of(self, values: Mapping[str, Any]) -> int:
        """Return a row's unit.

        Raises:
            Unfit: If it names none that is entered, or several, or not the one it may.
        """
        unit_id = self._named(values)
        if self._only is not None and unit_id != self._only:
            raise Unfit("the row is another unit's")
        return unit_id

    def within(self, rows: Iterable[Row]) -> set[int]:
        """Return the units of all rows that name one."""
        found = set()
        for row in rows:
            try:
                found.add(self.of(row.values))
            except Unfit:
                continue  # its row is refused when its turn comes
        return found

    def _named(self, values: Mapping[str, Any]) -> int:
        code, name = values["unit_code"], values["unit_name"]
        if code:
            unit_id = self._by_code.get(code.upper())
            if unit_id is None:
                raise Unfit(f"no unit {code}")
            return unit_id
        if not name:
            if self._only is None:
                raise Unfit("unit_code: the row names no unit")
            return self._only
        ids = self._by_name.get(name, [])
        if len(ids) != 1:
            raise Unfit(f"unit_name: {len(ids) or 'no'} units are called {name}")
        return ids[0]


class Stays:
    """Where the instruments of a list stand, and what its rows change of it."""

    def __init__(self, instruments: Iterable[Key], points: Iterable[Key]) -> None:
        """Read what is believed of these instruments and points; one query."""
        numbers, codes = set(instruments), set(points)
        named = {unit for unit, _ in numbers | codes}
        rows = Installation.objects.filter(
            Q(instrument__number__in={number for _, number in numbers})
            | Q(point__code__in={code for _, code in codes}),
            superseded_at__isnull=True,
            instrument__unit_id__in=named,
        ).values_list(
            "instrument__unit_id",
            "point__code",
            "instrument__number",
            "valid_from",
            "valid_until",
        )
        self._places: Places[Key, Key] = Places(
            Stay((unit, code), (unit, number), start, end)
            for unit, code, number, start, end in rows
        )
        self._new: list[Stay[Key, Key]] = []

    def point_of(self, instrument: Key, instant: datetime) -> Key | None:
        """Return the point at which an instrument stands at an instant; None: at none."""
        return self._places.standing_from(instrument, instant)[0]

    def wanted(self, instrument: Key, point: Key, start: datetime) -> Stay[Key, Key] | None:
        """Return the stay that a row asks for, till the next change known; None: it is so.

        Raises:
            Unfit: If the instrument stands at another point in that time.
        """
        stands_at, leaves = self._places.standing_from(instrument, start)
        if stands_at == point:
            return None
        ends = [end for end in (leaves, self._places.changes_after(point, start)) if end]
        end = min(ends, default=None)
        if self._places.elsewhere(instrument, point, start, end):
            raise Unfit(f"{instrument[1]} stands at another point then")
        return Stay(point, instrument, start, end)

    def put(self, stay: Stay[Key, Key]) -> Differences:
        """Think an instrument installed, and return what that changes."""
        before, _ = self._places.standing_from(stay.instrument, stay.start)
        self._places.put(stay)
        self._new.append(stay)
        return {"point_code": (before[1] if before else "", stay.point[1])}

    def carry_out(
        self,
        instruments: Mapping[Key, int],
        points: Mapping[Key, int],
        *,
        by: int | None,
        at: datetime,
    ) -> None:
        """Write what was decided.

        Args:
            instruments: The ids of the instruments.
            points: The ids of the points.
            by: Account acting.
            at: When. Aware.
        """
        stays = [
            operations.NewStay(instruments[s.instrument], points[s.point], s.start, s.end)
            for s in self._new
        ]
        if stays:
            operations.install_many(stays=stays, by=by, at=at)


class Certificates:
    """The certificates of a list's instruments, and what its rows change of them."""

    def __init__(self, instruments: Mapping[Key, int], *, at: datetime) -> None:
        """Read what is believed of them; one query.

        Args:
            instruments: The ids of the instruments that have one.
            at: When the list is brought. Aware.
        """
        self._today = day_of(at)
        keys = {number: key for key, number in instruments.items()}
        self._known: dict[Key, list[NewCertificate]] = {}
        believed = Certificate.objects.filter(
            superseded_at__isnull=True, instrument_id__in=list(keys)
        )
        for one in believed.order_by("instrument_id", "verified_on"):
            self._known.setdefault(keys[one.instrument_id], []).append(as_told(one))
        self._changed: dict[tuple[Key, int], NewCertificate] = {}
        self._on_record = {key: len(known) for key, known in self._known.items()}

    def told_by(self, values: Mapping[str, Any]) -> NewCertificate | None:
        """Return the certificate that a row tells of; None where it tells of none.

        Raises:
            Unfit: If it cannot be so.
        """
        if not any(values[column] for column in _TOLD):
            return None
        if values["verified_on"] is None:
            raise Unfit("verified_on: required where a certificate is told of")
        certificate = NewCertificate(
            instrument_id=0,
            number=values["certificate_number"] or "",
            verified_on=values["verified_on"],
            kind=values["certificate_kind"] or "",
            result=values["result"] or "",
            body=values["body"] or "",
            accuracy_class=values["accuracy_class"] or "",
            due_on=_stated(values),
        )
        try:
            check(_whole(certificate), today=self._today)
        except BadCertificate as error:
            raise Unfit(str(error)) from error
        return certificate

    def put(self, instrument: Key, told: NewCertificate) -> tuple[bool, Differences]:
        """Think a certificate entered; return whether it is new, and what it changes.

        A certificate is known by its number, else by its day; what a row leaves blank stays.
        """
        known = self._known.setdefault(instrument, [])
        place = _place(known, told)
        if place is None:
            known.append(_whole(told))
            self._changed[instrument, len(known) - 1] = known[-1]
            return True, {}
        before = known[place]
        said = {field: value for field, value in told._asdict().items() if value}
        after = before._replace(**said)
        if after == before:
            return False, {}
        known[place] = after
        self._changed[instrument, place] = after
        return False, {
            _COLUMN_OF[field]: (_text(getattr(before, field)), _text(value))
            for field, value in said.items()
            if getattr(before, field) != value
        }

    def is_on_record(self, instrument: Key, told: NewCertificate) -> bool:
        """Answer whether a certificate stood on record before this list was brought.

        A unit's own list brings new certificates and leaves those on record as they are.

        Raises:
            Unfit: If it is on record and says otherwise.
        """
        known = self._known.get(instrument, [])
        place = _place(known, told)
        if place is None or place >= self._on_record.get(instrument, 0):
            return False
        said = {field: value for field, value in told._asdict().items() if value}
        if known[place]._replace(**said) != known[place]:
            raise Unfit(
                "the certificate is on record and says otherwise; your district corrects it"
            )
        return True

    def carry_out(self, instruments: Mapping[Key, int], *, by: int | None, at: datetime) -> None:
        """Write what was decided.

        Args:
            instruments: The ids of the instruments.
            by: Account acting.
            at: When. Aware.
        """
        told = [
            one._replace(instrument_id=instruments[key]) for (key, _), one in self._changed.items()
        ]
        if told:
            operations.enter_certificates(certificates=told, by=by, at=at)


_COLUMN_OF = {
    "number": "certificate_number",
    "kind": "certificate_kind",
    "verified_on": "verified_on",
    "result": "result",
    "body": "body",
    "accuracy_class": "accuracy_class",
    "due_on": "next_due",
}


def _stated(values: Mapping[str, Any]) -> date | None:
    """Return the due day that a row states: the day after the last, or that of the next time.

    Raises:
        Unfit: If both are told and the next time is neither the last day nor the one after it.
    """
    due: date | None = values["next_due"]
    last: date | None = values["valid_until"]
    if last is None:
        return due
    after = last + timedelta(days=1)
    if due is not None and due not in (last, after):
        raise Unfit(f"valid_until {last} and next_due {due} say different things")
    return after


def _whole(told: NewCertificate) -> NewCertificate:
    """Return a certificate with what a row may leave blank filled in."""
    return told._replace(
        kind=told.kind or CertificateKind.VERIFICATION, result=told.result or Result.QUALIFIED
    )


def _place(known: Sequence[NewCertificate], told: NewCertificate) -> int | None:
    """Return which of an instrument's certificates is told of; None: none of them.

    One of the same number; else one of the same day where one of the two has no number.
    """
    for place, one in enumerate(known):
        if told.number and one.number == told.number:
            return place
    for place, one in enumerate(known):
        if one.verified_on == told.verified_on and not (told.number and one.number):
            return place
    return None


def _text(value: object) -> str:
    return "" if value is None else str(value)
