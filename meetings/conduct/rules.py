"""The meeting as a whole: opened once, in recess and back, closed for good."""

from __future__ import annotations

from meetings.conduct.events import MeetingClosed, MeetingOpened, MeetingRecessed, MeetingResumed
from meetings.events import Event
from meetings.floor import rules as floor
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting import rules as voting


def open_meeting(meeting: Meeting) -> tuple[Event, ...] | Refused:
    """Refused with `meeting.not_scheduled` once it was opened."""
    if meeting.state != "scheduled":
        return Refused(Code.MEETING_NOT_SCHEDULED)
    return (MeetingOpened(),)


def recess(meeting: Meeting) -> tuple[Event, ...] | Refused:
    """End the speech, then rest; votes run on. Refused with `meeting.not_open`."""
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    return (*floor.stopped(meeting, "recess"), MeetingRecessed())


def resume(meeting: Meeting) -> tuple[Event, ...] | Refused:
    """Refused with `meeting.not_recessed`."""
    if meeting.state != "recess":
        return Refused(Code.MEETING_NOT_RECESSED)
    return (MeetingResumed(),)


def close(meeting: Meeting) -> tuple[Event, ...] | Refused:
    """End the speech and every vote, then the meeting. Refused with `meeting.not_open`."""
    if meeting.state == "scheduled":
        return Refused(Code.MEETING_NOT_OPEN)
    return (
        *floor.stopped(meeting, "closed"),
        *voting.stopped(meeting),
        MeetingClosed(),
    )
