"""Every cell of the table role x command is what it should be, in the table and in the decision."""

from __future__ import annotations

from typing import get_args

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import ALLOWED, Actor, commands_of, may
from meetings.decide import decide
from meetings.moment import Moment
from meetings.people import Role
from meetings.refusals import Code, Refused
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    DEPUTY,
    DISPLAY,
    HOST,
    MEMBER,
    NOW,
    OPEN,
    ROOM,
    VIEWER,
    joined,
    meeting,
)

TABLE = """
                       host  deputy  clerk  participant  viewer  room  display
meeting.open           yes   yes     no     no           no      no    no
meeting.recess         yes   yes     no     no           no      no    no
meeting.adjourn        yes   yes     no     no           no      no    no
meeting.resume         yes   yes     no     no           no      no    no
meeting.close          yes   yes     no     no           no      no    no
agenda.move            yes   yes     no     no           no      no    no
agenda.insert          yes   yes     no     no           no      no    no
agenda.edit            yes   yes     no     no           no      no    no
agenda.reorder         yes   yes     no     no           no      no    no
agenda.postpone        yes   yes     no     no           no      no    no
agenda.reopen          yes   yes     no     no           no      no    no
person.join            yes   yes     yes    yes          yes     yes   no
person.leave           yes   yes     yes    yes          yes     yes   no
person.appoint         yes   yes     no     no           no      no    no
attendance.sign_in     yes   yes     yes    yes          yes     no    no
attendance.sign_out    yes   yes     yes    yes          yes     no    no
attendance.enter       yes   yes     yes    no           no      no    no
roster.set             yes   yes     yes    no           no      no    no
roster.enter           yes   yes     yes    no           no      no    no
roster.remove          yes   yes     yes    no           no      no    no
proxy.give             yes   yes     yes    yes          yes     no    no
proxy.revoke           yes   yes     yes    yes          yes     no    no
recusal.declare        yes   yes     yes    yes          yes     no    no
recusal.lift           yes   yes     yes    yes          yes     no    no
quorum.set             yes   yes     no     no           no      no    no
lobby.set              yes   yes     yes    no           no      no    no
lobby.admit            yes   yes     yes    no           no      no    no
lobby.turn_away        yes   yes     yes    no           no      no    no
floor.request          yes   yes     yes    yes          yes     no    no
floor.withdraw         yes   yes     yes    yes          yes     no    no
floor.set_rules        yes   yes     no     no           no      no    no
floor.draw             yes   yes     no     no           no      no    no
floor.list             yes   yes     yes    no           no      no    no
floor.nominate         yes   yes     yes    yes          yes     no    no
floor.call             yes   yes     yes    no           no      no    no
floor.ready            yes   yes     yes    yes          yes     no    no
floor.call_off         yes   yes     yes    yes          yes     no    no
floor.give_text        yes   yes     yes    yes          yes     no    no
floor.grant            yes   yes     no     no           no      no    no
floor.pause            yes   yes     no     no           no      no    no
floor.unpause          yes   yes     no     no           no      no    no
floor.extend           yes   yes     no     no           no      no    no
floor.end              yes   yes     yes    yes          yes     no    no
comment.post           yes   yes     yes    yes          yes     no    no
comment.like           yes   yes     yes    yes          yes     no    no
comments.set_rules     yes   yes     yes    no           no      no    no
comment.unlike         yes   yes     yes    yes          yes     no    no
comment.approve        yes   yes     yes    no           no      no    no
comment.hide           yes   yes     yes    no           no      no    no
comment.appeal         yes   yes     yes    yes          yes     no    no
comment.decline_appeal yes   yes     yes    no           no      no    no
comment.restore        yes   yes     yes    no           no      no    no
comment.pin            yes   yes     yes    no           no      no    no
comment.unpin          yes   yes     yes    no           no      no    no
comment.show           yes   yes     yes    no           no      no    no
comment.unshow         yes   yes     yes    no           no      no    no
comment.address        yes   yes     yes    no           no      no    no
person.unmask          yes   yes     yes    no           no      no    no
person.forget          yes   yes     no     no           no      no    no
link.mute              yes   yes     no     no           no      no    no
link.unmute            yes   yes     no     no           no      no    no
link.stop_picture      yes   yes     no     no           no      no    no
link.allow_picture     yes   yes     no     no           no      no    no
link.lock              yes   yes     no     no           no      no    no
link.unlock            yes   yes     no     no           no      no    no
room.choose_camera     yes   yes     no     no           no      no    no
room.choose_microphone yes   yes     no     no           no      no    no
programme.show         yes   yes     no     no           no      no    no
person.remove          yes   yes     no     no           no      no    no
person.readmit         yes   yes     no     no           no      no    no
captions.set           yes   yes     no     no           no      no    no
captions.add           yes   yes     yes    no           no      no    no
captions.correct       yes   yes     yes    no           no      no    no
push.start             yes   yes     no     no           no      no    no
push.stop              yes   yes     no     no           no      no    no
recording.hold         yes   yes     no     no           no      no    no
recording.release      yes   yes     no     no           no      no    no
recording.delete       yes   yes     no     no           no      no    no
minutes.sign           yes   yes     yes    no           no      no    no
minutes.publish        yes   yes     yes    no           no      no    no
minutes.amend          yes   yes     yes    no           no      no    no
vote.open              yes   yes     no     no           no      no    no
vote.cast              yes   yes     yes    yes          yes     no    no
vote.cast_for          yes   yes     yes    yes          yes     no    no
vote.take_paper        yes   yes     yes    yes          yes     no    no
vote.claim             yes   yes     yes    yes          yes     no    no
vote.release           yes   yes     yes    yes          yes     no    no
vote.count             yes   yes     yes    yes          yes     no    no
vote.recount           yes   yes     yes    yes          yes     no    no
vote.close             yes   yes     no     no           no      no    no
vote.decide_tie        yes   yes     no     no           no      no    no
vote.cancel            yes   yes     no     no           no      no    no
"""

