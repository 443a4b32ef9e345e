import pytest
from tests.unit.kernel.imports.importing import MeterImporter

from hengneng.kernel.imports import kinds


@pytest.fixture
def meters(monkeypatch, settings, tmp_path):
    """A kind of list ``meters`` of which A1 is known, and a data folder of the test's own."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(MeterImporter, "known", {"A1": "电表"})
    monkeypatch.setattr(kinds, "importers", lambda: {"meters": MeterImporter})
    return MeterImporter
