"""Lists brought by a file: kinds and standings in words, what stands in the way, whose profiles."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hengneng.kernel.imports.operations import Owner
from hengneng.kernel.imports.queries import RunView
from hengneng.kernel.imports.states import RunState
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn
from hengneng.people.accounts import queries as accounts
from hengneng.registry.units import queries as units
from hengneng.web.parts.marks import Standing

# In the order in which a city is filled: what names another comes after it.
KINDS: Mapping[str, tuple[Any, Any]] = {
    "units": (_("Energy-using units"), _("Energy-using units with their sites and districts.")),
    "listings": (_("Lists of key units"), _("On which year's list a unit stands, and its tier.")),
    "equipment": (
        _("Sub-units and equipment"),
        _("What consumes: workshops, buildings, main equipment, with their demands."),
    ),
    "points": (_("Metering points"), _("Places where energy is metered, and their tree.")),
    "instruments": (
        _("Metering instruments"),
        _("The instrument ledger, with the last certificate and the point it stands at."),
    ),
    "certificates": (
        _("Certificates, mandatory-verification records"),
        _("Matched to a unit's instruments by own number, else by the maker's."),
    ),
}
STATES: Mapping[str, Standing] = {
    RunState.BROUGHT: Standing("warn", _("Brought, not tried yet")),
    RunState.TRYING: Standing("est", _("Being tried")),
    RunState.READY: Standing("ok", _("Ready to import")),
    RunState.REFUSED: Standing("bad", _("Some rows are refused")),
    RunState.COMMITTING: Standing("est", _("Being imported")),
    RunState.COMMITTED: Standing("ok", _("Imported")),
}
WORKING = (RunState.TRYING, RunState.COMMITTING)
OUT_OF_TURN = _("The file has gone on meanwhile; this page shows where it stands.")
GONE = _("There is no such file among those you brought.")


class NotYours(Exception):
    """The viewer brought no such file, or not here."""


class ReachShrunk(Exception):
    """The file speaks of units that the viewer does not reach any more."""


ANTICIPATED = {
    EventOutOfTurn: OUT_OF_TURN,
    NotYours: GONE,
    ReachShrunk: _("You reach other units than when the file was brought; bring it again."),
}


def kind_name(kind: str) -> Any:
    """Return what a kind of list is called."""
    return KINDS[kind][0] if kind in KINDS else kind


def offered(there: Iterable[str]) -> list[tuple[str, Any, Any]]:
    """Return kinds in the order in which they are brought: code, name, what it holds."""
    there = list(there)
    known = [(kind, *words) for kind, words in KINDS.items() if kind in there]
    return known + [(kind, kind, "") for kind in there if kind not in KINDS]


def reach_of(viewer: Viewer, permission: Permission) -> list[str] | None:
    """Return the codes of the units that a permission reaches; None: any, new ones too."""
    if permission in viewer.city:
        return None
    return [row.code for row in units.units_reached(viewer, permission)]


def districts_of(viewer: Viewer, permission: Permission) -> list[str]:
    """Return the codes of the districts in which a permission lets new units be entered."""
    return sorted(viewer.districts.get(permission, ()))


def check_reach(viewer: Viewer, permission: Permission, run: RunView) -> None:
    """Refuse to go on with a file whose bringer reaches less than at its bringing.

    Raises:
        ReachShrunk: If so.
    """
    reach = reach_of(viewer, permission)
    if reach is None:
        return
    districts = set(districts_of(viewer, permission))
    if run.units is None or not run.units <= set(reach) or not run.districts <= districts:
        raise ReachShrunk


def body_of(account_id: int) -> str:
    """Return the code of a body at which an account holds a role now; empty: at none."""
    held = accounts.account(account_id).roles
    return next((role.place for role in held if not role.is_unit), "")


def owners(account_id: int) -> list[Owner]:
    """Return as whom an account may save and forget profiles: itself, then its body."""
    code = body_of(account_id)
    shared = [Owner(body_code=code)] if code else []
    return [Owner(account_id=account_id), *shared]


def time_left(run: RunView, at: datetime) -> str:
    """Return in words how long the work at a file will take yet; empty where that is not known."""
    if run.progress is None or run.progress.expected_at is None:
        return ""
    minutes = max(1, round((run.progress.expected_at - at).total_seconds() / 60))
    said = ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes)
    return said % {"count": minutes}


def failure(run: RunView) -> str:
    """Return why the last work at a file broke off; empty where it did not."""
    if run.progress is None or run.state not in (RunState.BROUGHT, RunState.READY):
        return ""
    return run.progress.failed_reason
