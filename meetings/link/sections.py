"""What the screens show of the video link's moderation; parts of `people` and `me`."""

from __future__ import annotations

from meetings.models import SectionModel

__all__ = ["REMOVED_SHOWN", "LinkView", "OwnLink", "RemovedView"]

REMOVED_SHOWN = 100  # newest


class RemovedView(SectionModel):
    """For the desk alone."""

    person: str
    name: str
    reason: str
    by: str
    """Name of who did it."""
    at_ms: int


class LinkView(SectionModel):
    locked: bool
    muted: tuple[str, ...]
    """Ids, sorted."""
    stopped: tuple[str, ...]
    """Whose picture is not let through; ids, sorted."""
    camera: str | None
    """Which of the cameras that are there is the room; None: there is none."""
    microphone: str | None
    """Which of the room's devices that are there is heard; None: there is none."""
    removed: tuple[RemovedView, ...]
    """For the desk: newest first, at most REMOVED_SHOWN; empty for others."""


class OwnLink(SectionModel):
    """In `me`: what was ordered about oneself."""

    muted_by: str | None
    """Name of who muted one; None: nobody did."""
    stopped_by: str | None
    """Name of who stopped the own picture; None: nobody did."""
