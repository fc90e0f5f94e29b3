"""A document as DOCX, read back."""

from __future__ import annotations

import time
from dataclasses import replace
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from meetings.minutes.blocks import Heading, Link, Paragraph, Table
from meetings.minutes.document import render_docx
from meetings.minutes.draft import FORMS, Form
from meetings.minutes.forms import compose
from tests.unit.meetings.minutes.sample import address, edited, minutes

WRITTEN = minutes()
COMPOSED = compose("record", WRITTEN, edited(WRITTEN))


def opened(form: Form = "record") -> Any:
    composed = compose(form, WRITTEN, edited(WRITTEN))
    return docx.Document(BytesIO(render_docx(composed, address)))


READ = opened()


def text(element: Any) -> str:
    """The text of an element, with that in fields."""
    return "".join(
        "\n" if one.tag == qn("w:br") else one.text or ""
        for one in element.iter(qn("w:t"), qn("w:br"))
    )


@pytest.mark.parametrize("form", FORMS)
def test_it_says_what_the_page_says(form: Form) -> None:
    """Every heading, paragraph and cell."""
    composed, read = compose(form, WRITTEN, edited(WRITTEN)), opened(form)
    paragraphs = [text(paragraph._p) for paragraph in read.paragraphs]
    assert paragraphs[:2] == [composed.title, composed.subtitle]
    for block in composed.blocks:
        if isinstance(block, Heading):
            assert block.text in paragraphs
        elif isinstance(block, Paragraph) and block.when is not None:
            assert f"{block.label}　{block.when.text}" in paragraphs
            assert not block.text or block.text in paragraphs
        elif isinstance(block, Paragraph):
            assert block.label + block.text in paragraphs
    expected = [block for block in composed.blocks if isinstance(block, Table)]
    tables = read.tables[-len(expected) :] if expected else []
    for table, block in zip(tables, expected, strict=True):
        rows = [tuple(text(cell._tc) for cell in row.cells) for row in table.rows]
        assert rows[0] == tuple(column.title for column in block.columns)
        told = [tuple(c.text if isinstance(c, Link) else c for c in row) for row in block.rows]
        assert rows[1:] == told


def test_moments_lead_to_the_recording() -> None:
    """As fields that Word and others follow."""
    fields = [one.get(qn("w:instr")) for one in READ.element.body.iter(qn("w:fldSimple"))]
    assert ' HYPERLINK "https://yishi.example.cn/r/a1b2?meeting=m1&at=1795320150000" ' in fields
    plain = docx.Document(BytesIO(render_docx(COMPOSED, lambda _: "")))
    assert list(plain.element.body.iter(qn("w:fldSimple"))) == []
    assert any("12:02:30至12:05:35" in text(paragraph._p) for paragraph in plain.paragraphs)


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


def test_rows_to_be_signed_are_tall() -> None:
    assert opened("attendance").tables[1].rows[1].height.mm == pytest.approx(11, abs=0.1)


def test_a_meeting_with_thousands_of_comments_is_written_in_time() -> None:
    """5,000 in about a second on a machine of 2026; the bound is loose."""
    many = replace(WRITTEN, remarks=WRITTEN.remarks[:1] * 5000)
    begun = time.process_time()
    render_docx(compose("record", many, edited(WRITTEN)), address)
    assert time.process_time() - begun < 10
