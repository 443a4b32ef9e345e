"""The product on a PostgreSQL of one's own, as in a city: the one given, else Debian's 15.

Where neither is there this is not run, which CI takes for an error.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests import inside, wire
from tests.product import Platform, free_port
from tests.wire import RECEIVED, Client

GIVEN = os.environ.get("HENGNENG_TEST_PLATFORM_URL")
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
CODE, METER = "00-00-0000-023300-11", "M1"
DAY = datetime(2026, 6, 1)  # noqa: DTZ001 - as the city's clocks show it
SECONDS = 10
AMOUNTS = """
SELECT point.code, trim_scale(day.amount)::text FROM consumption_consumptionday AS day
JOIN points_point AS point ON point.id = day.point_id JOIN units_unit AS unit
ON unit.id = day.unit_id WHERE unit.code = %s AND day.day = %s ORDER BY point.code
"""


@pytest.fixture
def outside_server() -> Iterator[str]:
    """Return the address of an empty database of the server given, else of Debian's own kind."""
    if GIVEN:
        yield GIVEN
        return
    if not PROGRAMS.is_dir():
        said = f"there is no PostgreSQL 15 in {PROGRAMS}: install postgresql-15"
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    folder = Path(tempfile.mkdtemp(prefix="hengneng-server-"))
    port = free_port()
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        _run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        options = f"-h 127.0.0.1 -p {port} -k {folder}"
        _run("pg_ctl", "-D", str(folder / "data"), "-o", options, "-l", str(folder / "log"),
             "-w", "start")  # fmt: skip
        _run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "hengneng")
        yield f"postgresql://postgres@127.0.0.1:{port}/hengneng"
        _run("pg_ctl", "-D", str(folder / "data"), "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: str, *arguments: str) -> None:
    """Run one of the server's programs, under its own account where we are root."""
    done = subprocess.run(
        [PROGRAMS / program, *arguments],
        user="postgres" if os.geteuid() == 0 else None,
        group="postgres" if os.geteuid() == 0 else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_an_upload_becomes_an_exact_day(outside_server):
    with Platform.started(HENGNENG_DATABASE_URL=outside_server) as platform:
        code = inside.unit_code(41)
        inside.enter_units(platform, [code])
        inside.enter(
            platform,
            "points",
            [
                inside.point_row(code, code="E-01", meter=METER),
                inside.point_row(code, code="E-02", data_code=CODE),
            ],
        )
        terminal = inside.admitted(platform, code, Client(platform.base_url))
        quarters = [DAY + timedelta(minutes=15 * n) for n in range(97)]

        said = [
            terminal.send_registers(
                [wire.register(METER, at, f"{7 * n}.{n:03}") for n, at in enumerate(quarters)]
            ).json,
            terminal.send_increments(
                [wire.increment(CODE, at, f"0.{n:03}") for n, at in enumerate(quarters[:96])]
            ).json,
        ]

        assert said == [RECEIVED, RECEIVED]
        # 96 quarters of 7.001 kWh; 0.000 + 0.001 + … + 0.095.
        wire.until(
            lambda: (
                inside.rows(platform, AMOUNTS, code, DAY.date())
                == [("E-01", "672.096"), ("E-02", "4.56")]
            ),
            seconds=SECONDS,
            what=str(inside.rows(platform, AMOUNTS, code, DAY.date())),
        )
        assert set(platform.pids()) & {"postgres", "postgres-server"} == set()
        assert not (platform.data_dir / "postgres").exists()
        assert "nothing is broken" in platform.run("verify-log").stdout
