"""Choose among editions by day."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """An edition, valid from its first day until the next one's."""

    @property
    def valid_from(self) -> date:
        """Its first day."""


Edition = TypeVar("Edition", bound=Dated)


def edition_on(editions: Iterable[Edition], day: date, *, missing: LookupError) -> Edition:
    """Return the edition valid on a day: of those that have begun, the one that began last.

    Args:
        editions: In any order.
        day: The day.
        missing: What to raise where none has begun.

    Raises:
        LookupError: ``missing``, if none was valid.
    """
    begun = [edition for edition in editions if edition.valid_from <= day]
    if not begun:
        raise missing
    return max(begun, key=lambda edition: edition.valid_from)
