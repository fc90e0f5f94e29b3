"""What happens to the meeting as a whole."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from meetings.agenda.events import AGENDA_MAX, AgendaItem
from meetings.attendance.events import ROSTER_MAX, QuorumRule, RosterLine
from meetings.floor.events import FloorRules
from meetings.models import EventModel, Title

__all__ = [
    "ConductEvent",
    "MeetingAdjourned",
    "MeetingClosed",
    "MeetingCreated",
    "MeetingOpened",
    "MeetingRecessed",
    "MeetingResumed",
]


class MeetingCreated(EventModel):
    type: Literal["meeting.created"] = "meeting.created"
    changes: ClassVar = frozenset(
        {
            "meeting",
            "agenda",
            "floor",
            "votes",
            "comments",
            "people",
            "roster",
            "minutes",
            "captions",
        }
    )
    title: Title
    room: str
    """The room's code, as printed under its QR code."""
    room_name: Title
    planned_ms: int
    agenda: Annotated[tuple[AgendaItem, ...], Field(max_length=AGENDA_MAX)] = ()
    speech_s: Annotated[int, Field(ge=5, le=7200)] = 180
    """Usual length of a speech, seconds; rules and grants may say otherwise."""
    rules: FloorRules = FloorRules()
    """Of the speaking queue; an item may have its own."""
    roster: Annotated[tuple[RosterLine, ...], Field(max_length=ROSTER_MAX)] = ()
    quorum: QuorumRule | None = None
    lobby: bool = False
    """Whoever was invited waits to be let in."""
    real_names: bool = False
    """Residents have to give their real name to come in; it is shown to nobody (`unmasking`)."""


class MeetingOpened(EventModel):
    type: Literal["meeting.opened"] = "meeting.opened"
    changes: ClassVar = frozenset({"meeting"})


class MeetingRecessed(EventModel):
    type: Literal["meeting.recessed"] = "meeting.recessed"
    changes: ClassVar = frozenset({"meeting", "agenda"})
    until_ms: int | None = None
    """When it shall go on; the host resumes it."""


class MeetingAdjourned(EventModel):
    """The meeting rests until another day. Its state is that of a recess."""

    type: Literal["meeting.adjourned"] = "meeting.adjourned"
    changes: ClassVar = frozenset({"meeting", "agenda"})
    until_ms: int | None = None
    """When it shall go on; None: that is not settled yet."""


class MeetingResumed(EventModel):
    type: Literal["meeting.resumed"] = "meeting.resumed"
    changes: ClassVar = frozenset({"meeting", "agenda"})


class MeetingClosed(EventModel):
    type: Literal["meeting.closed"] = "meeting.closed"
    changes: ClassVar = frozenset({"meeting", "agenda", "floor", "people"})


ConductEvent = (
    MeetingCreated
    | MeetingOpened
    | MeetingRecessed
    | MeetingAdjourned
    | MeetingResumed
    | MeetingClosed
)
