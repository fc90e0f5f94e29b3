"""Blocks of a document: what all renderers know how to write down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to its moment in the recording."""

    text: str
    at: datetime


Cell = str | Link
Address = Callable[[datetime], str]
"""The address of a moment in the recording; empty: there is none, and links are plain text."""


@dataclass(frozen=True, slots=True)
class Heading:
    level: Literal[1, 2]
    text: str
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    label: str = ""
    """Set before the text, heavier."""
    when: Link | None = None
    """Set after the label, smaller."""
    muted: bool = False
    indented: bool = False
    """By two letters, as running text in Chinese is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: int
    """Share of the line, in percent."""
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    tall: bool = False
    """Rows leave room to sign by hand."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Labels, and who signed when; empty: a line to be signed by hand."""

    lines: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Facts | Table | Signatures


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
