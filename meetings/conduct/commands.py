"""What may be asked about the meeting as a whole."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel

__all__ = [
    "AdjournMeeting",
    "CloseMeeting",
    "ConductCommand",
    "OpenMeeting",
    "RecessMeeting",
    "ResumeMeeting",
]


class OpenMeeting(CommandModel):
    type: Literal["meeting.open"] = "meeting.open"


class RecessMeeting(CommandModel):
    type: Literal["meeting.recess"] = "meeting.recess"
    until_ms: int | None = None
    """When it shall go on."""


class AdjournMeeting(CommandModel):
    """Rest until another day."""

    type: Literal["meeting.adjourn"] = "meeting.adjourn"
    until_ms: int | None = None
    """When it shall go on."""


class ResumeMeeting(CommandModel):
    type: Literal["meeting.resume"] = "meeting.resume"


class CloseMeeting(CommandModel):
    type: Literal["meeting.close"] = "meeting.close"


ConductCommand = OpenMeeting | RecessMeeting | AdjournMeeting | ResumeMeeting | CloseMeeting
