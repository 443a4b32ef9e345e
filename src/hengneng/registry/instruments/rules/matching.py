"""Which of a unit's instruments a record of another system speaks of."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class NoMatch(LookupError):
    """No instrument of the unit is the one that is spoken of, or several may be."""


class Candidate(NamedTuple):
    """An instrument that may be the one.

    Attributes:
        id: The instrument.
        number: The unit's own number of it.
        serial_number: The maker's number; empty: not known.
        name: Its name.
        model: Its model; empty: not known.
    """

    id: int
    number: str
    serial_number: str
    name: str
    model: str


def matched(
    candidates: Mapping[str, Sequence[Candidate]],
    *,
    number: str,
    serial_number: str,
    name: str,
    model: str,
) -> Candidate:
    """Return the instrument that is spoken of.

    Args:
        candidates: The unit's instruments, by each of their numbers.
        number: The unit's own number; empty: not told.
        serial_number: The maker's; empty: not told.
        name: The instrument's name; decides only between several. Empty: not told.
        model: Its model; likewise.

    Raises:
        NoMatch: If none fits, or several do; the text says which.
    """
    if not (number or serial_number):
        raise NoMatch("number: the row tells neither the unit's nor the maker's number")
    own = [one for one in candidates.get(number, ()) if one.number == number]
    makers = [one for one in candidates.get(serial_number, ()) if one.serial_number]
    fitting = [one for one in makers if one.serial_number == serial_number]
    if own and serial_number and own[0].serial_number not in ("", serial_number):
        raise NoMatch(f"number: {number} has the serial number {own[0].serial_number}")
    if own:
        return own[0]
    if number and not serial_number:
        # Other systems know an instrument by the maker's number alone, in whichever column.
        fitting = [one for one in candidates.get(number, ()) if one.serial_number == number]
    for told, field in ((name, "name"), (model, "model")):
        if told and len(fitting) > 1:
            narrower = [one for one in fitting if getattr(one, field) == told]
            fitting = narrower or fitting
    if len(fitting) == 1:
        return fitting[0]
    told = serial_number or number
    if not fitting:
        raise NoMatch(f"the unit has no instrument {told}")
    several = ", ".join(sorted(one.number for one in fitting))
    raise NoMatch(f"{told} may be {several}: name the unit's own number")
