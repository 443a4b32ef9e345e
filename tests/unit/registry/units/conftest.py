from datetime import UTC, datetime

import pytest

from hengneng.kernel import clock
from hengneng.kernel.files import operations as files

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def in_november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def proof(db):
    return files.keep(
        name="proof.pdf", body=b"closed", media_type="application/pdf", by=7, at=NOON
    ).id
