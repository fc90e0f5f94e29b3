"""What the screens show of the meeting as a whole."""

from __future__ import annotations

from typing import Literal

from meetings.models import SectionModel

__all__ = [
    "MeetingSection",
    "MeetingState",
]

MeetingState = Literal["scheduled", "open", "recess", "closed"]


class MeetingSection(SectionModel):
    id: str
    title: str
    room: str
    room_name: str
    state: MeetingState
    planned_ms: int
    opened_ms: int | None
    closed_ms: int | None
    speech_s: int
    adjourned: bool
    """In recess until another day."""
    until_ms: int | None
    """When a recess shall end."""
