"""A unit's monitoring devices: who asked, who is admitted, what is to be done next."""

from typing import Any

from django.utils.translation import gettext as _

from hengneng.insight.coverage import queries as coverage
from hengneng.kernel import clock
from hengneng.registry.terminals import queries as terminals
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import marks, tags
from hengneng.web.portal.chapters import Listing, UnitFile, UnitPage


class Devices(UnitPage):
    """The devices."""

    template = "portal/devices.html"
    chapter = "portal-devices"

    def of_unit(self, unit: UnitRow) -> dict[str, Any]:
        """Return the devices, and what one must know to set one up."""
        connection = coverage.connections([unit.id], at=clock.now())[unit.id]
        return {
            "rows": terminals.terminals_of(unit.id),
            "connection": connection,
            "standing": marks.CONNECTIONS[connection.standing],
            "address": self.request.build_absolute_uri("/nhjc/"),
        }


class DevicesFile(UnitFile):
    """The devices as a file."""

    def listing(self, unit: UnitRow) -> Listing:
        """Return the devices."""
        head = (
            _("Standing"), _("Network address"), _("Asked at"), _("Admitted at"),
            _("Id fetched at"), _("Configuration version"), _("Reason"),
        )  # fmt: skip
        rows = [
            (
                str(marks.TERMINALS[row.state].word), row.source_address,
                tags.moment(row.requested_at), tags.moment(row.admitted_at),
                tags.moment(row.issued_at), row.config_version, row.ended_reason,
            )
            for row in terminals.terminals_of(unit.id)
        ]  # fmt: skip
        return Listing("devices", head, rows)
