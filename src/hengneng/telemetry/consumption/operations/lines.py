"""Profiles and days as the lines that COPY reads, in the order of ``write``'s columns."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from hengneng.kernel import clock
from hengneng.protocol.records import DAY_SECONDS
from hengneng.telemetry.consumption.rules import marks
from hengneng.telemetry.consumption.rules.amounts import Amount, Basis
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.sheets import Sheet
from hengneng.telemetry.consumption.rules.stitch import PointDay

_INT32 = 2**31 - 1
_NULL = r"\N"
_NO_REGISTER = f"{_NULL}\t{_NULL}"


def profile(unit_id: int, point_id: int, one: PointDay) -> str:
    """Return a point's profile as a line."""
    slot_seconds, scale, values, letters, methods = one.profile
    is_wide = any(value is not None and abs(value) > _INT32 for value in values)
    cells = ",".join(["NULL" if value is None else str(value) for value in values])
    return _profile(
        _key(unit_id, point_id, one.day), slot_seconds, scale, cells, letters,
        f"{_register(one.first)}\t{_register(one.last)}", methods or _NULL, is_wide=is_wide,
    )  # fmt: skip


def profiles(unit_id: int, sheet: Sheet) -> Iterator[str]:
    """Yield the profiles of a sheet as lines."""
    wide = np.any(np.abs(sheet.values) > _INT32, axis=1).tolist()
    gaps = np.any(sheet.letters == ord(marks.NOTHING), axis=1).tolist()
    letters, slots = sheet.letters.tobytes().decode(), sheet.values.shape[1]
    heads = _keys(unit_id, sheet)
    scales, values, registers = sheet.scales.tolist(), sheet.values.tolist(), _registers(sheet)
    for row, head in enumerate(heads):
        known = letters[row * slots : (row + 1) * slots]
        cells = list(map(str, values[row]))
        if gaps[row]:
            pairs = zip(cells, known, strict=True)
            cells = ["NULL" if mark == marks.NOTHING else cell for cell, mark in pairs]
        yield _profile(
            head, sheet.slot_seconds, scales[row], ",".join(cells), known, registers[row],
            _NULL, is_wide=wide[row],
        )  # fmt: skip


def amount(unit_id: int, point_id: int, one: PointDay) -> str:
    """Return a point's day as a line."""
    return _amount(_key(unit_id, point_id, one.day), one.amount)


def amounts(unit_id: int, sheet: Sheet) -> Iterator[str]:
    """Yield the days of a sheet as lines."""
    is_late = sheet.letters == ord(marks.LATE)
    scales = sheet.scales.tolist()
    totals = sheet.values.sum(axis=1).tolist()
    late = np.where(is_late, sheet.values, 0).sum(axis=1).tolist()
    counts = (sheet.letters != ord(marks.NOTHING)).sum(axis=1).tolist()
    expected = sheet.values.shape[1]
    basis = Basis.REALTIME if sheet.ends.first_at[:1].sum() < 0 else Basis.REGISTERS
    for row, head in enumerate(_keys(unit_id, sheet)):
        if row in sheet.records:
            yield _amount(head, sheet.amount_of(row))
            continue
        scale, count = scales[row], counts[row]
        yield (
            f"{head}\t{totals[row]}e-{scale}\t{late[row]}e-{scale}\t0\t0\t0"
            f"\t{expected}\t{count}\t{count}\t{basis}\n"
        )


def _profile(
    head: str, slot_seconds: int, scale: int, cells: str, known: str, registers: str,
    methods: str, *, is_wide: bool,
) -> str:  # fmt: skip
    narrow, wide = (_NULL, f"{{{cells}}}") if is_wide else (f"{{{cells}}}", _NULL)
    return f"{head}\t{slot_seconds}\t{scale}\t{narrow}\t{wide}\t{known}\t{registers}\t{methods}\n"


def _amount(head: str, one: Amount) -> str:
    cells = [_NULL if cell is None else _decimal(cell) for cell in one[:5]]
    return "\t".join([head, *cells, *map(str, one[5:8]), one.basis]) + "\n"


def _key(unit_id: int, point_id: int, day: int) -> str:
    return f"{unit_id}\t{clock.date_of(day)}\t{point_id}"


def _keys(unit_id: int, sheet: Sheet) -> list[str]:
    dates = {day: clock.date_of(day).isoformat() for day in np.unique(sheet.days).tolist()}
    pairs = zip(sheet.days.tolist(), sheet.points.tolist(), strict=True)
    return [f"{unit_id}\t{dates[day]}\t{point}" for day, point in pairs]


def _register(entry: Entry | None) -> str:
    if entry is None:
        return _NO_REGISTER
    return f"{entry.at % DAY_SECONDS}\t{entry.digits}e-{entry.scale}"


def _registers(sheet: Sheet) -> list[str]:
    """Return each day's first and last register."""
    first_at, first, last_at, last = (cells.tolist() for cells in sheet.ends)
    return [
        f"{_NO_REGISTER}\t{_NO_REGISTER}" if a < 0
        else f"{a % DAY_SECONDS}\t{one}e-{scale}\t{b % DAY_SECONDS}\t{two}e-{scale}"
        for a, one, b, two, scale in zip(
            first_at, first, last_at, last, sheet.scales.tolist(), strict=True
        )
    ]  # fmt: skip


def _decimal(value: Decimal) -> str:
    return str(value)
