"""The meeting as a whole: opened once, in recess and back, closed for good."""

from __future__ import annotations

from meetings.conduct.commands import AdjournMeeting, RecessMeeting
from meetings.conduct.events import (
    MeetingAdjourned,
    MeetingClosed,
    MeetingOpened,
    MeetingRecessed,
    MeetingResumed,
)
from meetings.events import Event
from meetings.floor import speeches
from meetings.moment import Moment
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting import rules as voting


def open_meeting(meeting: Meeting) -> tuple[Event, ...] | Refused:
    """Refused with `meeting.not_scheduled` once it was opened."""
    if meeting.state != "scheduled":
        return Refused(Code.MEETING_NOT_SCHEDULED)
    return (MeetingOpened(),)


def recess(meeting: Meeting, command: RecessMeeting, moment: Moment) -> tuple[Event, ...] | Refused:
    """
    End the speech, then rest, until a time or until it is resumed; votes run on.

    Refused with `meeting.not_open`, `meeting.past_time`.
    """
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    if _past(command.until_ms, moment):
        return Refused(Code.MEETING_PAST_TIME)
    return (*speeches.stopped(meeting, "recess"), MeetingRecessed(until_ms=command.until_ms))


def adjourn(
    meeting: Meeting, command: AdjournMeeting, moment: Moment
) -> tuple[Event, ...] | Refused:
    """
    End the speech and rest until another day; also out of a recess. Votes run on.

    Refused with `meeting.not_open`, `meeting.past_time`.
    """
    if meeting.state == "scheduled" or meeting.adjourned:
        return Refused(Code.MEETING_NOT_OPEN)
    if _past(command.until_ms, moment):
        return Refused(Code.MEETING_PAST_TIME)
    return (*speeches.stopped(meeting, "recess"), MeetingAdjourned(until_ms=command.until_ms))


def _past(until_ms: int | None, moment: Moment) -> bool:
    return until_ms is not None and until_ms <= moment.now_ms


def resume(meeting: Meeting) -> tuple[Event, ...] | Refused:
    """Refused with `meeting.not_recessed`."""
    if meeting.state != "recess":
        return Refused(Code.MEETING_NOT_RECESSED)
    return (MeetingResumed(),)


def close(meeting: Meeting) -> tuple[Event, ...] | Refused:
    """
    End the speech and every vote, then the meeting.

    Refused with `meeting.not_open`, and with `vote.secret_open` while a secret vote runs.
    """
    if meeting.state == "scheduled":
        return Refused(Code.MEETING_NOT_OPEN)
    if voting.sealed(meeting):
        return Refused(Code.VOTE_SECRET_OPEN)
    return (
        *speeches.stopped(meeting, "closed"),
        *voting.stopped(meeting),
        MeetingClosed(),
    )
