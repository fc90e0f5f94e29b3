"""The meeting, its agenda, and its people, asked about at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from meetings import commands as cmd
from meetings import events as ev
from meetings.people import PersonId, Role
from tests.property.civic.drawing import Ask, Builder, Drawing, by
from tests.property.civic.hall import PEOPLE


def _until(draw: Drawing) -> int | None:
    return draw.of(None, draw.meeting.at_ms + 3000, draw.meeting.at_ms - 1)


def _new_order(draw: Drawing) -> cmd.Command:
    ids = [item.plan.id for item in draw.meeting.agenda.items]
    draw.chance.shuffle(ids)
    return cmd.ReorderAgenda(order=tuple(ids))


def _plan(draw: Drawing) -> dict[str, Any]:
    return {"title": draw.of("其他", "通报"), "kind": draw.of("report", "vote")}


def _quorum(draw: Drawing) -> ev.QuorumRule | None:
    proxies = draw.of(True, False)
    num, den = draw.of((1, 2), (2, 3), (9, 10))
    return draw.of(
        None,
        ev.QuorumOfRoster(num=num, den=den, proxies=proxies),
        ev.QuorumOfCount(n=draw.of(1, 3, 50), proxies=proxies),
    )


def _join(draw: Drawing) -> Ask:
    away = [
        person
        for person in PEOPLE
        if person != "screen" and not draw.meeting.attendance.present(person)
    ]
    command = cmd.Join()
    return draw.actor(command, away), command


def _sign_in(draw: Drawing) -> Ask:
    if draw.of(True, False):
        return draw.actor(cmd.SignIn(), ("chen", "he")), cmd.SignIn(person=draw.person())
    command = cmd.SignIn(code=draw.of("", "1234"))
    return draw.actor(command), command


def _sign_out(draw: Drawing) -> Ask:
    command = cmd.SignOut(person=draw.of(None, draw.person()))
    return draw.actor(command), command


def _give_proxy(draw: Drawing) -> Ask:
    lines = sorted(draw.meeting.attendance.roster.lines)
    giver = draw.often(lines, list(PEOPLE))
    holder = draw.often([line for line in lines if line != giver], list(PEOPLE))
    command = cmd.GiveProxy(giver=giver, holder=holder, until=draw.of("close", "item"))
    return draw.actor(command, (giver, "he")), command


def _revoke_proxy(draw: Drawing) -> Ask:
    given = sorted(draw.meeting.attendance.roster.proxies)
    command = cmd.RevokeProxy(giver=draw.often(given, list(PEOPLE)))
    return draw.actor(command, (command.giver, "he")), command


def _recusal(draw: Drawing) -> Ask:
    person, item = draw.person(), draw.item()
    command = cmd.DeclareRecusal(person=person, item=item)
    return draw.actor(command, (person, "he")), command


def _lift_recusal(draw: Drawing) -> Ask:
    aside = [
        (person, item)
        for item, persons in draw.meeting.attendance.roster.recusals.items()
        for person in persons
    ]
    person, item = draw.often(sorted(aside), [("li", 1)])
    command = cmd.LiftRecusal(person=person, item=item)
    return draw.actor(command, (person, "he")), command


def _in_lobby(draw: Drawing) -> tuple[PersonId, ...]:
    waiting = sorted(draw.meeting.attendance.lobby.waiting)
    return (draw.often(waiting, list(PEOPLE)),)


CONDUCT: Final[Sequence[tuple[int, Builder]]] = (
    (4, by(lambda _: cmd.OpenMeeting())),
    (1, by(lambda draw: cmd.RecessMeeting(until_ms=_until(draw)))),
    (1, by(lambda draw: cmd.AdjournMeeting(until_ms=_until(draw)))),
    (6, by(lambda _: cmd.ResumeMeeting())),
    (4, by(lambda draw: cmd.MoveAgenda(item=draw.item()))),
    (1, by(lambda draw: cmd.InsertAgenda(**_plan(draw), before=draw.of(None, draw.item())))),
    (1, by(lambda draw: cmd.EditAgenda(item=draw.item(), **_plan(draw)))),
    (1, by(_new_order)),
    (1, by(lambda draw: cmd.PostponeAgenda(item=draw.item(), reason="材料不全"))),
    (2, by(lambda draw: cmd.ReopenAgenda(item=draw.item()))),
)

ATTENDANCE: Final[Sequence[tuple[int, Builder]]] = (
    (10, _join),
    (2, by(lambda _: cmd.Leave())),
    (4, _sign_in),
    (2, _sign_out),
    (
        1,
        by(
            lambda draw: cmd.EnterAttendance(
                name="老人", role=draw.of(Role.VIEWER, Role.PARTICIPANT)
            )
        ),
    ),
    (
        1,
        by(
            lambda draw: cmd.AppointPerson(
                person=draw.person(),
                role=draw.of(Role.DEPUTY, Role.CLERK, Role.PARTICIPANT, Role.VIEWER),
            )
        ),
    ),
    (
        3,
        by(
            lambda draw: cmd.SetRoster(
                person=draw.person(), weight=draw.of(1, 1, 2), elector=draw.of(True, True, False)
            )
        ),
    ),
    (1, by(lambda _: cmd.EnterRoster(name="业主", real_name="实名业主", contact="13800000000"))),
    (1, by(lambda draw: cmd.RemoveFromRoster(person=draw.person()))),
    (4, _give_proxy),
    (3, _revoke_proxy),
    (2, _recusal),
    (2, _lift_recusal),
    (1, by(lambda draw: cmd.SetQuorum(rule=_quorum(draw)))),
    (2, by(lambda draw: cmd.SetLobby(on=draw.of(True, False), viewers=draw.of(True, False)))),
    (3, by(lambda draw: cmd.AdmitFromLobby(persons=_in_lobby(draw)))),
    (2, by(lambda draw: cmd.TurnAway(persons=_in_lobby(draw), reason="请稍候"))),
    (1, by(lambda draw: cmd.UnmaskPerson(person=draw.person(), reason="核实身份"))),
)
