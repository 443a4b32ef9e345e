"""What an account did, in words, each act with the unit it was about where there is one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from hengneng.kernel.audit.queries import Act
from hengneng.registry.declarations import queries as declarations
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import history
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.units import queries as units
from hengneng.reporting.ledgers import queries as ledgers
from hengneng.web.desk import naming

ACTIONS = {
    "account.closed": _("closed an account"),
    "account.created": _("made an account"),
    "account.password_changed": _("changed a password"),
    "account.role_added": _("gave a role"),
    "account.role_ended": _("ended a role"),
    "certificate.withdrawn": _("withdrew a certificate"),
    "certificates.due_anew": _("counted due days anew"),
    "certificates.entered": _("entered certificates"),
    "change.confirmed": _("confirmed a change of a meter"),
    "change.reported": _("told of a change of a meter"),
    "change.reported_again": _("told of a change of a meter again"),
    "change.sent_back": _("sent a change notice back"),
    "change.withdrawn": _("withdrew a change notice"),
    "city.loaded": _("loaded the city's bodies"),
    "consumer.created": _("entered a sub-unit or piece of equipment"),
    "consumer.demand_set": _("said what a sub-unit or piece of equipment needs"),
    "consumer.described": _("described a sub-unit or piece of equipment"),
    "consumer.retired": _("took a sub-unit or piece of equipment off"),
    "consumers.entered": _("entered sub-units and equipment"),
    "consumers.imported": _("imported sub-units and equipment"),
    "declaration.confirmed": _("confirmed a declaration"),
    "declaration.declared": _("declared something"),
    "declaration.declared_again": _("declared something again"),
    "declaration.sent_back": _("sent a declaration back"),
    "declaration.withdrawn": _("withdrew a declaration"),
    "energy.local_factor_entered": _("entered a factor of the city's own"),
    "energy.local_factor_withdrawn": _("withdrew a factor of the city's own"),
    "energy.rules_loaded": _("loaded factors or weights"),
    "exchange.corrected": _("corrected an exchange"),
    "exchange.withdrawn": _("withdrew an exchange"),
    "file.kept": _("put a file by"),
    "fuel.heat_value_recorded": _("recorded a heat value"),
    "fuel.heat_value_withdrawn": _("withdrew a heat value"),
    "fuel.purchase_corrected": _("corrected a purchase of fuel"),
    "fuel.purchase_recorded": _("put a purchase of fuel on record"),
    "fuel.purchase_withdrawn": _("took a purchase of fuel back"),
    "fuel.stock_corrected": _("corrected a stock of fuel"),
    "fuel.stock_taken": _("put a stock of fuel on record"),
    "fuel.stock_withdrawn": _("took a stock of fuel back"),
    "grant.ended": _("ended a grant"),
    "grant.given": _("gave a grant"),
    "import.arranged": _("said how a file is to be read"),
    "import.commit_asked": _("had a file imported"),
    "import.committed": _("imported a file"),
    "import.profile_forgotten": _("forgot a way of reading files"),
    "import.profile_saved": _("kept a way of reading files"),
    "import.received": _("brought a file"),
    "import.try_asked": _("had a file tried"),
    "instrument.confirmed": _("confirmed a proposed instrument"),
    "instrument.corrected": _("corrected an instrument"),
    "instrument.created": _("entered an instrument"),
    "instrument.exchanged": _("put an exchange on record"),
    "instrument.installed": _("put an instrument at a point"),
    "instrument.refused": _("refused a proposed instrument"),
    "instrument.status_set": _("said how an instrument may be used"),
    "instrument.taken_down": _("took an instrument from its point"),
    "instruments.cycles_loaded": _("loaded verification cycles"),
    "instruments.entered": _("entered instruments"),
    "instruments.installed": _("put instruments at points"),
    "instruments.status_set": _("said how instruments may be used"),
    "lake.edition_made": _("copied closed months"),
    "notice.attached": _("added a file to a notice"),
    "notice.detached": _("took a file from a notice"),
    "notice.drafted": _("drafted a notice"),
    "notice.edited": _("edited a notice"),
    "notice.published": _("published a notice"),
    "notice.withdrawn": _("withdrew a notice"),
    "package.asked_for": _("asked for a unit's forms"),
    "package.made": _("made a unit's forms"),
    "person.corrected": _("corrected what is held of a person"),
    "persons.ended": _("let the term of persons begin"),
    "persons.erased": _("erased persons"),
    "persons.held": _("took persons in"),
    "persons.needed": _("stopped the term of persons"),
    "point.created": _("described a new point"),
    "point.described": _("described a point anew"),
    "point.fed": _("said what feeds a point"),
    "points.created": _("described new points"),
    "points.imported": _("imported points"),
    "proposal.confirmed": _("confirmed a proposed point"),
    "proposal.merged": _("merged a proposed point into one of the unit's"),
    "proposal.refused": _("refused a proposed point"),
    "site.placed": _("placed a site"),
    "terminal.admitted": _("admitted a terminal"),
    "terminal.refused": _("refused a terminal"),
    "terminal.revoked": _("revoked a terminal"),
    "terminals.taken_over": _("took terminals over"),
    "token.ended": _("ended a token"),
    "token.issued": _("issued a token"),
    "unit.business_recorded": _("said whether a unit works"),
    "unit.contact_added": _("named a contact"),
    "unit.contact_corrected": _("corrected a contact"),
    "unit.contact_ended": _("ended a contact's role"),
    "unit.contact_role_given": _("gave a contact a role"),
    "unit.corrected": _("corrected a unit"),
    "unit.created": _("entered a unit"),
    "unit.described": _("said what is so of a unit"),
    "unit.event_withdrawn": _("took an event of a unit back"),
    "unit.facility_recorded": _("put a facility on record"),
    "unit.legal_person_named": _("named a legal person"),
    "unit.level_recorded": _("recorded a unit's consumption of a year"),
    "unit.listed": _("put a unit on a list"),
    "unit.merged": _("put a merger on record"),
    "unit.renamed": _("put another name on record"),
    "unit.split": _("put a split on record"),
    "units.contacts_added": _("named contacts"),
    "units.entered": _("entered units"),
    "units.legal_persons_named": _("named legal persons"),
    "units.levels_recorded": _("recorded units' consumption of years"),
    "view.forgotten": _("forgot a view"),
    "view.renamed": _("renamed a view"),
    "view.saved": _("kept a view"),
}
About = tuple[str, ...]  # code and name of the unit, then what of it


class Done(NamedTuple):
    """One act in words.

    Attributes:
        sequence: Number in the record.
        at: When. Aware.
        said: What was done.
        unit_code: The unit it was about; empty: none.
        unit_name: That unit's name.
        what: What of it, or whatever else it was about.
    """

    sequence: int
    at: datetime
    said: Any
    unit_code: str
    unit_name: str
    what: str


def done(acts: Sequence[Act]) -> list[Done]:
    """Return acts in words; one query for each kind of subject."""
    subjects = [act.subject.partition(":") for act in acts]
    known = _about(subjects)
    found = []
    for act, (kind, _colon, name) in zip(acts, subjects, strict=True):
        code, unit, *what = known.get((kind, name), ("", "", name))
        said = ACTIONS.get(act.action, act.action)
        found.append(Done(act.sequence, act.at, said, code, unit, " ".join(what)))
    return naming.named(found)


def _about(subjects: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], About]:
    """Return what each subject that belongs to a unit is about."""
    named: dict[str, set[str]] = defaultdict(set)
    for kind, _colon, name in subjects:
        named[kind].add(name)
    known: dict[tuple[str, str], About] = {
        ("unit", code): (code, name) for code, name in units.names_by_code(named["unit"]).items()
    }
    ask: dict[str, Callable[[Collection[int]], dict[int, Any]]] = {
        "terminal": terminals.units_of_terminals,
        "point": history.units_of_points,
        "proposal": history.units_of_proposals,
        "instrument": instruments.units_of_instruments,
        "consumer": equipment.units_of_consumers,
        "change": instruments.units_of_notices,
        "declaration": declarations.units_of_declarations,
        "package": ledgers.units_of_packages,
        "proposed": instruments.units_of_proposed,
    }
    for kind, asked in ask.items():
        numbers = [int(name) for name in named[kind] if name.isdigit()]
        if numbers:
            known |= {(kind, str(number)): about for number, about in asked(numbers).items()}
    return known
