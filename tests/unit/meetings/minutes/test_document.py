"""The minutes as DOCX, read back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from meetings.minutes import render_docx
from meetings.minutes.blocks import Heading, Paragraph, Table
from meetings.minutes.wording import compose
from tests.unit.meetings.minutes.sample import minutes

WRITTEN = minutes()
COMPOSED = compose(WRITTEN)
READ: Any = docx.Document(BytesIO(render_docx(WRITTEN)))


def test_it_says_what_the_page_says() -> None:
    """Every heading, paragraph and cell."""
    paragraphs = [paragraph.text for paragraph in READ.paragraphs]
    assert paragraphs[:2] == ["议事协商会议纪要", "老旧小区积水治理"]
    for block in COMPOSED.blocks:
        if isinstance(block, Heading):
            assert block.text in paragraphs
        elif isinstance(block, Paragraph):
            assert block.label + block.text in paragraphs
    expected = [block for block in COMPOSED.blocks if isinstance(block, Table)]
    facts, *tables = READ.tables
    assert [cell.text for cell in facts.rows[1].cells] == ["会议地点", "翠园社区议事室"]
    for table, block in zip(tables, expected, strict=True):
        head, *rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
        assert head == tuple(column.title for column in block.columns)
        assert tuple(rows) == block.rows


def test_chinese_letters_have_chinese_fonts() -> None:
    """宋体 for text, 黑体 for headings; a theme's fonts would win, so none is left."""
    for style, font in (
        ("Normal", "宋体"),
        ("Heading 1", "黑体"),
        ("Heading 2", "黑体"),
        ("Cell", "宋体"),
        ("CellHead", "黑体"),
    ):
        fonts = READ.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_it_prints_on_a4() -> None:
    section = READ.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert "PAGE" in section.footer._element.xml


def test_heads_of_tables_come_on_each_page_again() -> None:
    assert READ.tables[1].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_annexes_begin_a_page() -> None:
    (annex,) = [p for p in READ.paragraphs if p.text.startswith("附件一")]
    assert annex.paragraph_format.page_break_before
