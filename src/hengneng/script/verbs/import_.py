"""Import units, listings, points or instruments from a .csv or .xlsx file.

All rows or none: a refused row is told with its reason and nothing is changed. With --dry-run it
only tells what would change. With --columns it prints the columns: name, Chinese heading, whether
every row needs it, what goes into it.
"""

import argparse
import json
import sys
from pathlib import Path

from hengneng.kernel import clock
from hengneng.kernel.imports import operations, rules, tables, writing
from hengneng.kernel.imports.rules import AnyImporter, Report
from hengneng.registry.instruments import imports as instruments
from hengneng.registry.units import imports as units
from hengneng.script import person

NEEDS_DATABASE = True
KINDS: dict[str, type[AnyImporter]] = {
    "units": units.UnitImporter,
    "listings": units.ListingImporter,
    "points": instruments.PointImporter,
    "instruments": instruments.InstrumentImporter,
}


class NoFile(ValueError):
    """Name the file to import, or ask for --columns."""


ANTICIPATED = (NoFile, rules.WrongColumns, tables.TooLarge, tables.UnreadableTable)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the kind, the file and what to do with it."""
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=".csv or .xlsx")
    parser.add_argument("--columns", action="store_true", help="print the columns")
    parser.add_argument("--dry-run", action="store_true", help="tell what would change")
    parser.add_argument("--json", action="store_true", help="tell it as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Import the file; 0 where every row was taken, 1 with the refused rows otherwise."""
    importer = KINDS[options.kind]()
    if options.columns:
        print(_columns(importer, as_json=options.json))
        return 0
    if options.file is None:
        raise NoFile("name the file to import, or ask for --columns")
    act = operations.preview if options.dry_run else operations.commit
    body = options.file.read_bytes() if _size_fits(options.file) else b""
    with person.acting():
        report = act(importer=importer, name=options.file.name, body=body, by=None, at=clock.now())
    _tell(report, as_json=options.json)
    return 1 if report.refused else 0


def _size_fits(path: Path) -> bool:
    """Answer that the file may be read into memory.

    Raises:
        TooLarge: If it may not.
    """
    if path.stat().st_size > tables.BYTES_MAX:
        raise tables.TooLarge(f"the file is over {tables.BYTES_MAX // 1024**2} MB")
    return True


def _columns(importer: AnyImporter, *, as_json: bool) -> str:
    """Return the canonical columns, one a line."""
    if as_json:
        fields = ("name", "zh", "required", "help")
        listed = [{field: getattr(c, field) for field in fields} for c in importer.columns]
        return json.dumps({"kind": importer.kind, "columns": listed}, ensure_ascii=False)
    return "\n".join(
        "\t".join((c.name, c.zh, "required" if c.required else "optional", c.help))
        for c in importer.columns
    )


def _tell(report: Report, *, as_json: bool) -> None:
    """Print what was done, and the refused rows on the error stream."""
    counts = report.counts()
    if as_json:
        refused = [{"row": r.number, "reason": r.reason} for r in report.refused]
        told = {"kind": report.kind, "committed": report.committed, **counts}
        told |= {"refused": refused, "ignored_columns": report.ignored}
        print(json.dumps(told, ensure_ascii=False))
        return
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    done = "imported" if report.committed else "not imported"
    print(f"{report.kind}: {said}, {len(report.refused)} refused; {done}")
    if report.ignored:
        print(f"columns not used: {', '.join(report.ignored)}")
    if report.refused:
        print(writing.refused_csv(report), end="", file=sys.stderr)
