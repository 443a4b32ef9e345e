import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import inside
from tests.unit.telemetry.lake.conftest import AT

from hengneng.telemetry.lake import operations, queries, store

SCRIPT = Path(__file__).with_name("writes_until_killed.py")


@pytest.mark.parametrize("times", [8, pytest.param(50, marks=pytest.mark.long)])
def test_whenever_it_is_killed_the_last_edition_is_whole(six_units, data_dir, times):
    began = time.monotonic()
    operations.write(by=None, at=AT)
    taken = time.monotonic() - began
    # From before the first file to somewhere in a second run, however busy the machine is.
    chance = random.Random(5)
    delays = [f"{taken * chance.uniform(0.05, 2.5):.3f}" for _ in range(times)]

    done = subprocess.run(
        [sys.executable, str(SCRIPT), *delays],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "hengneng.settings",
            "HENGNENG_DATABASE_URL": inside.address_of_tests(),
            "HENGNENG_DATA_DIR": str(data_dir),
            "HENGNENG_CLOCK": f"{AT.isoformat()}@0",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert all(one["whole"] for one in told)
    numbers = [one["edition"] for one in told]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 1, "nothing was ever published: kill later"
    assert any(one["left"] for one in told), "nothing was ever cut off: kill elsewhere"

    operations.write(by=None, at=AT)

    assert queries.check().is_whole
    assert not [path for path in (store.root() / "drafts").rglob("*") if path.is_file()]
    named = {one.path for edition in store.editions() for _, one in edition.files()}
    there = {str(p.relative_to(store.root())) for p in (store.root() / "data").rglob("*.parquet")}
    assert there == named
