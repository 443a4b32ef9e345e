"""Lists that an office brings by a file, of the units in its reach."""

from typing import Any

from hengneng.kernel.imports import kinds
from hengneng.kernel.imports.queries import RunView
from hengneng.kernel.policy.rules import Permission
from hengneng.web.parts.imports import bringing
from hengneng.web.parts.imports.base import OfFront


class AtDesk(OfFront):
    """A view about lists that an office brings: of every kind, of the units in its reach."""

    permission = Permission.EDIT_REGISTRY
    prefix = ""

    def place(self) -> list[str]:
        """Return nothing: the desk's addresses begin with the file's number."""
        return []

    def kinds(self) -> list[str]:
        """Return every kind."""
        return list(kinds.importers())

    def reach(self) -> list[str] | None:
        """Return the codes of the units in reach."""
        return bringing.reach_of(self.viewer, self.permission)

    def districts(self) -> list[str]:
        """Return the codes of the districts in reach."""
        return bringing.districts_of(self.viewer, self.permission)

    def unit_code(self) -> str | None:
        """Return nothing: an office brings the list."""
        return None

    def check_reach(self, run: RunView) -> None:
        """Refuse to go on with less reach."""
        bringing.check_reach(self.viewer, self.permission, run)

    def frame(self) -> dict[str, Any]:
        """Return nothing: the desk's frame is every page's."""
        return {}
