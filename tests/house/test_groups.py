"""What is played once for many tests is played in one process: the groups of a run really group."""

import subprocess
import sys

PLAYED = """
import os
import pytest

pytestmark = pytest.mark.xdist_group("played")

@pytest.mark.parametrize("part", range(6))
def test_part(part):
    print("in", os.environ["PYTEST_XDIST_WORKER"])
    assert not part, "so that what it prints is shown"
"""


def test_tests_of_one_group_run_in_one_process(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(PLAYED)
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-c", "/dev/null"]
    said = subprocess.run(
        [*command, "-n", "2", "--dist", "loadgroup", "--rootdir", tmp_path, tmp_path],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip

    places = [line for line in said.splitlines() if line.startswith("in gw")]
    assert len(places) == 10, said
    assert len(set(places)) == 1, said
