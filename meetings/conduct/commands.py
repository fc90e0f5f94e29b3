"""What may be asked about the meeting as a whole."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel

__all__ = [
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


class ResumeMeeting(CommandModel):
    type: Literal["meeting.resume"] = "meeting.resume"


class CloseMeeting(CommandModel):
    type: Literal["meeting.close"] = "meeting.close"


ConductCommand = OpenMeeting | RecessMeeting | ResumeMeeting | CloseMeeting
