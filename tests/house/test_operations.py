"""Operations: keyword-only, in one transaction, told who and when, and recorded."""

import ast
from functools import cache, lru_cache
from typing import NamedTuple

import pytest

from hengneng.script import rooms

RECORD = "hengneng.kernel.audit.operations.record"
ATOMIC = "django.db.transaction.atomic"
# Rooms whose operations are the users' acts; the kernel's serve these and are recorded by them.
WINGS = ("registry/", "people/", "telemetry/", "reporting/", "programme/", "kernel/policy")
# Writes that are no act of a person, and why each is not audited.
UNRECORDED = {
    "telemetry/journal:accept": "the message is its own evidence, chained like an entry",
    "telemetry/journal:keep": "a part of accepting",
    "telemetry/journal:write": "a part of accepting",
    "telemetry/journal:reject": "the rejection row is its own evidence",
    "telemetry/journal:seal": "sealing is its own evidence",
    "telemetry/journal:clear_marks": "a mark says only what must be worked out again",
    "telemetry/journal:mark": "a mark says only what must be worked out again",
    "telemetry/journal:stop": "ends a thread of this process, no fact",
    "telemetry/journal:ensure_partitions": "room on disk, no fact",
    "telemetry/consumption:*": "a pure function of evidence and facts; nobody decides anything",
}
# Acts of no account: who acts stands in the message or the request itself.
BY_A_TERMINAL = {"registry/points:propose"}


class Function(NamedTuple):
    """A function at the top of one of the house's modules."""

    module: str
    node: ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache
def functions() -> dict[str, Function]:
    """Every top-level function and class of the house, by dotted name."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = {}
    for path in rooms.sources():
        module = module_of(path)
        for node in rooms.parsed(path).body:
            if isinstance(node, kinds):
                found[f"{module}.{node.name}"] = Function(module, node)
    return found


def module_of(path) -> str:
    parts = path.relative_to(rooms.PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@lru_cache
def bound_by_module() -> dict[str, dict[str, str]]:
    """What each module of the house binds by imports."""
    return {module_of(path): rooms.imports_of(rooms.parsed(path)) for path in rooms.sources()}


def bound_in(module: str) -> dict[str, str]:
    return bound_by_module().get(module, {})


@cache
def resolved(name: str) -> str:
    """Follow a name through the modules that hand it on to where it is defined."""
    for _ in range(5):
        if name in functions() or name == RECORD:
            return name
        module, _, last = name.rpartition(".")
        handed_on = bound_in(module).get(last)
        if not handed_on or handed_on == name:
            return name
        name = handed_on
    return name


@cache
def mentions(start: str) -> frozenset[str]:
    """Every function of the house or of Django that a function names, calls or is decorated by."""
    function = functions()[start]
    bound = bound_in(function.module)
    found = set()
    for node in ast.walk(function.node):
        if isinstance(node, ast.Attribute | ast.Name):
            name = dotted(node, bound)
            found |= {resolved(name), resolved(f"{function.module}.{name}")}
    return frozenset(found)


def dotted(node: ast.expr, bound: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value, bound)}.{node.attr}"
    return bound.get(node.id, node.id) if isinstance(node, ast.Name) else "?"


def reaches(start: str, goal: str, through: str = "") -> bool:
    """Answer whether a function's call tree holds another one."""
    seen, frontier = {start}, [start]
    while frontier:
        name = frontier.pop()
        if name == goal:
            return True
        if name in functions():
            steps = {n for n in mentions(name) if n == goal or n in functions()}
            frontier += [step for step in steps - seen if through in step or step == goal]
            seen |= steps
    return False


@cache
def named_in(path) -> frozenset[str]:
    """Every dotted name that a file uses, looked up in its imports."""
    tree = rooms.parsed(path)
    bound = rooms.imports_of(tree)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)]
    return frozenset(resolved(dotted(node, bound)) for node in nodes)


def is_offered(name: str, package: str) -> bool:
    """Answer whether a function of an operations package is used outside of it."""
    return any(
        name in named_in(path)
        for path in rooms.sources()
        if not f"{module_of(path)}.".startswith(f"{package}.")
    )


def operations() -> list[object]:
    """Public functions of operations.py; of an operations package, those used outside of it."""
    found = []
    for room in rooms.rooms():
        if not room.name.startswith(WINGS):
            continue
        prefix = f"{room.module}.operations"
        for name, function in functions().items():
            inside = function.module.startswith(f"{prefix}.") and is_offered(name, prefix)
            public = not function.node.name.startswith("_")
            is_function = isinstance(function.node, ast.FunctionDef)
            if (function.module == prefix or inside) and public and is_function:
                found.append(pytest.param(room, name, id=f"{room.name}:{function.node.name}"))
    return found


def is_unrecorded(room: rooms.Room, name: str) -> bool:
    act = name.rpartition(".")[2]
    return bool({f"{room.name}:{act}", f"{room.name}:*"} & UNRECORDED.keys())


def positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    named = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return named + [f"*{argument.arg}" for argument in (node.args.vararg,) if argument]


@pytest.mark.parametrize(("room", "name"), operations())
class TestOperations:
    def test_takes_keywords_only(self, room, name):
        found = positional(functions()[name].node)
        assert not found, f"{name}: put `*` before {found}, so that no call can mix them up"

    def test_records_an_entry(self, room, name):
        assert is_unrecorded(room, name) or reaches(name, RECORD), (
            f"{name}: end it with audit.record(…), make it private if it is a part of another"
            " operation, or list it with its reason in UNRECORDED"
        )

    def test_is_one_transaction(self, room, name):
        assert is_unrecorded(room, name) or reaches(name, ATOMIC), (
            f"{name}: decorate it with @transaction.atomic"
        )

    def test_is_told_who_and_when(self, room, name):
        given = {argument.arg for argument in functions()[name].node.args.kwonlyargs}
        act = f"{room.name}:{name.rpartition('.')[2]}"
        asked = {"at"} if act in BY_A_TERMINAL else {"by", "at"}
        assert is_unrecorded(room, name) or asked <= given, (
            f"{name}: take `by` (account id or None) and `at` (aware) as keywords"
        )


class TestTheChecks:
    def test_positional_arguments_are_found(self):
        node = ast.parse("def act(a, /, b, *rest, by): pass").body[0]
        assert positional(node) == ["a", "b", "*rest"]

    def test_a_call_tree_that_ends_without_an_entry_is_seen(self):
        assert not reaches("hengneng.kernel.facts.operations.stamp", RECORD)

    def test_a_call_tree_is_followed_into_private_functions(self):
        start = "hengneng.kernel.audit.operations.record"
        assert reaches(start, "hengneng.kernel.facts.operations.stamp")

    def test_there_are_operations_to_check(self):
        assert operations()

    def test_every_exception_still_exists(self):
        known = {f"{room.name}" for room in rooms.rooms()}
        assert {key.partition(":")[0] for key in UNRECORDED} <= known
