"""
A document as PDF, set by typst: A4, margins and page numbers as in official documents.

Needs the package `typst` (`pip install yishi[pdf]`) and a Chinese font on the machine. Without the
font letters would come out as boxes, so that is an error instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, assert_never

from meetings.minutes.blocks import (
    Address,
    Block,
    Cell,
    Document,
    Facts,
    Heading,
    Link,
    Paragraph,
    Signatures,
    Table,
)

SONG: Final = (
    *("SimSun", "Songti SC", "STSong", "Noto Serif CJK SC", "Noto Serif SC"),
    *("Source Han Serif SC", "Source Han Serif CN", "FZShuSong-Z01", "AR PL UMing CN"),
)
"""Fonts for text, the usual one first."""
HEI: Final = (
    *("SimHei", "Heiti SC", "STHeiti", "Noto Sans CJK SC", "Noto Sans SC"),
    *("Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
)
"""Fonts for headings; each takes the place of the other if there is none."""

_SET_UP: Final = """
#set document(title: TITLE)
#set page(
  paper: "a4", margin: (top: 30mm, bottom: 28mm, left: 28mm, right: 26mm),
  footer: context align(center, text(10.5pt)[— #counter(page).display() —]),
)
#set text(font: SONG, lang: "zh", region: "cn", size: 12pt, cjk-latin-spacing: none)
#set par(leading: 0.85em, spacing: 0.95em, justify: true, linebreaks: "simple")
#let hei(body) = text(font: HEI, weight: "bold", body)
#show heading.where(level: 1): it => block(above: 1.6em, below: 0.9em,
  text(14pt, font: HEI, weight: "bold", it.body))
#show heading.where(level: 2): it => block(above: 1.3em, below: 0.8em,
  text(12pt, font: HEI, weight: "bold", it.body))
#set table(stroke: 0.5pt + luma(150), inset: (x: 5pt, y: 5.5pt))
#show table: set text(10.5pt)
#show table: set par(leading: 0.6em, justify: false)
#let when(body) = text(10.5pt, fill: luma(100), body)
#let two = h(2em)
#align(center, block(below: 0.9em,
  text(22pt, font: HEI, weight: "bold", fill: rgb("#b3261e"), tracking: 0.12em, TITLE)))
#align(center, block(below: 0.8em, text(14pt, font: HEI, SUBTITLE)))
#line(length: 100%, stroke: 1.5pt + rgb("#b3261e"))
"""


class TypesetterMissing(Exception):
    """The package `typst` is not installed."""


class FontMissing(Exception):
    """No Chinese font was found."""


def render_pdf(document: Document, address: Address, fonts: Sequence[Path] = ()) -> bytes:
    """
    Write *document* down as a PDF file.

    Args:
        fonts: files or folders of fonts to use besides those of the machine.

    Raises: TypesetterMissing, FontMissing.
    """
    try:
        import typst
    except ImportError as error:
        raise TypesetterMissing("pip install yishi[pdf]") from error
    folders = [str(font.parent if font.is_file() else font) for font in fonts]
    known = typst.Fonts(font_paths=folders)
    song, hei = _pick(known.families())
    source = _source(document, address, song, hei)
    with TemporaryDirectory() as nothing:  # of files, only fonts can be read
        compiler = typst.Compiler(source.encode(), root=Path(nothing), font_paths=known)
        made = compiler.compile(format="pdf")
    assert isinstance(made, bytes), "can't happen: one document is one file"
    return made


def _pick(families: Sequence[str]) -> tuple[str, str]:
    """Pick a font for text and one for headings. Raises: FontMissing."""
    there = set(families)
    song = next((name for name in SONG if name in there), None)
    hei = next((name for name in HEI if name in there), None)
    if song is None and hei is None:
        raise FontMissing("no Chinese font: install one (Debian: fonts-noto-cjk)")
    return song or hei or "", hei or song or ""


def _source(document: Document, address: Address, song: str, hei: str) -> str:
    head = (
        f"#let TITLE = {_string(document.title)}\n#let SUBTITLE = {_string(document.subtitle)}\n"
        f"#let SONG = {_string(song)}\n#let HEI = {_string(hei)}\n"
    )
    return head + _SET_UP + "\n".join(_block(block, address) for block in document.blocks) + "\n"


def _block(block: Block, address: Address) -> str:
    match block:
        case Heading():
            before = "#pagebreak(weak: true)\n" if block.new_page else ""
            return f"{before}#heading(level: {block.level}, {_text(block.text)})"
        case Paragraph():
            return _paragraph(block, address)
        case Facts():
            cells = ", ".join(
                f"table.cell(fill: luma(243), hei({_text(label)})), {_text(value)}"
                for label, value in block.rows
            )
            return f"#table(columns: (22%, 78%), {cells})"
        case Table():
            return _table(block, address)
        case Signatures():
            cells = ", ".join(
                f"[#{_text(label + '：')}#{_text(signed)}]" for label, signed in block.lines
            )
            columns = ", ".join("1fr" for _ in block.lines)
            return (
                f"#v(12mm)\n#block(breakable: false, grid(columns: ({columns}), column-gutter: 8mm,"
                f" stroke: (bottom: 0.5pt), inset: (bottom: 4pt), {cells}))\n#v(4mm)"
            )
        case _:
            assert_never(block)


def _paragraph(block: Paragraph, address: Address) -> str:
    parts = []
    if block.label:
        parts.append(f"#hei({_text(block.label)})")
    if block.when is not None:
        parts.append(f"#h(0.75em)#when({_cell(block.when, address)})")
        if block.text:
            parts.append(f"\\\n#two#{_text(block.text)}")
    elif block.text:
        said = f"#text(10.5pt, fill: luma(100), {_text(block.text)})"
        parts.append(said if block.muted else f"#{_text(block.text)}")
    if block.indented:
        parts.insert(0, "#two")
    return f"#par[{''.join(parts)}]"


def _table(table: Table, address: Address) -> str:
    columns = ", ".join(f"{column.width}%" for column in table.columns)
    aligned = ", ".join(
        ("center" if column.centred else "left") + (" + horizon" if table.tall else " + top")
        for column in table.columns
    )
    titles = ", ".join(
        f"table.cell(fill: luma(243), hei({_text(column.title)}))" for column in table.columns
    )
    rows = ",\n".join(", ".join(_cell(cell, address) for cell in row) for row in table.rows)
    heights = ""
    if table.tall:
        heights = f"rows: (auto, {', '.join('11mm' for _ in table.rows)},), "
    return (
        f"#table(columns: ({columns}), align: ({aligned}), {heights}"
        f"table.header({titles}),\n{rows})"
    )


def _cell(cell: Cell, address: Address) -> str:
    if not isinstance(cell, Link):
        return _text(cell)
    href = address(cell.at)
    return f"link({_string(href)}, {_text(cell.text)})" if href else _text(cell.text)


def _text(text: str) -> str:
    """A call that sets *text* as it is: nothing of it is markup."""
    return f"text({_string(text)})"


def _string(text: str) -> str:
    """A string literal of typst: https://typst.app/docs/reference/foundations/str/."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "")
    return '"' + escaped.replace("\n", "\\n").replace("\t", " ") + '"'
