"""
What comes of a command: events to be recorded, or a refusal.

Pure: time and chance come in as an argument, and nothing is changed here. Each concern has its
rules in a module of its own. In a decision of several events the one that was asked for comes last;
its offset is the answer.
"""

from __future__ import annotations

from typing import assert_never

from meetings import authority
from meetings import commands as cmd
from meetings import events as ev
from meetings.agenda import rules as agenda
from meetings.attendance import rules as attendance
from meetings.authority import Actor
from meetings.comments import rules as comments
from meetings.conduct import rules as conduct
from meetings.floor import rules as floor
from meetings.moment import Moment
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting import rules as voting

__all__ = ["Actor", "Decision", "Moment", "decide"]

Decision = tuple[ev.Event, ...] | Refused
"""No events: accepted, and already so."""


def decide(meeting: Meeting, command: cmd.Command, actor: Actor, moment: Moment) -> Decision:
    """
    Decide what comes of *command* by *actor* at *moment*.

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
            return conduct.open_meeting(meeting)
        case cmd.RecessMeeting():
            return conduct.recess(meeting)
        case cmd.ResumeMeeting():
            return conduct.resume(meeting)
        case cmd.CloseMeeting():
            return conduct.close(meeting)
        case cmd.MoveAgenda():
            return agenda.move(meeting, command)
        case cmd.RequestFloor():
            return floor.request(meeting, command, actor)
        case cmd.WithdrawFloor():
            return floor.withdraw(meeting, actor)
        case cmd.GrantFloor():
            return floor.grant(meeting, command, moment)
        case cmd.EndFloor():
            return floor.end(meeting, actor)
        case cmd.PostComment():
            return comments.post(command, actor)
        case cmd.LikeComment():
            return comments.like(meeting, command, actor)
        case cmd.OpenVote():
            return voting.open_vote(meeting, command, moment)
        case cmd.CastBallot():
            return voting.cast(meeting, command, actor, moment)
        case cmd.CloseVote():
            return voting.close_vote(meeting, command)
        case _:
            assert_never(command)
