"""A document as PDF: pages, standard, language, and texts that stay texts."""

import re
import zlib
from datetime import UTC, datetime

import pytest

from hengneng.kernel.documents import paper
from hengneng.kernel.documents.rules import Column, Document, Drawing, Table

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40">'
    '<text x="4" y="20">电力</text></svg>'
)


NUMBERED = (Column("序号"), Column("名称", 4))


def a_table(rows, *, columns=NUMBERED, notes=()) -> Table:
    head, signed = ("用能单位：衡能饭店", "2026年"), ("填表人", "审核人")
    return Table("B.3", "表 B.3", "一览表", head, columns, rows, "没有登记", notes, signed)


def a_drawing(svg=SVG) -> Drawing:
    return Drawing("fig-B.1", "图 B.1", "能源流向图", (), svg, "Flow", "没有数据")


def made(*parts) -> bytes:
    instant = datetime(2026, 11, 23, 2, 3, 4, tzinfo=UTC)
    return paper.pdf(Document("台账", "衡能饭店", instant, parts))


def opened(pdf: bytes) -> bytes:
    """The file and what its streams hold."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            found.append(stream)
    return b"\n".join(found)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", opened(pdf)))


class TestPdf:
    def test_is_archivable_and_says_its_language_and_when_it_was_made(self):
        whole = opened(made(a_table([(1, "电表")])))

        assert whole.startswith(b"%PDF-")
        assert b"<pdfaid:part>2</pdfaid:part>" in whole
        assert b"<pdfaid:conformance>A</pdfaid:conformance>" in whole
        assert b"/Lang(zh-CN)" in whole
        assert b"2026-11-23T02:03:04" in whole

    def test_is_on_a4_across(self):
        assert b"/MediaBox[0 0 841.8898 595.2756]" in opened(made(a_table([])))

    def test_each_part_begins_a_page(self):
        assert pages(made(a_table([]), a_drawing(), a_drawing(svg=""))) == 3

    def test_a_long_table_goes_on_over_pages(self):
        assert pages(made(a_table([(n, "电表") for n in range(100)]))) > 3

    def test_the_same_document_gives_the_same_bytes(self):
        assert made(a_table([(1, "电表")]), a_drawing()) == made(
            a_table([(1, "电表")]), a_drawing()
        )

    def test_a_drawing_says_what_it_shows(self):
        assert b"/Alt(Flow)" in opened(made(a_drawing()))

    def test_a_short_text_in_each_of_twenty_columns_fits_on_the_page(self):
        columns = tuple(Column(f"第{n}列") for n in range(20))

        assert pages(made(a_table([tuple("100" for _ in columns)], columns=columns))) == 1

    @pytest.mark.parametrize(
        "text",
        [
            '#panic("run")',
            '#read("/etc/passwd")',
            "$x",
            "*_`@<a>//",
            "]",
            "\\",
            "\x07",
            "<",
            "😀𠮷\u200d",
        ],
    )
    def test_texts_are_never_run(self, text):
        columns = (Column("序号"), Column(text, group=text))

        assert pages(made(a_table([(1, text)], columns=columns, notes=(text,)))) == 1

    def test_a_picture_that_is_none_is_refused_with_the_reason(self):
        with pytest.raises(paper.NotTypeset, match="SVG"):
            made(a_drawing(svg="<svg"))

    def test_one_that_takes_too_long_is_stopped(self):
        document = Document("台账", "", datetime(2026, 11, 23, tzinfo=UTC), (a_table([]),))

        with pytest.raises(paper.NotTypeset, match=r"not done after 0\.001 s"):
            paper.pdf(document, seconds_max=0.001)
