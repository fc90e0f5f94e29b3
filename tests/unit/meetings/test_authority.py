"""Every cell of the table role x command is what it should be, in the table and in the decision."""

from __future__ import annotations

from typing import get_args

import pytest

from meetings import commands as cmd
from meetings.authority import ALLOWED, Actor, commands_of, may
from meetings.decide import decide
from meetings.moment import Moment
from meetings.people import Role
from meetings.refusals import Code, Refused
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
meeting.open     yes   yes     no     no           no      no    no
meeting.recess   yes   yes     no     no           no      no    no
meeting.resume   yes   yes     no     no           no      no    no
meeting.close    yes   yes     no     no           no      no    no
agenda.move      yes   yes     no     no           no      no    no
person.join      yes   yes     yes    yes          yes     yes   no
person.leave     yes   yes     yes    yes          yes     yes   no
floor.request    yes   yes     yes    yes          yes     no    no
floor.withdraw   yes   yes     yes    yes          yes     no    no
floor.grant      yes   yes     no     no           no      no    no
floor.end        yes   yes     yes    yes          yes     no    no
comment.post     yes   yes     yes    yes          yes     no    no
comment.like     yes   yes     yes    yes          yes     no    no
vote.open        yes   yes     no     no           no      no    no
vote.cast        yes   yes     yes    yes          yes     no    no
vote.close       yes   yes     no     no           no      no    no
"""

COMMANDS: dict[str, cmd.Command] = {
    command.type: command
    for command in (
        cmd.OpenMeeting(),
        cmd.RecessMeeting(),
        cmd.ResumeMeeting(),
        cmd.CloseMeeting(),
        cmd.MoveAgenda(item=1),
        cmd.Join(),
        cmd.Leave(),
        cmd.RequestFloor(),
        cmd.WithdrawFloor(),
        cmd.GrantFloor(person="li"),
        cmd.EndFloor(),
        cmd.PostComment(text="好"),
        cmd.LikeComment(comment=1),
        cmd.OpenVote(question="?", options=("a", "b")),
        cmd.CastBallot(vote=1, option=0),
        cmd.CloseVote(vote=1),
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


@pytest.mark.parametrize(("role", "command", "allowed"), CELLS)
def test_a_role_may_ask_what_the_table_says(role: Role, command: str, *, allowed: bool) -> None:
    """In the table, in what the client is told, and in the decision itself."""
    assert may(role, command) is allowed
    assert (command in commands_of(role)) is allowed
    actor: Actor = ACTORS[role]
    decision = decide(meeting(*OPEN, *joined(DEPUTY, CLERK)), COMMANDS[command], actor, Moment(NOW))
    forbidden = isinstance(decision, Refused) and decision.code is Code.FORBIDDEN
    assert forbidden is not allowed
