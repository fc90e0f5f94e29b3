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
from meetings.captions import rules as captions
from meetings.comments import moderation
from meetings.comments import rules as comments
from meetings.conduct import rules as conduct
from meetings.erasure import rules as erasure
from meetings.floor import green_room, speeches
from meetings.floor import rules as floor
from meetings.link import rules as link
from meetings.moment import Moment
from meetings.programme import rules as programme
from meetings.push import rules as push
from meetings.recording import rules as recording
from meetings.refusals import Code, Refused
from meetings.signoff import rules as signoff
from meetings.state import Meeting
from meetings.unmasking import rules as unmasking
from meetings.voting import decide as voting
from meetings.voting.commands import is_voting

__all__ = ["Actor", "Decision", "Moment", "decide"]

Decision = tuple[ev.Event, ...] | Refused
"""No events: accepted, and already so."""


_AFTERWARDS = (
    cmd.ApproveComment
    | cmd.HideComment
    | cmd.AppealComment
    | cmd.DeclineAppeal
    | cmd.RestoreComment
    | cmd.UnmaskPerson
    | cmd.ForgetPerson
    | cmd.SignoffCommand
    | cmd.CorrectCaption
    | cmd.RecordingCommand
)
"""What can be asked of a closed meeting too: comments stay on show, and minutes are written."""


def decide(meeting: Meeting, command: cmd.Asked, actor: Actor, moment: Moment) -> Decision:
    """
    Decide what comes of *command* by *actor* at *moment*.

    Every command may be refused with `authority.forbidden`; joining with `person.forgotten` and
    `person.removed`; every one but joining and leaving with `person.not_present` and
    `meeting.closed`. The rules name their own codes.
    """
    if isinstance(command, cmd.SummariseCall):
        return link.summarise(command, actor)
    if isinstance(command, cmd.RecogniseCaption):
        return captions.recognise(meeting, command, moment)
    if isinstance(command, cmd.RecordingUpkeep):
        return recording.upkeep(meeting, command, moment)
    if not authority.may(actor.role, command.type):
        return Refused(Code.FORBIDDEN, f"{actor.role} may not ask {command.type}")
    if isinstance(command, cmd.Join):
        if actor.person in meeting.forgotten:
            return Refused(Code.PERSON_FORGOTTEN)
        if actor.person in meeting.link.removed:
            return Refused(Code.PERSON_REMOVED, meeting.link.removed[actor.person].reason)
        return attendance.join(meeting, actor)
    if isinstance(command, cmd.Leave):
        return attendance.leave(meeting, actor)
    if meeting.state == "closed" and not isinstance(command, _AFTERWARDS):
        return Refused(Code.MEETING_CLOSED)
    if not meeting.attendance.present(actor.person):
        return Refused(Code.NOT_PRESENT)
    if is_voting(command):
        return voting.carry_out(meeting, command, actor, moment)
    if isinstance(command, cmd.RecordingCommand):
        return recording.carry_out(meeting, command)
    if isinstance(command, cmd.LinkCommand):
        return link.carry_out(meeting, command, actor)
    if isinstance(command, cmd.AttendanceCommand):
        return attendance.carry_out(meeting, command, actor, moment)
    match command:
        case cmd.OpenMeeting():
            return conduct.open_meeting(meeting)
        case cmd.RecessMeeting():
            return conduct.recess(meeting, command, moment)
        case cmd.AdjournMeeting():
            return conduct.adjourn(meeting, command, moment)
        case cmd.ResumeMeeting():
            return conduct.resume(meeting)
        case cmd.CloseMeeting():
            return conduct.close(meeting)
        case cmd.MoveAgenda():
            return agenda.move(meeting, command)
        case cmd.InsertAgenda():
            return agenda.insert(meeting, command)
        case cmd.EditAgenda():
            return agenda.edit(meeting, command)
        case cmd.ReorderAgenda():
            return agenda.reorder(meeting, command)
        case cmd.PostponeAgenda():
            return agenda.postpone(meeting, command)
        case cmd.ReopenAgenda():
            return agenda.reopen(meeting, command)
        case cmd.RequestFloor():
            return floor.request(meeting, command, actor)
        case cmd.WithdrawFloor():
            return floor.withdraw(meeting, command, actor)
        case cmd.SetFloorRules():
            return floor.set_rules(meeting, command)
        case cmd.DrawFloor():
            return floor.draw(meeting, moment)
        case cmd.ListFloor():
            return floor.fix_list(meeting, command)
        case cmd.NominateFloor():
            return floor.nominate(meeting, command, actor)
        case cmd.CallFloor():
            return green_room.call(meeting, command, moment)
        case cmd.ReadyFloor():
            return green_room.ready(meeting, actor)
        case cmd.CallOffFloor():
            return green_room.call_off(meeting, command, actor)
        case cmd.GiveFloorText():
            return green_room.give_text(meeting, command, actor)
        case cmd.GrantFloor():
            return link.heard(meeting, command.person, speeches.grant(meeting, command, moment))
        case cmd.EndFloor():
            return speeches.end(meeting, actor)
        case cmd.PauseFloor():
            return speeches.pause(meeting, moment)
        case cmd.UnpauseFloor():
            return speeches.unpause(meeting, moment)
        case cmd.ExtendFloor():
            return speeches.extend(meeting, command, moment)
        case cmd.PostComment():
            return comments.post(meeting, command, actor, moment)
        case cmd.LikeComment():
            return comments.like(meeting, command, actor)
        case cmd.UnlikeComment():
            return comments.unlike(meeting, command, actor)
        case cmd.SetCommentRules():
            return comments.set_rules(meeting, command)
        case cmd.ApproveComment():
            return moderation.approve(meeting, command)
        case cmd.HideComment():
            return moderation.hide(meeting, command)
        case cmd.AppealComment():
            return moderation.appeal(meeting, command, actor)
        case cmd.DeclineAppeal():
            return moderation.decline(meeting, command)
        case cmd.RestoreComment():
            return moderation.restore(meeting, command)
        case cmd.PinComment():
            return moderation.pin(meeting, command)
        case cmd.UnpinComment():
            return moderation.unpin(meeting, command)
        case cmd.ShowComment():
            return moderation.show(meeting, command)
        case cmd.UnshowComment():
            return moderation.unshow(meeting, command)
        case cmd.AddressComment():
            return moderation.address(meeting, command)
        case cmd.UnmaskPerson():
            return unmasking.unmask(meeting, command)
        case cmd.ForgetPerson():
            return erasure.forget(meeting, command)
        case cmd.SetCaptions():
            return captions.switch(meeting, command)
        case cmd.AddCaption():
            return captions.add(meeting, command, moment)
        case cmd.CorrectCaption():
            return captions.correct(meeting, command)
        case cmd.StartPush():
            return push.start(meeting, command)
        case cmd.StopPush():
            return push.stop(meeting, command)
        case cmd.ShowProgramme():
            return programme.show(meeting, command)
        case cmd.SignMinutes():
            return signoff.sign(meeting, command, actor)
        case cmd.PublishMinutes():
            return signoff.publish(meeting, command)
        case cmd.AmendMinutes():
            return signoff.amend(meeting, command, actor)
        case _:
            assert_never(command)
