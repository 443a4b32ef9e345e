from datetime import date
from typing import NamedTuple

import pytest

from hengneng.kernel.editions import edition_on


class Edition(NamedTuple):
    name: str
    valid_from: date


OLD, NEW = Edition("2006", date(2006, 6, 2)), Edition("2025", date(2026, 2, 1))


class TooEarly(LookupError):
    """None was valid."""


@pytest.mark.parametrize("editions", [(OLD, NEW), (NEW, OLD)])
@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2006, 6, 2), "2006"),
        (date(2026, 1, 31), "2006"),
        (date(2026, 2, 1), "2025"),
        (date(2099, 1, 1), "2025"),
    ],
)
def test_the_edition_that_began_last_holds(editions, day, name):
    assert edition_on(editions, day, missing=TooEarly()).name == name


def test_before_the_first_there_is_none():
    with pytest.raises(TooEarly):
        edition_on((OLD, NEW), date(2006, 6, 1), missing=TooEarly())
