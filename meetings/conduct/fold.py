"""What entries about the meeting as a whole make of it."""

from __future__ import annotations

from typing import assert_never

from meetings.agenda.fold import rested, resumed, turned
from meetings.conduct.events import (
    ConductEvent,
    MeetingAdjourned,
    MeetingClosed,
    MeetingCreated,
    MeetingOpened,
    MeetingRecessed,
    MeetingResumed,
)
from meetings.events import Entry
from meetings.evolve import evolve
from meetings.floor.fold import closed
from meetings.state import Meeting


def apply(meeting: Meeting, event: ConductEvent, entry: Entry) -> Meeting:
    """Return the meeting after *entry*. Raises: ValueError at a second creation."""
    match event:
        case MeetingCreated():
            raise ValueError("a meeting is created once")
        case MeetingOpened():
            return evolve(meeting, state="open", opened_ms=entry.at_ms)
        case MeetingRecessed() | MeetingAdjourned():
            return evolve(
                meeting,
                state="recess",
                adjourned=isinstance(event, MeetingAdjourned),
                until_ms=event.until_ms,
                agenda=rested(meeting.agenda, entry.at_ms),
            )
        case MeetingResumed():
            agenda = resumed(meeting.agenda, entry.at_ms)
            return evolve(meeting, state="open", adjourned=False, until_ms=None, agenda=agenda)
        case MeetingClosed():
            return evolve(
                meeting,
                state="closed",
                closed_ms=entry.at_ms,
                adjourned=False,
                until_ms=None,
                agenda=turned(meeting.agenda, None, entry.at_ms),
                floor=closed(meeting.floor),
            )
        case _:
            assert_never(event)
