"""
What comes of a command: events to be recorded, or a refusal.

Pure: the instant comes in as an argument, and nothing is changed here. The rules stand in one
module a concern (`agenda`, `attendance`, `floor`, `voting`, `comments`); those of the meeting as a
whole stand here. In a decision of several events the one that was asked for comes last; its offset
is the answer.
"""

from __future__ import annotations

from typing import assert_never

from meetings import agenda, attendance, authority, comments, floor, voting
from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.refusals import Code, Refused
from meetings.state import Meeting

__all__ = ["Actor", "Decision", "decide"]

Decision = tuple[ev.Event, ...] | Refused
"""No events: accepted, and already so."""


def decide(meeting: Meeting, command: cmd.Command, actor: Actor, now_ms: int) -> Decision:
    """
    Decide what comes of *command* by *actor* at *now_ms*.

    Every command may be refused with `authority.forbidden`; every one but joining and leaving with
    `person.not_present` and `meeting.closed`. The rules name their own codes.
    """
    if not authority.may(actor.role, command.type):
        return Refused(Code.FORBIDDEN, f"{actor.role} may not ask {command.type}")
    if isinstance(command, cmd.Join):
        return attendance.join(meeting, actor)
    if isinstance(command, cmd.Leave):
        return attendance.leave(meeting, actor)
    if meeting.state == "closed":
        return Refused(Code.MEETING_CLOSED)
    if not meeting.attendance.present(actor.person):
        return Refused(Code.NOT_PRESENT)
    match command:
        case cmd.OpenMeeting():
            return _open(meeting)
        case cmd.RecessMeeting():
            return _recess(meeting)
        case cmd.ResumeMeeting():
            return _resume(meeting)
        case cmd.CloseMeeting():
            return _close(meeting)
        case cmd.MoveAgenda():
            return agenda.move(meeting, command)
        case cmd.RequestFloor():
            return floor.request(meeting, command, actor)
        case cmd.WithdrawFloor():
            return floor.withdraw(meeting, actor)
        case cmd.GrantFloor():
            return floor.grant(meeting, command, now_ms)
        case cmd.EndFloor():
            return floor.end(meeting, actor)
        case cmd.PostComment():
            return comments.post(command, actor)
        case cmd.LikeComment():
            return comments.like(meeting, command, actor)
        case cmd.OpenVote():
            return voting.open_vote(meeting, command, now_ms)
        case cmd.CastBallot():
            return voting.cast(meeting, command, actor, now_ms)
        case cmd.CloseVote():
            return voting.close_vote(meeting, command)
        case _:
            assert_never(command)


def _open(meeting: Meeting) -> Decision:
    """Refused with `meeting.not_scheduled` once it was opened."""
    if meeting.state != "scheduled":
        return Refused(Code.MEETING_NOT_SCHEDULED)
    return (ev.MeetingOpened(),)


def _recess(meeting: Meeting) -> Decision:
    """End the speech, then rest; votes run on. Refused with `meeting.not_open`."""
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    return (*floor.stopped(meeting, "recess"), ev.MeetingRecessed())


def _resume(meeting: Meeting) -> Decision:
    """Refused with `meeting.not_recessed`."""
    if meeting.state != "recess":
        return Refused(Code.MEETING_NOT_RECESSED)
    return (ev.MeetingResumed(),)


def _close(meeting: Meeting) -> Decision:
    """End the speech and every vote, then the meeting. Refused with `meeting.not_open`."""
    if meeting.state == "scheduled":
        return Refused(Code.MEETING_NOT_OPEN)
    return (
        *floor.stopped(meeting, "closed"),
        *voting.stopped(meeting),
        ev.MeetingClosed(),
    )
