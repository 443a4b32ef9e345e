"""Data folders that the server's account can enter (pytest's own is closed to others)."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hengneng-server-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
