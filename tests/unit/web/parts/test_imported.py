"""Refusals, explanations and templates of imports in Chinese."""

import io
from datetime import UTC, datetime

import pytest
import python_calamine
from django.utils import translation

from hengneng.kernel.imports import cells, kinds, rules, tables
from hengneng.kernel.imports.rules import Refusal, Report
from hengneng.registry.instruments.imports import columns as instruments
from hengneng.web.parts import imported

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
COLUMNS = kinds.importers()["instruments"].columns


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


def is_chinese(text):
    return any("一" <= character <= "鿿" for character in text)


@pytest.mark.parametrize("kind", kinds.importers())
def test_every_column_is_explained(kind):
    left = [c.name for c in kinds.importers()[kind].columns if imported.explained(c.help) == c.help]

    assert not left, f"add what is said of {left} to HELP in web/parts/imported.py"


SERIAL = (
    "“46053”像是电子表格中日期的序列号（一般对应 2026-01-31）；"
    "请将该列设为日期格式，或按 2026-01-31 的形式填写"
)


@pytest.mark.parametrize("form", [*imported.REASONS, *imported.HELP])
def test_every_form_has_its_chinese_with_the_same_parts(form):
    said = translation.gettext(form)

    assert is_chinese(said)
    assert sorted(imported._HOLE.findall(said)) == sorted(imported._HOLE.findall(form))


@pytest.mark.parametrize(
    ("parse", "cell", "said"),
    [
        (cells.text(3), "四个字符", "超过 3 个字符"),
        (cells.whole(1, 5), "x", "“x”不是整数"),
        (cells.whole(1, 5), "6", "“6”不在 1 至 5 之间"),
        (cells.choice({"a": "A", "b": "B"}), "c", "“c”不在可填内容之列：a, b"),
        (cells.number, "x", "“x”不是数字"),
        (cells.ratio, "x", "“x”不是倍率，应如 2000/5*10000/100"),
        (cells.ratio, "1/0", "“1/0”中含有零"),
        (cells.moment, "x", "“x”不是日期或时间，应如 2026-01-31 或 2026-01-31 08:30"),
        (cells.moment, "2026-13-05", "“2026-13-05”不是有效日期（没有 13 月）"),
        (cells.moment, "2026-02-30", "“2026-02-30”不是有效日期（该月没有 30 日）"),
        (cells.moment, "0000-01-01", "“0000-01-01”不是有效日期（没有公元 0 年）"),
        (cells.moment, "2026-01-31 25:00", "“2026-01-31 25:00”不是有效日期（时刻不存在）"),
        (cells.moment, "46053", SERIAL),
        (instruments.kind, "x", "“x”不是计量器具种类"),
        (instruments.months, "x", "“x”不是周期，应如 12, 6个月 or 2年"),
        (instruments.diameter, "x", "“x”不是公称通径，应如 DN50"),
        (instruments.is_so, "x", "“x”应为“是”或“否”"),
    ],
)
def test_what_cells_are_refused_for(parse, cell, said):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  its text is what is tried
        parse(cell)

    assert imported.reason(f"number: {refused.value}", COLUMNS) == f"管理编号：{said}"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.csv", b"", "文件为空"),
        ("a.csv", b"a\x00", "文本编码既非 UTF-8 也非 GB 18030，请另存为 UTF-8"),
        ("a.xlsm", b"", ".xlsm 文件可能含宏，请另存为 .xlsx 或 .csv"),
        ("a.txt", b"", ".txt 不是 .csv 或 .xlsx 文件"),
        ("a.xlsx", b"", "不是 .xlsx 工作簿（File is not a zip file）"),
    ],
)
def test_what_files_are_refused_for(name, body, said):
    with pytest.raises(tables.UnreadableTable) as refused:
        tables.read(name, body)

    assert imported.reason(str(refused.value)) == said


def test_missing_columns():
    with pytest.raises(rules.WrongColumns) as refused:
        rules.places_of(COLUMNS, ["x"])

    assert imported.reason(str(refused.value)) == (
        "缺少栏目：number (管理编号), name (计量器具名称)"
    )


def test_what_is_not_known_is_shown_as_it_came():
    assert imported.reason("colour: too bright", COLUMNS) == "colour: too bright"
    assert imported.reason("number: too bright", COLUMNS) == "管理编号：too bright"


def test_in_english_nothing_changes():
    with translation.override("en"):
        assert imported.reason("number: required", COLUMNS) == "number: required"


def test_refused_rows_come_back_in_chinese():
    refused = [Refusal(3, "number: required", ["", "电表"])]
    report = Report("instruments", [], refused, [], ["管理编号", "名称"], False, [])

    body = imported.refused(report, COLUMNS, "csv").decode("utf-8-sig")

    assert body == "行号,原因,管理编号,名称\n3,管理编号：必填,,电表\n"
    again = tables.read("a.xlsx", imported.refused(report, COLUMNS, "xlsx"))[1]
    assert again.headings == ["行号", "原因", "管理编号", "名称"]


@pytest.mark.parametrize("kind", kinds.importers())
def test_templates_are_explained_in_chinese(kind):
    body = imported.template(kinds.importer(kind))

    book = python_calamine.load_workbook(io.BytesIO(body))
    assert book.sheet_names == [kind, "填写说明"]
    head, *lines = book.get_sheet_by_index(1).to_python()
    assert head == ["栏目", "标准栏名", "必填", "填写内容"]
    assert [line[1] for line in lines] == [c.name for c in kinds.importers()[kind].columns]
