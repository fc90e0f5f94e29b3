"""What the screens show of the floor."""

from __future__ import annotations

from meetings.models import SectionModel
from meetings.people import Role

__all__ = [
    "FloorSection",
    "HolderView",
    "WaitingView",
]


class HolderView(SectionModel):
    person: str
    name: str
    office: str
    role: Role
    since_ms: int
    until_ms: int | None


class WaitingView(SectionModel):
    request: int
    person: str
    name: str
    office: str
    role: Role
    since_ms: int
    about: str
    """Empty for everybody but the host."""


class FloorSection(SectionModel):
    holder: HolderView | None
    queue: tuple[WaitingView, ...]
    """In the order of the queue."""
