"""What the tabs of a unit's ledger share: as it stood on a day, today unless another is asked."""

from abc import abstractmethod
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.protocol.records import DAY_SECONDS
from hengneng.web.desk.asked import day_in
from hengneng.web.desk.views.unit.base import Look, UnitTab


class Stood(NamedTuple):
    """When the ledger stood so.

    Attributes:
        at: The instant. Aware.
        on: Its local day.
        as_of: As believed when; None: now. Aware.
    """

    at: datetime
    on: date
    as_of: datetime | None


class LedgerTab(UnitTab):
    """A tab of what is registered of a unit: ``?day=`` asks for another day than today."""

    permission: ClassVar[Permission] = Permission.VIEW_UNIT

    def shown(self, look: Look) -> dict[str, Any]:
        """Return what this tab shows, and of which day."""
        stood = stood_of(look)
        return {"stood": stood, **self.ledger(look, stood)}

    @abstractmethod
    def ledger(self, look: Look, stood: Stood) -> dict[str, Any]:
        """Return what this tab shows as it stood."""


def stood_of(look: Look) -> Stood:
    """Return the end of the day that is asked for, now at most; without one what is known last."""
    day, as_of = day_in(look.query.get("day", "")), look.words.as_of
    at = clock.now()
    if day is not None:
        at = min(at, clock.instant((clock.day_number(day) + 1) * DAY_SECONDS - 1))
    elif as_of is not None:
        at = as_of
    return Stood(at, clock.day_of(at), as_of)
