"""A list of units: decided in memory, written at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from hengneng.kernel.facts.drafts import Draft
from hengneng.kernel.imports.rules import Change, Decision, Row
from hengneng.protocol import codes
from hengneng.protocol.codes import CreditFault
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.bodies.queries import DistrictRow
from hengneng.registry.units import queries
from hengneng.registry.units.imports.columns import UNIT_COLUMNS
from hengneng.registry.units.imports.ledger import DESCRIBED, NAMED, Ledger
from hengneng.registry.units.models import Naming, Particulars

FIRST_SITE = "1"
_FAULTS = {
    CreditFault.LENGTH: "it has not 18 characters",
    CreditFault.CHARACTER: "it holds a character that stands in no such code",
    CreditFault.CHECK: "its last character does not fit the others",
}
_Differences = dict[str, tuple[str, str]]


class UnitImporter:
    """A list of units; a district given places the unit's site in it.

    Persons are no part of it: the file is kept as it came, so nobody could be erased from it.
    Eight queries to decide and a dozen to write, however many rows.
    """

    kind = "units"
    columns = UNIT_COLUMNS

    def __init__(self) -> None:
        """Begin with nothing decided."""
        self._ledger: Ledger | None = None
        self._districts: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:
        """Tell what each row would do; blank cells leave what is known."""
        self._names, self._districts = _districts(bodies.districts())
        self._ledger = ledger = Ledger({row.values["code"] for row in rows}, at=at)
        return [self._decided(ledger, row) for row in rows]

    def not_enterable(self, rows: Sequence[Row], districts: Collection[str]) -> dict[int, str]:
        """Return why rows may not be taken of one who enters units in some districts only.

        A unit that is there lies in none of them, or it would be in reach. What is wrong with a
        code, or with a district that there is not, ``decide`` says.
        """
        known = queries.ids_of_codes({row.values["code"] for row in rows})
        names, codes_by_word = _districts(bodies.districts())
        found = {}
        for row in rows:
            word = row.values["district"]
            district = codes_by_word.get(word) if word is not None else None
            if row.values["code"] in known:
                found[row.number] = "the unit is none of yours"
            elif codes.credit_fault_of(row.values["code"]) is not None:
                continue
            elif word is None:
                found[row.number] = "a new unit needs its district, one of yours"
            elif district is not None and district not in districts:
                found[row.number] = f"the district {names[district]} is none of yours"
        return found

    def carry_out(self, *, by: int | None, at: datetime) -> None:  # noqa: ARG002 the import's
        """Write what was decided; the import's entry stands for all of it."""
        if self._ledger is not None:
            self._ledger.write()

    def _decided(self, ledger: Ledger, row: Row) -> Decision:
        """Return what one row would do, and take it for done."""
        reason = self._refusal(ledger, row.values)
        if reason:
            return Decision(row.number, Change.REFUSED, reason=reason)
        code, values = row.values["code"], row.values
        is_new = code not in ledger.units
        if is_new:
            ledger.enter(code, name=values["name"])
        differences = {
            **self._named(ledger, values),
            **_amended(ledger.particulars, ledger, values, DESCRIBED),
            **_run(ledger, values),
            **self._placed(ledger, values),
        }
        if is_new:
            return Decision(row.number, Change.NEW)
        change = Change.CHANGED if differences else Change.UNCHANGED
        return Decision(row.number, change, differences)

    def _refusal(self, ledger: Ledger, values: Mapping[str, Any]) -> str:
        """Return why a row cannot be taken; empty where it can."""
        code, district = values["code"], values["district"]
        fault = None if code in ledger.units else codes.credit_fault_of(code)
        if fault is not None:
            return f"{code} is not a unified social credit code: {_FAULTS[fault]}"
        if values["named_since"] is not None and values["named_since"] > ledger.at:
            return "named_since: that day has not come yet"
        if district is None and (values["site_code"] or values["site_name"]):
            return "a site is named without its district"
        if district is not None and district not in self._districts:
            return f"no district {district}"
        return ""

    def _named(self, ledger: Ledger, values: Mapping[str, Any]) -> _Differences:
        """Rename the unit from a day on, or correct its name."""
        since = values["named_since"]
        if since is None:
            return _amended(ledger.namings, ledger, values, NAMED)
        known, until = ledger.namings.version_from(values["code"], since)
        ledger.namings.hold(values["code"], since)
        before = {field: getattr(known, field, "") for field in NAMED}
        after = before | _said(values, NAMED)
        if before == after:
            return {}
        ledger.rename(values["code"], since=since, until=until, values=after, is_known=bool(known))
        return _differing(before, after)

    def _placed(self, ledger: Ledger, values: Mapping[str, Any]) -> _Differences:
        """Place the row's site if it says so."""
        if values["district"] is None:
            return {}
        district = self._districts[values["district"]]
        site = (values["code"], values["site_code"] or FIRST_SITE)
        start = values["valid_from"] or queries.beginning()
        known, until = ledger.placements.version_from(site, start)
        ledger.placements.hold(site, start)
        found: _Differences = {}
        name = values["site_name"]
        if site not in ledger.sites or (name and ledger.sites[site].name != name):
            before = ledger.sites[site].name if site in ledger.sites else ""
            ledger.keep_site(site, name=name or "")
            found["site_name"] = (before, ledger.sites[site].name)
        if known is None or known.district_id != district:
            ledger.place(site, since=start, until=until, district=district)
            before = self._names[known.district_id] if known else ""
            found["district"] = (before, self._names[district])
        return found


def _districts(rows: Sequence[DistrictRow]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the districts' names by code, and their codes by what a cell may call them."""
    words = {
        word: row.code
        for row in rows
        for word in (row.name_zh, row.name_zh.removesuffix("区"), row.code)
    }
    return {row.code: row.name_zh for row in rows}, words


def _amended(
    draft: Draft[Naming] | Draft[Particulars],
    ledger: Ledger,
    values: Mapping[str, Any],
    fields: Sequence[str],
) -> _Differences:
    """Correct what the version of now says."""
    code = values["code"]
    before, span = ledger.said_now(draft, code, fields)
    after = before | _said(values, fields)
    if before == after:
        return {}
    ledger.amend(draft, code, span=span, values=after)
    return _differing(before, after)


def _run(ledger: Ledger, values: Mapping[str, Any]) -> _Differences:
    """Add the facilities that the row names and the ledger does not know as run."""
    new = [kind for kind in values["facilities"] or () if ledger.run(values["code"], kind)]
    return {"facilities": ("", "、".join(new))} if new else {}


def _said(values: Mapping[str, Any], fields: Sequence[str]) -> dict[str, str]:
    """Return the fields that the row fills."""
    return {field: values[field] for field in fields if values[field] is not None}


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> _Differences:
    """Return the fields that change, with both texts."""
    return {
        field: (before[field], after[field]) for field in after if before[field] != after[field]
    }
