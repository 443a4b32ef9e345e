"""Files and folders: names, sizes, duties and the clauses they rest on."""

import ast
import configparser
import subprocess
import tomllib
from pathlib import Path

import pytest

from hengneng.script import clauses, rooms

FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "managers", "services"}
LINES_MAX = 400
FUNCTION_LINES_MAX = 50
MODELS_FREE = {"kernel/facts"}  # abstract bases that every ledger is built with: .importlinter
# The kernel has no duty of its own, nor have the parts that fronts stand on; the script, the demo,
# its virtual meters and the bench have none in the year's work.
WITHOUT_DUTY = ("kernel/", "script", "bench", "demo", "sim", "web/parts")


def relative(path: Path) -> str:
    return path.relative_to(rooms.ROOT).as_posix()


def tracked_files() -> list[Path]:
    """Every file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=rooms.ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    found = [rooms.ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in found if path.is_file()]


def long_functions(tree: ast.Module, limit: int) -> list[str]:
    """Functions longer than the limit; their docstrings are not counted (decision 0005)."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    return [f"{one.name} (line {one.lineno})" for one in functions if code_lines(one) > limit]


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    docstring = 0
    if ast.get_docstring(function, clean=False) is not None:
        docstring = first.end_lineno - first.lineno + 1
    return function.end_lineno - function.lineno + 1 - docstring


class TestNames:
    def test_no_drawer_for_what_has_no_duty(self):
        found = [
            relative(path)
            for path in rooms.PACKAGE.rglob("*")
            if path.stem in FORBIDDEN_NAMES and "__pycache__" not in path.parts
        ]
        assert not found, (
            f"{found}: name a file after its duty (docs/explanation/where.md), not after machinery"
        )


class TestSizes:
    def test_files_end_before_line_400(self):
        texts = [p for p in tracked_files() if p.suffix in {".py", ".html", ".css", ".js", ".sh"}]
        lengths = {relative(p): len(p.read_text(encoding="utf-8").splitlines()) for p in texts}
        long = {name: count for name, count in lengths.items() if count > LINES_MAX}
        assert not long, (
            f"{long}: it is two things; make a package of the same name, a file for each"
        )

    def test_functions_end_within_50_lines(self):
        found = [
            f"{relative(path)}: {what}"
            for path in rooms.sources()
            if "migrations" not in path.parts
            for what in long_functions(rooms.parsed(path), FUNCTION_LINES_MAX)
        ]
        assert not found, f"{found}: split it where its comments would say what comes next"

    def test_a_long_function_is_found(self):
        source = "def long():\n" + "    pass\n" * 3
        assert long_functions(ast.parse(source), 3) == ["long (line 1)"]

    def test_a_long_explanation_is_not(self):
        source = 'def short():\n    """A.\n\n    B\n    """\n    pass\n'
        assert long_functions(ast.parse(source), 2) == []


@pytest.mark.parametrize("room", rooms.rooms(), ids=lambda room: room.name)
class TestRooms:
    def test_says_its_duty_in_one_sentence(self, room):
        assert len(room.duty.split()) >= 4, (
            f"{room.name}/__init__.py: begin its docstring with one sentence that says its duty"
        )

    def test_names_clauses_that_exist(self, room):
        assert not (strange := clauses.unknown_sources(room.clauses)), (
            f"{room.name}/__init__.py cites {strange}: cite the Notice as in script/clauses.py"
            " ('Notice 三(二)2'), or a standard listed there"
        )

    def test_rests_on_a_clause(self, room):
        exempt = room.name.startswith(WITHOUT_DUTY)
        assert exempt or clauses.names_a_duty(room.clauses), (
            f"{room.name}/__init__.py: add 'Clauses: Notice …; <standard>. Words: …' to the"
            " docstring; a room without a clause has no duty here"
        )

    def test_holds_a_docstring_only(self, room):
        body = rooms.parsed(room.folder / "__init__.py").body
        strange = [node for node in body[1:] if not _re_exports(node)]
        assert not strange, (
            f"{room.name}/__init__.py line {strange[0].lineno}: move the code to the file of its"
            " kind (rules, queries, operations …)"
        )

    def test_protects_its_models(self, room):
        contracts = configparser.ConfigParser()
        contracts.read(rooms.ROOT / ".importlinter")
        protected = {section.get("protected_modules") for section in contracts.values()}
        has_models = any((room.folder / name).exists() for name in ("models.py", "models"))
        assert not has_models or room.name in MODELS_FREE or f"{room.module}.models" in protected, (
            f"{room.name} has models: give them a 'protected' contract in .importlinter"
        )


