"""What happens to the meeting as a whole."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from meetings.agenda.events import AGENDA_MAX, AgendaItem
from meetings.models import EventModel, Title

__all__ = [
    "ConductEvent",
    "MeetingClosed",
    "MeetingCreated",
    "MeetingOpened",
    "MeetingRecessed",
    "MeetingResumed",
]


class MeetingCreated(EventModel):
    type: Literal["meeting.created"] = "meeting.created"
    changes: ClassVar = frozenset({"meeting", "agenda", "floor", "votes", "comments", "people"})
    title: Title
    room: str
    """The room's code, as printed under its QR code."""
    room_name: Title
    planned_ms: int
    agenda: Annotated[tuple[AgendaItem, ...], Field(max_length=AGENDA_MAX)] = ()
    speech_s: Annotated[int, Field(ge=5, le=7200)] = 180
    """Usual length of a speech, seconds; a grant may say otherwise."""


class MeetingOpened(EventModel):
    type: Literal["meeting.opened"] = "meeting.opened"
    changes: ClassVar = frozenset({"meeting"})


class MeetingRecessed(EventModel):
    type: Literal["meeting.recessed"] = "meeting.recessed"
    changes: ClassVar = frozenset({"meeting"})


class MeetingResumed(EventModel):
    type: Literal["meeting.resumed"] = "meeting.resumed"
    changes: ClassVar = frozenset({"meeting"})


class MeetingClosed(EventModel):
    type: Literal["meeting.closed"] = "meeting.closed"
    changes: ClassVar = frozenset({"meeting", "agenda", "floor"})


ConductEvent = MeetingCreated | MeetingOpened | MeetingRecessed | MeetingResumed | MeetingClosed
