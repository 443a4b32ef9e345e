"""A running product seen from inside: founded by its script, looked at in its own database."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from tests.product import Platform, environment_of
from tests.wire import Client, Terminal

from hengneng.kernel.postgres import queries as servers
from hengneng.protocol import codes

ADDRESS = "HENGNENG_DATABASE_URL"
_FIRST = 7_000_000


def unit_code(number: int) -> str:
    """Return a valid social credit code, another for each number."""
    base = f"91310000MA{_FIRST + number}"
    return base + codes.credit_check_character(base)


def address(platform: Platform) -> str:
    """Return the address of the product's database."""
    given = platform.environment.get(ADDRESS)
    return given or servers.url_of(servers.cluster_at(platform.data_dir))


def address_of_tests() -> str:
    """Return the address, password and all, of the database this process tests in."""
    from django.db import connection

    known = connection.settings_dict
    return make_conninfo(
        "",
        dbname=known["NAME"],
        user=known["USER"],
        password=known["PASSWORD"] or None,
        host=known["HOST"],
        port=known["PORT"] or None,
        **known["OPTIONS"],
    )


def rows(platform: Platform, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Return what a query of the product's database finds; changes are committed."""
    with psycopg.connect(address(platform), autocommit=True) as connection:
        cursor = connection.execute(query, parameters)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def result_of(platform: Platform, source: str) -> Any:
    """Run Python with the product's settings and return what it leaves in ``result``."""
    program = f"import django, json\ndjango.setup()\n{source}\nprint(json.dumps(result))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment_of(platform.data_dir)
        | platform.environment
        | {ADDRESS: address(platform), "DJANGO_SETTINGS_MODULE": "hengneng.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def enter(platform: Platform, kind: str, table: Iterable[Mapping[str, str]]) -> None:
    """Import rows as a person does, from a file."""
    listed = list(table)
    path = Path(platform.data_dir) / f"{kind}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, listed[0])
        writer.writeheader()
        writer.writerows(listed)
    platform.run("import", kind, str(path))


def enter_units(platform: Platform, unit_codes: Iterable[str]) -> None:
    """Enter units of Huangpu district."""
    enter(
        platform,
        "units",
        [
            {"code": code, "name": f"试验单位{code[-5:]}", "district": "310101"}
            for code in unit_codes
        ],
    )


def point_row(unit: str, **said: str) -> dict[str, str]:
    """Return a row of the import's file."""
    return {
        "unit_code": unit,
        "code": said["code"],
        "name": said["code"],
        "energy_type": "ELECTRICITY",
        "level": "1",
        "kind": "register" if "meter" in said else "increment",
        "slot_minutes": "15",
        "meter": said.get("meter", ""),
        "data_code": said.get("data_code", ""),
    }


def admitted(platform: Platform, code: str, client: Client) -> Terminal:
    """Let a terminal register, admit it, and return it with its id."""
    asked = {"enterpriseCode": code, "region": "310101"}
    client.post("/nhjc/register", asked)
    platform.run("admit", code)
    return Terminal(client, code, client.post("/nhjc/register", asked).json["deviceId"])


def is_settled(platform: Platform) -> bool:
    """Answer whether no day waits to be worked out."""
    ((marks,),) = rows(platform, "SELECT count(*) FROM journal_stalemark")
    ((changes,),) = rows(platform, "SELECT count(*) FROM facts_factchange")
    return not marks + changes
