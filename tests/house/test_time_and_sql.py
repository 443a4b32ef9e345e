"""Where time comes from, and the forms of SQL that a sharded database refuses."""

import ast
import re

import pytest

from hengneng.script import rooms

CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "django.utils.timezone.now",
    "time.time",
    "time.time_ns",
}
# These convert the instant they are given; without one they look at the machine's clock.
CLOCKS_WITHOUT_ARGUMENT = {
    "django.utils.timezone.localdate",
    "django.utils.timezone.localtime",
    "time.gmtime",
    "time.localtime",
}
# Who may look at the machine's clock, and why.
CLOCK_READERS = {
    "gateway/clock.py": "it is the clock of a box that carries no kernel",
    "kernel/clock": "it is the clock",
    "kernel/postgres": "it compares with the times the file system writes, before Django is there",
}
# SQL that a sharded PostgreSQL refuses or that hides what is done, and what to write instead.
REFUSED_SQL = {
    r"\bMERGE\s+INTO\b": "INSERT … SELECT … ON CONFLICT from a temporary table",
    r"\bSKIP\s+LOCKED\b": "list units oldest first, then take the unit's advisory lock",
    r"\bctid\b": "name the row by its key",
    r"\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER\b": "an operation does it, audited",
    r"\bDO\s+UPDATE\s+SET\b(?s:.)*?\b(now|clock_timestamp|random)\s*\(": "excluded.x, made by us",
    r"\bUPDATE\s+\w+\s+SET\b(?s:.)*?\b(now|clock_timestamp|random)\s*\(": "pass the value in",
    r"\bCURRENT_(TIMESTAMP|DATE)\b": "pass kernel.clock's instant in",
    r"\bDETACH\s+PARTITION\b(?s:.)*\bCONCURRENTLY\b": "plain DETACH PARTITION",
}
# From a unit into telemetry; only telemetry's own files can name its tables.
REFUSED_IN_TELEMETRY = {r"\bLATERAL\b": "unit_id = ANY(…), or join an aggregate"}
REFUSED_CALLS = {
    "django.db.models.Exists",
    "django.db.models.Subquery",
    "django.db.models.functions.Now",
}


def clock_readings(tree: ast.Module) -> list[str]:
    """Calls (or bare mentions) of the machine's clock, by line."""
    bound = rooms.imports_of(tree)
    looked = {
        n: dotted(n, bound) for n in ast.walk(tree) if isinstance(n, ast.Attribute | ast.Name)
    }
    bare = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call) and not n.args + n.keywords]
    return [
        f"line {node.lineno}: {name}"
        for node, name in looked.items()
        if name in CLOCKS or (name in CLOCKS_WITHOUT_ARGUMENT and node in bare)
    ]


def dotted(node: ast.expr, bound: dict[str, str]) -> str:
    """What an expression like ``a.b.c`` stands for, its first name looked up in the imports."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value, bound)}.{node.attr}"
    return bound.get(node.id, node.id) if isinstance(node, ast.Name) else ""


def strings(tree: ast.Module) -> list[tuple[int, str]]:
    """Every string constant that is not a docstring; an f-string's parts are joined."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "x" for p in node.values]
            found.append((node.lineno, "".join(map(str, parts))))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [(node.lineno, node.value)] * (id(node) not in docstrings)
    return found


def refused_sql(tree: ast.Module, refused: dict[str, str]) -> list[str]:
    return [
        f"line {line}: {match.group(0).split()[0]} …; instead: {instead}"
        for line, text in strings(tree)
        for pattern, instead in refused.items()
        if (match := re.search(pattern, text, re.IGNORECASE))
    ]


def refused_calls(tree: ast.Module) -> list[str]:
    return sorted(set(rooms.imports_of(tree).values()) & REFUSED_CALLS)


def found_in(look, folder: str = "") -> dict[str, list[str]]:
    """What a check finds, by file."""
    within = [path for path in rooms.sources() if path.is_relative_to(rooms.PACKAGE / folder)]
    found = {str(path.relative_to(rooms.PACKAGE)): look(rooms.parsed(path)) for path in within}
    return {name: what for name, what in found.items() if what}


def test_time_comes_from_the_clock():
    readers = tuple(room if room.endswith(".py") else f"{room}/" for room in CLOCK_READERS)
    every = found_in(clock_readings)
    found = {name: what for name, what in every.items() if not name.startswith(readers)}
    assert not found, (
        f"{found}; call hengneng.kernel.clock.now() at the rim and pass the instant in"
        " (time.monotonic() measures durations)"
    )


def test_sql_keeps_to_forms_that_shard():
    found = found_in(lambda tree: refused_sql(tree, REFUSED_SQL))
    assert not found, f"{found}"


def test_no_subquery_from_a_unit_into_telemetry():
    found = found_in(
        lambda tree: refused_sql(tree, REFUSED_IN_TELEMETRY) + refused_calls(tree), "telemetry"
    )
    assert not found, f"{found}; use unit_id__in=…, or join an aggregate; pass times in"


class TestTheChecks:
    @pytest.mark.parametrize(
        "source",
        [
            "from datetime import datetime\ndatetime.now(UTC)",
            "import datetime as d\nd.datetime.utcnow()",
            "import time\ntime.time()",
            "from time import time\ntime()",
            "from django.utils import timezone\ndefault=timezone.now",
            "from django.utils import timezone\ntimezone.localdate()",
        ],
    )
    def test_a_look_at_the_machines_clock_is_found(self, source):
        assert len(clock_readings(ast.parse(source))) == 1

    @pytest.mark.parametrize(
        "source",
        [
            "import time\ntime.monotonic()",
            "from django.utils import timezone\ntimezone.localdate(at)",
        ],
    )
    def test_a_duration_or_a_conversion_is_not(self, source):
        assert clock_readings(ast.parse(source)) == []

    @pytest.mark.parametrize(
        "sql",
        [
            "MERGE INTO unit USING x ON (a = b)",
            "SELECT 1 FROM stale_mark FOR UPDATE SKIP LOCKED",
            "INSERT INTO a VALUES (1) ON CONFLICT (b) DO UPDATE SET c = now()",
            "CREATE TRIGGER t BEFORE UPDATE ON a",
            "DELETE FROM a WHERE ctid = '(0,1)'",
        ],
    )
    def test_a_refused_form_is_found(self, sql):
        assert len(refused_sql(ast.parse(f"execute({sql!r})"), REFUSED_SQL)) == 1

    def test_excluded_values_are_allowed(self):
        sql = "INSERT INTO a VALUES (1) ON CONFLICT (b) DO UPDATE SET c = excluded.c"
        assert refused_sql(ast.parse(f"execute({sql!r})"), REFUSED_SQL) == []
