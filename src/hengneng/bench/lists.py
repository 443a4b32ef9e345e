"""Lists as units send them: a title, merged headings in two rows, every column filled."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import xlsxwriter

INSTRUMENTS = 100  # of each unit
_TITLE = "能源计量器具一览表（负载）"
# Heading of the group over it, heading, as JJF 1356-2012 form B.3 and a unit's own columns have it.
_COLUMNS = (
    ("", "统一社会信用代码"),
    ("", "管理编号"),
    ("计量器具", "名称"),
    ("计量器具", "型号规格"),
    ("计量器具", "准确度等级"),
    ("计量器具", "测量范围"),
    ("计量器具", "生产厂家"),
    ("计量器具", "出厂编号"),
    ("", "安装使用地点及用途"),
    ("", "检定周期"),
    ("", "状态"),
    ("", "计量点编号"),
    ("检定", "证书编号"),
    ("检定", "检定日期"),
    ("检定", "检定机构"),
    ("", "备注"),
)
_NAMES = ("电能表", "水表", "燃气表", "热量表", "电流互感器")
_HEADINGS_AT = 2


def write_instruments(path: Path, codes: Sequence[str], points: Sequence[str]) -> int:
    """Write the instruments of some units as a workbook; return the rows. [count]

    Args:
        path: Where to.
        codes: The units' social credit codes.
        points: Codes of each unit's points; the first instruments stand there.
    """
    with xlsxwriter.Workbook(path, {"constant_memory": False}) as book:
        sheet = book.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, _TITLE)
        _write_headings(sheet)
        count = 0
        for count, cells in enumerate(_rows(codes, points), 1):
            sheet.write_row(_HEADINGS_AT + 1 + count, 0, cells)
    return count


def _write_headings(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    """Write two rows of headings: groups merged across, the others merged down."""
    top, bottom = _HEADINGS_AT, _HEADINGS_AT + 1
    groups = [group for group, _ in _COLUMNS]
    for group in dict.fromkeys(filter(None, groups)):
        first = groups.index(group)
        sheet.merge_range(top, first, top, first + groups.count(group) - 1, group)
    for place, (group, heading) in enumerate(_COLUMNS):
        if group:
            sheet.write_string(bottom, place, heading)
        else:
            sheet.merge_range(top, place, bottom, place, heading)


def _rows(codes: Sequence[str], points: Sequence[str]) -> Iterator[list[str]]:
    """Yield the cells of each instrument."""
    for place, code in enumerate(codes):
        for number in range(INSTRUMENTS):
            name = _NAMES[number % len(_NAMES)]
            yield [
                code,
                f"LD-{number + 1:04}",
                name,
                f"型{number % 7}-{place % 5}",
                ("0.5S", "1", "2")[number % 3],
                f"0~{100 * (number % 9 + 1)}",
                f"制造厂{number % 23}",
                f"{place:05}{number:05}",
                f"{place % 9 + 1}号楼{number % 30 + 1}层",
                ("12", "24", "6年")[number % 3],
                "合格",
                points[number] if number < len(points) else "",
                f"ZS-{place:05}-{number:04}",
                f"202{4 + number % 3}-0{number % 9 + 1}-1{place % 9}",
                "市计量测试技术研究院",
                "",
            ]
