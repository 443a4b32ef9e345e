"""What the platform is, what is new, and the way in; whom to ask for help."""

from typing import Any

from hengneng.kernel.policy.rules import Permission
from hengneng.programme.notices import queries as notices
from hengneng.registry.bodies import queries as bodies
from hengneng.web.parts.views import PageView

NOTICES_SHOWN = 5
# SOURCE: Notice 321 (2020), head, III(2)3: who leads, and who runs the platform.
CITY_KINDS = ("MUNICIPAL_REGULATOR", "METROLOGY_INSTITUTE", "IMPLEMENTING_BODY")


class Home(PageView):
    """What the platform is, the latest notices, and the way in."""

    permission = Permission.PUBLIC
    template = "public/home.html"

    def context(self) -> dict[str, Any]:
        """Say which front is the viewer's own."""
        return {
            "is_official": self.viewer.is_official(),
            "has_units": self.viewer.may(Permission.VIEW_READINGS),
            "notices": notices.published(NOTICES_SHOWN),
        }


class Contacts(PageView):
    """Whom to ask, by district."""

    permission = Permission.PUBLIC
    template = "public/contacts.html"

    def context(self) -> dict[str, Any]:
        """Return each district with its regulator, and the bodies of the whole city."""
        there = bodies.bodies()
        by_district = {
            body.district_id: body for body in there if body.kind == "DISTRICT_REGULATOR"
        }
        return {
            "districts": [(row, by_district.get(row.code)) for row in bodies.districts()],
            "bodies": [body for body in there if body.kind in CITY_KINDS],
        }
