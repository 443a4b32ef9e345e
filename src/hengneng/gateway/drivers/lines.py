"""What a driver offers: a line to one address, with the meters behind it."""

from typing import NamedTuple, Protocol

from hengneng.gateway.decoding import Number
from hengneng.gateway.meters import Meter


class Answer(NamedTuple):
    """What a meter said of one register.

    Attributes:
        register: The register's name.
        number: Its reading; None where there is none, and ``reason`` says why.
        reason: ``EXCEPTION_02`` and the like, or a reason of ``decoding.Undecodable``.
        detail: The same for a person.
    """

    register: str
    number: Number | None
    reason: str = ""
    detail: str = ""


class Silent(Exception):
    """The meter, or the line to it, does not answer.

    Attributes:
        reason: ``UNREACHABLE`` where no connection is made, ``NO_ANSWER`` where a meter is silent,
            ``GARBLED`` where what came is no answer to what was asked.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Line(Protocol):
    """A connection that its meters share; nothing is read from two of them at once."""

    async def open(self) -> None:
        """Connect where not connected.

        Raises:
            Silent: If nobody takes the connection.
        """

    async def read(self, meter: Meter) -> list[Answer]:
        """Return an answer for each of the meter's registers.

        Raises:
            Silent: If it does not answer; the line is closed then, so that an answer that comes
                late cannot be taken for another's.
        """

    def close(self) -> None:
        """Let the connection go."""
