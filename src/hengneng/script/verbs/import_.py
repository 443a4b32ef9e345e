"""Import a list from a .csv or .xlsx file; alone it lists the kinds.

All rows or none: a refused row is told with its reason and nothing is changed. With --dry-run it
only tells what would change, with --diff row by row. The list may stand anywhere on any sheet; its
headings are recognised, and --layout shows how surely. Mend the list that --refused writes and give
it back with --mended beside the same file. Long work shows how far it has come. With --columns it
prints the columns: name, Chinese heading, whether every row needs it, what goes into it.
"""

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from hengneng.kernel import clock
from hengneng.kernel.imports import kinds, operations, queries, rules, tables, writing
from hengneng.kernel.imports.operations import File
from hengneng.kernel.imports.rules import Change, Header, Importer, Reading, Report
from hengneng.script import person, watched

NEEDS_DATABASE = True


class NoFile(ValueError):
    """Name the file to import, or ask for --columns or --template."""


class BadOption(ValueError):
    """An option has not its form."""


ANTICIPATED = (NoFile, BadOption, kinds.UnknownKind, operations.NoName, *operations.ANTICIPATED)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the kind, the file, how to read it and what to do with it."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help="what is listed; alone: which are")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=".csv or .xlsx")
    parser.add_argument("--columns", action="store_true", help="print the columns")
    parser.add_argument("--template", type=Path, metavar="XLSX", help="write an empty list")
    parser.add_argument("--layout", action="store_true", help="tell how the file is understood")
    parser.add_argument("--dry-run", action="store_true", help="tell what would change")
    parser.add_argument("--diff", action="store_true", help="tell what changes row by row")
    parser.add_argument("--sheet", default="", metavar="NAME", help="the sheet; else the likeliest")
    parser.add_argument("--header", metavar="ROWS", help="rows of headings, like 3 or 3-4")
    parser.add_argument(
        "--map", action="append", metavar="COLUMN=HEADING", help="a column's heading in the file"
    )
    parser.add_argument(
        "--set", action="append", metavar="COLUMN=TEXT", help="what counts where a cell is blank"
    )
    parser.add_argument("--profile", metavar="NAME", help="read as saved under a name")
    parser.add_argument("--save-profile", metavar="NAME", help="save how it is read, for everybody")
    parser.add_argument("--refused", type=Path, metavar="FILE", help="write refused rows there")
    parser.add_argument("--mended", type=Path, metavar="FILE", help="refused rows, mended")
    parser.add_argument("--json", action="store_true", help="tell it as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Import the file; 0 where every row was taken, 1 with the refused rows otherwise."""
    if options.kind is None:
        print("\n".join(kinds.importers()))
        return 0
    importer = kinds.importer(options.kind)
    if options.columns:
        print(_columns(importer, as_json=options.json))
        return 0
    if options.template is not None:
        options.template.write_bytes(writing.template_xlsx(importer))
        return 0
    if options.file is None:
        raise NoFile("name the file to import, or ask for --columns or --template")
    reading = _reading(options, importer)
    file = _read(options.file)
    if options.layout:
        _tell_layout(options.kind, file, reading)
        return 0
    return _import(options, importer, file, reading)


def _import(options: argparse.Namespace, importer: Importer, file: File, reading: Reading) -> int:
    """Preview or commit, and tell."""
    asked: dict[str, Any] = {"importer": importer, "name": file.name, "body": file.body}
    asked |= {"reading": reading, "mended": _read(options.mended) if options.mended else None}
    with person.acting():
        with watched.WorkLine(options.kind) as line:
            if options.dry_run:
                report = operations.preview(**asked, watcher=line, at=clock.now())
            else:
                report = operations.commit(**asked, watcher=line, by=None, at=clock.now())
        if options.save_profile:
            _save(options.kind, options.save_profile, reading)
    _tell(report, as_json=options.json, each=options.diff)
    if report.refused:
        _give_refused(options, report)
    return 1 if report.refused else 0


def _reading(options: argparse.Namespace, importer: Importer) -> Reading:
    """Return what the options say of how to read the file, over what a profile says.

    Raises:
        BadOption: If one has not its form, or there is no such profile.
    """
    reading = Reading()
    if options.profile:
        saved = queries.profiles(options.kind, account_id=None)
        found = [one.reading for one in saved if one.name == options.profile]
        if not found:
            names = ", ".join(one.name for one in saved) or "none"
            raise BadOption(f"no profile {options.profile} of {options.kind}; there is {names}")
        reading = found[0]
    mapping, constants = _pairs(options.map), _pairs(options.set)
    strange = sorted({*mapping, *constants} - {column.name for column in importer.columns})
    if strange:
        raise BadOption(f"there is no column {', '.join(strange)}; see --columns")
    return Reading(
        options.sheet or reading.sheet,
        _header(options.header) if options.header else reading.header,
        {**(reading.mapping or {}), **mapping} if mapping else reading.mapping,
        {**reading.constants, **constants},
    )


def _pairs(said: list[str] | None) -> dict[str, str]:
    """Return what ``NAME=TEXT`` options say.

    Raises:
        BadOption: If one has no name or no text.
    """
    pairs = {}
    for one in said or []:
        name, sign, text = one.partition("=")
        if not sign or not name.strip() or not text.strip():
            raise BadOption(f"{one} is not like COLUMN=TEXT")
        pairs[name.strip()] = text.strip()
    return pairs


def _header(said: str) -> Header:
    """Return the rows of headings.

    Raises:
        BadOption: If it is neither like ``3`` nor like ``3-4``.
    """
    first, _, last = said.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        raise BadOption(f"{said} is neither a row like 3 nor rows like 3-4")
    header = Header(int(first), int(last or first))
    if not 1 <= header.first <= header.last < header.first + rules.HEADER_ROWS_MAX:
        raise BadOption(f"headings stand in 1 to {rules.HEADER_ROWS_MAX} rows; not in {said}")
    return header


def _read(path: Path) -> File:
    """Return a file read into memory.

    Raises:
        TooLarge: If it may not be.
    """
    if path.stat().st_size > tables.BYTES_MAX:
        raise tables.TooLarge(f"the file is over {tables.BYTES_MAX // 1024**2} MB")
    return File(path.name, path.read_bytes())


def _save(kind: str, name: str, reading: Reading) -> None:
    """Save how the file was read, for everybody."""
    operations.save_profile(
        kind=kind, name=name, owner=operations.Owner(), reading=reading, by=None, at=clock.now()
    )


def _columns(importer: Importer, *, as_json: bool) -> str:
    """Return the canonical columns, one a line."""
    if as_json:
        fields = ("name", "zh", "required", "help", "aliases")
        listed = [{field: getattr(c, field) for field in fields} for c in importer.columns]
        return json.dumps({"kind": importer.kind, "columns": listed}, ensure_ascii=False)
    return "\n".join(
        "\t".join((c.name, c.zh, "required" if c.required else "optional", c.help))
        for c in importer.columns
    )


def _tell_layout(kind: str, file: File, reading: Reading) -> None:
    """Print where the list was found and which heading is which column, how surely."""
    seen = queries.layout_of(kind, file.name, file.body, reading)
    rows = f"{seen.header.first}-{seen.header.last}"
    print(f"sheet {seen.sheet or '-'}, headings in rows {rows}, {seen.rows} rows")
    for match in seen.matches:
        how = match.how.lower()
        print(f"{match.column}\t{match.heading}\t{match.confidence:.0%}\t{how}")
    used = {match.place for match in seen.matches}
    unused = [h for place, h in enumerate(seen.headings) if h and place not in used]
    if unused:
        print(f"not recognised: {', '.join(unused)}")


def _tell(report: Report, *, as_json: bool, each: bool) -> None:
    """Print what was done."""
    counts = report.counts()
    if as_json:
        print(json.dumps(_told(report, each=each), ensure_ascii=False))
        return
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    done = "imported" if report.committed else "not imported"
    print(f"{report.kind}: {said}, {len(report.refused)} refused; {done}")
    if report.ignored:
        print(f"columns not used: {', '.join(report.ignored)}")
    if report.left_out:
        print(f"rows left out: {', '.join(str(line.number) for line in report.left_out)}")
    if each:
        _tell_each(report)


def _told(report: Report, *, each: bool) -> dict[str, object]:
    """Return what was done as plain values."""
    told: dict[str, object] = {"kind": report.kind, "committed": report.committed}
    told |= report.counts()
    told["refused"] = [{"row": r.number, "reason": r.reason} for r in report.refused]
    told["ignored_columns"] = report.ignored
    told["left_out_rows"] = [line.number for line in report.left_out]
    if each:
        told["rows"] = [
            {"row": o.number, "change": o.change.value, "differences": dict(o.differences)}
            for o in report.outcomes
            if o.change is not Change.UNCHANGED
        ]
    return told


def _tell_each(report: Report) -> None:
    """Print a line for each row that changes anything."""
    for one in report.outcomes:
        if one.change is Change.NEW:
            print(f"{one.number}\tnew")
        for column, (before, after) in one.differences.items():
            print(f"{one.number}\t{column}\t{before} → {after}")


def _give_refused(options: argparse.Namespace, report: Report) -> None:
    """Write the refused rows where they were asked for and say so; else print them."""
    if options.refused is not None:
        _write_refused(options.refused, report)
        told = f"refused rows are in {options.refused}; mend them there, then give them back with"
        again = ["import", options.kind, str(options.file), "--mended", str(options.refused)]
        print(f"{told}\n  ./hengneng {shlex.join(again)}", file=sys.stderr)
    elif not options.json:
        print(writing.refused_csv(report), end="", file=sys.stderr)


def _write_refused(path: Path, report: Report) -> None:
    """Write the refused rows as the file's ending says."""
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(writing.refused_xlsx(report))
    else:
        # With a mark, without which spreadsheets garble Chinese.
        path.write_text(writing.refused_csv(report), encoding="utf-8-sig")
