"""The lists of ``bench registry`` are taken whole, by the importer that people's lists go to."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from hengneng.bench import history, lists, registry
from hengneng.bench.plan import Imported, ImportPlan
from hengneng.kernel.imports import kinds
from hengneng.kernel.imports import operations as imports
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.energy import operations as energy
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.units import queries as units

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def two_units(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    bodies.load_city(by=None, at=AT)
    energy.load_rules(by=None, at=AT)
    history.enter_ledger(2, first=date(2025, 11, 22), at=AT)
    return units.ids_by_code()


def test_a_list_is_understood_whole(two_units, tmp_path):
    path = tmp_path / "list.xlsx"
    points = [code for code, _ in history.POINTS]

    assert lists.write_instruments(path, list(two_units), points) == 200

    importer = kinds.importer(registry.KIND)
    report = imports.preview(importer=importer, name=path.name, body=path.read_bytes(), at=AT)
    assert (report.count(imports.lists.Change.NEW), report.refused) == (200, [])
    assert (report.ignored, report.left_out) == (["备注"], [])


def test_it_is_imported_and_exported(two_units, tmp_path):
    path = tmp_path / "list.xlsx"
    lists.write_instruments(path, list(two_units), ["E-01"])

    told = registry.import_one(ImportPlan(registry.KIND, str(path), ""))

    assert (told.new, told.refused) == (200, "")
    rows = instruments.instruments_of(next(iter(two_units.values())))
    assert (len(rows), rows[0].number, rows[0].serial_number) == (100, "LD-0001", "0000000000")
    assert rows[0].point_id is not None
    assert registry._export(list(two_units.values())) > 0


def test_results_bear_the_names_that_others_read():
    told = [Imported(2.0, 8.0, 300.0, 20_000, ""), Imported(4.0, 10.0, 310.0, 20_000, "")]
    pages = {"health": [1.0], "list_page": [100.0, 120.0]}
    pages |= {"due_page": [60.0], "units_page": [50.0], "unit_instruments": [40.0]}

    found = registry._results(told, [1.0, 2.0, 4.0], pages)

    assert [(one.name, one.value) for one in found] == [
        ("preview_20k_s", 3.0),
        ("commit_20k_s", 9.0),
        ("import_rss_mb", 310.0),
        ("export_20k_s", 2.0),
        ("list_page_ms", 110.0),
        ("due_page_ms", 60.0),
        ("units_page_ms", 50.0),
        ("unit_instruments_ms", 40.0),
    ]


def test_a_plan_reaches_its_process():
    plan = ImportPlan("instruments", "a.xlsx", "b.json")

    assert msgspec.json.decode(msgspec.json.encode(plan), type=ImportPlan) == plan
