"""Work out a unit's days anew from its messages; or only compare, or only say what it would take.

Without --dry-run or --compare the days are marked and worked off here and now, beside the workers
that run. --compare shows what this edition of the arithmetic would change in the figures kept, and
changes nothing; exit code 1 where something differs.
"""

import argparse
import json
import sys
import time
from datetime import date, timedelta
from typing import Any

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts
from hengneng.registry.units import queries as units
from hengneng.script import person, watched
from hengneng.telemetry.consumption.operations import recompute
from hengneng.telemetry.consumption.queries import differences, figures, progress
from hengneng.telemetry.consumption.queries.differences import Changed
from hengneng.telemetry.consumption.rules import EDITION
from hengneng.telemetry.journal import operations as journal
from hengneng.telemetry.journal import queries as messages

NEEDS_DATABASE = True
NEEDS_CITY = True
_PAUSE_S = 0.2
_SHOWN = 50  # differences named for a person; JSON names all


class UnknownUnit(LookupError):
    """There is no unit of that code."""


class BadSpan(ValueError):
    """The span ends before it begins."""


ANTICIPATED = (UnknownUnit, BadSpan)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    day = date.fromisoformat
    parser.add_argument("--unit", required=True, metavar="CODE", help="whose days")
    parser.add_argument("--from", dest="first", type=day, required=True, help="first local day")
    parser.add_argument("--to", dest="last", type=day, required=True, help="last day, included")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--dry-run", action="store_true", help="say what would be worked out")
    only.add_argument("--compare", action="store_true", help="say what would change")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Recompute, compare or say what there is to do.

    Raises:
        UnknownUnit: If there is no such unit.
        BadSpan: If the span ends before it begins.
    """
    if options.last < options.first:
        raise BadSpan(f"{options.last} lies before {options.first}")
    unit_id = units.ids_by_code().get(options.unit)
    if unit_id is None:
        raise UnknownUnit(f"there is no unit {options.unit}")
    asked = {"unit": options.unit, "from": str(options.first), "to": str(options.last)}
    told = asked | {"edition": EDITION}
    if options.compare:
        found = _compared(unit_id, options.first, options.last)
        told |= {"changed": [_row(one) for one in found]}
        print(json.dumps(told) if options.json else _as_text(found))
        return 1 if found else 0
    told |= _counted(unit_id, options.first, options.last)
    if not options.dry_run:
        told |= {"worked": _worked(unit_id, options.first, options.last)}
    print(json.dumps(told) if options.json else _as_lines(told))
    return 0


def _counted(unit_id: int, first: date, last: date) -> dict[str, int]:
    """Return what a recompute of the days goes through. [count]"""
    touched = _touched(unit_id, first, last)
    read = messages.messages_of_days(unit_id, touched) if touched else ()
    kept = figures.days_of(unit_id=unit_id, from_day=first, to_day=last)
    return {
        "days": len(touched),
        "messages": sum(1 for _ in read),
        "point_days_kept": len(kept),
    }


def _worked(unit_id: int, first: date, last: date) -> int:
    """Mark the days and work off the unit's; return how many days were worked out. [count]"""
    with person.acting():
        journal.mark(unit_id=unit_id, days=_touched(unit_id, first, last), at=clock.now())
        facts.note_change(
            unit_id=unit_id,
            point_id=None,
            changed_from=clock.midnight(first),
            changed_until=clock.midnight(last + timedelta(days=1)),
        )
    done = total = 0
    with watched.WorkLine("days worked out") as line:
        while (left := progress.waiting_of(unit_id)).unit_days or left.edits:
            # The first pass shows which days an edit touches; other workers do a part.
            total = max(total, done + left.unit_days)
            line.reach(total - left.unit_days, total)
            worked = recompute.recompute(unit_id=unit_id, at=clock.now())
            if worked is None:  # another worker has the unit, and works off the same marks
                time.sleep(_PAUSE_S)
            else:
                done += worked.stitched
        line.reach(total, total)
    return done


def _touched(unit_id: int, first: date, last: date) -> list[date]:
    """Return the days of the span that any message touches."""
    days = messages.days_touched(unit_id, as_of=clock.now() + timedelta(days=1))
    return [day for day in days if first <= day <= last]


def _compared(unit_id: int, first: date, last: date) -> list[Changed]:
    """Return what would change, a month at a time."""
    found: list[Changed] = []
    begin = first
    while begin <= last:
        end = min(last, begin + timedelta(days=30))
        note = differences.edition_note(unit_id=unit_id, from_day=begin, to_day=end)
        found += note.changed
        print(f"compared until {end}: {len(found)} differ", file=sys.stderr, flush=True)
        begin = end + timedelta(days=1)
    return found


def _row(one: Changed) -> dict[str, Any]:
    before, after = (None if a is None else a.amount for a in (one.before, one.after))
    texts = {"before": before, "after": after, "more": one.more}
    return {"day": str(one.day), "point": one.code} | {
        name: None if value is None else f"{value.normalize():f}" for name, value in texts.items()
    }


def _as_text(found: list[Changed]) -> str:
    """Return what would change as lines for a person."""
    if not found:
        return f"nothing would change: every figure kept is that of edition {EDITION}"
    rows = [_row(one) for one in found[:_SHOWN]]
    lines = [
        f"{row['day']}  {row['point']}: {row['before'] or 'nothing known'} →"
        f" {row['after'] or 'nothing known'}"
        for row in rows
    ]
    left = len(found) - len(rows)
    return "\n".join([f"{len(found)} days of points would change:", *lines]) + (
        f"\n… and {left} more; --json names all" if left else ""
    )


def _as_lines(told: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in told.items())
