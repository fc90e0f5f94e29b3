"""A document as DOCX, to be edited further: A4, 宋体 for text and 黑体 for headings."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final, assert_never
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from meetings.minutes.blocks import (
    Address,
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Link,
    Paragraph,
    Signatures,
    Table,
)

SONG: Final = "宋体"
HEI: Final = "黑体"
CENTRED: Final = '<w:jc w:val="center"/>'
LATIN: Final = "Times New Roman"
TEXT: Final = "Cell"
HEAD: Final = "CellHead"
TEXT_PT: Final = 12  # 小四
TABLE_PT: Final = 10.5  # 五号
TALL_MM: Final = 11
LINE_MM: Final = 210 - 28 - 26  # width of A4 between the margins
RED: Final = RGBColor(0xB3, 0x26, 0x1E)
GREY: Final = RGBColor(0x66, 0x66, 0x66)


def render_docx(composed: Document, address: Address) -> bytes:
    """Write a document down as a DOCX file."""
    document = docx.Document()
    _set_up(document)
    document.core_properties.title = f"{composed.title}：{composed.subtitle}"
    document.core_properties.author = ""
    document.core_properties.comments = ""
    _centred(document, composed.title, size=22, colour=RED)
    _centred(document, composed.subtitle, size=14)
    for block in composed.blocks:
        _add(document, block, address)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _set_up(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    _set_font(normal, SONG, TEXT_PT)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.4
    for level, size in ((1, 14), (2, 12)):
        style = document.styles[f"Heading {level}"]
        _set_font(style, HEI, size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = True
        style.paragraph_format.space_before = Pt(14 if level == 1 else 8)
        style.paragraph_format.space_after = Pt(4)
    for name, font in ((TEXT, SONG), (HEAD, HEI)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _set_font(style, font, TABLE_PT)
        style.font.bold = name == HEAD
        style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = 1.2
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("— ")
    _add_page_number(footer)
    footer.add_run(" —")


def _set_font(style: Any, name: str, size: float) -> None:
    """Set the font of a style; Chinese letters have one of their own (w:eastAsia)."""
    style.font.name = LATIN
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)  # a theme would win over the names
    fonts.set(qn("w:eastAsia"), name)


def _set_run_font(run: Any, name: str, size: float | None = None) -> None:
    run.font.name = LATIN
    if size is not None:
        run.font.size = Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _add_page_number(paragraph: Any) -> None:
    """Add the field PAGE (ECMA-376, 17.16.5.44)."""
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = "PAGE"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)


def _centred(document: Any, text: str, *, size: float, colour: RGBColor | None = None) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold = True
    _set_run_font(run, HEI, size)
    if colour is not None:
        run.font.color.rgb = colour


def _add(document: Any, block: Block, address: Address) -> None:
    match block:
        case Heading():
            heading = document.add_heading(block.text, block.level)
            heading.paragraph_format.page_break_before = block.new_page
        case Paragraph():
            _add_paragraph(document, block, address)
        case Facts():
            _add_facts(document, block)
        case Table():
            _add_table(document, block, address)
        case Signatures():
            for number, (label, signed) in enumerate(block.lines):
                paragraph = document.add_paragraph(f"{label}：{signed or '＿' * 12}")
                paragraph.paragraph_format.space_before = Pt(18 if number else 30)
        case _:
            assert_never(block)


def _add_paragraph(document: Any, block: Paragraph, address: Address) -> None:
    paragraph = document.add_paragraph()
    if block.indented:
        paragraph.paragraph_format.first_line_indent = Pt(2 * TEXT_PT)
    if block.label:
        label = paragraph.add_run(block.label)
        label.bold = True
        _set_run_font(label, HEI)
    if block.when is not None:
        paragraph.paragraph_format.keep_with_next = bool(block.text)
        paragraph._p.append(parse_xml(_moment(block.when, address)))
        if not block.text:
            return
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(2 * TEXT_PT)
    run = paragraph.add_run(block.text)
    if block.muted:
        run.font.color.rgb = GREY
        run.font.size = Pt(TABLE_PT)


def _moment(link: Link, address: Address) -> str:
    """Return a moment after a label as XML: smaller, grey."""
    size = round(TABLE_PT * 2)
    look = f'<w:rPr><w:color w:val="666666"/><w:sz w:val="{size}"/></w:rPr>'
    run = f'<w:r>{look}<w:t xml:space="preserve">　{escape(link.text)}</w:t></w:r>'
    return _linked(run, address(link.at), nsdecls("w"))


def _linked(run: str, href: str, namespaces: str = "") -> str:
    """Return a run as XML, in the field HYPERLINK (ECMA-376, 17.16.5.25): it needs no part."""
    if not href:
        return run.replace("<w:r>", f"<w:r {namespaces}>", 1) if namespaces else run
    instruction = quoteattr(f' HYPERLINK "{href}" ')
    return f"<w:fldSimple {namespaces} w:instr={instruction}>{run}</w:fldSimple>"


def _add_facts(document: Any, facts: Facts) -> None:
    columns = (Column("", 22), Column("", 78))
    rows = [_row(columns, [_run(label), _run(value)], (HEAD, TEXT)) for label, value in facts.rows]
    _write_table(document, columns, rows)


def _add_table(document: Any, block: Table, address: Address) -> None:
    columns, count = block.columns, len(block.columns)
    head = _row(columns, [_run(column.title) for column in columns], (HEAD,) * count, repeated=True)
    height = TALL_MM if block.tall else 0
    rows = (
        _row(columns, [_cell(one, address) for one in row], (TEXT,) * count, height_mm=height)
        for row in block.rows
    )
    _write_table(document, columns, [head, *rows])


def _write_table(document: Any, columns: Sequence[Column], rows: Sequence[str]) -> None:
    table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
    table.autofit = False
    for column, its in zip(table.columns, columns, strict=True):
        column.width = _width(its)
    written = parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>")
    table._tbl.extend(list(written))
    document.add_paragraph()


def _row(
    columns: Sequence[Column],
    runs: Sequence[str],
    styles: Sequence[str],
    *,
    repeated: bool = False,
    height_mm: int = 0,
) -> str:
    """
    Return a row as XML (ECMA-376, 17.4.78).

    Through the library's objects, 5,000 comments would take half a minute.

    Args:
        runs: XML of what stands in the cells.
        repeated: on each page again.
        height_mm: at least; 0: as its text needs.
    """
    cells = (
        f'<w:tc><w:tcPr><w:tcW w:w="{_width(column).twips}" w:type="dxa"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>'
        f"{CENTRED if column.centred else ''}</w:pPr>{run}</w:p></w:tc>"
        for column, run, style in zip(columns, runs, styles, strict=True)
    )
    height = f'<w:trHeight w:val="{Mm(height_mm).twips}"/>' if height_mm else ""
    head = "<w:tblHeader/>" if repeated else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{head}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(cell: Cell, address: Address) -> str:
    if isinstance(cell, Link):
        return _linked(_run(cell.text), address(cell.at))
    return _run(cell)


def _run(text: str) -> str:
    return f"<w:r>{_lines(text)}</w:r>"


def _width(column: Column) -> Mm:
    return Mm(LINE_MM * column.width / 100)


def _lines(text: str) -> str:
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.splitlines())
    return "<w:br/>".join(lines)
