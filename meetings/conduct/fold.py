"""What entries about the meeting as a whole make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from meetings.agenda.fold import turned
from meetings.conduct.events import (
    ConductEvent,
    MeetingClosed,
    MeetingCreated,
    MeetingOpened,
    MeetingRecessed,
    MeetingResumed,
)
from meetings.events import Entry
from meetings.state import Meeting


def apply(meeting: Meeting, event: ConductEvent, entry: Entry) -> Meeting:
    """Return the meeting after *entry*. Raises: ValueError at a second creation."""
    match event:
        case MeetingCreated():
            raise ValueError("a meeting is created once")
        case MeetingOpened():
            return replace(meeting, state="open", opened_ms=entry.at_ms)
        case MeetingRecessed():
            return replace(meeting, state="recess")
        case MeetingResumed():
            return replace(meeting, state="open")
        case MeetingClosed():
            # Hands that still wait have nothing to wait for.
            return replace(
                meeting,
                state="closed",
                closed_ms=entry.at_ms,
                agenda=turned(meeting.agenda, None, entry.at_ms),
                floor=replace(meeting.floor, queue=()),
            )
        case _:
            assert_never(event)
