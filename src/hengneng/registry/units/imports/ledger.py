"""The ledger of the units that a file names, in memory: read at once, edited, written at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.drafts import Draft
from hengneng.registry.units import queries
from hengneng.registry.units.models import (
    Event,
    EventKind,
    Facility,
    Naming,
    Particulars,
    Party,
    Placement,
    Side,
    Site,
    Unit,
)

NAMED = ("name", "name_en")
DESCRIBED = ("sector", "address", "industry_code", "industry_name", "department")
_SHOWN = ("name", "name_en", "sector", "address")
_SiteKey = tuple[str, str]  # code of the unit, code of the site
_Span = tuple[datetime, datetime | None]


class Ledger:
    """What is believed of some units, with edits that are not written yet.

    Attributes:
        at: When the edits are made. Aware.
        units: The units by code, new ones without an id.
        sites: The sites by the codes of unit and site, new ones without an id.
        namings: Names by the unit's code.
        particulars: What else is said, by the unit's code.
        facilities: Facilities by the unit's code and the kind.
        placements: Districts by the codes of unit and site.
    """

    def __init__(self, unit_codes: Collection[str], *, at: datetime) -> None:
        """Read what is known; six queries.

        Args:
            unit_codes: The units that will be edited, known or new.
            at: When. Aware.
        """
        self.at = at
        known = Unit.objects.filter(code__in=unit_codes)
        self.units: dict[str, Unit] = {unit.code: unit for unit in known}
        by_id = {unit.pk: unit.code for unit in self.units.values()}
        sites = Site.objects.filter(unit_id__in=by_id)
        self.sites: dict[_SiteKey, Site] = {(by_id[s.unit_id], s.code): s for s in sites}
        placed = {site.pk: key for key, site in self.sites.items()}
        self.namings = Draft(Naming, key="unit_id", subjects=by_id)
        self.particulars = Draft(Particulars, key="unit_id", subjects=by_id)
        self.facilities = Draft(Facility, key="unit_id", subjects=by_id, apart="kind")
        self.placements = Draft(Placement, key="site_id", subjects=placed)
        self._since = queries.beginning()
        self._edited: set[str] = set()
        self._edited_sites: set[_SiteKey] = set()
        self._moved: list[tuple[str, datetime, datetime | None]] = []
        self._renamed: list[tuple[str, datetime]] = []
        self._run: set[tuple[str, str]] = set()

    def enter(self, code: str, *, name: str) -> None:
        """Take a unit for entered; what the file says of it is amended after."""
        self.units[code] = Unit(code=code, name=name, created_at=self.at)
        self._edited.add(code)
        described = dict.fromkeys(DESCRIBED, "")
        self.particulars.replace(code, valid_from=self._since, valid_until=None, values=described)

    def said_now(
        self, draft: Draft[Naming] | Draft[Particulars], code: str, fields: Sequence[str]
    ) -> tuple[dict[str, str], _Span]:
        """Return what one of a unit's histories says now, and for which span.

        Args:
            draft: The history.
            code: The unit.
            fields: What is asked for.
        """
        version, until = draft.version_from(code, self.at)
        if version is None:
            # Entered before names and particulars had histories: what its row says.
            row = self.units[code]
            is_new = row.pk is None
            said = {f: "" if is_new else getattr(row, f, "") for f in fields}
            return said, (self._since, until)
        return {f: getattr(version, f) for f in fields}, (version.valid_from, until)

    def amend(
        self,
        draft: Draft[Naming] | Draft[Particulars],
        code: str,
        *,
        span: _Span,
        values: Mapping[str, str],
    ) -> None:
        """Believe other values for the span of a version.

        Args:
            draft: The history.
            code: The unit.
            span: Of the version that is amended.
            values: Every field that the file can say.
        """
        said: dict[str, Any] = dict(values)
        if draft is self.particulars:
            version, _ = self.particulars.version_from(code, span[0])
            said["legal_person_id"] = version.legal_person_id if version else None
        draft.replace(code, valid_from=span[0], valid_until=span[1], values=said)
        self._edited.add(code)

    def rename(
        self,
        code: str,
        *,
        since: datetime,
        until: datetime | None,
        values: Mapping[str, str],
        is_known: bool,
    ) -> None:
        """Let a unit bear a name for a span; where it bore another, that is an event.

        Args:
            code: The unit.
            since: First instant of the name. Aware.
            until: Instant after the last; None: for good. Aware.
            values: The names.
            is_known: Whether the ledger knew a name for that instant.
        """
        self.namings.replace(code, valid_from=since, valid_until=until, values=values)
        self._edited.add(code)
        if is_known:
            self._renamed.append((code, since))

    def run(self, code: str, kind: str) -> bool:
        """Let a unit run a facility from now on, or always if it never did; answer if it is new."""
        key = (code, kind)
        version, until = self.facilities.version_from(key, self.at)
        if version is not None:
            return False
        is_first = self.facilities.version_from(key, self._since) == (None, None)
        start = self._since if is_first else self.at
        self.facilities.replace(key, valid_from=start, valid_until=until, values={"kind": kind})
        self._run.add(key)
        return True

    def keep_site(self, key: _SiteKey, *, name: str) -> None:
        """Make a site, or name it.

        Args:
            key: Codes of unit and site.
            name: Its name; empty: a new one takes the unit's.
        """
        if key not in self.sites:
            now, _ = self.said_now(self.namings, key[0], ("name",))
            lies, _ = self.said_now(self.particulars, key[0], ("address",))
            self.sites[key] = Site(code=key[1], name=now["name"], address=lies["address"])
        self.sites[key].name = name or self.sites[key].name
        self._edited_sites.add(key)

    def place(
        self, key: _SiteKey, *, since: datetime, until: datetime | None, district: str
    ) -> None:
        """Let a site lie in a district for a span.

        Args:
            key: Codes of unit and site.
            since: First instant. Aware.
            until: Instant after the last; None: for good. Aware.
            district: The district's code.
        """
        self.placements.replace(
            key, valid_from=since, valid_until=until, values={"district_id": district}
        )
        # A new unit has no readings: nothing has to be worked out again.
        if self.units[key[0]].pk is not None:
            self._moved.append((key[0], since, until))

    def write(self) -> None:
        """Write every edit; a dozen queries."""
        with facts.edit() as recorded_at:
            ids = self._write_units()
            self.namings.write(ids)
            self.particulars.write(ids)
            self.facilities.write({key: ids[key[0]] for key in self._run})
            self._write_sites(ids)
            facts.note_changes(
                changes=[(ids[code], None, start, end) for code, start, end in self._moved]
            )
            self._write_renames(ids, recorded_at)

    def _write_units(self) -> dict[str, int]:
        """Write the rows of units, with what is true of them now; return every unit's id."""
        edited = [self.units[code] for code in sorted(self._edited)]
        for unit in edited:
            naming, _ = self.namings.version_from(unit.code, self.at)
            said, _ = self.particulars.version_from(unit.code, self.at)
            for field in _SHOWN:
                version = naming if field in NAMED else said
                setattr(unit, field, getattr(version, field, getattr(unit, field)))
        Unit.objects.bulk_create(
            edited, update_conflicts=True, unique_fields=["code"], update_fields=list(_SHOWN)
        )
        return {code: unit.pk for code, unit in self.units.items()}

    def _write_sites(self, ids: Mapping[str, int]) -> None:
        """Write sites and where they lie."""
        edited = sorted(self._edited_sites)
        for key in edited:
            self.sites[key].unit_id = ids[key[0]]
        Site.objects.bulk_create(
            (self.sites[key] for key in edited),
            update_conflicts=True,
            unique_fields=["unit", "code"],
            update_fields=["name"],
        )
        self.placements.write({key: site.pk for key, site in self.sites.items()})

    def _write_renames(self, ids: Mapping[str, int], recorded_at: datetime) -> None:
        """Write the events of units that go by another name since a day."""
        events = Event.objects.bulk_create(
            Event(kind=EventKind.RENAME, happened_on=clock.day_of(since), recorded_at=recorded_at)
            for _, since in self._renamed
        )
        Party.objects.bulk_create(
            Party(event=event, unit_id=ids[code], side=side)
            for event, (code, _) in zip(events, self._renamed, strict=True)
            for side in Side
        )
