"""One step of a terminal's way, and the audit entry of what was done to it."""

from datetime import datetime

from hengneng.kernel import states
from hengneng.kernel.audit import operations as audit
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.states import TRANSITIONS, TerminalEvent, TerminalState


def step(terminal: Terminal, event: TerminalEvent) -> None:
    """Take the terminal to the state that follows."""
    terminal.state = states.after(TRANSITIONS, TerminalState(terminal.state), event)


def record(action: str, terminal: Terminal, *, by: int | None, at: datetime, **more: str) -> None:
    """Record what was done to a terminal."""
    audit.record(
        action,
        subject=f"terminal:{terminal.id}",
        by=by,
        at=at,
        details={"unit": terminal.unit.code, "source_address": terminal.source_address, **more},
    )