COMMANDS: dict[str, cmd.Command] = {
    command.type: command
    for command in (
        cmd.OpenMeeting(),
        cmd.SetCaptions(on=True),
        cmd.AddCaption(from_ms=1, until_ms=2, text="好"),
        cmd.CorrectCaption(caption=1, text="好"),
        cmd.StartPush(platform="电视台"),
        cmd.StopPush(platform="电视台"),
        cmd.HoldRecording(reason="有人申诉"),
        cmd.ReleaseRecording(),
        cmd.DeleteRecording(reason="居民要求"),
        cmd.RecessMeeting(),
        cmd.AdjournMeeting(),
        cmd.ResumeMeeting(),
        cmd.CloseMeeting(),
        cmd.MoveAgenda(item=1),
        cmd.InsertAgenda(title="其他"),
        cmd.EditAgenda(item=1, title="其他"),
        cmd.ReorderAgenda(order=(2, 1)),
        cmd.PostponeAgenda(item=1),
        cmd.ReopenAgenda(item=1),
        cmd.Join(),
        cmd.Leave(),
        cmd.AppointPerson(person="li", role=Role.CLERK),
        cmd.SignIn(),
        cmd.SignOut(),
        cmd.EnterAttendance(name="孙奶奶"),
        cmd.SetRoster(person="li"),
        cmd.EnterRoster(name="孙奶奶"),
        cmd.RemoveFromRoster(person="li"),
        cmd.GiveProxy(giver="li", holder="wang"),
        cmd.RevokeProxy(giver="li"),
        cmd.DeclareRecusal(person="li", item=1),
        cmd.LiftRecusal(person="li", item=1),
        cmd.SetQuorum(),
        cmd.SetLobby(on=True),
        cmd.AdmitFromLobby(persons=("li",)),
        cmd.TurnAway(persons=("li",)),
        cmd.RequestFloor(),
        cmd.WithdrawFloor(),
        cmd.SetFloorRules(rules=None),
        cmd.DrawFloor(),
        cmd.ListFloor(persons=("li",)),
        cmd.NominateFloor(person="li"),
        cmd.CallFloor(person="li"),
        cmd.ReadyFloor(),
        cmd.CallOffFloor(),
        cmd.GiveFloorText(text="请念"),
        cmd.GrantFloor(person="li"),
        cmd.PauseFloor(),
        cmd.UnpauseFloor(),
        cmd.ExtendFloor(seconds=30),
        cmd.EndFloor(),
        cmd.PostComment(text="好"),
        cmd.LikeComment(comment=1),
        cmd.SetCommentRules(rules=ev.CommentRules()),
        cmd.UnlikeComment(comment=1),
        cmd.ApproveComment(comment=1),
        cmd.HideComment(comment=1, reason="other"),
        cmd.AppealComment(comment=1, text="?"),
        cmd.DeclineAppeal(comment=1),
        cmd.RestoreComment(comment=1),
        cmd.PinComment(comment=1),
        cmd.UnpinComment(comment=1),
        cmd.ShowComment(comment=1),
        cmd.UnshowComment(comment=1),
        cmd.AddressComment(comment=1, to=None),
        cmd.UnmaskPerson(person="li", reason="?"),
        cmd.ForgetPerson(person="li"),
        cmd.Mute(person="li"),
        cmd.Unmute(person="li"),
        cmd.StopPicture(person="li"),
        cmd.AllowPicture(person="li"),
        cmd.LockLink(),
        cmd.UnlockLink(),
        cmd.ChooseCamera(person="cam"),
        cmd.ChooseMicrophone(person="cam"),
        cmd.ShowProgramme(layout="two"),
        cmd.RemovePerson(person="li", reason="?"),
        cmd.Readmit(person="li"),
        cmd.SignMinutes(revision=1, sha256="a" * 64),
        cmd.PublishMinutes(revision=1, sha256="a" * 64),
        cmd.AmendMinutes(text="?"),
        cmd.OpenVote(question="?", options=("a", "b")),
        cmd.CastBallot(vote=1, marks=(1, 0)),
        cmd.CastBallotFor(vote=1, person="li", marks=(1, 0)),
        cmd.TakePaper(vote=1, blinded="0" * 512),
        cmd.ClaimChannel(vote=1, channel="hands"),
        cmd.ReleaseChannel(vote=1),
        cmd.CountHands(vote=1, counts=(0, 0)),
        cmd.RecountHands(vote=1),
        cmd.CloseVote(vote=1),
        cmd.DecideTie(vote=1, option=0),
        cmd.CancelVote(vote=1),
    )
}

