"""Nothing that is handed out as a list can be run: texts go into spreadsheets as texts."""

import ast

import pytest

from hengneng.script import rooms

# These let a library guess what a text is, or say outright that it is to be run.
GUESSING = {
    "write_array_formula", "write_column", "write_dynamic_array_formula", "write_formula",
    "write_row", "write_url",
}  # fmt: skip
# Who writes csv, each with a test that its cells are inert; a csv cell has no type to hide behind.
CSV_WRITERS = {
    "web/parts/exports.py": "tests/unit/web/parts/test_exports.py",
    "kernel/imports/writing.py": "tests/unit/kernel/imports",
}
# The bench writes files of its own making to be read in; nobody opens them.
WORKBOOKS = [
    path
    for path in rooms.sources()
    if "xlsxwriter" in rooms.imports_of(rooms.parsed(path)) and "bench" not in path.parts
]


def guesses(tree: ast.Module) -> list[str]:
    """Calls that write a cell without saying that it is a text or a number, by line."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    return [
        f"line {call.lineno}: {call.func.attr}"
        for call in calls
        if call.func.attr in GUESSING
        # A cell has a row and a column; a file or a stream has neither.
        or (call.func.attr == "write" and len(call.args) >= 3)
        or (call.func.attr == "merge_range" and not _is_empty(call.args[4:5]))
    ]


def _is_empty(arguments: list[ast.expr]) -> bool:
    return all(isinstance(one, ast.Constant) and one.value == "" for one in arguments)


def test_there_are_workbooks_to_check():
    assert len(WORKBOOKS) >= 3


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_a_workbooks_cells_say_what_they_are(path):
    found = guesses(rooms.parsed(path))
    assert not found, (
        f"{path.relative_to(rooms.PACKAGE)}: {found}: use write_string, write_number or"
        " write_blank, so that no text of a user is read as formula or link"
    )


def test_csv_is_written_where_its_cells_are_made_inert():
    writers = {
        path.relative_to(rooms.PACKAGE).as_posix()
        for path in rooms.sources()
        if "csv.writer(" in path.read_text(encoding="utf-8")
    }
    assert writers == CSV_WRITERS.keys(), (
        "write csv by web/parts/exports or kernel/imports/writing, whose cells are inert"
    )
    assert all((rooms.ROOT / test).exists() for test in CSV_WRITERS.values())


class TestTheCheck:
    @pytest.mark.parametrize(
        "call",
        ["sheet.write(0, 0, text)", "sheet.write_formula(0, 0, text)", "sheet.write_row(0, 0, row)",
         "sheet.merge_range(0, 0, 1, 1, text, style)"],
    )  # fmt: skip
    def test_a_cell_that_guesses_is_found(self, call):
        assert len(guesses(ast.parse(call))) == 1

    @pytest.mark.parametrize(
        "call",
        ["sheet.write_string(0, 0, text)", "file.write(body)", 'sheet.merge_range(0, 0, 1, 1, "")'],
    )
    def test_others_are_not(self, call):
        assert guesses(ast.parse(call)) == []
