"""The words of a document, one block a paragraph."""

from __future__ import annotations

from meetings.minutes.blocks import (
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


def text_of(block: Block) -> str:
    match block:
        case Heading():
            return block.text
        case Paragraph():
            when = "" if block.when is None else f" [{block.when.text}] "
            return block.label + when + block.text
        case Facts():
            return "\n".join(f"{label}：{value}" for label, value in block.rows)
        case Table():
            return "\n".join(" | ".join(_cell(cell) for cell in row) for row in block.rows)
        case Signatures():
            return " ".join(f"{label}：{signed}" for label, signed in block.lines)


def words(document: Document) -> str:
    return "\n".join(text_of(block) for block in document.blocks)


def _cell(cell: Cell) -> str:
    return f"[{cell.text}]" if isinstance(cell, Link) else cell
