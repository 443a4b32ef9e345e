"""Whatever the file: it is read or refused with a sentence, and refused rows come back the same."""

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.kernel.imports.importing import MeterImporter

from hengneng.kernel.imports import rules, tables, writing
from hengneng.kernel.imports.operations import ANTICIPATED

COLUMNS = MeterImporter.columns
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
HEADINGS = st.sampled_from(["单位代码", "编号", "表号", "名称", "起始时间", "序号", "", "台账"])
ROWS = st.lists(st.lists(HEADINGS | TEXTS, max_size=6), max_size=12)
AREAS = st.lists(st.tuples(*[st.integers(0, 12)] * 4).map(lambda t: rules.Area(*t)), max_size=4)


def is_read_or_refused(name, body):
    """Answer whether a file is read, or refused with a sentence; anything else is an error."""
    try:
        tables.read(name, body, columns=COLUMNS)
    except ANTICIPATED as refusal:
        return bool(str(refusal))
    return True


@given(ROWS, AREAS)
def test_any_grid_is_a_list_or_has_no_headings(rows, merged):
    grid = rules.Grid([list(row) for row in rows], merged)
    rules.spread(grid)
    try:
        header = rules.located(COLUMNS, grid)
        table = rules.read_table(grid, header)
        places = rules.places_of(COLUMNS, table.headings, sample=[x.cells for x in table.lines])
    except (rules.NoHeader, rules.WrongColumns):
        return
    assert 1 <= header.first <= header.last < header.first + rules.HEADER_ROWS_MAX
    assert {"unit_code", "number"} <= places.keys()
    assert len(set(places.values())) == len(places)
    # Every filled row below the headings is somewhere, once, in its order.
    filled = [
        number
        for number, row in enumerate(grid.rows, 1)
        if number > header.last and any(cell.strip() for cell in row)
    ]
    assert sorted(line.number for line in (*table.lines, *table.left_out)) == filled


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a"]))
def test_any_bytes_are_read_or_refused(body, name):
    assert is_read_or_refused(name, body)


def sheet_of(rows):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell)
    return file.getvalue()


SHEET = sheet_of([["单位代码", "编号"], ["U1", "A1"]])


@given(st.integers(0, len(SHEET) - 1), st.binary(min_size=1, max_size=4))
def test_any_damage_to_a_workbook_is_read_or_refused(at, bytes_):
    body = SHEET[:at] + bytes_ + SHEET[at + len(bytes_) :]
    assert is_read_or_refused("a.xlsx", body)


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@'"), max_size=6
).map(str.strip)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@example(lines=[("", "'=x"), ("", "''-")])
@given(lines=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_refused_rows_written_and_read_again_say_the_same(ending, lines):
    headings = ["甲", "乙"]
    table = rules.Table(
        headings,
        [rules.Line(n, ["x" + a, b]) for n, (a, b) in enumerate(lines, 2)],
        [],
        rules.Header(1, 1),
    )
    refused = [rules.Refusal(line.number, "why", line.cells) for line in table.lines]
    report = rules.Report("meters", [], refused, [], headings, False, [])
    body = writing.refused_csv(report).encode() if ending == "csv" else writing.refused_xlsx(report)

    again = rules.mended(table, tables.read(f"a.{ending}", body)[1])

    assert [list(map(str, line.cells)) for line in again.lines] == [
        line.cells for line in table.lines
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "macros"),
    ],
)
def test_programs_are_refused(name, content, reason):
    file = io.BytesIO(SHEET)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, content)

    with pytest.raises(tables.UnreadableTable, match=reason):
        tables.read("a.xlsx", file.getvalue())


@pytest.mark.parametrize(
    "tag",
    [
        b'<c r="A2"><f>1+1</f><v>2</v></c>',
        b'<c r="A2" s="3" t="n">\n <f t="shared" si="0"/><v>2</v></c>',
        b'<x:c r="A2"><x:f>1+1</x:f><x:v>2</x:v></x:c>',
        b"<c r='A2'><f >1+1</f></c>",
    ],
)
def test_formulas_are_seen_in_any_spelling(tag):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHEET)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                body = body.replace(b"</sheetData>", b"<row>" + tag + b"</row></sheetData>")
            new.writestr(part.filename, body)

    with pytest.raises(tables.UnreadableTable, match=r"formulas, the first in A2"):
        tables.opened("a.xlsx", file.getvalue()).grid(0)
