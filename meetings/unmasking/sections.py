"""What the screens show of unmaskings; a part of the section `people`."""

from __future__ import annotations

from meetings.models import SectionModel

__all__ = ["UNMASKED_SHOWN", "UnmaskedView"]

UNMASKED_SHOWN = 50  # newest


class UnmaskedView(SectionModel):
    """For the desk alone."""

    person: str
    name: str
    real_name: str
    """Empty: forgotten, or the room never asked for it."""
    reason: str
    by: str
    """Name of who asked for it."""
    at_ms: int
