"""Who acts for a unit, for those who keep its records."""

from typing import Any

from django.utils.translation import gettext as _

from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts import queries as accounts
from hengneng.web.desk.views.unit.base import File, Look, UnitTab
from hengneng.web.parts import marks, tags


class People(UnitTab):
    """The tab."""

    permission = Permission.EDIT_REGISTRY
    template = "desk/unit/people.html"
    tab = "unit-people"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return who holds, or held, a role at the unit."""
        return {"people": accounts.people_of_unit(look.unit.id)}

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the people."""
        rows = [
            (
                one.name,
                str(marks.ROLES[one.role]),
                tags.moment(one.since_at),
                tags.moment(one.ended_at),
            )
            for one in context["people"]
        ]
        return {"": File("people", (_("Name"), _("Role"), _("Since"), _("Until")), rows)}
