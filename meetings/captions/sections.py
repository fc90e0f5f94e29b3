"""What the screens show of captions."""

from __future__ import annotations

from meetings.models import SectionModel

__all__ = ["CAPTIONS_SHOWN", "CaptionView", "CaptionsSection"]

CAPTIONS_SHOWN = 8
"""Newest: viewers see the livestream some seconds later than the room."""


class CaptionView(SectionModel):
    id: int
    at_ms: int
    """Shown from then on; whoever watches the livestream sees it at that moment of the stream."""
    until_ms: int
    """Shown until then."""
    text: str
    name: str
    """Of who said it; empty: somebody in the room, or somebody who was forgotten."""
    recognised: bool
    """By a machine; nobody has read it."""


class CaptionsSection(SectionModel):
    on: bool
    latest: tuple[CaptionView, ...]
    """Oldest first, at most CAPTIONS_SHOWN; those that were taken back are left out."""
    total: int
    """Of the whole meeting; the recording has them all."""
