"""``bench registry``: lists of 20,000 instruments in and out of a ledger of 100,000.

Each list is imported by a process of its own, as the worker does, so that its memory can be told.
Pages are timed by what the server says that it took, beside the bare health page.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from hengneng.bench import browsing, figures, history, lists, machines
from hengneng.bench.browsing import NotMeasured
from hengneng.bench.figures import Result
from hengneng.bench.plan import Imported, ImportPlan, RegistryPlan
from hengneng.kernel import clock
from hengneng.kernel.imports import kinds
from hengneng.kernel.imports import operations as imports
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.units import queries as units
from hengneng.web.parts import exports

KIND = "instruments"
ROWS = 20_000
WARM_UP = 2
PAGES = {
    "list_page": "/desk/instruments",
    "due_page": "/desk/due",
    "units_page": "/desk/units",
    "unit_instruments": "/desk/units/{code}/instruments",
}

Tell = Callable[[str], None]


def measure(plan: RegistryPlan, *, tell: Tell) -> dict[str, Any]:
    """Make the ledger by importing it, export a part, ask for its pages; return the one object.

    Raises:
        NotMeasured: If the platform did not do what was to be measured.
    """
    at = clock.now()
    first = clock.date_of(clock.local_second(at) // DAY_SECONDS) - timedelta(days=365)
    history.enter_ledger(plan.units, first=first, at=at)
    browsing.make_official(at=at)
    tell(f"{plan.units} units entered")
    codes = units.ids_by_code()
    told = _import_all(plan, list(codes), tell)
    a_list = list(codes.values())[: ROWS // lists.INSTRUMENTS]
    exported = [_export(a_list) for _ in range(3)]
    tell("exported; asking for pages")
    pages = _ask(plan, next(iter(codes)))
    return figures.as_json(_machine(plan), _results(told, exported, pages))


def import_one(plan: ImportPlan) -> Imported:
    """Preview and commit a list; return what it took.

    Args:
        plan: The list.
    """
    path = Path(plan.file)
    body = path.read_bytes()
    began = time.monotonic()
    report = imports.preview(
        importer=kinds.importer(plan.kind), name=path.name, body=body, at=clock.now()
    )
    previewed = time.monotonic()
    if not report.refused:
        report = imports.commit(
            importer=kinds.importer(plan.kind), name=path.name, body=body, by=None, at=clock.now()
        )
    return Imported(
        preview_s=previewed - began,
        commit_s=time.monotonic() - previewed,
        memory_mb=machines.peak_mb(os.getpid()),
        new=report.counts()["new"],
        refused=report.refused[0].reason if report.refused else "",
    )


def _import_all(plan: RegistryPlan, codes: list[str], tell: Tell) -> list[Imported]:
    """Import lists until every unit has its instruments; return what each took.

    Raises:
        NotMeasured: If one was not taken whole.
    """
    folder, size = Path(plan.folder), ROWS // lists.INSTRUMENTS
    points = [code for code, _ in history.POINTS]
    found = []
    for number, first in enumerate(range(0, len(codes), size), 1):
        path = folder / f"list-{number}.xlsx"
        rows = lists.write_instruments(path, codes[first : first + size], points)
        one = _in_a_process(ImportPlan(KIND, str(path), str(folder / f"list-{number}.json")))
        if one.new != rows:
            raise NotMeasured(f"{one.new} of {rows} rows were imported: {one.refused}")
        tell(f"{rows} rows: {one.preview_s:.1f} s, {one.commit_s:.1f} s, {one.memory_mb:.0f} MB")
        path.unlink()
        found.append(one)
    return found


def _in_a_process(plan: ImportPlan) -> Imported:
    """Import a list in a new process.

    Raises:
        NotMeasured: If it fails.
    """
    asked = Path(f"{plan.result}.plan")
    asked.write_bytes(msgspec.json.encode(plan))
    command = [sys.executable, "-m", "hengneng.script.benching", "import", str(asked)]
    if subprocess.run(command, check=False).returncode:
        raise NotMeasured("the import failed")
    return msgspec.json.decode(Path(plan.result).read_bytes(), type=Imported)


def _export(unit_ids: list[int]) -> float:
    """Return how long the instruments of some units take to be found and written. [s]

    Raises:
        NotMeasured: If they are not as many as were imported.
    """
    began = time.monotonic()
    found = instruments.instruments_by_unit(unit_ids)
    rows = [tuple(map(str, row)) for unit_id in unit_ids for row in found[unit_id]]
    head = instruments.InstrumentRow._fields
    answer = exports.exported("xlsx", name=KIND, head=head, rows=rows)
    taken = time.monotonic() - began
    if len(rows) != len(unit_ids) * lists.INSTRUMENTS or not answer.content:
        raise NotMeasured(f"{len(rows)} rows were exported")
    return taken


def _ask(plan: RegistryPlan, code: str) -> dict[str, list[float]]:
    """Return how long the server took for each page. [ms]"""
    browser = browsing.signed_in(plan.port)
    addresses = {"health": "/healthz"} | {
        name: address.format(code=code) for name, address in PAGES.items()
    }
    for _ in range(WARM_UP):
        for address in addresses.values():
            browser.time(address)
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    # In turns, so that a busy moment of the machine falls on all of them.
    for _ in range(plan.askings):
        for name, address in addresses.items():
            taken[name].append(browser.time(address))
    return taken


def _results(
    told: list[Imported], exported: list[float], pages: dict[str, list[float]]
) -> list[Result]:
    """Return medians of times, and the most memory."""
    bare = figures.median(pages["health"])
    found = [
        Result("preview_20k_s", figures.median([one.preview_s for one in told]), "s", False),
        Result("commit_20k_s", figures.median([one.commit_s for one in told]), "s", False),
        Result("import_rss_mb", max(one.memory_mb for one in told), "MB", False),
        Result("export_20k_s", figures.median(exported), "s", False),
    ]
    for name in PAGES:
        median = figures.median(pages[name])
        found.append(Result(f"{name}_ms", median, "ms", False, bare))
    return found


def _machine(plan: RegistryPlan) -> dict[str, Any]:
    return machines.machine() | {
        "units": plan.units,
        "instruments": plan.units * lists.INSTRUMENTS,
        "rows": ROWS,
        "askings": plan.askings,
    }
