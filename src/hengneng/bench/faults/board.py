"""The scoreboard: every case's row, as JSON, as a table, and as kept for the reference."""

import json
from collections.abc import Iterable
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from hengneng.bench.faults import cases
from hengneng.bench.faults.cases import Case
from hengneng.bench.faults.judging import Result

SEED = 1
KEPT = "scoreboard.json"
HEAD = ("case", "true", "computed", "lost", "misplaced", "unmarked", "found by", "after", "")
EXPLAINED = (
    "`./hengneng faults` plays each fault on the loads of real buildings through the ordinary",
    "path; `--keep` writes this table. Energies are in kWh and exact. A case passes where nothing",
    "is lost and nothing misplaced.",
    "",
    "- *True*: all that passed from the first good register, or record, to the last.",
    "- *Lost*: energy bound by good registers on both sides, or by a good record of its slot or",
    "  day, that no figure holds. What nothing good binds (a reset that nobody tells of) may stay",
    "  unknown; it is then missing from *computed* and is marked, never zero.",
    "- *Misplaced*: the least energy that must stand in slots, days or months to which it does not",
    "  belong, whatever the course between two good registers was. Energy that never was counts",
    "  here too.",
    "- *Unmarked*: energy in slots that claim to be measured and through which less went, as where",
    "  a terminal repeats one value. Registers alone cannot show it; a check of quality must.",
    "- *Found by*: the mark or record that showed the fault first, and how long after its",
    "  beginning. `mark .`: slots without a value; `E` estimated; `R` rejected; `ledger`: the",
    "  entry itself; -: nothing shows it yet.",
)


class UnknownCase(LookupError):
    """There is no such case."""


def chosen(name: str | None, seed: int) -> list[Case]:
    """Return one case by name, or all.

    Raises:
        UnknownCase: If there is none of that name.
    """
    every = cases.cases(seed)
    found = [case for case in every if name in (None, case.name)]
    if not found:
        names = ", ".join(case.name for case in every)
        raise UnknownCase(f"there is no case {name!r}; there are: {names}.")
    return found


def row_of(case: Case, result: Result) -> dict[str, Any]:
    """Return a case's row; energies as exact text."""
    true, computed, lost, misplaced, unknowable, unmarked = (_text(one) for one in result.judged)
    return {
        "name": case.name,
        "true_kwh": true,
        "computed_kwh": computed,
        "lost_kwh": lost,
        "misplaced_kwh": misplaced,
        "unknowable_kwh": unknowable,
        "unmarked_kwh": unmarked,
        "marks": result.marks,
        "found_by": result.found_by,
        "delay_h": result.delay_h,
        "pass": result.is_exact,
    }


def as_table(told: dict[str, Any]) -> str:
    """Return a scoreboard as lines for a person."""
    rows = [HEAD, *(_cells(row) for row in told["cases"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "  ".join(
            f"{cell:<{width}}" if column in (0, 6) else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    passed = sum(row["pass"] for row in told["cases"])
    return "\n".join(
        [*lines, "", f"{passed} of {len(told['cases'])} pass; kWh, seed {told['seed']}"]
    )


def kept() -> dict[str, Any]:
    """Return the scoreboard as it was kept last."""
    text = resources.files("hengneng.bench.faults").joinpath(KEPT).read_text("utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


def keep(told: dict[str, Any]) -> Path:
    """Keep a scoreboard for the reference; return its file."""
    path = Path(__file__).parent / KEPT
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def reference() -> Iterable[tuple[str, ...]]:
    """Yield the kept scoreboard's rows for the reference, each with what happens in its case."""
    rows = {row["name"]: row for row in kept()["cases"]}
    for case in cases.cases(SEED):
        if case.name in rows:
            cells = _cells(rows[case.name])
            yield f"`{case.name}`", case.says, *cells[1:]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    names = ("true", "computed", "lost", "misplaced", "unmarked")
    energies = [row[f"{name}_kwh"] for name in names]
    after = "" if row["delay_h"] is None else f"{row['delay_h']} h"
    outcome = "pass" if row["pass"] else "FAIL"
    return (row["name"], *map(str, energies), row["found_by"] or "-", after or "-", outcome)


def _text(energy: Decimal) -> str:
    """Return an energy to its last digit, without an exponent."""
    return f"{energy.normalize():f}" if energy else "0"
