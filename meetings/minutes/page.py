"""
A document as one HTML page: no script, nothing from elsewhere, printed on A4.

Margins and page numbers follow the form of official documents (GB/T 9704-2012) in spirit.
"""

from __future__ import annotations

from html import escape
from typing import Final, assert_never

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

STYLE: Final = """
:root {
  --ink: #1a1a1a; --muted: #666; --line: #999; --head: #f3f1ec; --red: #b3261e; --link: #1f4e8c;
  --song: "SimSun", "宋体", "Songti SC", "Noto Serif CJK SC", "Source Han Serif SC", serif;
  --hei: "SimHei", "黑体", "Heiti SC", "PingFang SC", "Noto Sans CJK SC", sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: #e9e7e2; color: var(--ink); font: 12pt/1.75 var(--song); }
main {
  max-width: 210mm; margin: 8mm auto; padding: 20mm 24mm 24mm; background: #fff;
  box-shadow: 0 1px 6px rgb(0 0 0 / 20%);
}
header { text-align: center; border-bottom: 2px solid var(--red); margin-bottom: 6mm; }
h1 { margin: 0; font: 700 22pt/1.4 var(--hei); letter-spacing: .12em; text-indent: .12em;
  color: var(--red); }
header .subtitle { margin: 2mm 0 4mm; font: 500 14pt/1.5 var(--hei); overflow-wrap: anywhere;
  text-align: center; }
h2 { margin: 7mm 0 2mm; font: 700 14pt/1.5 var(--hei); overflow-wrap: anywhere; }
h3 { margin: 4mm 0 2mm; font: 700 12pt/1.5 var(--hei); overflow-wrap: anywhere; }
p { margin: 0 0 2mm; overflow-wrap: anywhere; white-space: pre-line; text-align: justify; }
p b { font-family: var(--hei); }
p .when { color: var(--muted); font-size: 10.5pt; margin-left: .75em; }
p .said { display: block; text-indent: 2em; }
a { color: var(--link); text-decoration: none; border-bottom: 1px dotted currentcolor; }
a:hover, a:focus-visible { border-bottom-style: solid; }
p.muted { color: var(--muted); font-size: 10.5pt; text-align: left; }
.indented { text-indent: 2em; }
table { width: 100%; margin: 2mm 0 4mm; border-collapse: collapse; table-layout: fixed;
  font-size: 10.5pt; line-height: 1.55; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: 1.2mm 2mm; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; unicode-bidi: isolate; white-space: pre-line; }
th { background: var(--head); font: 700 10.5pt/1.55 var(--hei); }
.centred { text-align: center; }
.tall td { height: 11mm; vertical-align: middle; }
.facts th { width: 22%; }
.signatures { display: flex; gap: 8mm; margin: 12mm 0 6mm; }
.signatures span { flex: 1; border-bottom: 1px solid var(--ink); padding-bottom: 1mm; }
@media (max-width: 600px) {
  body { background: #fff; }
  main { margin: 0; padding: 5mm 4mm 10mm; box-shadow: none; }
  h1 { font-size: 17pt; letter-spacing: .05em; }
  .signatures { flex-direction: column; }
  th, td { padding: 1mm; }
  table { font-size: 9.5pt; }
  th { font-size: 9.5pt; }
}
@page {
  size: A4; margin: 30mm 26mm 28mm 28mm;
  @bottom-center { content: "— " counter(page) " —"; font: 10.5pt serif; }
}
@media print {
  body { background: none; }
  main { max-width: none; margin: 0; padding: 0; box-shadow: none; }
  a { color: inherit; border: 0; }
  thead { display: table-header-group; }
  tr, .signatures { break-inside: avoid; }
  h2, h3, h3 + p { break-after: avoid; }
  p { orphans: 2; widows: 2; }
  .new-page { break-before: page; }
  th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def render_html(document: Document, address: Address) -> str:
    """Write *document* down as a page; everything that people typed is escaped."""
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}：{escape(document.subtitle)}</title>\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{_body(document, address)}\n</main>\n"
        "</body>\n</html>\n"
    )


def _body(document: Document, address: Address) -> str:
    header = (
        f"<header><h1>{escape(document.title)}</h1>"
        f'<p class="subtitle">{escape(document.subtitle)}</p></header>'
    )
    return "\n".join([header, *(_block(block, address) for block in document.blocks)])


def _block(block: Block, address: Address) -> str:
    match block:
        case Heading():
            name = f"h{block.level + 1}"
            new_page = ' class="new-page"' if block.new_page else ""
            return f"<{name}{new_page}>{escape(block.text)}</{name}>"
        case Paragraph():
            return _paragraph(block, address)
        case Facts():
            rows = "\n".join(
                f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>'
                for label, value in block.rows
            )
            return f'<table class="facts">\n{rows}\n</table>'
        case Table():
            return _table(block, address)
        case Signatures():
            lines = "".join(
                f"<span>{escape(label)}：{escape(signed)}</span>" for label, signed in block.lines
            )
            return f'<div class="signatures">{lines}</div>'
        case _:
            assert_never(block)


def _paragraph(block: Paragraph, address: Address) -> str:
    names = [name for name, on in (("muted", block.muted), ("indented", block.indented)) if on]
    classes = f' class="{" ".join(names)}"' if names else ""
    label = f"<b>{escape(block.label)}</b>" if block.label else ""
    text = escape(block.text)
    if block.when is not None:
        label += f'<span class="when">{_cell_text(block.when, address)}</span>'
        text = f'<span class="said">{text}</span>' if text else ""
    return f"<p{classes}>{label}{text}</p>"


def _table(table: Table, address: Address) -> str:
    widths = "".join(f'<col style="width:{column.width}%">' for column in table.columns)
    titles = "".join(_cell("th", column, escape(column.title)) for column in table.columns)
    rows = "\n".join(
        "<tr>"
        + "".join(
            _cell("td", column, _cell_text(text, address))
            for column, text in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    tall = ' class="tall"' if table.tall else ""
    return (
        f"<table{tall}>\n<colgroup>{widths}</colgroup>\n<thead><tr>{titles}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _cell(name: str, column: Column, inner: str) -> str:
    centred = ' class="centred"' if column.centred else ""
    return f"<{name}{centred}>{inner}</{name}>"


def _cell_text(cell: Cell, address: Address) -> str:
    if not isinstance(cell, Link):
        return escape(cell)
    href = address(cell.at)
    return f'<a href="{escape(href)}">{escape(cell.text)}</a>' if href else escape(cell.text)
