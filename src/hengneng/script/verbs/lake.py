"""Copy closed months to Parquet files (write), prove them (check), ask them (query).

`write` copies the months that are closed and new, or have changed since. `check` re-hashes every
file of every edition and compares counts and sums with PostgreSQL; exit code 1 where something is
broken. `query` asks five questions of PostgreSQL and of DuckDB over the files; exit code 1 where
the answers differ.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict

from hengneng.kernel import clock
from hengneng.telemetry.lake import operations, parquet, queries, store
from hengneng.telemetry.lake.operations import writing

NEEDS_DATABASE = True
NEEDS_CITY = True
ANTICIPATED = (
    store.Busy,
    store.BrokenEdition,
    queries.NothingCopied,
    parquet.NotExact,
    writing.CopyDiffers,
)
SHOWN = 5  # rows of an answer shown to a person


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("act", choices=sorted(_ACTS), help="what to do")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--months", type=int, default=12, help="query: over how many of the last months (12)"
    )


def run(options: argparse.Namespace) -> int:
    """Do what was asked; return the exit code."""
    return _ACTS[options.act](options)


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _write(options: argparse.Namespace) -> int:
    """Copy what is closed and new."""
    done = operations.write(by=None, at=clock.now(), tell=_tell)
    if options.json:
        print(json.dumps(done._asdict(), default=str, indent=2))
    elif done.edition is None:
        print("no month is closed yet")
    elif not done.changed:
        print(f"edition {done.edition}: nothing to copy, {done.months} closed months are current")
    else:
        print(
            f"edition {done.edition}: {len(done.changed)} of {done.months} closed months copied,"
            f" {done.files:,} files, {done.readings:,} readings, {done.bytes:,} bytes"
        )
    return 0


def _check(options: argparse.Namespace) -> int:
    """Prove the copies."""
    found = queries.check(tell=_tell)
    if options.json:
        told = asdict(found) | {"is_whole": found.is_whole}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0 if found.is_whole else 1
    print(
        f"edition {found.edition or 'none'}: {found.editions:,} manifests, {found.files:,} files,"
        f" {found.bytes:,} bytes; {found.rows:,} days of points, {found.readings:,} readings"
    )
    if found.changed:
        print(f"changed since, to be copied anew: {'; '.join(found.changed)}")
    if found.is_whole:
        print("nothing is broken")
        return 0
    print("\n".join([f"BROKEN ({len(found.broken):,}), first:", *found.broken]))
    return 1


def _query(options: argparse.Namespace) -> int:
    """Ask both stores."""
    answers = queries.ask(months=options.months)
    agree = all(one.agrees for one in answers)
    if options.json:
        told = [
            {
                "question": one.question,
                "agrees": one.agrees,
                "duckdb_ms": round(one.seconds * 1000, 1),
                "postgres_ms": round(one.postgres_seconds * 1000, 1),
                "rows": one.rows,
            }
            for one in answers
        ]
        print(json.dumps({"agree": agree, "answers": told}, default=str, ensure_ascii=False))
        return 0 if agree else 1
    for one in answers:
        word = "equal" if one.agrees else "DIFFERENT"
        print(
            f"{one.question}: {len(one.rows)} rows, {word};"
            f" files {one.seconds * 1000:.0f} ms, PostgreSQL {one.postgres_seconds * 1000:.0f} ms"
        )
        print("\n".join(f"  {'  '.join(map(str, row))}" for row in one.rows[:SHOWN]))
    if not agree:
        print("where PostgreSQL has changed since, ./hengneng lake write makes them equal again")
    return 0 if agree else 1


_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "query": _query,
    "write": _write,
}
