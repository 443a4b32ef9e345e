"""What a process carries: the web process stays light, the gateway's box has no Django."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hengneng.script import rooms

HEAVY = ("polars", "scipy", "duckdb", "typst", "numpy")
LOAD_WEB = f"""
import sys
from hengneng.web import wsgi
from django.urls import get_resolver
def walk(resolver):
    for entry in resolver.url_patterns:
        walk(entry) if hasattr(entry, "url_patterns") else entry.callback
walk(get_resolver())
print(",".join(name for name in {HEAVY!r} if name in sys.modules))
"""
LOAD_GATEWAY = """
import importlib.util
import hengneng.protocol.national, hengneng.protocol.registers, hengneng.gateway
print([name for name in ("django", "psycopg", "numpy") if importlib.util.find_spec(name)])
"""


def uv() -> str | None:
    """uv as set-up puts it, or the machine's own."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.exists() else shutil.which("uv")


def run(*command: str, **kwargs) -> str:
    done = subprocess.run(command, text=True, capture_output=True, check=False, **kwargs)
    assert done.returncode == 0, f"{command[:4]}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def test_the_web_process_loads_nothing_heavy():
    said = run(sys.executable, "-W", "ignore", "-c", LOAD_WEB, cwd=rooms.ROOT)
    assert said == "", f"the web process loads {said}: move that work behind a job"


@pytest.fixture(scope="module")
def gateway_python(tmp_path_factory) -> str:
    """A fresh environment with the wheel and its [gateway] extra, nothing else."""
    installer = uv()
    if installer is None:
        assert not os.environ.get("CI"), "uv is missing: ./hengneng test sets it up"
        pytest.skip("uv is not here; ./hengneng test sets it up")
    folder = tmp_path_factory.mktemp("gateway")
    run(installer, "build", "--wheel", "--quiet", "--out-dir", str(folder), cwd=rooms.ROOT)
    run(installer, "venv", "--quiet", "--python", sys.executable, str(folder / "venv"))
    python = str(folder / "venv" / "bin" / "python")
    (wheel,) = folder.glob("hengneng-*.whl")
    run(installer, "pip", "install", "--quiet", "--python", python, f"{wheel}[gateway]")
    return python


def test_the_gateway_extra_carries_no_server(gateway_python, tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    said = run(gateway_python, "-c", LOAD_GATEWAY, cwd=tmp_path, env=clean)
    assert said == "[]", f"[gateway] brings {said}: protocol and gateway carry no server"


def test_the_gateway_runs_without_the_server(gateway_python, tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    example = rooms.ROOT / "docs" / "how-to" / "gateway.example.toml"
    (tmp_path / "gateway.toml").write_bytes(example.read_bytes())
    command = (gateway_python, "-m", "hengneng.gateway", "check", "gateway.toml")
    assert "is fine" in run(*command, cwd=tmp_path, env=clean)
