"""
Minutes: the record as a document for people (议事协商会议纪要).

`build` makes of the entries what happened, `compose` puts it into Chinese words as a list of
blocks, and two renderers write the blocks down: as one HTML page that prints well, and as DOCX.
"""

from __future__ import annotations

from meetings.minutes.build import build
from meetings.minutes.document import render_docx
from meetings.minutes.model import Minutes
from meetings.minutes.page import render_html

__all__ = ["Minutes", "build", "render_docx", "render_html"]
