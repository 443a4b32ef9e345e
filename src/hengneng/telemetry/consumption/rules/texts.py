"""Decimal texts to exact integers, thousands at once: what ``protocol.numbers`` reads one by one.

Needs numpy, so only workers load it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hengneng.protocol import numbers
from hengneng.protocol.records import SCALE_MAX

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_COMMA, _POINT, _ZERO, _NINE = map(ord, ",.09")
# So many characters cannot pass int64, whatever they hold.
_SURELY_FITS = 18


class Parsed(NamedTuple):
    """Numbers: digits without the point, and how many stand behind it.

    Attributes:
        digits: 0 where it is no number. Shape (n,).
        scales: 0 to 9. Shape (n,).
        is_number: Where it is one that can be kept exactly. Shape (n,).
    """

    digits: Ints
    scales: Ints
    is_number: Bools


def parse(values: Sequence[Any]) -> Parsed:
    """Return what ``numbers.parse`` returns of each value, all at once.

    Plain texts are read together, any other value by itself.

    Args:
        values: As they stood on the wire. Shape (n,).
    """
    if not values:
        return Parsed(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))
    try:
        text = ",".join(values)
    except TypeError:  # not all are texts
        return _one_by_one(values)
    raw = np.frombuffer(f"{text},".encode(), np.uint8)
    ends = np.flatnonzero(raw == _COMMA)
    if len(ends) != len(values):
        return _one_by_one(values)
    return _plain(values, raw, ends) or _one_by_one(values)


def _plain(values: Sequence[Any], raw: npt.NDArray[np.uint8], ends: Ints) -> Parsed | None:
    """Return the numbers where all are plain: digits, at most one point amid them, no sign."""
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    points = np.flatnonzero(raw == _POINT)
    is_digit = (raw >= _ZERO) & (raw <= _NINE)
    if np.count_nonzero(is_digit) + len(points) + len(ends) != len(raw):
        return None
    owner = np.searchsorted(ends, points)
    has_two = bool((owner[1:] == owner[:-1]).any())
    if has_two or ((ends - starts) > _SURELY_FITS).any() or (ends == starts).any():
        return None
    behind = ends[owner] - points - 1
    if (behind < 1).any() or (behind > SCALE_MAX).any() or (points == starts[owner]).any():
        return None
    scales = np.zeros(len(values), np.int64)
    scales[owner] = behind
    plain = raw[raw != _POINT].tobytes().decode()
    digits = np.fromstring(plain[:-1], dtype=np.int64, sep=",")
    return Parsed(digits, scales, np.ones(len(values), np.bool_))


def _one_by_one(values: Sequence[Any]) -> Parsed:
    digits = np.zeros(len(values), np.int64)
    scales = np.zeros(len(values), np.int64)
    is_number = np.zeros(len(values), np.bool_)
    for place, value in enumerate(values):
        try:
            digits[place], scales[place] = numbers.parse(value)
        except numbers.BadNumber:
            continue
        is_number[place] = True
    return Parsed(digits, scales, is_number)