ACTORS = {actor.role: actor for actor in (HOST, DEPUTY, CLERK, MEMBER, VIEWER, ROOM, DISPLAY)}


def _cells() -> list[tuple[Role, str, bool]]:
    head, *lines = TABLE.strip().splitlines()
    roles = [Role(role) for role in head.split()]
    cells = []
    for line in lines:
        command, *words = line.split()
        cells += [(role, command, word == "yes") for role, word in zip(roles, words, strict=True)]
    return cells


CELLS = _cells()


def test_the_table_has_a_cell_for_every_role_and_command() -> None:
    """No command that exists is missing, neither here nor in the table of the rules."""
    union = get_args(get_args(cmd.Command)[0])
    types = {member.model_fields["type"].default for member in union}
    assert len(CELLS) == len(Role) * len(COMMANDS)
    assert {command for _, command, _ in CELLS} == types == set(ALLOWED) == set(COMMANDS)
    assert {role for role, _, _ in CELLS} == set(Role)


@each("role", list(Role))
def test_a_role_may_ask_what_the_table_says(role: Role) -> None:
    """Every cell: in the table, in what the client is told, and in the decision itself."""
    everybody = meeting(*OPEN, *joined(DEPUTY, CLERK))
    actor: Actor = ACTORS[role]
    for _, command, allowed in (cell for cell in CELLS if cell[0] is role):
        assert may(role, command) is allowed, command
        assert (command in commands_of(role)) is allowed, command
        decision = decide(everybody, COMMANDS[command], actor, Moment(NOW))
        forbidden = isinstance(decision, Refused) and decision.code is Code.FORBIDDEN
        assert forbidden is not allowed, command