def _re_exports(node: ast.stmt) -> bool:
    """A kernel room may offer its one interface by name: imports of its own and ``__all__``."""
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)] == ["__all__"]
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hengneng.")


class TestClauses:
    def test_sources_in_docstrings_exist(self):
        strange = [
            f"{relative(path)}: {cited}"
            for path in rooms.sources()
            if path.name != "clauses.py"  # its examples show an invented one
            for cited in unknown_clauses(path.read_text(encoding="utf-8"))
        ]
        assert not strange, f"{strange}: no such clause in the Notice; see script/clauses.py"

    def test_an_invented_clause_is_found(self):
        assert unknown_clauses("# Notice 二(九) says so.") == ["二(九)"]
        assert unknown_clauses("# Notice 二(二)2 says so.") == []


def unknown_clauses(text: str) -> list[str]:
    lines = [line[line.index("Notice") :] for line in text.splitlines() if "Notice " in line]
    return [
        clause
        for line in lines
        for clause in clauses.notice_clauses(line.partition('"')[0])
        if clause not in clauses.NOTICE
    ]


class TestRuleRecords:
    def test_every_record_has_a_citation_and_a_standing(self):
        flawed = [
            f"{relative(path)}: {name}"
            for path in rooms.PACKAGE.rglob("rules/**/*.toml")
            for name in unsourced_records(tomllib.loads(path.read_text(encoding="utf-8")))
        ]
        assert not flawed, (
            f"{flawed}: give each record 'citation' (edition, clause, where read) and 'verified'"
            " (true only with the official text in hand)"
        )

    def test_a_record_without_a_citation_is_found(self):
        records = {"factor": [{"citation": "GB/T 2589", "verified": False}, {"verified": True}]}
        assert unsourced_records(records) == ["factor[1]"]

    def test_a_head_may_speak_for_its_records(self):
        head = {"citation": "GB/T 2260", "verified": False, "district": [{"code": "310101"}]}
        assert unsourced_records(head) == []


def unsourced_records(table: dict, where: str = "", above: dict | None = None) -> list[str]:
    """Records lacking a citation or a standing, their own or that of a head above them."""
    plain = {key: value for key, value in table.items() if not _is_table(value)}
    known = (above or {}) | plain
    below = [(key, value) for key, value in table.items() if _is_table(value)]
    if not below:
        return [] if _sourced(known) else [where]
    flawed = []
    for key, value in below:
        many = value if isinstance(value, list) else [value]
        for number, one in enumerate(many):
            place = f"{where}.{key}[{number}]".lstrip(".")
            flawed += unsourced_records(one, place, known)
    return flawed


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def _sourced(record: dict) -> bool:
    return bool(str(record.get("citation", "")).strip()) and isinstance(
        record.get("verified"), bool
    )


class TestWhatIsCommitted:
    # Written in two halves so that this file does not name them itself.
    HOSTS = tuple(
        "".join(halves)
        for halves in (
            ("pypi.", "org"),
            ("pythonhosted.", "org"),
            ("registry.npmjs.", "org"),
            ("npmmirror.", "com"),
            ("pypi.tuna.", "tsinghua"),
            ("mirrors.", "aliyun"),
            ("proxy.golang.", "org"),
        )
    )
    PLACES = tuple("".join(halves) for halves in (("/wor", "k/"), ("/tmp/", "lab"), ("/ro", "ot/")))

    def test_names_no_package_registry(self):
        found = lines_with(tracked_files(), self.HOSTS)
        assert not found, f"{found}: packages come from whatever index the machine is set to"

    def test_names_no_place_on_one_machine(self):
        found = lines_with(tracked_files(), (*self.PLACES, f"{Path.home()}/"))
        assert not found, f"{found}: use a path relative to the checkout, or the environment"

    def test_a_host_is_found(self, tmp_path):
        (tmp_path / "lock").write_text(f"url = https://{self.HOSTS[0]}/simple\n")
        assert len(lines_with([tmp_path / "lock"], self.HOSTS)) == 1


def lines_with(paths: list[Path], needles: tuple[str, ...]) -> list[str]:
    found = []
    for path in paths:
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if any(needle in text for needle in needles):
            found += [
                f"{path.name}:{number}"
                for number, line in enumerate(text.splitlines(), 1)
                if any(needle in line for needle in needles)
            ]
    return found
