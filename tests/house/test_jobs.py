"""Background jobs: named arguments of plain kinds, a queue, and a test that runs each twice."""

import ast

import pytest

from hengneng.script import rooms

PLAIN = {"int", "str", "bool", "None", "int | None", "str | None", "list[int]", "list[str]"}
LINES_MAX = 12  # five of work; the rest is signature and docstring


def is_task(node: ast.stmt) -> bool:
    """A function that a decorator called ``task`` or ``periodic`` hands to the job server."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
        _name(decorator) in {"task", "periodic"} for decorator in node.decorator_list
    )


def _name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def jobs() -> list[object]:
    return [
        pytest.param(path, node, id=f"{path.relative_to(rooms.PACKAGE)}:{node.name}")
        for path in rooms.sources()
        for node in rooms.parsed(path).body
        if is_task(node)
    ]


def flaws(node: ast.FunctionDef) -> list[str]:
    """What keeps a job from being queued by name, retried and run twice."""
    found = []
    # The job server hands its own context, where asked for, by position.
    positional = [one.arg for one in node.args.args if one.arg != "context"]
    if node.args.posonlyargs or positional or node.args.vararg:
        found.append("put `*` first: a job is queued with named arguments")
    for argument in node.args.kwonlyargs:
        kind = ast.unparse(argument.annotation) if argument.annotation else "nothing"
        if kind not in PLAIN:
            found.append(f"{argument.arg} is {kind}: pass ids and plain values, not objects")
    if not any(_queue(decorator) for decorator in node.decorator_list):
        found.append("name its queue in the decorator: @app.task(queue=…)")
    return found


def _queue(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(k.arg == "queue" for k in decorator.keywords)


def is_run_twice(job: str) -> bool:
    """Answer whether a test whose name says so runs this job twice."""
    trees = [rooms.parsed(path) for path in (rooms.ROOT / "tests").rglob("test_*.py")]
    functions = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    tests = [one for one in functions if one.name.startswith("test") and "twice" in one.name]
    return any(job in words(test) for test in tests)


def words(node: ast.AST) -> set[str]:
    return {getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(node)}


@pytest.mark.parametrize(("path", "node"), jobs())
class TestJobs:
    def test_is_queued_by_name_with_plain_values(self, path, node):
        assert not flaws(node), f"{path}: {node.name}: {flaws(node)}"

    def test_stands_in_a_file_of_jobs(self, path, node):
        assert "jobs" in path.parts or path.stem == "jobs", (
            f"{path}: {node.name} is a job: move it to its room's jobs.py"
        )

    def test_only_calls_an_operation(self, path, node):
        assert node.end_lineno - node.lineno < LINES_MAX, (
            f"{path}: {node.name}: a job is five lines; the work is an operation's"
        )

    def test_is_run_twice_by_a_test(self, path, node):
        assert is_run_twice(node.name), (
            f"{node.name}: write test_…_twice_… that runs it twice and finds the same rows; a job"
            " may be taken over from a killed worker at any moment"
        )


class TestTheCheck:
    def test_a_job_with_objects_and_no_queue_is_found(self):
        node = ast.parse("@app.task\ndef work(unit, *, at: datetime): pass").body[0]
        assert is_task(node)
        assert len(flaws(node)) == 3

    def test_a_sound_job_is_not(self):
        source = "@app.task(queue='units')\ndef work(*, unit_id: int): pass"
        assert flaws(ast.parse(source).body[0]) == []
