"""The roster says who votes and what for; proxies and recusals change that, by clear rules."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.attendance import rules
from meetings.attendance.proxies import HELD_MAX, held_by, holder_of, in_force
from meetings.authority import Actor
from meetings.decide import decide
from meetings.moment import Moment
from meetings.people import Person, Role
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    CREATED,
    HOST,
    MEMBER,
    NOW,
    OPEN,
    ROOM,
    VIEWER,
    given,
    joined,
    meeting,
)

QIAN = Actor("qian", Role.PARTICIPANT)
DESK: tuple[ev.Event, ...] = (*OPEN, *joined(CLERK))
LI = ev.RosterSet(person="li", role=Role.PARTICIPANT, weight=3)
WANG = ev.RosterSet(person="wang", role=Role.PARTICIPANT)
ABSENT = ev.RosterSet(person="qian", role=Role.PARTICIPANT)
ROSTER: tuple[ev.Event, ...] = (*DESK, LI, WANG, ABSENT)
GIVE = cmd.GiveProxy(giver="qian", holder="li")
GIVEN = ev.ProxyGiven(giver="qian", holder="li", until="close")
ITEM_1 = ev.AgendaMoved(item=1)
ITEM_2 = ev.AgendaMoved(item=2)


# --- lines


def test_the_desk_puts_somebody_on_the_roster() -> None:
    command = cmd.SetRoster(person="li", weight=3)
    given(*DESK).when(CLERK, command).then(LI)


def test_a_line_is_changed_in_place() -> None:
    changed = ev.RosterSet(person="li", role=Role.PARTICIPANT, elector=False)
    roster = meeting(*ROSTER, changed).attendance.roster
    assert roster.order == ("li", "wang", "qian")
    assert not roster.lines["li"].elector


def test_the_same_line_again_is_no_event() -> None:
    given(*ROSTER).when(CLERK, cmd.SetRoster(person="li", weight=3)).then()


@each("person", ["nobody", ROOM.person])
def test_strangers_and_equipment_are_no_electors(person: str) -> None:
    given(*DESK).when(CLERK, cmd.SetRoster(person=person)).refused(Code.PERSON_UNKNOWN)


def test_a_new_person_is_entered_on_the_roster() -> None:
    """With an id from the seed; name, real name and contact go to the register alone."""
    command = cmd.EnterRoster(name="吴代表", office="人大代表", weight=2, contact="13800000000")
    moment = Moment(NOW, "ab" * 16)
    new = "p-" + "ab" * 12
    line = ev.RosterSet(person=new, role=Role.PARTICIPANT, weight=2)
    assert decide(meeting(*DESK), command, CLERK, moment) == (line,)
    asking = Person(id="he", name="何", role=Role.CLERK)
    assert rules.lines(lambda _: None, command, asking, moment) == (
        Person(
            id=new,
            name="吴代表",
            office="人大代表",
            role=Role.PARTICIPANT,
            contact="13800000000",
        ),
    )


def test_a_roster_holds_a_thousand_lines() -> None:
    """The thousandth is taken, one more is not; a line that is there can still be changed."""
    lines = [ev.RosterLine(person=f"e{n}", role=Role.PARTICIPANT) for n in range(ev.ROSTER_MAX)]
    nearly = CREATED.model_copy(update={"roster": tuple(lines[:-1])})
    full = CREATED.model_copy(update={"roster": tuple(lines)})
    enter = cmd.EnterRoster(name="吴代表")
    new = ev.RosterSet(person="p-" + "0" * 24, role=Role.PARTICIPANT)
    given(nearly, *DESK[1:]).when(CLERK, enter).then(new)
    given(full, *DESK[1:]).when(CLERK, enter).refused(Code.ROSTER_FULL)
    given(full, *DESK[1:]).when(CLERK, cmd.SetRoster(person="li")).refused(Code.ROSTER_FULL)
    line = ev.RosterSet(person="e7", role=Role.PARTICIPANT, weight=2)
    given(full, *DESK[1:]).when(CLERK, cmd.SetRoster(person="e7", weight=2)).then(line)


def test_a_meeting_can_be_made_with_its_roster() -> None:
    line = ev.RosterLine(person="qian", role=Role.PARTICIPANT, weight=2)
    rule = ev.QuorumOfCount(n=1)
    created = CREATED.model_copy(update={"roster": (line,), "quorum": rule, "lobby": True})
    attendance = meeting(created).attendance
    assert attendance.roster.lines["qian"] == line
    assert attendance.roster.quorum == rule
    assert attendance.lobby.on


def test_who_is_removed_takes_proxies_along() -> None:
    given(*ROSTER).when(CLERK, cmd.RemoveFromRoster(person="li")).then(
        ev.RosterRemoved(person="li")
    )
    roster = meeting(*ROSTER, GIVEN, ev.RosterRemoved(person="li")).attendance.roster
    assert roster.order == ("wang", "qian")
    assert not roster.proxies


def test_who_is_not_on_the_roster_is_not_removed() -> None:
    given(*DESK).when(CLERK, cmd.RemoveFromRoster(person="li")).refused(Code.ROSTER_UNKNOWN)


def test_who_is_no_elector_any_more_loses_proxies() -> None:
    no_elector = ev.RosterSet(person="qian", role=Role.PARTICIPANT, elector=False)
    assert not meeting(*ROSTER, GIVEN, no_elector).attendance.roster.proxies


# --- proxies


def test_an_elector_or_the_desk_for_the_elector_gives_a_proxy() -> None:
    given(*ROSTER).when(CLERK, GIVE).then(GIVEN)
    given(*ROSTER, *joined(QIAN)).when(QIAN, GIVE).then(GIVEN)


def test_nobody_gives_the_proxy_of_others() -> None:
    given(*ROSTER).when(MEMBER, GIVE).refused(Code.PROXY_NOT_YOURS)
    given(*ROSTER, GIVEN).when(MEMBER, cmd.RevokeProxy(giver="qian")).refused(Code.PROXY_NOT_YOURS)


def test_a_proxy_to_oneself_is_refused() -> None:
    command = cmd.GiveProxy(giver="qian", holder="qian")
    given(*ROSTER).when(CLERK, command).refused(Code.PROXY_TO_ONESELF)


@each("giver, holder", [("zhao", "li"), ("qian", "zhao"), ("chen", "li")])
def test_both_must_be_electors_on_the_roster(giver: str, holder: str) -> None:
    command = cmd.GiveProxy(giver=giver, holder=holder)
    given(*ROSTER).when(CLERK, command).refused(Code.PROXY_NOT_ELECTOR)


def test_a_second_proxy_is_refused_while_the_first_is_valid() -> None:
    command = cmd.GiveProxy(giver="qian", holder="wang")
    given(*ROSTER, GIVEN).when(CLERK, command).refused(Code.PROXY_ALREADY_GIVEN)


def test_a_proxy_for_another_item_gives_way() -> None:
    old = ev.ProxyGiven(giver="qian", holder="li", until="item", item=1)
    command = cmd.GiveProxy(giver="qian", holder="wang", until="item")
    new = ev.ProxyGiven(giver="qian", holder="wang", until="item", item=2)
    given(*ROSTER, ITEM_1, old, ITEM_2).when(CLERK, command).then(new)


def test_a_proxy_for_the_current_item_needs_one() -> None:
    command = cmd.GiveProxy(giver="qian", holder="li", until="item")
    given(*ROSTER).when(CLERK, command).refused(Code.AGENDA_UNKNOWN)


def test_a_proxy_is_not_handed_on() -> None:
    """Neither by whoever holds one, nor to whoever gave the own one away."""
    onward = cmd.GiveProxy(giver="li", holder="wang")
    given(*ROSTER, GIVEN).when(CLERK, onward).refused(Code.PROXY_CHAINED)
    to_giver = cmd.GiveProxy(giver="wang", holder="qian")
    given(*ROSTER, GIVEN).when(CLERK, to_giver).refused(Code.PROXY_CHAINED)


def test_one_person_holds_three_proxies_at_most() -> None:
    """The third is taken, a fourth is not."""
    others = [ev.RosterSet(person=f"e{n}", role=Role.PARTICIPANT) for n in range(HELD_MAX)]
    held = [ev.ProxyGiven(giver=f"e{n}", holder="li", until="close") for n in range(HELD_MAX)]
    assert HELD_MAX == 3
    given(*ROSTER, *others, *held[:-1]).when(CLERK, GIVE).then(GIVEN)
    given(*ROSTER, *others, *held).when(CLERK, GIVE).refused(Code.PROXY_TOO_MANY)


def test_a_proxy_is_revoked_by_giver_or_desk() -> None:
    revoked = ev.ProxyRevoked(giver="qian", holder="li")
    revoke = cmd.RevokeProxy(giver="qian")
    given(*ROSTER, GIVEN).when(CLERK, revoke).then(revoked)
    given(*ROSTER, GIVEN, *joined(QIAN)).when(QIAN, revoke).then(revoked)
    given(*ROSTER, GIVEN, revoked).when(CLERK, revoke).refused(Code.PROXY_UNKNOWN)


def test_a_proxy_is_in_force_while_the_giver_is_away_and_the_holder_there() -> None:
    assert holder_of(meeting(*ROSTER, GIVEN), "qian") == "li"
    assert in_force(meeting(*ROSTER, GIVEN)) == {"qian": "li"}
    assert holder_of(meeting(*ROSTER, GIVEN, *joined(QIAN)), "qian") is None
    assert holder_of(meeting(*ROSTER, GIVEN, ev.PersonLeft(person="li")), "qian") is None
    assert holder_of(meeting(*ROSTER), "qian") is None


def test_a_proxy_for_an_item_is_in_force_at_that_item_alone() -> None:
    proxy = ev.ProxyGiven(giver="qian", holder="li", until="item", item=1)
    assert holder_of(meeting(*ROSTER, ITEM_1, proxy), "qian") == "li"
    later = meeting(*ROSTER, ITEM_1, proxy, ITEM_2)
    assert holder_of(later, "qian") is None
    assert held_by(later, "li") == ()


# --- recusals


def test_somebody_stands_aside_at_an_item() -> None:
    declared = ev.RecusalDeclared(person="li", item=1)
    given(*OPEN).when(MEMBER, cmd.DeclareRecusal(person="li", item=1)).then(declared)
    given(*DESK).when(CLERK, cmd.DeclareRecusal(person="li", item=1)).then(declared)
    roster = meeting(*OPEN, declared).attendance.roster
    assert roster.recused("li", 1)
    assert not roster.recused("li", 2)
    assert not roster.recused("li", None)


def test_a_recusal_is_lifted_by_person_or_desk() -> None:
    declared = ev.RecusalDeclared(person="li", item=1)
    lift = cmd.LiftRecusal(person="li", item=1)
    lifted = ev.RecusalLifted(person="li", item=1)
    for actor in (MEMBER, CLERK):
        given(*DESK, declared).when(actor, lift).then(lifted)
        given(*DESK, declared, lifted).when(actor, lift).refused(Code.RECUSAL_UNKNOWN)


def test_nobody_recuses_others_but_the_desk() -> None:
    declare = cmd.DeclareRecusal(person="li", item=1)
    given(*OPEN).when(VIEWER, declare).refused(Code.RECUSAL_NOT_YOURS)
    lift = cmd.LiftRecusal(person="li", item=1)
    given(*OPEN).when(VIEWER, lift).refused(Code.RECUSAL_NOT_YOURS)


def test_a_recusal_is_at_an_item_that_exists_by_somebody_who_does_and_once() -> None:
    stranger = cmd.DeclareRecusal(person="nobody", item=1)
    given(*OPEN).when(HOST, stranger).refused(Code.PERSON_UNKNOWN)
    nowhere = cmd.DeclareRecusal(person="li", item=9)
    given(*OPEN).when(HOST, nowhere).refused(Code.AGENDA_UNKNOWN)
    declared = ev.RecusalDeclared(person="li", item=1)
    again = cmd.DeclareRecusal(person="li", item=1)
    given(*OPEN, declared).when(HOST, again).refused(Code.RECUSAL_ALREADY)
