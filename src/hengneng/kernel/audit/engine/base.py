"""The engine that ``DATABASES`` names; Django looks for it in a module of this name.

Django runs hooks after a commit and none before it. An audit entry belongs into the transaction it
tells of, once, and behind everything else, so that its record is locked for an instant only.
"""

from collections.abc import Callable

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with a last act: called once, as the outermost transaction block commits."""

    last_act: Callable[[], None] | None = None

    def commit(self) -> None:
        """Act, then commit; where either fails, the transaction is rolled back."""
        self._act()
        super().commit()

    def savepoint_commit(self, sid: str) -> None:
        """Release a savepoint; a test's outermost block is one, inside blocks Django marks so."""
        if all(getattr(block, "_from_testcase", False) for block in self.atomic_blocks):
            self._act()
        super().savepoint_commit(sid)

    def _act(self) -> None:
        """Call the last act, if one was asked for, and forget it."""
        act, self.last_act = self.last_act, None
        if act is not None:
            act()
